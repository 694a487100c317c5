"""Lives of a ticket that once told the fold and its reference apart, each with the fewest events that still did."""

from datetime import timedelta

from sla.ledger_json import dump
from tests.sla.test_clock_rulings import HOUR, MINUTE, T0, clocks, event, failed, one, opened, replied, said

DAY = 24 * HOUR
CROSSED = replied(6 * MINUTE, "a", written=-HOUR)  # written before the ticket was there: it answers no line
OLDER = said(-23 * HOUR, "1", late=23 * HOUR + 7 * MINUTE)


def test_an_answer_that_failed_leaves_the_younger_line_to_the_older_one_that_came_in_behind_it() -> None:
    asked, older = clocks("NR", opened(), CROSSED, replied(5 * MINUTE, "b"), OLDER, failed(30 * HOUR, "b"))

    assert (asked.reason, asked.breached_at, older.started_at) == ("superseded", None, T0 - 23 * HOUR)
    assert older.open


def test_nor_is_the_younger_line_met_late_when_another_answer_came_behind_the_older_one() -> None:
    events = (opened(), CROSSED, replied(5 * MINUTE, "b"), OLDER, replied(8 * HOUR, "c"), failed(30 * HOUR, "b"))

    asked, older = clocks("NR", *events)

    assert (asked.state, older.state, older.met_at) == ("cancelled", "met_late", T0 + 8 * HOUR)


def test_a_target_of_resolution_missed_before_a_rebase_is_kept_when_a_late_closing_is_void() -> None:
    first = event("opened", late=DAY, severity=1, tier="agency", line="0")
    closing = event("resolved", 2 * MINUTE, late=DAY)

    clock = one(
        "RES", first, event("rebased", DAY + 3 * MINUTE), closing, event("reopened", 5 * HOUR, late=DAY, line="1")
    )

    assert clock.missed_at == T0 + 10 * HOUR


def test_a_closing_known_before_an_update_was_promised_does_not_end_it() -> None:
    again = (event("resolved", HOUR), event("reopened", 30 * MINUTE, late=HOUR, line="1"))
    hotline = event("hotline_opened", 40 * MINUTE, late=HOUR)

    events = (opened(3, "pro"), replied(MINUTE), *again, hotline, replied(3 * HOUR, "b"), failed(4 * HOUR, "b"))

    assert [clock.open for clock in clocks("UP", *events)] == [True, False]


def test_an_update_that_runs_again_takes_the_terms_that_came_meanwhile() -> None:
    events = (opened(2), replied(MINUTE), replied(10 * MINUTE, "b"), event("hotline_opened", 20 * MINUTE))

    clock = clocks("UP", *events, failed(HOUR, "b"))[0]

    assert clock.limit_due == T0 + HOUR + 15 * MINUTE


def test_a_promise_merged_beside_an_open_first_response_stays_until_it_is_answered() -> None:
    theirs = dump(one("NR", opened(), replied(MINUTE), said(5 * MINUTE, "1"), now=6 * MINUTE))
    events = (opened(), event("merged_from", 10 * MINUTE, severity=1, ticket=9, clocks=[theirs]))

    more = clocks("NR", *events, said(11 * MINUTE, "2"), now=12 * MINUTE)
    again = clocks("NR", *events, replied(12 * MINUTE), failed(13 * MINUTE), now=14 * MINUTE)

    assert [(clock.started_at - T0, clock.state) for clock in (*more, *again)] == [
        (timedelta(minutes=5), "running"),
        (timedelta(minutes=5), "running"),
    ]


def test_when_the_first_piece_fails_an_update_begun_by_another_is_kept_by_what_was_written_behind_that() -> None:
    pieces = (replied(MINUTE), replied(-HOUR, "b", written=MINUTE), replied(6 * MINUTE, "c", written=MINUTE))

    events = (opened(), *pieces, failed(7 * MINUTE))

    assert [(clock.started_at - T0, clock.open) for clock in clocks("UP", *events)][-1] == (6 * MINUTE, True)


def test_and_an_update_a_piece_kept_is_promised_from_the_piece_that_arrived_last() -> None:
    events = (
        opened(),
        replied(MINUTE),
        replied(9 * MINUTE, "b", written=MINUTE),
        replied(10 * MINUTE, "c", 8 * MINUTE),
    )

    updates = clocks("UP", *events, failed(11 * MINUTE))

    assert [(clock.started_at - T0, clock.open) for clock in updates][-2:] == [(10 * MINUTE, False), (9 * MINUTE, True)]


def test_when_that_piece_fails_too_the_promise_goes_back_to_the_one_that_stands() -> None:
    pieces = (replied(MINUTE), replied(timedelta(), "b", written=MINUTE), replied(-HOUR, "c", written=MINUTE))

    updates = clocks("UP", opened(), *pieces, failed(7 * MINUTE), failed(8 * MINUTE, "c"))

    assert [(clock.started_at - T0, clock.open) for clock in updates][-1] == (timedelta(), True)


def test_an_older_line_a_person_had_answered_first_takes_no_breach_back() -> None:
    first = event("opened", late=MINUTE, severity=1, tier="agency", line="0")
    older = said(-23 * HOUR, "1", late=23 * HOUR)

    clock = one(
        "NR", first, older, replied(2 * HOUR, written=timedelta()), replied(6 * HOUR, "b"), replied(5 * HOUR, "c")
    )

    assert (clock.state, clock.met_at) == ("met_late", T0 + 5 * HOUR)
