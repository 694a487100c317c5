"""F11, F20, F21, F23, F26: pages under faults. Somebody is found, one has it, and then it is quiet."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from bot.hotline.shoots import call_off, import_shoots
from models import Alarm, Delivery, HotlineWindow, Ring, Shoot, TicketEvent
from tests.faults.evidence import delivery_of, shown_at
from tests.faults.ground import FALLBACK, URGENT, Ground
from tests.faults.invariants import Case, Judge
from tests.faults.night import Sleeper, on_call
from tests.support.people import TOMAS, Story, Topic
from tests.support.sandbox import GROUP, eventually


def test_f20_a_text_a_tap_and_a_key_at_once_and_one_has_it(ground: Ground) -> None:
    judge = ground.judge()
    lena, tomas, marco = on_call(ground, ("Lena", "primary"), ("Tomas", "primary"), ("Marco", "primary"))
    _, topic = ground.urgent()
    code = ground.page(topic.number).code
    for one in (lena, tomas, marco):
        one.reads(code)
    mention = topic.shows("a person is needed for")
    marco.is_called("ringing")
    ground.stack.sandbox.post("twilio/answer", number=marco.phone)
    eventually(marco.heard, 5, "Marco hears what it is about")

    with ThreadPoolExecutor(3) as pool:
        text = pool.submit(lena.texts, code)
        tap = pool.submit(_presses, topic, mention, TOMAS)
        key = pool.submit(ground.stack.sandbox.post, "twilio/keys", number=marco.phone, keys="4")
        said = [text.result(), tap.result(), key.result()]

    ground.holds(judge, Case("F20 acknowledged by text, tap and key at once"))
    holder = ground.page(topic.number).state["holder"]["name"]
    told = {"Lena": lena.hears_back(topic.number), "Tomas": said[1], "Marco": marco.heard()[-1]}
    others = {name: words for name, words in told.items() if name != holder}
    assert "is yours" in told[holder]
    assert not any("is yours" in words for words in others.values()), told
    assert all(f"{holder} has" in words for name, words in others.items() if name != "Marco"), told  # he is hung up on


def _presses(topic: Topic, message: dict[str, Any], agent: int) -> str:
    """The button under a mention; what the agent is told."""
    box, facts = topic.story.stack.sandbox, {"chat_id": GROUP, "message_id": message["message_id"]}
    query = box.post("telegram/tap", **facts, user_id=agent, text="I take it")["callback_query_id"]
    told: str = eventually(lambda: box.get(f"telegram/taps/{query}")["answer"])["text"]
    return told


def test_f20_an_acknowledge_at_the_moment_of_the_next_step_ends_it_either_way(ground: Ground) -> None:
    judge = ground.judge()
    lena, _ = on_call(ground, ("Lena", "primary"), ("Tomas", "backup lead"))

    with ThreadPoolExecutor(3) as pool:
        topics = [topic for _, topic in pool.map(ground.urgent, ("Ana", "Eva", "Ida"))]
        list(pool.map(lambda topic, after: _acknowledges(ground, topic, lena, after), topics, (-0.1, 0.0, 0.1)))
    time.sleep(1.2)  # the moment of the step behind it

    ground.holds(judge, Case("F20 acknowledge against the next step"))
    pages = [ground.page(topic.number) for topic in topics]
    made = select(Delivery.created_at).join(Ring)
    assert {page.state["holder"]["name"] for page in pages} == {"Lena"}
    assert not [
        page.code
        for page in pages
        if ground.witness.rows(made.where(Ring.page_id == page.id, Delivery.created_at > page.acknowledged_at))
    ]


def _acknowledges(ground: Ground, topic: Topic, by: Sleeper, after: float) -> None:
    """Texts the code so many seconds behind the next rung's moment."""
    page = ground.page(topic.number)
    ahead = (page.due_at - datetime.now(UTC)).total_seconds() + after
    time.sleep(min(max(0.0, ahead), 1.5))  # above the last step there is only the alarm, and that is far
    by.texts(page.code)


def test_f20_a_page_still_on_its_way_when_somebody_has_it_wakes_nobody(ground: Ground) -> None:
    judge = ground.judge()
    (lena,) = on_call(ground, ("Lena", "primary"))
    with ground.twilio.holding():
        _, topic = ground.urgent()
        eventually(lambda: ground.twilio.held >= 2, 10, "the text and the call are on their way")

        told = topic.taps("I take it", TOMAS)

    ground.holds(judge, Case("F20 acknowledged, then the late step", faults=3, outage=2))
    assert "is yours" in told
    assert (lena.read(), lena.calls()) == ([], [])


def test_f21_busy_no_answer_voicemail_a_wrong_key_and_hanging_up_are_no_success(ground: Ground) -> None:
    judge = ground.judge()
    ways = ("Bea busy", "Noa no-answer", "Vic voicemail", "Wes wrong key", "Hal hangs up")
    *primaries, backup = on_call(ground, *((name, "primary") for name in ways), ("Ben", "backup"))
    busy, away, machine, wrong, short = primaries
    busy.phone_is("busy")
    away.phone_is("no-answer")
    machine.phone_is("voicemail")
    wrong.phone_is("answer", "7", "9", "1")
    short.phone_is("answer", talk=0.1)
    backup.phone_is("answer", "4", delay=1.0)

    _, topic = ground.urgent()
    topic.shows("Ben has it")

    ended = [one.is_called(how)["status"] for one, how in zip(primaries, _ENDS, strict=True)]
    ground.holds(judge, Case("F21 busy, no answer, voicemail, wrong key, hung up"))
    assert ended == list(_ENDS)
    assert "No key" in wrong.heard()[-1]
    assert ground.page(topic.number).state["holder"] | {"at": ""} == ground.page(topic.number).state["holder"] | {
        "at": "",
        "name": "Ben",
        "path": "keypad",
    }


