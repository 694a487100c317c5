"""Several agent groups: each ticket has its topic where the policy file sends it, and can be moved."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot import overview, silence
from bot.routes import Route
from bot.shell import Desk
from channels.arranging import CloseTopic
from channels.wire import OpenTopic, SendText, TransportError
from models import Alarm, Overview, Ticket
from tests.bot.house import CHARLIE, GROUP, OTHER_GROUP, TOLU, TOMAS, House
from tests.bot.recorder import NOON
from tests.bot.test_groups import serves, shown_in

PAGOS = Route("pagos", OTHER_GROUP, languages=("es",))
NEW = -1002000000009


@pytest.fixture
def house(house: House) -> House:
    """The house with a second group, for those who write in Spanish."""
    desk = Desk(GROUP, {GROUP, OTHER_GROUP}, routes=(PAGOS,))
    house.shell = replace(house.shell, desk=desk)
    return house


def spanish(house: House) -> int:
    """A ticket in the second group; returns its topic's thread."""
    return house.opened("no puedo subir las fotos", language="es")


def settles(house: House) -> None:
    """The new topic opens; what tells of it in the old one tries again a moment later."""
    for _ in range(3):
        house.works()
        house.clock.passes(5)


def test_a_ticket_goes_to_the_first_group_that_takes_it_and_else_to_the_main_one(house: House) -> None:
    spanish(house)
    house.studio("Other", "Charlie", CHARLIE)
    house.says("uploads fail", CHARLIE)
    house.works()

    assert [house.topic(1).chat_id, house.topic(2).chat_id] == [OTHER_GROUP, GROUP]


def test_all_that_is_said_on_a_ticket_stays_in_its_group(house: House) -> None:
    thread = spanish(house)
    house.writes("/r Hola Tolu", thread, chat=OTHER_GROUP)
    house.works()
    house.says("sigue igual", media=("a.jpg",))
    house.writes("/next 16:00", thread, chat=OTHER_GROUP)
    house.works()

    assert "Hola Tolu" in house.heard()
    assert not [call for call in house.telegram.calls if getattr(call, "to", "") == str(GROUP)]
    assert "Tolu: sigue igual" in [getattr(call, "caption", "") for call in house.telegram.calls]


def test_each_group_has_an_overview_of_its_own_tickets(house: House) -> None:
    spanish(house)

    overview.show(house.shell)
    house.works()

    told = {call.to: call.text for call in house.telegram.calls if isinstance(call, SendText) and call.silent}
    assert told[str(OTHER_GROUP)].startswith("<b>1 open</b>")
    assert told[str(GROUP)].startswith("<b>Nothing is open</b>")
    assert sorted(row.chat_id for row in house.rows(Overview)) == sorted((GROUP, OTHER_GROUP))


def test_a_moved_ticket_goes_on_in_the_other_group_with_what_was_said(house: House) -> None:
    old = house.opened("uploads fail")
    house.says("it stops at 40%")
    house.works()
    house.writes("/move pagos", old)

    settles(house)

    topic = house.topic()
    assert topic.chat_id == OTHER_GROUP
    card, history = shown_in(house, OTHER_GROUP)
    assert "Why:" in card
    assert "it stops at 40%" in history
    link = f"#1 goes on in the group pagos: https://t.me/c/1000000002/{topic.thread_id}"
    assert house.shown(old)[-1] == link
    assert house.telegram.calls[-1] == CloseTopic(str(GROUP), old)
    house.says("and now at 60%")
    house.writes("/r Tolu, which browser?", topic.thread_id, chat=OTHER_GROUP)
    house.works()
    assert shown_in(house, OTHER_GROUP)[-1] == "Tolu: and now at 60%"
    assert house.heard()[-1] == "Tolu, which browser?"


