"""The pinned overview of the agents' group: true, silent, edited in place, never more than a minute allows."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from bot import buckets, overview
from bot.alarms import raise_alarm
from bot.policy import read_policy
from channels.arranging import PinMessage
from channels.wire import (
    EditText,
    SendText,
    TransportError,
)
from models import Conversation, Overview, Studio, Ticket
from tests.bot.house import CHARLIE, GROUP, TOMAS, House
from tests.bot.recorder import NOON


def shows(house: House, seconds: float = 60) -> None:
    """The sweep comes round after so long, as often as it has something to do."""
    house.clock.passes(seconds)
    for _ in range(2):
        overview.show(house.shell)
        house.works()


def overviews(house: House) -> list[SendText | EditText | PinMessage]:
    """Every call made for the group's overview."""
    return [
        call
        for call in house.telegram.calls
        if isinstance(call, PinMessage)
        or (
            isinstance(call, SendText | EditText)
            and any(word in call.text for word in (" open</b>", "Nothing is open"))
        )
    ]


def text(house: House) -> str:
    said = [call for call in overviews(house) if not isinstance(call, PinMessage)]
    return said[-1].text


def test_the_overview_is_posted_in_silence_and_pinned_once(house: House) -> None:
    house.opened("uploads fail")

    for _ in range(3):
        shows(house)

    posted, pinned = overviews(house)
    assert isinstance(posted, SendText)
    assert (posted.to, posted.thread, posted.silent) == (str(GROUP), None, True)
    row = house.one(Overview)
    assert isinstance(pinned, PinMessage)
    assert (pinned.message, row.chat_id, row.message_id) == (row.message_id, GROUP, pinned.message)


def test_the_overview_tells_what_is_open_unowned_promised_closing_and_who_is_on(house: House) -> None:
    house.opened("uploads fail")
    house.studio("Other", "Charlie", CHARLIE, tier="free")
    house.says("PAYMENT NOT WORKING", CHARLIE)
    house.works()
    house.taps("v1:take:2", TOMAS)
    house.writes("/on", sender=TOMAS)
    house.changes(lambda session: session.execute(update(Ticket).where(Ticket.id == 1).values(severity=2)))
    house.changes(lambda session: raise_alarm(house.shell, session, "disk", "The disk is full."))
    house.changes(lambda session: session.get(Studio, 1).__setattr__("hotline_until", NOON + timedelta(hours=4)))
    closes = NOON + timedelta(hours=3)
    house.changes(lambda session: session.get(Conversation, 1).__setattr__("window_expires_at", closes))
    house.works()

    shows(house)

    lines = text(house).splitlines()
    assert lines[0] == "<b>2 open</b>: 1 SEV1, 1 SEV2"
    assert lines[1] == "<b>1 without an owner</b>"
    assert "#1</a> SEV2 upload · Adeyemi Photo · agency" in lines[2]
    assert "Next promise:" in lines[3]
    assert lines[4].endswith("#1</a> 17:00")
    assert lines[5:] == ["🎥 Hotline on: Adeyemi Photo until 18:00", "On duty: Tomas", "🚨 1 alarm standing"]


def test_the_first_five_without_an_owner_stand_in_the_order_of_the_queue(house: House) -> None:
    for ticket, tier in enumerate(("free", "pro", "agency", "free", "free", "free", "free")):
        house.studio(f"Studio {ticket + 1}", "Ana", f"+346000001{ticket:02d}", tier=tier)
        house.says("uploads fail", f"+346000001{ticket:02d}")
        house.works()
    house.changes(lambda session: session.get(Studio, 4).__setattr__("hotline_until", NOON + timedelta(hours=4)))
    ends = NOON + timedelta(minutes=90)
    house.changes(lambda session: session.get(Conversation, 7).__setattr__("window_expires_at", ends))
    house.changes(lambda session: session.execute(update(Ticket).where(Ticket.id != 5).values(severity=2)))

    shows(house)

    queue = text(house).split("7 without an owner</b>\n")[1].splitlines()
    assert [line.split("</a>")[0].split("#")[-1] for line in queue[:5]] == ["4", "5", "3", "2", "7"]
    assert queue[5] == "and 2 more: /queue"


def test_the_overview_is_edited_at_most_once_a_minute_and_only_when_it_changed(house: House) -> None:
    house.opened("uploads fail")
    shows(house)
    house.taps("v1:take:1", TOMAS)
    house.works()

    shows(house, seconds=10)
    early = len(overviews(house))
    shows(house, seconds=50)
    shows(house)

    assert early == 2
    edit = overviews(house)[-1]
    assert len(overviews(house)) == 3
    assert isinstance(edit, EditText)
    assert edit.message == house.one(Overview).message_id
    assert "without an owner" not in edit.text


def test_the_overview_waits_while_the_group_has_less_than_eight_tokens(house: House) -> None:
    house.shell = replace(house.shell, budgets=read_policy(None).budgets)
    house.opened("uploads fail")
    shows(house)
    house.taps("v1:take:1", TOMAS)
    house.works()
    house.clock.passes(70)
    for line in range(13):
        house.says(f"line {line}")
    house.works()

    with house.shell.db.reading() as session:
        left = buckets.left(house.shell, session, "telegram", str(GROUP))
    shows(house, seconds=0)
    short = len(overviews(house))
    shows(house, seconds=70)

    assert left is not None
    assert left < 8
    assert (short, len(overviews(house))) == (2, 3)


def test_an_overview_that_was_deleted_is_made_anew_and_pinned(house: House) -> None:
    house.opened("uploads fail")
    shows(house)
    gone = TransportError("Telegram says: message to edit not found", code="message to edit not found", permanent=True)
    house.telegram.when(lambda call: isinstance(call, EditText) and " open</b>" in call.text, gone)
    house.taps("v1:take:1", TOMAS)
    house.works()

    shows(house)
    shows(house)

    kinds: list[type[Any]] = [type(call) for call in overviews(house)]
    assert kinds == [SendText, PinMessage, EditText, SendText, PinMessage]
    assert house.one(Overview).message_id == overviews(house)[-1].message  # type: ignore[union-attr]


def test_a_group_that_refuses_the_overview_is_asked_again_only_after_ten_minutes(house: House) -> None:
    refused = TransportError("the bot lacks a right in the group", permanent=True)
    house.telegram.when(lambda call: isinstance(call, SendText), refused)

    for _ in range(12):
        shows(house)

    assert [type(call) for call in overviews(house)] == [SendText, SendText, PinMessage]
