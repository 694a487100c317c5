"""The form of a calendar: what is wrong in it is refused at load, by name and with an example (sla.md section 4)."""

import json
import tomllib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.calendar_form import read
from sla.calendars import Calendar, CalendarError, due
from sla.zones import names

ZONE = {"zone": "Europe/Madrid"}
MONDAYS = ZONE | {"days": {"mon": ["09:00-17:00"]}}


def mondays(*windows: object) -> dict[str, Any]:
    return ZONE | {"days": {"mon": list(windows)}}


WRONG: list[tuple[Any, str]] = [
    (ZONE, "never open"),
    (ZONE | {"days": {}}, "never open"),
    (ZONE | {"days": {"mon": [], "sun": []}, "always": False}, "never open"),
    (MONDAYS | {"zone": "Madrid"}, "zone: 'Madrid'"),
    (MONDAYS | {"zone": "europe/madrid"}, "zone: 'europe/madrid'"),
    (MONDAYS | {"zone": "../../etc/passwd"}, "zone: "),
    (MONDAYS | {"zone": 1}, "zone: 1"),
    ({"days": {"mon": ["09:00-17:00"]}}, "zone: ''"),
    (mondays("09:00-09:00"), "days.mon: '09:00-09:00' opens and closes at once"),
    (mondays("00:00-00:00"), "opens and closes at once"),
    (mondays("09:00-17:00", "16:00-18:00"), "overlap"),
    (mondays("9:00-17:00"), "days.mon: '9:00-17:00'"),
    (mondays("24:00-06:00"), "days.mon: '24:00-06:00'"),
    (mondays("09:00-24:01"), "days.mon: '09:00-24:01'"),
    (mondays("09:60-17:00"), "days.mon: '09:60-17:00'"),
    (mondays("09:00 - 17:00"), "days.mon"),
    (mondays("\u0660\u0669:00-17:00"), "days.mon"),
    (mondays(9), "days.mon: 9"),
    (ZONE | {"days": {"mon": "09:00-17:00"}}, "days.mon: '09:00-17:00' is no list"),
    (ZONE | {"days": {"monday": ["09:00-17:00"]}}, "days: unknown monday"),
    (ZONE | {"days": ["09:00-17:00"]}, "days: "),
    (MONDAYS | {"holiday": {"country": "ES"}}, "unknown holiday"),
    (MONDAYS | {"holidays": {"country": "XX"}}, "holidays: "),
    (MONDAYS | {"holidays": {"country": "ES", "subdivision": "ZZ"}}, "holidays: "),
    (MONDAYS | {"holidays": {"country": "ES", "state": "MD"}}, "holidays: "),
    (MONDAYS | {"holidays": {"country": ["ES"]}}, "holidays: "),
    (MONDAYS | {"holidays": "ES"}, "holidays: 'ES'"),
    (MONDAYS | {"closed": ["2026-08-01"]}, "closed 1: '2026-08-01'"),
    (MONDAYS | {"closed": "2026-08-01"}, "closed: '2026-08-01'"),
    (MONDAYS | {"closed": [["2026-08-01", "2026-02-30"]]}, "closed 1: "),
    (MONDAYS | {"closed": [["2026-08-01", "2026-08-30"], ["2026-08-30", "2026-08-01"]]}, "closed 2: it ends"),
    (MONDAYS | {"open": [["2026-11-28T22:00", "2026-11-28T22:00"]]}, "open 1: it ends"),
    (MONDAYS | {"open": [["2026-11-28T22:00Z", "2026-11-28T23:00Z"]]}, "open 1: '2026-11-28T22:00Z' is no local time"),
    (MONDAYS | {"open": [["2026-11-28", "2026-11-29"]]}, "open 1: '2026-11-28' is no local time"),
    (MONDAYS | {"open": [["2026-11-28T25:00", "2026-11-29T02:00"]]}, "open 1: '2026-11-28T25:00'"),
    (MONDAYS | {"open": [["9999-12-31T22:00", "9999-12-31T24:00"]]}, "open 1: '9999-12-31T24:00'"),
    (MONDAYS | {"always": True}, "always = true never closes, so it takes no days"),
    (ZONE | {"always": "yes"}, "always: 'yes'"),
    (ZONE | {"always": 1}, "always: 1"),
    ("always", "a calendar is a table"),
    (None, "a calendar is a table"),
]


@pytest.mark.parametrize(("form", "said"), WRONG, ids=[said for _, said in WRONG])
def test_what_is_wrong_is_refused_by_name_with_an_example(form: Any, said: str) -> None:
    with pytest.raises(CalendarError) as refused:
        read(form)

    message = str(refused.value)
    assert message.startswith(said) or said in message
    assert any(word in message for word in ("write", "example", "knows", "a table with", "choose", "let one end"))


def test_toml_and_json_say_the_same() -> None:
    toml = tomllib.loads("""
        zone = "Europe/Madrid"
        days = { mon = ["09:00-13:00", "14:00-18:00"], fri = ["22:00-06:00"] }
        holidays = { country = "ES", subdivision = "MD" }
        closed = [["2026-08-01", "2026-08-30"]]
        open = [["2026-11-28T22:00", "2026-11-29T02:00"]]
    """)
    native = toml | tomllib.loads("""
        closed = [[2026-08-01, 2026-08-30]]
        open = [[2026-11-28T22:00:00, 2026-11-29T02:00:00]]
    """)

    assert read(toml) == read(json.loads(json.dumps(toml))) == read(native)


def test_a_one_off_opening_may_end_at_24_00_and_begin_on_a_second() -> None:
    once = read(ZONE | {"open": [["2026-11-28T23:59:30", "2026-11-28T24:00"]]})

    assert due(once, datetime(2026, 11, 28, tzinfo=UTC), timedelta(seconds=30)).at == datetime(
        2026, 11, 28, 23, tzinfo=UTC
    )


def test_a_calendar_takes_the_zone_it_is_given_where_it_names_none() -> None:
    days = {"days": {"mon": ["09:00-17:00"]}}

    assert read(days, "Europe/Madrid") == read(MONDAYS)
    assert read(MONDAYS, "Asia/Tokyo") == read(MONDAYS)
    assert read({"always": True}).zone.key == "UTC"


def test_a_night_may_end_at_midnight_either_way() -> None:
    assert read(mondays("22:00-24:00")) == read(mondays("22:00-00:00"))


def test_every_zone_of_the_pinned_release_can_be_named() -> None:
    assert all(read({"zone": name, "always": True}).zone.key == name for name in names())


texts = st.text(max_size=6) | st.sampled_from(
    ["09:00-17:00", "22:00-06:00", "Europe/Madrid", "2026-08-01", "2026-11-28T22:00", "mon", "ES", "country"]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)
keys = st.sampled_from(["zone", "days", "holidays", "closed", "open", "always", "else"])


@given(values | st.dictionaries(keys, values, max_size=6))
def test_any_form_is_taken_or_refused_with_a_calendar_error(form: Any) -> None:
    try:
        found: object = read(form)
    except CalendarError as refused:
        found = str(refused)

    assert isinstance(found, Calendar) or found