def test_the_way_to_the_new_topic_is_told_only_when_it_is_there(house: House) -> None:
    old = house.opened("uploads fail")
    busy = TransportError("Telegram asked us to slow down", code="429", retry_after=30)
    house.telegram.when(OpenTopic, busy)
    house.writes("/move pagos", old)
    house.works()
    before = house.shown(old)[-1]

    house.clock.passes(60)
    settles(house)

    assert "goes on in the group" not in before
    assert house.shown(old)[-1].endswith(f"/1000000002/{house.topic().thread_id}")


def test_a_line_that_waits_while_a_ticket_moves_arrives_in_the_new_group_only(house: House) -> None:
    old = house.opened("uploads fail")
    away = TransportError("the connection to Telegram broke")
    house.telegram.when(lambda call: getattr(call, "text", "") == "Tolu: it stops at 40%", away)
    house.says("it stops at 40%")
    house.works()
    house.writes("/move pagos", old)
    house.works()

    house.clock.passes(60)
    house.works()

    sent = [call.to for call in house.telegram.calls if getattr(call, "text", "") == "Tolu: it stops at 40%"]
    assert sent == [str(GROUP), str(OTHER_GROUP)]


@pytest.mark.parametrize(
    ("name", "told"),
    [("", "Where to: main, pagos?"), ("accounts", "/move pagos"), ("main", "#1 is in the group main already.")],
)
def test_a_move_to_nowhere_says_where_one_can_go(house: House, name: str, told: str) -> None:
    thread = house.opened("uploads fail")

    house.writes(f"/move {name}", thread)
    house.works()

    assert told in house.shown(thread)[-1]
    assert house.topic().chat_id == GROUP


def test_a_moved_ticket_comes_back_by_another_move(house: House) -> None:
    house.writes("/move pagos", house.opened("uploads fail"))
    house.works()

    house.writes("/move main", house.topic().thread_id, chat=OTHER_GROUP, sender=TOMAS)
    house.works()

    assert house.topic().chat_id == GROUP
    assert house.heard(TOLU) == house.heard(TOLU)[:1]


def test_a_deleted_topic_is_opened_anew_in_the_group_the_ticket_was_moved_to(house: House) -> None:
    house.writes("/move pagos", house.opened("uploads fail"))
    house.works()
    gone = TransportError("the topic is gone", code="topic_gone", permanent=True)
    house.telegram.when(lambda call: getattr(call, "text", "") == "Tolu: anybody?", gone)

    house.says("anybody?")
    house.works()

    assert house.topic().chat_id == OTHER_GROUP
    assert shown_in(house, OTHER_GROUP)[-1] == "Tolu: anybody?"


def test_a_further_group_that_moves_is_followed_as_the_main_one_is(house: House) -> None:
    spanish(house)
    serves(house, chat=OTHER_GROUP, migrate_to_chat_id=NEW)
    house.studio("Otra", "Charlie", CHARLIE, language="es")

    house.says("no puedo subir las fotos", CHARLIE)
    house.works()

    assert house.topic(2).chat_id == NEW
    assert any(f"chat = {NEW} under its [[groups]]" in text for text in shown_in(house, GROUP))


def test_an_alarm_about_a_ticket_is_told_in_its_own_group_and_ends_there_with_the_ticket(house: House) -> None:
    thread = spanish(house)
    house.writes("/r Hola Tolu", thread, chat=OTHER_GROUP)
    house.works()
    house.changes(lambda session: session.execute(update(Ticket).values(silent_at=NOON - timedelta(minutes=1))))
    silence.silence(house.shell)
    house.works()

    house.writes("/resolve ours", thread, chat=OTHER_GROUP)
    house.works()

    told = [text for text in shown_in(house, OTHER_GROUP) if "heard nothing for too long" in text]
    assert [text[0] for text in told if text[0] in "🚨✅"] == ["🚨", "✅"]
    assert not any("too long" in text for text in shown_in(house, GROUP))
    assert house.one(Alarm).cleared_at is not None
