"""WhatsApp's 24 hours are over: the answer is kept, a template fetches the owner, the tap brings the answer."""

import contextlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from tests.support.databases import fresh
from tests.support.people import Owner, Story
from tests.support.sandbox import eventually
from tests.support.stack import Stack, quicker, standing

SATURDAY = datetime(2026, 11, 28, 14, 32, tzinfo=UTC)
READY, LISTA, CLOSED = "HX" + "1" * 32, "HX" + "2" * 32, "HX" + "3" * 32
TEMPLATES = f"""
[templates]
answer_ready = {{ en = "{READY}", es = "{LISTA}" }}
closed = {{ en = "{CLOSED}" }}
"""


def quick_reply(sid: str, body: str, **taps: str) -> dict[str, Any]:
    actions = [{"id": f"say:{key}", "title": title} for key, title in taps.items()]
    return {"sid": sid, "types": {"twilio/quick-reply": {"body": body, "actions": actions}}}


CONTENTS = [
    {**quick_reply(READY, "Hi {{1}}, the answer in case {{2}} is here.", show_answer="Show my answer")}
    | {"approval": "approved"},
    {**quick_reply(LISTA, "Hola {{1}}, la respuesta del caso {{2}}.", show_answer="Ver mi respuesta")}
    | {"approval": "rejected"},
    quick_reply(CLOSED, "{{1}}", yes="Yes", partly="Partly", no="No"),
]


@pytest.fixture(scope="module")
def rehearsals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Stack]]:
    """One stack for each database, on a clock we move, with templates."""
    with contextlib.ExitStack() as open_ones:

        @cache
        def started(kind: str) -> Stack:
            directory = tmp_path_factory.mktemp(f"window-{kind}")
            clock, policy = directory / "clock.json", directory / "templates.toml"
            now = datetime.now(UTC).isoformat()
            clock.write_text(json.dumps({"real": now, "shows": SATURDAY.isoformat(), "rate": 1.0}))
            with open(quicker(directory)) as shipped:
                policy.write_text(shipped.read() + TEMPLATES)
            settings = {"telegram": {"flood_limits": False}, "twilio": {"contents": CONTENTS}}
            url = fresh(kind, directory)
            whole = standing(directory, url, settings, CLOCK_FILE=str(clock), POLICY_FILE=str(policy))
            return open_ones.enter_context(whole)

        yield started


@pytest.fixture
def stack(rehearsals: Callable[[str], Stack], database_kind: str) -> Stack:
    return rehearsals(database_kind)


def later(stack: Stack, hours: float) -> None:
    """Moves the rehearsal clock on, for the product and the sandbox alike."""
    shows = datetime.fromisoformat(stack.sandbox.get("clock")["shows"]) + timedelta(hours=hours)
    stack.sandbox.post("clock", shows=shows.isoformat(), rate=1.0)


def taps(owner: Owner, label: str) -> None:
    """Presses a quick reply under the newest message that has it."""
    offered = [button for message in owner.messages() for button in message.get("buttons") or []]
    button = next(one for one in reversed(offered) if one["text"] == label)
    owner.says(button={"text": label, "payload": button["payload"]})


def test_an_answer_after_the_window_arrives_by_a_tap_and_buttons_ask_whether_it_helped(story: Story) -> None:
    owner = story.owner("Elif", "Aksoy", "pro")
    owner.says("can I still change the cover of album 88?")
    topic = story.topic_of(f"Aksoy {story.number}")
    assert "WhatsApp window until" in topic.card()["text"]
    owner.hears("A person answers by")
    later(story.stack, 20.1)
    topic.shows("WhatsApp's window closes")
    later(story.stack, 4)

    reply = topic.writes("/r Yes, until 11:30. I've put album 88 on hold.")
    topic.shows("NOT SENT: WhatsApp's 24 hours ended")
    topic.writes("/r Change the cover and press Approve.")
    owner.hears(f"Hi Elif, the answer in case #{topic.number} is here.")
    topic.shows("It goes out with the rest")
    taps(owner, "Show my answer")

    owner.hears("press Approve.")
    assert owner.heard()[-3:] == [
        f"Hi Elif, the answer in case #{topic.number} is here.",
        "Yes, until 11:30. I've put album 88 on hold.",
        "Change the cover and press Approve.",
    ]
    eventually(lambda: topic.reaction(reply) == "👌", what="the kept answer shows as delivered")
    topic.resolves()
    owner.hears("Was it solved?")
    taps(owner, "Yes")
    owner.hears("How did we handle it")


def test_an_answer_that_twilio_took_and_whatsapp_refused_is_kept_and_arrives_by_the_next_line(story: Story) -> None:
    owner = story.owner("Kim", "Lund", "pro")
    owner.says("booking page is blank")
    topic = story.topic_of(f"Lund {story.number}")
    owner.hears("A person answers by")
    refused = {"action": "code", "code": 63016, "provider": "twilio", "method": "Messages.create"}
    story.stack.sandbox.post("faults", **refused, destination=f"whatsapp:{owner.number}")

    topic.writes("/r Kim, Lena here. Try it now.")
    topic.shows("NOT SENT: WhatsApp's 24 hours ended")
    owner.hears("Hi Kim, the answer in case")
    events = json.loads(story.stack.flask("tickets", "show", str(topic.number), "--json"))["events"]
    owner.says("hello?")

    arrived = eventually(lambda: [one for one in owner.messages() if "Try it now" in one["body"]][1:], what="it again")
    assert [event["kind"] for event in events][-2:] == ["replied", "reply_failed"]
    assert arrived[0]["status"] != "failed"


def test_a_rejected_template_lets_the_answer_go_by_sms(story: Story) -> None:
    owner = story.owner("Ana", "Reis", "pro", language="es")
    phone = story.owner("Ana", "Reis", "pro", language="es", channel="sms")
    owner.says("el enlace de la galería no se abre")
    topic = story.topic_of(f"Reis {story.number}")
    later(story.stack, 25)

    topic.writes("/r Ana, soy Lena. Ya funciona.")

    phone.hears("Ya funciona")
    topic.shows("The WhatsApp template was refused")
    topic.shows("by SMS instead")