_ENDS = ("busy", "no-answer", "completed", "completed", "completed")


def test_f23_a_storm_for_one_person_pages_each_studio_soon_and_then_in_bundles(ground: Ground) -> None:
    judge = ground.judge()
    (mia,) = on_call(ground, ("Mia", "primary backup lead"))
    mia.phone_is("busy")
    storm = [Story(ground.stack, 9000 + number).stranger(f"Storm {number}") for number in range(12)]
    rows = [f"{one.name},agency,Europe/Madrid,en,,{one.name},owner,whatsapp,{one.number}" for one in storm]
    ground.stack.knows("\n".join(["studio,tier,timezone,language,branch,contact,role,channel,address", *rows]))

    for owner in storm:
        owner.says(URGENT)
    eventually(lambda: len(_first_texts(ground, judge, mia)) == len(storm), 10, "each studio's page is out")

    ground.holds(judge, Case("F23 a storm of SEV1 for one person", faults=1, outage=1))
    assert max(_first_texts(ground, judge, mia)) < 5
    assert len(mia.read()) < len(storm) + 3  # of three times twelve pages: five by themselves, the others in bundles


def _first_texts(ground: Ground, judge: Judge, person: Sleeper) -> list[float]:
    """Seconds from each page's beginning until it first reached the person as a text."""
    seen = ground.witness.since(judge.mark)
    sent = {delivery_of(one): shown_at(one) for one in seen.taken if one["action"] == "Messages.create"}
    begun = {page.id: page.begun_at for page in seen.pages}
    first: dict[int, float] = {}
    for ring in seen.rings:
        if ring.channel == "sms" and ring.delivery_id in sent:
            first.setdefault(ring.page_id, (sent[ring.delivery_id] - begun[ring.page_id]).total_seconds())
    return list(first.values())


@pytest.mark.parametrize("way", ["nobody has a role", "nobody has a channel", "every channel refuses"])
def test_f26_where_nobody_can_be_reached_the_fallback_is_paged_and_the_alarm_stands(ground: Ground, way: str) -> None:
    judge = ground.judge()
    roles = "" if way == "nobody has a role" else "primary backup"
    (lena,) = on_call(ground, ("Zoe", roles), verified=way != "nobody has a channel")
    if way == "every channel refuses":
        ground.fault("code", "twilio", "Messages.create", code=21211, destination=lena.phone, times=-1)
        ground.fault("code", "twilio", "Calls.create", code=21211, destination=lena.phone, times=-1)

    _, topic = ground.urgent()

    ground.reaches(FALLBACK, f"#{topic.number} ")
    ground.holds(judge, Case(f"F26 {way}", faults=1))
    key = f"page:{ground.page(topic.number).id}"
    assert [row.cleared_at for row in ground.witness.rows(select(Alarm.cleared_at).where(Alarm.key == key))] == [None]
    assert lena.read() == []


def test_f11_a_window_that_should_have_opened_while_no_worker_ran_opens_as_one_starts(ground: Ground) -> None:
    _, topic = ground.case("Pia")
    judge = ground.judge()
    ground.stack.kill("worker")
    studio = f"Pia Studio {topic.story.number}"
    begins = datetime.now(ZoneInfo("Europe/Madrid")) + timedelta(minutes=110)  # so it opens ten minutes ago
    times = [f"{at:%Y-%m-%dT%H:%M}" for at in (begins, begins + timedelta(hours=1))]
    with ground.stack.shell() as shell:
        import_shoots(
            shell,
            f"studio,starts_at,ends_at,timezone,title\n{studio},{','.join(times)},Europe/Madrid,Wedding\n".encode(),
            "csv",
        )
    with ground.witness.engine.begin() as connection:  # and has been known since yesterday
        yesterday = datetime.now(UTC) - timedelta(days=1)
        connection.execute(update(HotlineWindow).where(HotlineWindow.opened_at.is_(None)).values(known_at=yesterday))

    ground.stack.start_worker()

    eventually(lambda: _in_group(ground, f"Hotline open: {studio} until"), 20, "the group hears of the window")
    ground.holds(judge, Case("F11 no worker across a window's opening", faults=1, outage=3))
    assert re.search(r"\d+ min late: no worker was running", _in_group(ground, f"Hotline open: {studio} until"))
    assert b"hotline_opened_late" in (ground.stack.directory / "worker.log").read_bytes()
    opened = select(TicketEvent.id).where(TicketEvent.ticket_id == topic.number, TicketEvent.kind == "hotline_opened")
    assert len(ground.witness.rows(opened)) == 1
    with ground.stack.shell() as shell:  # or its roll-call would ring through the tests behind it
        for (number,) in ground.witness.rows(select(Shoot.id)):
            call_off(shell, number)
    eventually(lambda: _in_group(ground, "Hotline closed"), 20, "the group hears of its end")


def _in_group(ground: Ground, words: str) -> str:
    """The message of General that holds these words."""
    topics = ground.stack.sandbox.get(f"telegram/chats/{GROUP}")["topics"]
    root = next(one for one in topics if one["name"] == "General")
    return next((text for one in root["messages"] if words in (text := str(one.get("text")))), "")
