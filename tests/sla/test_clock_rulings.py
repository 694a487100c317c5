"""One example for each rule and ruling of the clocks (sla.md sections 2 and 7), and what holds for every life."""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any

import pytest

from sla import Clock, Happened, fold, read
from sla.ledger_json import dump
from tests.sla.test_fold_reference import BOOK, lived

SHIPPED = tomllib.loads(resources.files("sla").joinpath("default.toml").read_text())
ROWS = [{key: row[key] for key in row if key != "calendar"} | {"resolution": "10 h"} for row in SHIPPED["policy"]]
POLICIES = read(SHIPPED | {"policy": ROWS}, "v1")
LOOSER = read(SHIPPED | {"policy": [row | {"update": "20 h"} for row in ROWS], "grace": "20 min"}, "v2")
T0 = datetime(2026, 6, 13, 12, 0, tzinfo=UTC)  # a Saturday; the next SEV3 cycle is Tuesday 10:00 in Madrid
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CYCLE = datetime(2026, 6, 16, 8, 0, tzinfo=UTC)


def event(kind: str, after: timedelta = timedelta(), late: timedelta = timedelta(), **data: Any) -> Happened:
    """It happened ``after`` T0 and we had it ``late`` behind that."""
    return Happened(kind, T0 + after, T0 + after + late, "somebody", data)


def opened(severity: int = 1, tier: str = "agency", **data: Any) -> Happened:
    return event("opened", severity=severity, tier=tier, line="0", **data)


def said(after: timedelta, line: str, late: timedelta = timedelta()) -> Happened:
    return event("said", after, late, line=line)


def replied(after: timedelta, key: str = "a", written: timedelta | None = None) -> Happened:
    at = T0 + (after if written is None else written)
    return event("replied", after, delivery=key, written_at=at.isoformat())


def failed(after: timedelta, key: str = "a") -> Happened:
    return event("reply_failed", after, delivery=key)


def to(severity: int, after: timedelta) -> Happened:
    return event("severity_changed", after, to=severity)


def promised(after: timedelta, due: timedelta, kind: str = "promised") -> Happened:
    return event(kind, after, due_at=(T0 + due).isoformat())


def clocks(name: str, *events: Happened, now: timedelta = 200 * HOUR) -> list[Clock]:
    return [clock for clock in fold(events, lambda _: POLICIES, T0 + now).clocks if clock.name == name]


def one(name: str, *events: Happened, now: timedelta = 200 * HOUR) -> Clock:
    return clocks(name, *events, now=now)[-1]


def spans(name: str, *events: Happened) -> list[tuple[timedelta, str]]:
    return [(clock.started_at - T0, clock.reason or clock.state) for clock in clocks(name, *events, now=MINUTE)]


def test_rule_2_a_start_is_believed_for_a_day_before_we_had_it_and_never_behind() -> None:
    early = one("FR", event("opened", -30 * HOUR, 30 * HOUR, severity=1, tier="pro"))
    ahead = one("FR", event("opened", HOUR, -HOUR, severity=1, tier="pro"))

    assert (early.started_at, ahead.started_at) == (T0 - 24 * HOUR, T0)


def test_rule_3_a_receipt_meets_only_its_own_clock() -> None:
    events = (opened(), event("receipted", timedelta(seconds=3)))

    assert (one("ACK", *events).state, one("FR", *events).met_at) == ("met", None)


def test_rule_4_next_response_starts_at_the_oldest_line_and_more_do_not_move_it() -> None:
    events = (opened(), replied(MINUTE), said(5 * MINUTE, "1"), said(9 * MINUTE, "2"))

    assert spans("NR", *events) == [(5 * MINUTE, "running")]


def test_rule_5_a_line_ends_the_wait_and_only_resolution_ever_paused() -> None:
    ledger = fold([opened(), event("waiting", MINUTE), said(HOUR, "1")], lambda _: POLICIES, T0 + HOUR).clocks

    assert [(clock.name, clock.pauses) for clock in ledger if clock.pauses] == [("RES", ((T0 + MINUTE, T0 + HOUR),))]


