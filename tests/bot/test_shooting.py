"""``/shoot`` in a ticket's topic: a shoot entered by hand opens the hotline as an imported one does."""

from datetime import UTC, datetime

import pytest

from bot import watch
from bot.hotline import windows
from models import Audit, Clock, HotlineWindow, Shoot, Studio
from tests.bot.desk_words import card, told_in
from tests.bot.house import House

WEDDING = "/shoot 12.6. 14:00-22:00 Europe/Madrid Wedding Ana & Luis"  # a Friday; it is Wednesday 10 June 2026
NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)


def asked(house: House, words: str, **studio: str) -> str:
    """The answer in the topic of the studio's first ticket."""
    house.clock.moment = NOW
    thread = house.topic().thread_id if house.rows(Studio) else house.opened(**studio)
    assert thread is not None
    return told(house, words, thread)


def told(house: House, words: str, thread: int) -> str:
    house.writes(words, thread)
    return told_in(house, thread).removeprefix("ℹ️ ")  # noqa: RUF001 (the sign is meant)


def spans(house: House) -> list[tuple[str, str]]:
    return [(f"{row.begins_at:%m-%d %H:%M}", f"{row.ends_at:%m-%d %H:%M}") for row in house.rows(Shoot)]


def test_a_shoot_is_booked_with_its_window(house: House) -> None:
    said = asked(house, WEDDING)

    assert said == (
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
    said = asked(house, "/shoot 2026-06-16 22:00-04:00 Party")

    assert said.startswith("Shoot 1: Tue 16 Jun 22:00-Wed 17 Jun 04:00 (Europe/Madrid) is booked.")


def test_the_same_words_at_the_same_time_are_the_same_shoot(house: House) -> None:
    said = [asked(house, words).partition("\n")[0] for words in (WEDDING, WEDDING, WEDDING.replace("22:00", "23:00"))]

    assert [one.partition(" is ")[2] for one in said] == [
        "booked.",
        "known already.",
        "moved; it was Fri 12 Jun 14:00-22:00.",
    ]
    assert spans(house) == [("06-12 12:00", "06-12 21:00")]


def test_what_it_overlaps_is_named_with_the_one_window(house: House) -> None:
    asked(house, "/shoot 16.6. 12:00-20:00 Wedding Ana & Luis")

    said = asked(house, "/shoot 16.6. 14:00-22:00 Portraits")

    assert said.endswith(
        "It overlaps Wedding Ana & Luis Tue 16 Jun 12:00-20:00: one window Tue 16 Jun 10:00-Wed 17 Jun 02:00."
    )
    assert len(house.rows(HotlineWindow)) == 1


def test_in_general_the_studio_is_named_first(house: House) -> None:
    house.clock.moment = NOW
    house.opened()
    said = []

    for words in ("adeyemi 12.6. 14:00-22:00 Wedding", "Adeyemi Photo", "adeyemi: off 7", "adeyemi photo off 1"):
        house.writes(f"/shoot {words}")
        said.append(told_in(house, None).removeprefix("ℹ️ ").partition("\n"))  # noqa: RUF001 (the sign is meant)

    assert [one[0] for one in said] == [
        "Shoot 1: Fri 12 Jun 14:00-22:00 (Europe/Madrid) is booked.",
        "Shoots of Adeyemi Photo:",
        "There is no shoot 7 of Adeyemi Photo; /shoot lists them.",
        "Shoot 1: Fri 12 Jun 14:00-22:00 (Europe/Madrid) is called off.",
    ]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("", "Name the studio first, like /shoot Adeyemi Photo 28.11. 14:00-22:00"),
        ("12.6. 14:00-22:00 Wedding", "Name the studio first"),
        ("off 1", "Name the studio first"),
        ("Prado 12.6. 14:00-22:00", "No studio is called Prado."),
        ("Adeyemi Photo tomorrow", "No studio is called Adeyemi Photo tomorrow."),
        ("Adeyemi Photo 12.6. noon", "Nothing was booked:\n'12.6. noon' is no day with a beginning and an end"),
    ],
)
def test_in_general_what_is_not_understood_is_asked(house: House, words: str, why: str) -> None:
    house.clock.moment = NOW
    house.opened()

    house.writes(f"/shoot {words}")

    assert why in told_in(house, None)
    assert house.rows(Shoot) == []


