"""A hundred random acts while providers fail: every line is in one topic, in order, every answer arrives once.

``ACTS_SEEDS=3,4,5`` plays those days instead.
"""

import os
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, func, select

from models import Delivery, Inbound, Message, TicketEvent
from models import Topic as Place
from models.deliveries import PENDING
from tests.support.acts import MESSENGERS, NAMES, SECOND, Day, number
from tests.support.clocks import every_clock_agrees
from tests.support.databases import fresh
from tests.support.sandbox import GROUP, eventually
from tests.support.stack import GENEROUS, standing

ACTS = 100
SEEDS = [int(seed) for seed in os.environ.get("ACTS_SEEDS", "7").split(",")]
MEMBERS = [
    {"id": 501, "first_name": "Lena", "username": "lena", "status": "administrator"},
    {"id": 502, "first_name": "Tomas", "username": "tomas", "status": "member"},
]
CHATS = [
    {"id": chat, "type": "supergroup", "is_forum": True, "title": "Support", "members": MEMBERS}
    for chat in (GROUP, SECOND)
]
GROUPS = f'\n[[groups]]\nname = "second"\nchat = {SECOND}\n'
HEADER = "studio,tier,timezone,language,branch,contact,role,channel,address\n"
_CARRIES = ("SendText", "SendMedia", "SendAlbum", "OpenTopic", "Fetch")