def test_rule_7_a_change_under_a_new_policy_file_keeps_an_open_clock_to_its_own() -> None:
    book = {"": POLICIES, "v1": POLICIES, "v2": LOOSER}
    events = [replace(opened(3), policy="v1"), replace(to(1, 2 * HOUR), policy="v2")]

    clock = next(clock for clock in fold(events, book.__getitem__, T0 + 2 * HOUR).clocks if clock.name == "FR")

    assert (clock.policy, clock.target_due) == ("v1", T0 + 2 * HOUR + 15 * MINUTE)


def test_rule_10_courtesy_behind_the_closing_starts_nothing() -> None:
    events = (opened(), replied(MINUTE), event("resolved", HOUR), event("courtesy", 2 * HOUR))

    assert (clocks("NR", *events), one("RES", *events).state) == ([], "met")


def test_rule_11_the_moment_a_breach_was_told_is_when_it_was_detected() -> None:
    limit = {"clock": "FR", "number": 1, "mark": "limit"}
    clock = one("FR", opened(), event("told", 4 * HOUR, timedelta(seconds=2), **limit))

    assert (clock.breached_at, clock.detected_at) == (T0 + 4 * HOUR, T0 + 4 * HOUR + timedelta(seconds=2))


def test_rule_12_the_ticket_is_due_at_the_least_of_its_running_clocks() -> None:
    events = [opened(), replied(MINUTE), promised(2 * MINUTE, 5 * MINUTE), said(3 * MINUTE, "1")]

    due = fold(events, lambda _: POLICIES, T0 + 3 * MINUTE).due

    assert due
    assert due.at == T0 + 5 * MINUTE


def test_s3_a_late_line_ends_the_wait_at_its_own_time() -> None:
    events = (opened(3), event("waiting", HOUR), said(2 * HOUR, "1", late=3 * HOUR))

    assert one("RES", *events).pauses == ((T0 + HOUR, T0 + 2 * HOUR),)


def test_s4_next_response_runs_on_while_we_wait() -> None:
    clock = one("NR", opened(), replied(MINUTE), said(2 * MINUTE, "1"), event("waiting", 3 * MINUTE), now=4 * MINUTE)

    assert (clock.state, clock.pauses) == ("running", ())


def test_s5_resolving_meets_resolution_and_ends_what_still_asked_for_a_word() -> None:
    ledger = fold([opened(), event("resolved", HOUR)], lambda _: POLICIES, T0 + 2 * HOUR).clocks

    assert {clock.name: clock.state for clock in ledger} == {"ACK": "breached", "FR": "cancelled", "RES": "met"}


def test_s6_reopening_makes_the_closed_time_a_pause_and_never_starts_the_first_response_again() -> None:
    events = (opened(), event("resolved", HOUR), event("reopened", 3 * HOUR, line="1"), replied(4 * HOUR))

    assert (one("RES", *events, now=5 * HOUR).met_at, one("RES", *events).pauses) == (
        None,
        ((T0 + HOUR, T0 + 3 * HOUR),),
    )
    assert (one("FR", *events).met_at, one("FR", *events).cancelled_at) == (None, T0 + HOUR)
    assert (one("NR", *events).started_at, one("NR", *events).state) == (T0 + 3 * HOUR, "met")


def test_s7_courtesy_ends_the_wait_and_starts_no_clock() -> None:
    events = (opened(), replied(MINUTE), event("waiting", HOUR), event("courtesy", 2 * HOUR))

    assert (one("RES", *events).pauses[0][1], clocks("NR", *events)) == (T0 + 2 * HOUR, [])


def test_s9_a_merge_takes_the_earliest_start_and_the_least_dues_of_open_clocks_only() -> None:
    theirs = [opened(2), replied(MINUTE), said(2 * MINUTE, "7"), replied(3 * MINUTE, "b"), said(4 * MINUTE, "8")]
    other = [dump(clock) for clock in fold(theirs, lambda _: POLICIES, T0 + HOUR).clocks]
    ours = replace(opened(2), occurred_at=T0 + HOUR, ingested_at=T0 + HOUR)
    events = (ours, event("merged_from", 2 * HOUR, ticket=2, severity=2, clocks=other), replied(3 * HOUR, "c"))

    assert clocks("NR", *events)[0].target_due == T0 + 4 * MINUTE + 2 * HOUR
    assert one("RES", *events).started_at == T0
    assert one("FR", *events).reason == "merged"


