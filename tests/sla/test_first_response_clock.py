"""The first-response clock is a fold of what happened (sla.md section 2, rules 1-3, 8, 11; rulings S1-S14, S24)."""

import tomllib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import resources
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla import Clock, Happened, Ledger, Policies, Target, fold, read
from sla.clocks import LIMIT, TARGET

SHIPPED = tomllib.loads(resources.files("sla").joinpath("default.toml").read_text())
ALWAYS_OPEN = [{key: value for key, value in row.items() if key != "calendar"} for row in SHIPPED["policy"]]
POLICIES = read(SHIPPED | {"policy": ALWAYS_OPEN}, "v1")  # wall-clock time; the calendars have their own tests
T0 = datetime(2026, 6, 13, 12, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SECOND = timedelta(seconds=1)


def happened(kind: str, after: timedelta, **data: Any) -> Happened:
    return Happened(kind, T0 + after, T0 + after, "somebody", data)


def opened(tier: str = "agency", severity: int = 1) -> Happened:
    return happened("opened", timedelta(), tier=tier, severity=severity, category="payment")


def replied(after: timedelta, delivery: int = 1) -> Happened:
    return happened("replied", after, delivery=delivery)


def failed(after: timedelta, delivery: int = 1) -> Happened:
    return happened("reply_failed", after, delivery=delivery, code="63016")


def raised(after: timedelta, to: int) -> Happened:
    return happened("severity_changed", after, **{"from": 3, "to": to})


def ledger(events: Iterable[Happened], now: datetime, policies: Policies = POLICIES) -> Ledger:
    return fold(events, lambda _: policies, now)


def due(clock: Clock) -> tuple[datetime, str] | None:
    """The next target or limit that has to be told."""
    marks = (mark for mark in clock.marks() if mark.name in (TARGET, LIMIT))
    passed = {TARGET: clock.missed_at, LIMIT: clock.breached_at}
    return min(((mark.at, mark.name) for mark in marks if not passed[mark.name]), default=None)


def at(after: timedelta, *events: Happened) -> Clock:
    clock = ledger(events, T0 + after).newest("FR")
    assert clock is not None
    return clock


def test_there_is_no_clock_before_a_ticket_was_opened() -> None:
    assert ledger([], T0).clocks == ()
    assert ledger([replied(MINUTE), happened("resolved", MINUTE)], T0 + HOUR).clocks == ()


def test_it_starts_when_the_customer_wrote_with_the_promise_of_tier_and_severity() -> None:
    clock = at(SECOND, opened("agency", 1))

    assert (clock.name, clock.started_at, clock.policy) == ("FR", T0, "v1")
    assert (clock.target_due, clock.limit_due) == (T0 + 15 * MINUTE, T0 + 4 * HOUR)
    assert (clock.state, due(clock)) == ("running", (T0 + 15 * MINUTE, TARGET))


def test_an_accepted_reply_of_a_person_meets_it() -> None:
    clock = at(HOUR, opened(), replied(10 * MINUTE))

    assert (clock.state, clock.met_at, due(clock)) == ("met", T0 + 10 * MINUTE, None)
    assert (clock.missed_at, clock.breached_at) == (None, None)


@pytest.mark.parametrize(
    "kind", ["taken", "said", "bot_said", "receipt", "breached", "target_missed", "category_changed"]
)
def test_nothing_but_an_accepted_reply_meets_it(kind: str) -> None:
    clock = at(10 * MINUTE, opened(), happened(kind, 5 * MINUTE, delivery=1, to="x", by="bot"))

    assert (clock.state, clock.met_at) == ("running", None)


@pytest.mark.parametrize(
    ("after", "state", "missed"),
    [
        (15 * MINUTE, "met", False),
        (15 * MINUTE + SECOND, "met", True),
        (4 * HOUR, "met", True),
        (4 * HOUR + SECOND, "met_late", True),
    ],
)
def test_exactly_at_the_due_is_in_time_and_one_second_later_is_not(after: timedelta, state: str, missed: bool) -> None:
    clock = at(30 * HOUR, opened(), replied(after))

    assert (clock.state, clock.missed_at is not None) == (state, missed)


def test_being_asked_exactly_at_the_due_it_is_not_yet_passed() -> None:
    clock = at(15 * MINUTE, opened())

    assert (clock.missed_at, due(clock)) == (None, (T0 + 15 * MINUTE, TARGET))


def test_a_missed_target_is_kept_and_no_breach_and_the_limit_is_next() -> None:
    clock = at(HOUR, opened())

    assert (clock.state, clock.missed_at) == ("running", T0 + 15 * MINUTE)
    assert due(clock) == (T0 + 4 * HOUR, LIMIT)


def test_a_breach_is_the_instant_the_limit_passed_however_late_it_is_seen() -> None:
    clock = at(100 * HOUR, opened())

    assert (clock.state, clock.breached_at, due(clock)) == ("breached", T0 + 4 * HOUR, None)


def test_the_first_of_several_replies_meets_it() -> None:
    clock = at(HOUR, opened(), replied(5 * MINUTE, 1), replied(9 * MINUTE, 2))

    assert clock.met_at == T0 + 5 * MINUTE


def test_the_same_reply_reported_twice_counts_from_its_first_acceptance() -> None:
    clock = at(HOUR, opened(), replied(5 * MINUTE, 1), replied(9 * MINUTE, 1))

    assert clock.met_at == T0 + 5 * MINUTE


def test_a_reply_that_failed_after_its_acceptance_restores_the_old_due() -> None:
    before = at(4 * MINUTE, opened())
    clock = at(11 * MINUTE, opened(), replied(5 * MINUTE), failed(10 * MINUTE))

    assert (clock.state, clock.met_at, due(clock)) == ("running", None, due(before))


def test_a_failure_seen_after_the_limit_is_a_breach_at_the_limit() -> None:
    clock = at(6 * HOUR, opened(), replied(5 * MINUTE), failed(5 * HOUR))

    assert (clock.state, clock.breached_at) == ("breached", T0 + 4 * HOUR)


def test_one_failed_reply_does_not_void_another_that_arrived() -> None:
    clock = at(HOUR, opened(), replied(5 * MINUTE, 1), replied(9 * MINUTE, 2), failed(10 * MINUTE, 1))

    assert (clock.state, clock.met_at) == ("met", T0 + 9 * MINUTE)


def test_a_failure_of_something_that_was_no_reply_changes_nothing() -> None:
    clock = at(HOUR, opened(), replied(5 * MINUTE, 1), failed(6 * MINUTE, 99))

    assert clock.met_at == T0 + 5 * MINUTE


def test_a_second_try_after_a_failure_meets_it_again() -> None:
    clock = at(HOUR, opened(), replied(5 * MINUTE, 1), failed(6 * MINUTE, 1), replied(8 * MINUTE, 2))

    assert (clock.state, clock.met_at) == ("met", T0 + 8 * MINUTE)


def test_a_higher_severity_takes_the_stricter_promise_from_the_original_start() -> None:
    clock = at(10 * MINUTE, opened("agency", 3), raised(5 * MINUTE, 1))

    assert (clock.started_at, clock.target_due, clock.limit_due) == (T0, T0 + 15 * MINUTE, T0 + 4 * HOUR)
    assert clock.reason == "rebased"


def test_a_new_due_that_is_already_past_becomes_now_and_grace() -> None:
    clock = at(2 * HOUR, opened("agency", 3), raised(2 * HOUR, 1))

    assert (clock.target_due, clock.limit_due) == (T0 + 2 * HOUR + 15 * MINUTE, T0 + 4 * HOUR)
    assert clock.breached_at is None


def test_grace_never_moves_a_due_later_than_it_was() -> None:
    almost = 8 * HOUR - 5 * MINUTE
    clock = at(almost, opened("agency", 3), raised(almost, 1))

    assert clock.target_due == T0 + 8 * HOUR


def test_a_target_moved_by_grace_never_lies_behind_the_limit() -> None:
    clock = at(4 * HOUR - MINUTE, opened("agency", 3), raised(4 * HOUR - 5 * MINUTE, 1))

    assert clock.limit_due == T0 + 4 * HOUR
    assert promised(clock).target_due <= promised(clock).limit_due


def test_a_lower_severity_never_loosens_the_promise() -> None:
    clock = at(10 * MINUTE, opened("agency", 1), raised(5 * MINUTE, 3))

    assert (clock.target_due, clock.limit_due, clock.reason) == (T0 + 15 * MINUTE, T0 + 4 * HOUR, "")


def test_a_severity_raised_after_the_breach_erases_nothing_and_moves_nothing() -> None:
    before = at(5 * HOUR, opened("agency", 1))
    clock = at(5 * HOUR + MINUTE, opened("agency", 1), raised(5 * HOUR, 1))

    assert (clock.breached_at, clock.limit_due) == (before.breached_at, before.limit_due)


def test_a_missed_target_stays_missed_when_the_severity_rises() -> None:
    clock = at(10 * HOUR, opened("agency", 3), raised(9 * HOUR, 2))

    assert clock.missed_at == T0 + 8 * HOUR


def test_a_rise_while_it_stood_met_applies_when_the_reply_fails() -> None:
    clock = at(3 * HOUR, opened("agency", 3), replied(MINUTE), raised(HOUR, 1), failed(2 * HOUR + 30 * MINUTE))

    assert clock.target_due == T0 + 2 * HOUR + 45 * MINUTE
    assert clock.limit_due == T0 + 4 * HOUR


def test_resolving_cancels_an_unanswered_promise() -> None:
    clock = at(30 * HOUR, opened(), happened("resolved", 10 * MINUTE))

    assert (clock.state, clock.cancelled_at, due(clock)) == ("cancelled", T0 + 10 * MINUTE, None)
    assert (clock.missed_at, clock.breached_at) == (None, None)


def test_resolving_after_the_limit_stays_a_breach() -> None:
    clock = at(30 * HOUR, opened(), happened("resolved", 5 * HOUR))

    assert (clock.state, clock.breached_at, due(clock)) == ("breached", T0 + 4 * HOUR, None)


def test_resolving_what_was_answered_leaves_it_met() -> None:
    clock = at(30 * HOUR, opened(), replied(5 * MINUTE), happened("resolved", 10 * MINUTE))

    assert (clock.state, clock.met_at) == ("met", T0 + 5 * MINUTE)


def test_reopening_never_starts_the_first_response_again() -> None:
    clock = at(30 * HOUR, opened(), happened("resolved", 10 * MINUTE), happened("reopened", HOUR))

    assert (clock.state, due(clock)) == ("cancelled", None)


def test_resolving_twice_keeps_the_first_moment() -> None:
    clock = at(2 * HOUR, opened(), happened("resolved", MINUTE), happened("resolved", HOUR))

    assert clock.cancelled_at == T0 + MINUTE


@pytest.mark.parametrize(
    ("met", "breached", "cancelled", "word"),
    [
        (False, False, False, "running"),
        (True, False, False, "met"),
        (True, True, False, "met_late"),
        (False, True, False, "breached"),
        (False, True, True, "breached"),
        (False, False, True, "cancelled"),
        (True, True, True, "met_late"),
    ],
)
def test_the_later_state_word_wins(met: bool, breached: bool, cancelled: bool, word: str) -> None:
    def moment(there: bool) -> datetime | None:
        return T0 if there else None

    clock = Clock(
        "FR", 1, "v1", T0, T0, T0, met_at=moment(met), breached_at=moment(breached), cancelled_at=moment(cancelled)
    )

    assert clock.state == word


minutes = st.integers(0, 3000)
kinds = st.sampled_from(["replied", "reply_failed", "severity_changed", "resolved", "reopened", "taken", "breached"])
acts = st.lists(st.tuples(minutes, kinds, st.integers(1, 3)), max_size=8)
tiers, severities = st.sampled_from(["free", "pro", "agency"]), st.integers(1, 3)


def history(steps: list[tuple[int, str, int]], tier: str, severity: int, start: datetime = T0) -> list[Happened]:
    """Events in the order of time; ``number`` is a delivery or the new severity."""
    later = [
        Happened(kind, start + minute * MINUTE, start + minute * MINUTE, "", {"delivery": number, "to": number})
        for minute, kind, number in sorted(steps, key=lambda step: step[0])
    ]
    return [Happened("opened", start, start, "", {"tier": tier, "severity": severity}), *later]


def scaled(policies: Policies, factor: int) -> Policies:
    """The same promises, each ``factor`` times as long."""
    longer = {}
    for key, terms in policies.terms.items():
        promise = terms.first_response
        target = Target(promise.target * factor, (promise.limit or promise.target) * factor)
        longer[key] = replace(terms, first_response=target)
    return replace(policies, terms=longer)


class Promised(NamedTuple):
    """A clock's dues, which FR always has."""

    target_due: datetime
    limit_due: datetime


def folded(events: list[Happened], now: datetime, policies: Policies = POLICIES) -> Clock:
    clock = ledger(events, now, policies).newest("FR")
    assert clock is not None
    return clock


def promised(clock: Clock) -> Promised:
    assert clock.target_due is not None
    assert clock.limit_due is not None
    return Promised(clock.target_due, clock.limit_due)


@given(acts, tiers, severities)
def test_what_a_prefix_breached_or_missed_no_later_event_takes_back(
    steps: list[tuple[int, str, int]], tier: str, severity: int
) -> None:
    events = history(steps, tier, severity)

    clocks = [folded(events[: n + 1], event.occurred_at) for n, event in enumerate(events)]

    for before, after in pairwise(clocks):
        assert before.breached_at is None or after.breached_at == before.breached_at
        assert before.missed_at is None or after.missed_at == before.missed_at


@given(acts, tiers, severities)
def test_no_event_moves_a_due_later_nor_a_target_behind_its_limit(
    steps: list[tuple[int, str, int]], tier: str, severity: int
) -> None:
    events = history(steps, tier, severity)

    clocks = [folded(events[: n + 1], event.occurred_at) for n, event in enumerate(events)]

    for before, after in pairwise(clocks):
        assert promised(after) <= promised(before)
        assert promised(after).limit_due <= promised(before).limit_due
    assert all(clock.started_at <= promised(clock).target_due <= promised(clock).limit_due for clock in clocks)


@given(acts, tiers, severities, minutes, st.integers(-100_000, 100_000))
def test_a_later_start_moves_everything_by_as_much(
    steps: list[tuple[int, str, int]], tier: str, severity: int, seen: int, shift: int
) -> None:
    moved = T0 + shift * MINUTE

    here = folded(history(steps, tier, severity), T0 + seen * MINUTE)
    there = folded(history(steps, tier, severity, moved), moved + seen * MINUTE)

    for mark in ("target_due", "limit_due", "met_at", "missed_at", "breached_at", "cancelled_at"):
        ours, theirs = getattr(here, mark), getattr(there, mark)
        assert (ours is None) == (theirs is None)
        assert ours is None or theirs - ours == shift * MINUTE


@given(tiers, severities, st.integers(1, 5))
def test_a_longer_promise_is_never_due_earlier(tier: str, severity: int, factor: int) -> None:
    events = history([], tier, severity)

    short = promised(folded(events, T0))
    long = promised(folded(events, T0, scaled(POLICIES, factor)))

    assert (short.target_due <= long.target_due, short.limit_due <= long.limit_due) == (True, True)


@given(acts, tiers, severities, minutes)
def test_folding_again_gives_the_same_clock(
    steps: list[tuple[int, str, int]], tier: str, severity: int, seen: int
) -> None:
    events, now = history(steps, tier, severity), T0 + (3000 + seen) * MINUTE

    assert ledger(iter(events), now) == ledger(events, now)


@given(acts, tiers, severities, minutes)
def test_something_is_due_exactly_while_it_runs_and_it_is_the_nearest_mark(
    steps: list[tuple[int, str, int]], tier: str, severity: int, seen: int
) -> None:
    clock = folded(history(steps, tier, severity), T0 + (3000 + seen) * MINUTE)

    nearest = due(clock)
    assert (nearest is None) == (clock.state != "running")
    if nearest is not None:
        assert nearest[0] == (clock.limit_due if clock.missed_at else min(promised(clock)))


@given(
    acts, tiers, severities, st.lists(st.tuples(minutes, st.sampled_from(["rated", "solved", "merged_in"])), max_size=5)
)
def test_events_that_are_none_of_its_business_change_nothing(
    steps: list[tuple[int, str, int]], tier: str, severity: int, noise: list[tuple[int, str]]
) -> None:
    events = history(steps, tier, severity)
    other = [happened(kind, minute * MINUTE) for minute, kind in noise]
    mixed = [events[0], *sorted([*events[1:], *other], key=lambda event: event.occurred_at)]

    assert folded(mixed, T0 + 5000 * MINUTE) == folded(events, T0 + 5000 * MINUTE)