def test_the_ticket_of_somebody_unknown_takes_the_studios_name(house: House) -> None:
    house.clock.moment = NOW
    house.opened()
    house.says("hello, it does not work", "+34600000077")
    house.works()
    house.clock.passes(20)
    watch.quiet(house.shell)
    house.works()
    thread = house.topic(2).thread_id
    assert thread is not None

    asked = told(house, "/shoot", thread)
    booked = told(house, "/shoot Adeyemi 12.6. 14:00-22:00", thread)

    assert asked.startswith("#2 is of no studio we know: name the studio first, like /shoot Adeyemi Photo 28.11.")
    assert booked.startswith("Shoot 1: Fri 12 Jun 14:00-22:00 (Europe/Madrid) is booked.")


def open_until(house: House) -> str:
    """What the card says of the shoot and the hotline after the worker looked."""
    windows.turn(house.shell)
    house.works()
    return next((line for line in card(house).text.splitlines() if line.startswith("🎥")), "")


def test_card_studio_window_and_clocks_follow_a_shoot_moved_and_called_off(house: House) -> None:
    house.clock.moment = NOW
    thread = house.opened("the upload is a little slow", plan="agency")
    policy = first_answer(house)
    seen, policies, listed = [], [], []

    for words in ("10.6. 13:30-16:00 Wedding", "10.6. 13:30-17:00 Wedding", "off 1"):
        house.writes(f"/shoot Adeyemi {words}")
        house.works()
        seen.append(open_until(house))
        policies.append(first_answer(house))
        listed.append("Shoot 1: Wed 10 Jun 13:30-1" in told(house, "/studio", thread))
        house.clock.passes(60)

    assert seen == [
        "🎥 <b>Shoot running until 16:00, hotline until 20:00</b>",
        "🎥 <b>Shoot running until 17:00, hotline until 21:00</b>",
        "",
    ]
    assert policies[0] == policies[1] != policy
    assert house.one(HotlineWindow).closed_at is not None
    assert house.one(Studio).hotline_until is None
    assert listed == [True, True, False]


def first_answer(house: House) -> tuple[str, datetime | None]:
    (clock,) = (row for row in house.rows(Clock) if row.name == "FR")
    return clock.policy, clock.limit_due


def test_two_without_words_are_two_shoots(house: House) -> None:
    asked(house, "/shoot 16.6. 12:00-20:00")

    said = asked(house, "/shoot 16.6. 14:00-22:00")

    assert "It overlaps shoot 1 Tue 16 Jun 12:00-20:00" in said
    assert spans(house) == [("06-16 10:00", "06-16 18:00"), ("06-16 12:00", "06-16 20:00")]


def test_a_country_in_the_words_is_no_zone(house: House) -> None:
    said = asked(house, "/shoot 16.6. 12:00-20:00 Portugal elopement")

    assert said.startswith("Shoot 1: Tue 16 Jun 12:00-20:00 (Europe/Madrid)")
    assert house.one(Shoot).title == "Portugal elopement"


def test_a_leap_day_is_the_next_one(house: House) -> None:
    house.clock.moment = NOW
    thread = house.opened()
    house.clock.moment = datetime(2027, 12, 1, tzinfo=UTC)

    said = told(house, "/shoot 29.2. 12:00-20:00", thread)

    assert said.startswith("Shoot 1: Tue 29 Feb 12:00-20:00")


def test_a_studio_that_is_no_agency_keeps_the_shoot_without_a_hotline(house: House) -> None:
    said = asked(house, WEDDING, tier="pro")

    assert said.endswith("No hotline follows: it is for Agency, and Adeyemi Photo is Pro.")
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
    house.opened(number="+34600000098", name="Other", contact="Bo")
    other = house.topic(2).thread_id
    assert other is not None

    said = told(house, "/shoot off 1", other)

    assert said == "There is no shoot 1 of Other; /shoot lists them."
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
        ("12.6.9999 14:00-22:00", "12.6.9999 is years away"),
        ("9.6. 10:00-12:00", "it is over: 2026-06-09 12:00 (Europe/Madrid) has passed"),
        ("12.6. 14:00-22:00 Europe/Madird Wedding", "'Europe/Madird' is no IANA zone like Europe/Madrid"),
    ],
)
def test_what_cannot_be_booked_is_refused_with_an_example(house: House, words: str, why: str) -> None:
    said = asked(house, f"/shoot {words}")

    assert said.startswith("Nothing was booked:\n")
    assert why in said
    assert "like " in said or "example: /shoot 28.11." in said
    assert house.rows(Shoot) == []


def test_a_shoot_without_a_zone_of_a_studio_without_one_is_refused(house: House) -> None:
    house.opened()
    house.changes(lambda session: setattr(session.get(Studio, 1), "timezone", ""))

    said = asked(house, "/shoot 12.6. 14:00-22:00 Wedding")

    assert "neither it nor the studio has a time zone" in said
