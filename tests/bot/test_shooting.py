"""``/shoot`` in a ticket's topic: a shoot entered by hand opens the hotline as an imported one does."""

from datetime import UTC, datetime

import pytest

from models import Audit, HotlineWindow, Shoot, Studio
from tests.bot.desk_words import told_in
from tests.bot.house import House

WEDDING = "/shoot 12.6. 14:00-22:00 Europe/Madrid Wedding Ana & Luis"  # a Friday; it is Wednesday 10 June 2026
NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)


def asked(house: House, words: str, **studio: str) -> str:
    """The answer in the topic of the studio's first ticket."""
    house.clock.moment = NOW
    thread = house.topic().thread_id if house.rows(Shoot) or house.rows(Studio) else house.opened(**studio)
    assert thread is not None
    house.writes(words, thread)
    return told_in(house, thread)


def spans(house: House) -> list[tuple[str, str]]:
    return [(f"{row.begins_at:%m-%d %H:%M}", f"{row.ends_at:%m-%d %H:%M}") for row in house.rows(Shoot)]


def test_a_shoot_is_booked_with_its_window(house: House) -> None:
    told = asked(house, WEDDING)

    assert told == (
        "Shoot 1: Fri 12 Jun 14:00-22:00 (Europe/Madrid) is booked.\nHotline Fri 12 Jun 12:00-Mon 15 Jun 06:00."
    )
    assert spans(house) == [("06-12 12:00", "06-12 20:00")]
    assert house.one(HotlineWindow).opens_at == datetime(2026, 6, 12, 10, 0, tzinfo=UTC)


def test_the_audit_log_holds_none_of_its_words(house: House) -> None:
    asked(house, WEDDING)

    assert [row.outcome for row in house.rows(Audit) if row.what == "/shoot"] == [
        "Shoot 1: Fri 12 Jun 14:00-22:00 (Europe/Madrid) is booked."
    ]


def test_the_zone_is_the_studios_if_none_is_written_and_the_night_runs_past_midnight(house: House) -> None:
    told = asked(house, "/shoot 2026-06-16 22:00-04:00 Party")

    assert told.startswith("Shoot 1: Tue 16 Jun 22:00-Wed 17 Jun 04:00 (Europe/Madrid) is booked.")


def test_the_same_words_at_the_same_time_are_the_same_shoot(house: House) -> None:
    said = [asked(house, words).partition("\n")[0] for words in (WEDDING, WEDDING, WEDDING.replace("22:00", "23:00"))]

    assert [one.rpartition(") is ")[2] for one in said] == ["booked.", "known already.", "booked."]
    assert spans(house) == [("06-12 12:00", "06-12 21:00")]


def test_what_it_overlaps_is_named_with_the_one_window(house: House) -> None:
    asked(house, "/shoot 16.6. 12:00-20:00 Wedding Ana & Luis")

    told = asked(house, "/shoot 16.6. 14:00-22:00 Portraits")

    assert told.endswith(
        "It overlaps Wedding Ana & Luis Tue 16 Jun 12:00-20:00: one window Tue 16 Jun 10:00-Wed 17 Jun 02:00."
    )
    assert len(house.rows(HotlineWindow)) == 1


def test_a_studio_that_is_no_agency_keeps_the_shoot_without_a_hotline(house: House) -> None:
    told = asked(house, WEDDING, tier="growth")

    assert told.endswith("No hotline follows: it is for Agency, and Adeyemi Photo is Growth.")
    assert (len(house.rows(Shoot)), house.rows(HotlineWindow)) == (1, [])


def test_they_are_listed_and_taken_away_by_number(house: House) -> None:
    none = asked(house, "/shoot")
    asked(house, WEDDING)
    listed = asked(house, "/shoot")
    wrong = asked(house, "/shoot off 7")

    gone = asked(house, "/shoot off 1")

    assert none.startswith("No shoot of Adeyemi Photo is ahead. Enter one: /shoot 28.11.")
    assert listed == "Shoots of Adeyemi Photo:\nShoot 1: Fri 12 Jun 14:00-22:00 (Europe/Madrid) Wedding Ana & Luis"
    assert wrong == "There is no shoot 7 of Adeyemi Photo; /shoot lists them."
    assert gone == "Shoot 1: Fri 12 Jun 14:00-22:00 (Europe/Madrid) is called off."
    assert (house.rows(Shoot), house.rows(HotlineWindow)) == ([], [])


def test_the_shoot_of_another_studio_is_not_taken_away_here(house: House) -> None:
    asked(house, WEDDING)
    other = house.opened(number="+34600000098", name="Other", contact="Bo")

    house.writes("/shoot off 1", other)

    assert told_in(house, other) == "There is no shoot 1 of Other; /shoot lists them."
    assert len(house.rows(Shoot)) == 1


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("tomorrow", "'tomorrow' is no day with a beginning and an end"),
        ("31.6. 14:00-22:00", "there is no day 31.6."),
        ("12.6. 14:00-14:00", "it ends before it begins, or as it begins"),
        ("12.6. 14:00-13:00", "it ends before it begins, or as it begins"),
        ("12.6.-11.6. 14:00", "is no day with a beginning and an end"),
        ("12.6. 14:00-11.6. 20:00", "it ends before it begins"),
        ("9.6. 10:00-12:00", "it is over: 2026-06-09 12:00 (Europe/Madrid) has passed"),
        ("12.6. 14:00-22:00 Europe/Madird Wedding", "'Europe/Madird' is no IANA zone like Europe/Madrid"),
    ],
)
def test_what_cannot_be_booked_is_refused_with_an_example(house: House, words: str, why: str) -> None:
    told = asked(house, f"/shoot {words}")

    assert told.startswith("Nothing was booked:\n")
    assert why in told
    assert "like " in told or "example: /shoot 28.11." in told
    assert house.rows(Shoot) == []


def test_a_shoot_without_a_zone_of_a_studio_without_one_is_refused(house: House) -> None:
    house.opened()
    house.changes(lambda session: setattr(session.get(Studio, 1), "timezone", ""))

    told = asked(house, "/shoot 12.6. 14:00-22:00 Wedding")

    assert "neither it nor the studio has a time zone" in told
