"""No customer's line for longer than it should be is an alarm, which the next line ends."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot import stillness
from bot.policy import read_policy
from channels.wire import SendText
from models import Alarm
from oncall.stillness import read_stillness
from sla import PolicyError
from tests.bot.house import House

FALLBACK = "+34600000999"
FRIDAY = datetime(2026, 6, 12, 17, 0, tzinfo=UTC)  # 19:00 in Madrid, an hour before support closes
CALENDARS = read_policy(None).policies.calendars


def watching(house: House, **silent: str) -> House:
    read = read_stillness({"silent": silent}, CALENDARS)
    return House(replace(house.shell, stillness=read, alarm_to=FALLBACK))


def stands(house: House, moment: datetime) -> bool:
    house.clock.moment = moment
    stillness.listen(house.shell)
    house.works()
    return any(row.key == stillness.ALARM and row.cleared_at is None for row in house.rows(Alarm))


def test_open_hours_are_counted_and_the_fallback_number_hears_of_it_until_the_next_line(house: House) -> None:
    house = watching(house, support="2 h")
    house.clock.moment = FRIDAY
    house.opened()

    assert not stands(house, datetime(2026, 6, 13, 8, 59, tzinfo=UTC))  # an hour on Friday, 59 minutes on Saturday
    assert stands(house, datetime(2026, 6, 13, 9, 1, tzinfo=UTC))
    texts = [call.text for call in house.twilio.calls if isinstance(call, SendText) and call.to == FALLBACK]
    house.says("still there?")
    house.works()
    over = not stands(house, datetime(2026, 6, 13, 9, 2, tzinfo=UTC))

    assert texts[-1:] == [
        "🚨 No customer has written since Fri 2026-06-12 19:00, for more than 2 h of the calendar 'support'. Do the "
        "providers' webhooks reach us? `flask doctor` looks at each leg."
    ]
    assert over
    assert house.shown(None)[-1] == "✅ Over: a customer has written."


def test_before_the_first_line_and_without_a_limit_nothing_is_missed(house: House) -> None:
    fresh = stands(watching(house, always="1 h"), datetime(2026, 7, 1, tzinfo=UTC))
    house.clock.moment = FRIDAY
    house.opened()

    assert not fresh
    assert not stands(watching(house), datetime(2026, 12, 1, tzinfo=UTC))


def test_what_ships_is_a_day_of_support_or_three_days(house: House) -> None:
    house = House(replace(house.shell, stillness=read_stillness({}, CALENDARS)))
    house.clock.moment = datetime(2026, 6, 8, 6, 0, tzinfo=UTC)  # Monday 08:00
    house.opened()

    assert not stands(house, datetime(2026, 6, 8, 17, 59, tzinfo=UTC))
    assert stands(house, datetime(2026, 6, 9, 6, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"quiet": "1 h"}, "inbound: it is a table that knows silent"),
        ({"silent": "12 h"}, "is no table of calendars"),
        ({"silent": {"nights": "12 h"}}, "no calendar is called 'nights'"),
        ({"silent": {"support": "soon"}}, "[inbound] silent.support: 'soon' is no duration"),
    ],
)
def test_a_wrong_table_is_refused_by_name_with_an_example(table: object, words: str) -> None:
    with pytest.raises(PolicyError) as wrong:
        read_stillness(table, CALENDARS)

    assert words in str(wrong.value)
    assert "example" in str(wrong.value) or "write it like" in str(wrong.value)
