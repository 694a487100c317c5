"""A crew on call in a story: telephones, private chats and a clock that is steered."""

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support.databases import fresh
from tests.support.people import Story
from tests.support.sandbox import GROUP, WHATSAPP, eventually
from tests.support.stack import Stack, quicker, standing

Json = dict[str, Any]
CREW = {  # name: (roles, telephone, Telegram's user id)
    "Lena": ('"primary"', "+34600000531", 501),
    "Tomas": ('"backup"', "+34600000532", 502),
    "Priya": ('"engineer"', "+34600000533", 577),
    "Marco": ('"lead"', "+34600000534", 578),
}
ROTA = "\n".join(
    f'[[person]]\nname = "{name}"\nroles = [{roles}]\nphone = "{phone}"\ntelegram = {user}\nverified = true\n'
    for name, (roles, phone, user) in CREW.items()
)


@contextlib.contextmanager
def on_call(directory: Path, kind: str, shows: datetime, changes: tuple[tuple[str, str], ...] = ()) -> Iterator[Stack]:
    """A stack whose clock shows ``shows``, with the crew on call; ``changes`` are made to the policy that ships."""
    clock = directory / "clock.json"
    clock.write_text(json.dumps({"real": datetime.now(UTC).isoformat(), "shows": shows.isoformat(), "rate": 1.0}))
    policy = directory / "script.toml"
    text = Path(quicker(directory)).read_text()
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    policy.write_text(text)
    quick: Json = {"twilio": {"voice_seconds": 0.05}, "telegram": {"flood_limits": False}}
    url, script = fresh(kind, directory), str(policy)
    with standing(
        directory, url, quick, CLOCK_FILE=str(clock), TWILIO_VOICE_FROM=WHATSAPP, POLICY_FILE=script
    ) as stack:
        for name, (_, phone, user) in CREW.items():
            stack.sandbox.post("twilio/phones", number=phone, behaviour="voicemail")
            stack.sandbox.post("telegram/say", chat_id=user, user_id=user, first_name=name, text="/start")
            member = {"id": user, "first_name": name, "is_bot": False}
            status = "administrator" if name in ("Lena", "Marco") else "member"
            stack.sandbox.post("telegram/members", chat_id=GROUP, user=member, status=status)
            stack.sandbox.post("telegram/say", chat_id=GROUP, user_id=user, text="Good morning")
        stack.wakes(ROTA)
        yield stack


def at(stack: Stack, moment: datetime) -> None:
    stack.sandbox.post("clock", shows=moment.isoformat(), rate=1.0)


def later(stack: Stack, minutes: float) -> None:
    at(stack, datetime.fromisoformat(stack.sandbox.get("clock")["shows"]) + timedelta(minutes=minutes))


def private(stack: Stack, name: str, words: str) -> Json:
    """Waits until the bot has told somebody of the crew so in their own chat."""
    user = CREW[name][2]

    def found() -> Json | None:
        messages = stack.sandbox.get(f"telegram/chats/{user}")["messages"]
        return next((one for one in reversed(messages) if words in one.get("text", "")), None)

    shown: Json = eventually(found, 15, f"{name} is told {words!r}")
    return shown


def taps(stack: Stack, name: str, chat: int, message: Json, button: str) -> None:
    user = CREW[name][2]
    stack.sandbox.post("telegram/tap", chat_id=chat, message_id=message["message_id"], user_id=user, text=button)


def buttons(message: Json) -> list[str]:
    return [one["text"] for line in message.get("reply_markup", {}).get("inline_keyboard", []) for one in line]


def texted(stack: Stack, name: str, words: str) -> str:
    """Waits for a text message to somebody of the crew."""

    def found() -> str | None:
        messages = stack.sandbox.get("twilio/messages", address=CREW[name][1])["messages"]
        told = [one["body"] for one in messages if one["direction"] != "inbound" and words in one["body"]]
        return told[-1] if told else None

    text: str = eventually(found, 15, f"a text to {name} with {words!r}")
    return text


def rung(stack: Stack, name: str) -> list[str]:
    """What each call to somebody of the crew said first."""
    calls = stack.sandbox.get("twilio/calls", address=CREW[name][1])["calls"]
    said = ([line["say"] for line in one["transcript"] if "say" in line] for one in calls)
    return [lines[0] for lines in said if lines]


def general(story: Story, words: str) -> Json:
    """Waits for a message of the group's General topic."""

    def found() -> Json | None:
        (topic,) = [one for one in story.group()["topics"] if one["message_thread_id"] == 1]
        return next((one for one in reversed(topic["messages"]) if words in one.get("text", "")), None)

    shown: Json = eventually(found, 15, f"General shows {words!r}")
    return shown
