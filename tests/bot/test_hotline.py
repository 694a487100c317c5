"""Windows open and close to the minute: studio, group and open tickets hear of it; inside, what is blocked is SEV1."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.hotline import windows
from bot.hotline.shoots import import_shoots
from models import HotlineWindow, Studio, Ticket, TicketEvent
from tests.bot.house import TOLU, House
from tests.bot.paging import PRIYAS, texts, urgent

HEADER = "studio,starts_at,ends_at,timezone,title"
SHOOT = "Adeyemi Photo,2026-06-11T15:00,2026-06-11T23:00,Europe/Madrid,Wedding"  # a Thursday
OPENS, CLOSES = datetime(2026, 6, 11, 11, 0, tzinfo=UTC), datetime(2026, 6, 12, 1, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def booked(house: House, *rows: str) -> None:
    import_shoots(house.shell, "\n".join([HEADER, *(rows or [SHOOT])]).encode(), "csv")


def at(house: House, moment: datetime) -> None:
    house.clock.moment = moment
    windows.turn(house.shell)
    house.works()


def events(house: House, kind: str) -> list[dict[str, Any]]:
    return [row.data for row in house.rows(TicketEvent) if row.kind == kind]


def test_a_window_opens_and_closes_to_the_second(house: House) -> None:
    house.studio()
    booked(house)

    seen = []
    for moment in (OPENS - SECOND, OPENS, CLOSES - SECOND, CLOSES):
        at(house, moment)
        window = house.one(HotlineWindow)
        seen.append((window.opened_at, window.closed_at, house.one(Studio).hotline_until))

    assert seen == [(None, None, None), (OPENS, None, CLOSES), (OPENS, None, CLOSES), (OPENS, CLOSES, None)]


def test_the_studio_and_the_group_are_told_once(house: House) -> None:
    house.clock.moment = OPENS - timedelta(hours=1)
    house.opened("thanks, how do I change the cover?")
    booked(house)
    before = len(house.heard())
    for moment in (OPENS, OPENS + MINUTE, CLOSES, CLOSES + MINUTE):
        at(house, moment)

    opened, closed = house.heard()[before:]
    assert opened.startswith("Your shoot hotline is open until Fri 03:00, Tolu. If anything stops you, just write here")
    assert closed.startswith("Your shoot hotline has closed, Tolu.")
    assert house.shown(None) == [
        "🎥 Hotline open: Adeyemi Photo until Fri 03:00 (Europe/Madrid).",
        "🎥 Hotline closed: Adeyemi Photo.",
    ]


def test_many_openings_of_one_minute_are_one_message_in_the_group(house: House) -> None:
    for number in range(5):
        house.studio(name=f"Studio {number}", contact=f"Ana {number}", address=f"+3460000001{number}", channel="sms")
    booked(house, *(SHOOT.replace("Adeyemi Photo", f"Studio {number}") for number in range(5)))
    house.clock.moment = OPENS
    windows.turn(house.shell)
    house.works()

    (message,) = house.shown(None)
    assert message.count("Hotline open: ") == 5


def test_who_wrote_nowhere_yet_is_told_by_text_message(house: House) -> None:
    house.studio()
    house.studio(channel="sms", address="+34600000055")
    booked(house)
    at(house, OPENS)

    (sms,) = house.owed(channel="sms")
    assert sms.payload["to"] == "+34600000055"
    assert "just write here" in sms.payload["text"]


def test_whom_nothing_reaches_is_named_in_the_group(house: House) -> None:
    house.studio()
    booked(house)
    at(house, OPENS)

    assert "Tolu of Adeyemi Photo cannot be told: no open channel." in house.shown(None)[0]


def test_who_said_stop_is_not_written_to(house: House) -> None:
    house.clock.moment = OPENS - timedelta(hours=1)
    house.opened()
    house.says("STOP")
    house.works()
    booked(house)
    before = len(house.heard())
    at(house, OPENS)

    assert house.heard()[before:] == []
    assert "cannot be told" in house.shown(None)[0]


def test_open_tickets_hear_of_it_by_event_with_the_zone_and_resolved_ones_do_not(house: House) -> None:
    house.clock.moment = OPENS - timedelta(hours=1)
    house.opened()
    booked(house)
    at(house, OPENS)
    at(house, CLOSES)

    assert [data["zone"] for data in events(house, "hotline_opened")] == ["Europe/Madrid"]
    assert [row.occurred_at for row in house.rows(TicketEvent) if row.kind.startswith("hotline")] == [OPENS, CLOSES]

    house.taps("v1:resolve:1")
    house.works()
    booked(house, SHOOT.replace("2026-06-11", "2026-06-17"))
    at(house, OPENS + timedelta(days=6))
    assert len(events(house, "hotline_opened")) == 1


@pytest.mark.parametrize(
    ("ahead", "late"), [(timedelta(minutes=13), "13 min late: no worker was running."), (MINUTE, "")]
)
def test_a_missed_opening_is_caught_up_at_its_own_moment_and_the_gap_is_said(
    house: House, ahead: timedelta, late: str
) -> None:
    house.clock.moment = OPENS - timedelta(hours=1)
    house.opened()
    booked(house)
    at(house, OPENS + ahead)

    assert house.shown(None)[0].split("(Europe/Madrid).")[1].strip() == late
    assert [row.occurred_at for row in house.rows(TicketEvent) if row.kind == "hotline_opened"] == [OPENS]


def test_a_window_missed_as_a_whole_bothers_the_studio_no_more(house: House) -> None:
    house.clock.moment = OPENS - timedelta(hours=1)
    house.opened()
    booked(house)
    before = len(house.heard())
    at(house, CLOSES + timedelta(hours=3))

    assert house.heard()[before:] == []
    assert len(events(house, "hotline_opened")) == len(events(house, "hotline_closed")) == 1
    assert house.one(HotlineWindow).due_at is None


def test_a_shoot_booked_while_its_window_should_be_open_opens_it_without_blame(house: House) -> None:
    house.studio()
    house.clock.moment = OPENS + timedelta(hours=2)
    booked(house)
    at(house, OPENS + timedelta(hours=2, seconds=1))

    assert "late" not in house.shown(None)[0]


def test_a_longer_shoot_keeps_the_open_window_open(house: House) -> None:
    house.studio()
    booked(house)
    at(house, OPENS)
    booked(house, SHOOT.replace("T23:00", "T23:30"))

    assert house.one(HotlineWindow).closes_at == house.one(Studio).hotline_until == CLOSES + timedelta(minutes=30)


@pytest.mark.parametrize(("inside", "severity"), [(True, 1), (False, 2)])
def test_inside_a_window_whatever_is_blocked_is_sev1_and_the_ticket_says_so(
    house: House, inside: bool, severity: int
) -> None:
    house.studio()
    booked(house)
    at(house, OPENS if inside else OPENS - MINUTE)
    house.says("one client cannot open her gallery, says link expired", TOLU)
    house.works()

    ticket = house.one(Ticket)
    assert (ticket.severity, any("hotline: raised" in why for why in ticket.reasons)) == (severity, inside)
    assert events(house, "opened")[0].get("hotline", False) is inside


def test_a_question_inside_a_window_is_no_emergency(house: House) -> None:
    house.studio()
    booked(house)
    at(house, OPENS)
    house.says("how do I change the cover of an album?")
    house.works()

    assert house.one(Ticket).severity == 3
    assert events(house, "opened")[0]["hotline"] is True


def test_an_opening_tightens_the_promise_of_an_open_ticket_and_a_closing_does_not_loosen_it(house: House) -> None:
    house.clock.moment = OPENS - 2 * MINUTE
    house.opened("one client cannot open her gallery")
    booked(house)
    dues = []
    for moment in (OPENS - MINUTE, OPENS, CLOSES):
        at(house, moment)
        limit = house.promise().limit_due
        assert limit is not None
        dues.append(limit)

    assert dues[0] > OPENS + timedelta(hours=3)
    assert dues[1] <= OPENS + timedelta(minutes=15)
    assert dues[2] == dues[1]


def test_what_is_urgent_when_its_window_opens_asks_for_an_engineer_once(house: House) -> None:
    house.clock.moment = OPENS - 2 * MINUTE
    urgent(house)
    booked(house)
    before = texts(house, PRIYAS)

    for moment in (OPENS, OPENS + MINUTE):
        at(house, moment)

    assert before == []
    assert [text.split(":")[0] for text in texts(house, PRIYAS)] == ["ENGINEERING #1 Adeyemi Photo"]
    assert [event["why"] for event in events(house, "escalated")] == ["SEV1 in a hotline"]