@pytest.fixture(params=SEEDS)
def day(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> Iterator[Day]:
    """A stack of its own with two groups, whose providers answer within a second or not at all."""
    settings = {"telegram": {"flood_limits": False, "chats": CHATS}}
    quick: dict[str, Any] = {"PROVIDER_TIMEOUT_SECONDS": "2", "UNKNOWN_SECONDS": "0.5", "LEASE_SECONDS": "4"}
    url = fresh(database_kind, tmp_path)
    with standing(tmp_path, url, settings, GENEROUS + GROUPS, ("1 s", "3 s"), **quick) as stack:
        addresses = [f"telegram,{800 + n}" if n < MESSENGERS else f"whatsapp,{number(n)}" for n in range(len(NAMES))]
        rows = [
            f"{name} Studio,agency,Europe/Madrid,en,,{name},owner,{to}"
            for name, to in zip(NAMES, addresses, strict=True)
        ]
        stack.knows(HEADER + "\n".join(rows) + "\n")
        yield Day(stack, random.Random(request.param))


def engine_of(day: Day) -> Engine:
    return create_engine(day.stack.environment["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://"))


def settled(day: Day) -> None:
    """Waits until nothing is left to answer or to say."""
    engine = engine_of(day)
    owed = select(func.count()).where(Delivery.state.in_(PENDING), Delivery.kind.in_(_CARRIES))
    waiting = select(func.count()).where(Inbound.state == "waiting")

    def quiet() -> bool:
        with engine.connect() as connection:
            return not connection.scalar(owed) and not connection.scalar(waiting)

    eventually(quiet, 40, "everything is answered and delivered")
    engine.dispose()


def lines_of(topic: dict[str, object], name: str) -> list[str]:
    """The owner's words in a topic as they stand, the history of a deleted one line by line; no card, no edits."""
    found = []
    for message in topic["messages"]:  # type: ignore[attr-defined]
        text = message.get("text") or message.get("caption") or ""
        for line in text.split("\n"):
            told = re.search(rf"(?:^|\d ){name}: (?!edited:)(.*)", line)
            if told:
                flagged = " (may be repeated)" if "may be repeated" in text else ""
                found.append(told[1] + flagged)
            elif line.startswith("“") and "Why:" in text:
                found.append(f"{line[1:]} (on the card)")
    return found


def homes(day: Day) -> dict[str, set[tuple[int, int] | None]]:
    """By the word of each line: the topics its ticket has by the database, and those it was split from."""
    engine, split = engine_of(day), TicketEvent.kind == "split_off"
    theirs = (Message.author == "customer", Message.text != "")
    with engine.connect() as connection:
        places = {row.ticket_id: (row.chat_id, row.thread_id) for row in connection.execute(select(Place.__table__))}
        said = connection.execute(select(Message.id, Message.ticket_id, Message.text).where(*theirs)).all()
        left = connection.execute(select(TicketEvent.ticket_id, TicketEvent.data).where(split)).all()
    engine.dispose()
    parents = defaultdict(set)
    for ticket, data in left:
        for line in data["lines"]:
            parents[int(line)].add(places.get(ticket))
    found: dict[str, set[tuple[int, int] | None]] = {}
    for row in said:
        word = row.text.split(" ")[0]
        assert word not in found, f"{word} was taken in twice"
        found[word] = {places.get(row.ticket_id), *parents[row.id]}
    return found


def doubtful(day: Day) -> set[str]:
    """The answers whose calls may have been taken before, as the database has it."""
    engine = engine_of(day)
    with engine.connect() as connection:
        rows = connection.execute(select(Delivery.payload).where(Delivery.doubt, Delivery.kind == "SendText"))
        found = {word for row in rows for word in re.findall(r"answer-\d-\d+\.", row.payload["text"])}
    engine.dispose()
    return found


def test_every_line_is_in_one_topic_in_order_and_every_answer_arrives_once(day: Day) -> None:
    for owner in range(len(NAMES)):
        day.line(owner, "uploads fail")
    eventually(lambda: len(day.topics()) >= len(NAMES), 20, "five topics")

    for _ in range(ACTS):
        day.acts()
    day.stack.sandbox.delete("faults")
    settled(day)
    for owner in range(len(NAMES)):
        day.line(owner, "is anybody there?")
    settled(day)

    wrong = [*misplaced(day), *unordered(day), *misheard(day)]
    assert wrong == []
    every_clock_agrees(day.stack)


def misplaced(day: Day) -> Iterator[str]:
    """Lines that are in no topic, in a wrong one, or twice without a word."""
    known, topics = homes(day), there(day)
    for owner, words in day.said.items():
        for word in words:
            if word not in known:
                yield f"{word} was never taken in"
                continue
            seen = {
                place: [line for line in lines if line.startswith(word + " ")] for place, lines in topics[owner].items()
            }
            places = {place for place, lines in seen.items() if lines}
            home = {place for place in known[word] if place in topics[owner]}
            if not places <= known[word]:
                yield f"{word} is in {places}, its topic is {known[word]}"
            if home and not places & home:
                yield f"{word} is not in its topic {home}"
            for place, lines in seen.items():
                said = [line for line in lines if "(may be repeated)" not in line and "(on the card)" not in line]
                if len(said) > 1:
                    yield f"{word} is {len(said)} times in {place}: {lines}"


def unordered(day: Day) -> Iterator[str]:
    for owner, places in there(day).items():
        for place, lines in places.items():
            seen = list(dict.fromkeys(int(found[1]) for line in lines if (found := re.match(r"\w+-(\d+)\.", line))))
            if seen != sorted(seen):
                yield f"{NAMES[owner]}'s lines stand in {place} as {seen}"


def misheard(day: Day) -> Iterator[str]:
    doubt = doubtful(day)
    for owner, words in day.answers.items():
        heard = day.heard(owner)
        for word in words:
            times = sum(word in text for text in heard)
            if times != 1 and not (times > 1 and word in doubt):
                yield f"{word} reached {NAMES[owner]} {times} times"


def there(day: Day) -> dict[int, dict[tuple[int, int], list[str]]]:
    """What each owner's topics show; one a ticket was moved from only points to where it goes on."""
    found: dict[int, dict[tuple[int, int], list[str]]] = {owner: {} for owner in day.said}
    for chat, topic in day.topics():
        owner = next(n for n, name in enumerate(NAMES) if f"{name} Studio" in topic["name"])
        if not any("goes on in" in message.get("text", "") for message in topic["messages"]):
            found[owner][(chat, topic["message_thread_id"])] = lines_of(topic, NAMES[owner])
    return found
