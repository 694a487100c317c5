"""A known member's words go on at once, whatever the line to Telegram; who was removed has nothing any more."""

from typing import Any

import pytest

from bot.desk import look_up
from channels.wire import TransportError
from models import Agent, Alarm, Audit, Role, Ticket
from tests.bot.desk_words import events
from tests.bot.house import GROUP, LENA, OTHER_GROUP, TOMAS, House, Json
from tests.bot.test_desk_rights import PRIYA, changes

HOUR = 3600


def away(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Telegram takes what we send and cannot be asked who is in the group."""

    def broken(chat: int, person: int) -> str:
        raise TransportError("the connection to Telegram broke", unknown=True)

    monkeypatch.setattr(house.telegram, "standing", broken)


def acts(house: House, words: str, thread: int | None = None, sender: Json = PRIYA) -> None:
    """Writes without a look-up of this minute."""
    house.writes(words, thread, sender=sender)
    house.works()


def test_a_known_members_reply_goes_on_at_once_on_a_bad_line(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    thread = house.opened()
    house.admits(PRIYA)
    house.clock.passes(8 * HOUR)
    away(house, monkeypatch)

    acts(house, "/r We can see it.", thread)

    assert house.heard() == ["We can see it."]


def test_a_word_older_than_telegram_keeps_its_updates_is_asked_for_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.opened()
    house.admits(PRIYA)
    house.clock.passes(25 * HOUR)
    away(house, monkeypatch)

    query = house.taps("v1:take:1", PRIYA)
    house.works()
    held = house.told(query)
    monkeypatch.undo()
    house.clock.passes(3)
    house.works()

    assert (held, house.told(query)) == (None, "#1 is yours.")


def test_while_the_bot_hears_of_no_removal_every_word_is_asked_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = house.opened()
    house.admits(PRIYA)
    now = house.clock.now()
    house.changes(
        lambda session: session.add(Alarm(key=f"bot:{GROUP}", words="no administrator", told="", raised_at=now))
    )
    house.clock.passes(120)
    away(house, monkeypatch)

    acts(house, "/r We can see it.", thread)

    assert house.heard() == []


def test_what_a_lead_alone_may_do_waits_for_telegrams_word_of_this_minute(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.opened()
    house.admits(PRIYA, standing="lead")
    house.admits(TOMAS)
    house.writes("hello", sender=TOMAS)
    house.works()
    house.clock.passes(120)
    away(house, monkeypatch)

    acts(house, f"/role {TOMAS['id']} privacy")
    waits = house.rows(Role)
    house.telegram.standings[PRIYA["id"]] = "agent"
    monkeypatch.undo()
    house.clock.passes(3)
    house.works()

    assert (waits, house.rows(Role)) == ([], [])
    assert "is for leads" in house.shown(None)[-1]


@pytest.mark.parametrize("learnt", ["by an update", "by asking"])
def test_a_removed_members_tickets_are_free_at_once(house: House, learnt: str) -> None:
    thread = house.opened()
    house.admits(PRIYA)
    house.taps("v1:take:1", PRIYA)
    acts(house, "/on")

    if learnt == "by an update":
        changes(house, PRIYA, "kicked")
    else:
        house.telegram.standings[PRIYA["id"]] = "gone"
        house.clock.passes(30)
        look_up(house.shell)
    house.works()

    assert house.one(Ticket).owner_id is None
    assert "#1 is free again: Priya is no longer in this group." in house.shown(thread)[-1]
    assert events(house, "returned") == [("bot", {"from": PRIYA["id"]})]
    assert house.one(Agent).on_duty_since is None


def test_who_is_still_in_another_group_keeps_duty_and_the_tickets_there(house: House) -> None:
    house.opened()
    house.admits(PRIYA)
    house.admits(PRIYA, OTHER_GROUP)
    house.taps("v1:take:1", PRIYA)
    acts(house, "/on")

    chat: Json = {"id": OTHER_GROUP, "type": "supergroup", "title": "Desk"}
    old: Json = {"user": PRIYA, "status": "member"}
    new: Json = {"user": PRIYA, "status": "kicked", "until_date": 0}
    house.updates(
        chat_member={"chat": chat, "from": LENA, "date": 1781092800, "old_chat_member": old, "new_chat_member": new}
    )
    house.works()

    assert house.one(Ticket).owner_id == PRIYA["id"]
    assert house.one(Agent).on_duty_since is not None


def test_answers_notes_edits_and_reactions_are_in_the_audit_log_without_their_words(house: House) -> None:
    thread = house.opened()
    card = house.topic().card_id
    assert card is not None

    written = house.writes("It works again.", thread, reply_to=card)
    house.writes("strange, that one", thread)
    house.works()
    house.rewrites("It works again now.", written, thread)
    house.reacts("👍", card, LENA, GROUP)
    house.works()

    found: list[tuple[Any, ...]] = [(row.agent_id, row.ticket_id, row.what) for row in house.rows(Audit)]
    assert found == [(501, 1, "reply"), (501, 1, "note"), (501, 1, "edit"), (501, 1, "reaction")]
    assert not [row for row in house.rows(Audit) if "works" in row.outcome or "strange" in row.outcome]