def test_s9_a_first_response_joined_with_another_is_still_met() -> None:
    other = [dump(clock) for clock in fold([opened()], lambda _: POLICIES, T0).clocks]
    merged = event("merged_from", MINUTE, ticket=2, severity=1, clocks=other)

    assert one("FR", opened(), merged, replied(2 * MINUTE)).met_at == T0 + 2 * MINUTE


def test_s10_an_aim_that_came_while_resolution_waited_counts_once_it_runs() -> None:
    events = (opened(3), event("waiting", HOUR), to(1, 2 * HOUR))

    assert one("RES", *events, now=3 * HOUR).target_due is None
    assert one("RES", *events, said(5 * HOUR, "1")).target_due == T0 + 14 * HOUR


def test_s11_a_reply_answers_only_what_was_there_when_it_was_written() -> None:
    events = (opened(), said(5 * MINUTE, "1"), replied(9 * MINUTE, written=4 * MINUTE))

    assert spans("NR", *events) == [(5 * MINUTE, "running")]


def test_s11_nor_a_line_we_had_later_by_a_clock_that_stepped_back() -> None:
    events = (opened(), replied(9 * MINUTE), said(8 * MINUTE, "1"))

    assert spans("NR", *events) == [(8 * MINUTE, "running")]


def test_s12_terms_that_came_in_time_before_the_reply_but_were_learned_behind_it_apply_when_it_fails() -> None:
    events = (opened(3), replied(2 * HOUR), to(1, HOUR), failed(3 * HOUR))

    assert one("FR", *events, now=3 * HOUR).target_due == T0 + 3 * HOUR + 15 * MINUTE


def test_s14_a_line_keeps_the_severity_at_its_start_though_its_clock_begins_later() -> None:
    events = (opened(), said(5 * MINUTE, "1"), to(3, 6 * MINUTE), replied(9 * MINUTE, written=4 * MINUTE))

    assert one("NR", *events).limit_due == T0 + 4 * HOUR + 5 * MINUTE


def test_s16_a_hotline_tightens_as_it_opens_and_does_not_loosen_as_it_closes() -> None:
    events = (opened(3), event("hotline_opened", MINUTE), event("hotline_closed", 2 * MINUTE))

    assert one("FR", *events, now=3 * MINUTE).limit_due == T0 + 15 * MINUTE


def test_s17_a_failed_reply_gives_one_clock_from_the_oldest_line_again() -> None:
    first = (opened(), replied(MINUTE), said(2 * MINUTE, "1"), replied(3 * MINUTE, "b"), said(4 * MINUTE, "2"))

    assert spans("NR", *first, failed(5 * MINUTE, "b")) == [(2 * MINUTE, "running"), (4 * MINUTE, "superseded")]


def test_s17_next_response_dissolves_into_a_first_response_that_returns() -> None:
    events = (opened(), replied(MINUTE), said(2 * MINUTE, "1"), failed(3 * MINUTE))

    assert (one("FR", *events, now=4 * MINUTE).state, one("NR", *events).reason) == ("running", "superseded")


def test_s18_after_a_split_next_response_restarts_from_the_oldest_line_that_stayed() -> None:
    events = (
        opened(),
        replied(MINUTE),
        said(2 * MINUTE, "1"),
        said(4 * MINUTE, "2"),
        event("split_off", HOUR, lines=["1"]),
    )

    assert spans("NR", *events) == [(2 * MINUTE, "split"), (4 * MINUTE, "running")]


def test_s18_an_answer_given_before_the_split_stays_given() -> None:
    events = (opened(), replied(MINUTE), said(2 * MINUTE, "1"), replied(3 * MINUTE, "b"))

    assert one("NR", *events, event("split_off", HOUR, lines=["1"])).met_at == T0 + 3 * MINUTE


def test_s19_an_explicit_rebase_may_loosen_and_gives_what_is_past_a_grace() -> None:
    book = {"": POLICIES, "v1": POLICIES, "v2": LOOSER}
    events = [replace(opened(), policy="v1"), replace(replied(MINUTE), policy="v1")]
    events.append(replace(event("rebased", 2 * MINUTE), policy="v2"))

    clock = next(clock for clock in fold(events, book.__getitem__, T0 + HOUR).clocks if clock.name == "UP")

    assert (clock.policy, clock.limit_due) == ("v2", T0 + 20 * HOUR + MINUTE)


