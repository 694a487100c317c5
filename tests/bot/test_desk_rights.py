"""Telegram's user ids decide who may act, by what Telegram told in this minute; everything is in the audit log."""

from typing import Any

import pytest

from bot.desk import look_up
from channels.wire import TransportError
from models import Agent, Audit, Inbound, Member, Message, Role, Ticket
from tests.bot.house import GROUP, LENA, TOMAS, House

PRIYA: dict[str, Any] = {"id": 503, "is_bot": False, "first_name": "Priya", "username": "priya"}
MALLORY: dict[str, Any] = {
    "id": 999,
    "is_bot": False,
    "first_name": "Lena",
    "username": "lena",
}  # a stranger under Lena's name


def changes(house: House, person: dict[str, Any], status: str) -> None:
    """Telegram tells of a change of membership."""
    old: dict[str, Any] = {"user": person, "status": "member"}
    new: dict[str, Any] = {"user": person, "status": status} | (
        {"until_date": 0} if status == "kicked" else {"is_anonymous": False}
    )
    chat = {"id": GROUP, "type": "supergroup", "title": "Desk"}
    house.updates(
        chat_member={"chat": chat, "from": LENA, "date": 1781092800, "old_chat_member": old, "new_chat_member": new}
    )


def test_a_strangers_tap_does_nothing_is_told_so_and_is_in_the_audit_log(house: House) -> None:
    house.opened()
    house.telegram.standings[MALLORY["id"]] = "gone"

    query = house.taps("v1:take:1", MALLORY)
    house.works()

    assert house.told(query) == "Only members of this group can do that."
    assert house.one(Ticket).owner_id is None
    assert house.rows(Agent) == []
    row = house.one(Audit)
    assert (row.agent_id, row.ticket_id, row.what) == (999, 1, "tap take")
    assert row.outcome == "Only members of this group can do that."


@pytest.mark.parametrize(
    "words", ["/r Send me your card number.", "a note of nobody", "/queue", "/role @lena engineer"]
)
def test_a_strangers_words_go_nowhere_and_are_not_even_kept(house: House, words: str) -> None:
    thread = house.opened()
    house.telegram.standings[MALLORY["id"]] = "gone"
    before = len(house.telegram.calls)

    house.writes(words, thread, sender=MALLORY)
    house.works()

    assert house.last(Inbound).reason == "written by no member of the group"
    assert (house.heard(), len(house.rows(Message)), len(house.telegram.calls)) == ([], 1, before)
    assert "refused" in house.one(Audit).outcome


def test_somebody_new_waits_for_telegrams_word_and_then_acts(house: House) -> None:
    house.opened()

    query = house.taps("v1:take:1", PRIYA)
    house.works()

    assert house.told(query) == "#1 is yours."


def test_an_act_waits_while_telegram_cannot_be_asked_and_nothing_is_lost(house: House) -> None:
    house.opened()
    channel, asked = house.telegram, house.telegram.standing

    def broken(chat: int, person: int) -> str:
        raise TransportError("the connection to Telegram broke", unknown=True)

    channel.standing = broken  # type: ignore[method-assign]
    query = house.taps("v1:take:1", PRIYA)
    house.works()
    held = house.told(query)
    channel.standing = asked  # type: ignore[method-assign]
    house.works()

    assert held is None
    assert house.told(query) == "#1 is yours."


def test_somebody_telegram_does_not_know_is_a_stranger(house: House) -> None:
    house.opened()

    def unknown(chat: int, person: int) -> str:
        raise TransportError("Telegram says: PARTICIPANT_ID_INVALID", code="PARTICIPANT_ID_INVALID", permanent=True)

    house.telegram.standing = unknown  # type: ignore[method-assign]
    query = house.taps("v1:take:1", PRIYA)
    house.works()

    assert "Only members" in str(house.told(query))


def test_a_removed_member_loses_everything_at_once(house: House) -> None:
    house.opened()
    house.taps("v1:take:1", PRIYA)
    house.works()
    changes(house, PRIYA, "kicked")

    query = house.taps("v1:resolve:1", PRIYA)
    house.works()

    assert "Only members" in str(house.told(query))
    assert house.one(Ticket).state == "open"


def test_a_removal_nobody_told_us_of_binds_within_a_minute(house: House) -> None:
    house.opened()
    house.taps("v1:take:1", PRIYA)
    house.works()
    house.telegram.standings[PRIYA["id"]] = "gone"

    house.clock.passes(30)
    look_up(house.shell)

    assert [row.standing for row in house.rows(Member) if row.agent_id == PRIYA["id"]] == ["gone"]


def test_a_member_who_rises_to_administrator_may_do_what_leads_do(house: House) -> None:
    house.opened()
    house.writes("/role @lena engineer", sender=PRIYA)
    house.works()
    refused = house.shown(None)[-1]
    changes(house, PRIYA, "creator")
    house.writes("hello", house.topic().thread_id, sender=LENA)
    house.writes("/role @lena engineer", sender=PRIYA)
    house.works()

    assert "for leads" in refused
    assert house.shown(None)[-1] == "ℹ️ Lena is engineer."  # noqa: RUF001 (the sign is meant)


def test_a_lead_gives_and_takes_a_role_by_name_and_everybody_can_see_it(house: House) -> None:
    thread = house.opened()
    house.writes("a note", thread, sender=TOMAS)

    house.writes("/role Tomas engineer")
    house.writes("/role")
    house.writes("/me", sender=TOMAS)
    house.works()

    said = house.shown(None)[-3:]
    assert "Tomas is engineer." in said[0]
    assert "engineer: Tomas" in said[1]
    assert "Tomas, number 502: agent, engineer; off duty; no tickets." in said[2]
    assert (house.one(Role).agent_id, house.one(Role).given_by) == (502, 501)
    house.writes("/role 502 engineer off")
    house.works()
    assert house.rows(Role) == []


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("/role @nobody engineer", "nobody called @nobody"),
        ("/role @lena king", "A role is one of engineer, privacy"),
        ("/role @lena", "A role is one of engineer, privacy"),
        ("/role @lena engineer perhaps", "A role is one of engineer, privacy"),
    ],
)
def test_a_role_that_cannot_be_given_is_refused_with_an_example(house: House, written: str, answer: str) -> None:
    house.opened()

    house.writes(written)
    house.works()

    assert answer in house.shown(None)[-1]
    assert house.rows(Role) == []


def test_two_people_of_one_name_are_told_apart_by_number(house: House) -> None:
    thread = house.opened()
    house.writes("a note", thread, sender=PRIYA | {"id": 504, "username": "other"})
    house.writes("a note", thread, sender=PRIYA)
    house.works()

    house.writes("/role Priya engineer")
    house.works()

    assert "Several people are called Priya" in house.shown(None)[-1]
    assert house.rows(Role) == []