def test_s20_resolution_misses_its_target_and_never_breaches() -> None:
    clock = one("RES", opened())

    assert (clock.missed_at, clock.breached_at) == (T0 + 10 * HOUR, None)


def test_s20_a_target_of_resolution_missed_before_the_wait_stays_missed_in_it() -> None:
    assert one("RES", opened(), event("waiting", 11 * HOUR)).missed_at == T0 + 10 * HOUR


@pytest.mark.parametrize(("after", "told"), [(timedelta(), ["50", "80"]), (15 * MINUTE, [])])
def test_s21_the_warnings_are_shares_of_the_way_to_the_target(after: timedelta, told: list[str]) -> None:
    marks = [mark for mark in one("FR", opened(), now=after + MINUTE).marks() if mark.name in ("50", "80")]

    assert [mark.name for mark in marks] == told
    assert [mark.at - T0 for mark in marks] == [7.5 * MINUTE, 12 * MINUTE][: len(told)]


def test_s23_two_changes_at_one_instant_give_the_grace_once() -> None:
    events = (opened(3), to(2, 9 * HOUR), to(1, 9 * HOUR))

    assert one("FR", *events, now=9 * HOUR).limit_due == T0 + 9 * HOUR + 15 * MINUTE


def test_a_promised_update_is_not_kept_by_what_was_written_before_it() -> None:
    events = (opened(3), replied(MINUTE), promised(2 * MINUTE, HOUR), replied(3 * MINUTE, "b", written=MINUTE))

    assert one("UP", *events, now=4 * MINUTE).state == "running"


def test_an_update_kept_by_a_reply_that_fails_runs_again_or_was_moved() -> None:
    kept = (opened(3), promised(MINUTE, HOUR), replied(3 * MINUTE, written=2 * MINUTE))

    assert one("UP", *kept, failed(5 * MINUTE), now=6 * MINUTE).state == "running"
    assert clocks("UP", *kept, promised(4 * MINUTE, HOUR), failed(5 * MINUTE))[0].outcome == "moved"


def test_a_piece_that_arrived_still_promises_the_next_update_when_the_first_failed() -> None:
    events = (opened(), replied(MINUTE), replied(2 * MINUTE, "b", written=MINUTE), failed(3 * MINUTE))

    assert spans("UP", *events) == [(MINUTE, "superseded"), (2 * MINUTE, "running")]


def test_sev3_joins_the_next_cycle_and_what_it_leaves_the_one_after() -> None:
    first, then = clocks("BATCH", opened(3), event("batch_left", CYCLE + 8 * HOUR - T0))

    assert (first.target_due, first.limit_due, first.reason) == (CYCLE, CYCLE + 8 * HOUR, "left over")
    assert then.target_due == CYCLE + 48 * HOUR


def prefixes() -> Iterator[list[Happened]]:
    for seed in range(5000, 5060):
        events = lived(seed)
        yield from (events[:n] for n in range(1, len(events) + 1))


def test_at_most_one_answer_and_one_update_run_and_no_open_ticket_forgets_a_line() -> None:
    for events in prefixes():
        running = [clock.name for clock in fold(events, BOOK.__getitem__, events[-1].ingested_at).clocks if clock.open]
        ends = [each.kind for each in events if each.kind in ("resolved", "reopened")]

        assert running.count("FR") + running.count("NR") <= 1
        assert running.count("UP") <= 1
        if ends[-1:] != ["resolved"] and events[-1].kind == "said":
            assert {"FR", "NR"} & set(running)


def test_new_terms_take_no_breach_back() -> None:
    kinds = ("severity_changed", "tier_changed", "hotline_opened", "hotline_closed", "rebased")
    for events in prefixes():
        if events[-1].kind in kinds:
            now = events[-1].ingested_at
            before, after = (fold(some, BOOK.__getitem__, now).clocks for some in (events[:-1], events))
            kept = {(clock.name, clock.number): clock.breached_at for clock in after}
            passed = [clock for clock in before if clock.breached_at and clock.breached_at < events[-1].at]

            assert all(kept[(clock.name, clock.number)] == clock.breached_at for clock in passed)


def test_folding_twice_is_folding_once_and_changes_no_event() -> None:
    events = lived(7)
    again = list(events)

    assert fold(events, BOOK.__getitem__, T0) == fold(iter(again), BOOK.__getitem__, T0)
    assert events == again
