"""What /metrics tells: what waits, how it went in the last hour, what time owes, what stands wrong."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from bot import beat, silence, watch
from bot.alarms import raise_alarm
from bot.budgets import Budget, Budgets
from bot.shell import Shell
from models import Delivery
from tests.bot.house import GROUP, OURS, House, twilio_form
from tests.webhooks.doors import client

Figures = dict[str, float]


def scraped(shell: Shell) -> Figures:
    """Every sample by its name and labels, as ``name{a="b"}``."""
    answer = client(shell).get("/metrics")
    assert answer.status_code == 200
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


@pytest.fixture
def asked() -> Iterator[list[tuple[str, Any]]]:
    """Every statement put to the database, with what is bound."""
    found: list[tuple[str, Any]] = []

    def asks(*arguments: Any) -> None:
        found.append((arguments[2], arguments[3]))

    event.listen(Engine, "before_cursor_execute", asks)
    yield found
    event.remove(Engine, "before_cursor_execute", asks)


def newest(session: Session) -> Delivery:
    return session.scalars(select(Delivery).order_by(Delivery.id.desc()).limit(1)).one()


def test_an_empty_house_has_figures_too(shell: Shell) -> None:
    found = scraped(shell)

    assert found['backstop_inbox{state="waiting"}'] == found['backstop_inbox{state="parked"}'] == 0
    assert found["backstop_workers_alive"] == found["backstop_alarms_standing"] == 0
    assert found["backstop_deliveries_doubtful"] == found["backstop_customer_waits_seconds"] == 0


def test_webhooks_that_wait_are_counted_with_the_age_of_the_oldest(house: House) -> None:
    house.studio()
    house.says("uploads fail")
    house.clock.passes(7)

    found = scraped(house.shell)

    assert found['backstop_inbox{state="waiting"}'] == 1
    assert found["backstop_inbox_oldest_seconds"] == 7


def test_what_was_read_within_the_hour_is_told_by_channel_and_end(house: House) -> None:
    house.opened()
    house.clock.passes(3700)
    house.says("thanks")
    house.texts("hello")
    house.works()

    found = scraped(house.shell)

    assert found['backstop_inbox_last_hour{channel="twilio",state="silent"}'] == 1
    assert found['backstop_inbox_last_hour{channel="telegram",state="silent"}'] == 1


def test_a_webhook_set_aside_is_counted(house: House) -> None:
    house.posts("twilio", twilio_form("/webhooks/twilio/messages", {"MessageSid": "SM1", "To": "x"}))
    house.answers()

    assert scraped(house.shell)['backstop_inbox{state="parked"}'] == 1


def test_calls_owed_are_told_by_lane_and_state_with_the_oldest_of_each(house: House) -> None:
    house.studio()
    house.says("uploads fail")
    house.answers()
    house.clock.passes(20)

    found = scraped(house.shell)

    assert found['backstop_deliveries{lane="page",state="queued"}'] >= 1
    assert found['backstop_deliveries_oldest_seconds{lane="page"}'] == 20


@pytest.mark.parametrize("state", ["held", "unknown", "leased"])
def test_calls_that_stand_still_are_told_by_what_they_wait_for(house: House, state: str) -> None:
    house.opened()
    house.changes(lambda session: setattr(newest(session), "state", state))

    found = scraped(house.shell)

    owed = [many for name, many in found.items() if name.startswith("backstop_deliveries{") and f'"{state}"' in name]
    assert owed == [1]


def test_calls_that_may_be_repetitions_are_counted_while_owed_and_for_an_hour(house: House) -> None:
    house.opened()
    house.changes(lambda session: setattr(newest(session), "doubt", True))
    fresh = scraped(house.shell)["backstop_deliveries_doubtful"]
    house.clock.passes(3700)

    late = scraped(house.shell)["backstop_deliveries_doubtful"]
    house.changes(lambda session: setattr(newest(session), "state", "queued"))
    owed = scraped(house.shell)["backstop_deliveries_doubtful"]

    assert (fresh, late, owed) == (1, 0, 1)


def test_dwell_is_the_time_from_owed_to_taken_by_lane(house: House) -> None:
    house.studio()
    house.says("uploads fail")
    house.answers()
    house.clock.passes(4)
    house.works()

    found = scraped(house.shell)

    assert found['backstop_dwell_seconds{lane="page",quantile="0.99"}'] == 4
    assert found['backstop_dwell_seconds{lane="page",quantile="0.5"}'] <= 4


def test_clocks_are_told_by_name_and_state(house: House) -> None:
    house.opened()

    found = scraped(house.shell)

    assert found['backstop_clocks{clock="FR",state="running"}'] == 1


def test_promises_are_told_by_outcome(house: House) -> None:
    thread = house.opened()
    house.writes("/r looking", thread)
    house.works()
    house.writes("/next 14:30", thread)
    house.works()
    house.writes("/next 15:30", thread)
    house.works()

    found = scraped(house.shell)

    outcomes = {re.sub(r".*outcome=\"(\w+)\".*", r"\1", name) for name in found if "backstop_promises{" in name}
    assert outcomes == {"open", "moved"}


def test_what_time_owes_is_late_until_somebody_looks_and_then_measured(house: House) -> None:
    house.opened()
    due_at = house.promise().limit_due
    assert due_at is not None
    house.clock.passes((due_at - house.clock.now()).total_seconds() - 3700)
    watch.clocks(house.shell)
    house.clock.passes(3730)
    owed = scraped(house.shell)
    watch.clocks(house.shell)
    house.clock.passes(1)

    seen = scraped(house.shell)

    assert owed['backstop_overdue_seconds{what="clock"}'] == 30
    assert owed.get('backstop_lateness_seconds{quantile="1",what="breach"}') is None
    assert seen['backstop_overdue_seconds{what="clock"}'] == 0
    assert seen['backstop_lateness_seconds{quantile="1",what="breach"}'] == 30


def test_a_target_noticed_late_is_a_mark(house: House) -> None:
    house.opened()
    due_at = house.promise().target_due
    assert due_at is not None
    house.clock.passes((due_at - house.clock.now()).total_seconds() + 5)
    watch.clocks(house.shell)

    found = scraped(house.shell)

    assert found['backstop_lateness_seconds{quantile="0.5",what="mark"}'] >= 5


def test_open_tickets_are_told_with_how_long_a_customer_waits(house: House) -> None:
    house.opened()
    house.clock.passes(90)

    found = scraped(house.shell)

    assert found['backstop_tickets_open{owned="no",severity="1",tier="agency"}'] == 1
    assert found['backstop_tickets{state="open"}'] == 1
    assert found["backstop_customer_waits_seconds"] >= 90


def test_workers_alive_are_told_with_what_fails(house: House) -> None:
    beat.beat(house.shell, "gone:1")
    house.clock.passes(60)
    beat.beat(house.shell, "here:1", ["clocks", "quiet"])
    beat.beat(house.shell, "here:2", ["clocks"])
    house.clock.passes(2)

    found = scraped(house.shell)

    assert found["backstop_workers_alive"] == 2
    assert found["backstop_worker_tick_seconds"] == 2
    assert found['backstop_sweeps_failing{sweep="clocks"}'] == 2
    assert found['backstop_sweeps_failing{sweep="quiet"}'] == 1


def test_alarms_are_told_by_their_first_word(house: House) -> None:
    for key in ("promise:7", "promise:8", "clock_set"):
        house.changes(lambda session: raise_alarm(house.shell, session, key, "words"))  # noqa: B023 (runs at once)

    found = scraped(house.shell)

    assert found['backstop_alarms{alarm="promise"}'] == 2
    assert found["backstop_alarms_standing"] == 3


def test_tokens_left_are_told_of_groups_and_our_numbers_and_of_no_customer(house: House) -> None:
    lively = Budgets(
        telegram_group=Budget(20, timedelta(seconds=60)),
        whatsapp=Budget(80, timedelta(seconds=60)),
        whatsapp_customer=Budget(5, timedelta(seconds=6), together=False),
    )
    house.shell = replace(house.shell, budgets=lively)
    house.opened()

    found = scraped(house.shell)

    assert found[f'backstop_budget_left{{bucket="telegram>{GROUP}"}}'] < 20
    assert f'backstop_budget_left{{bucket="whatsapp<{OURS}"}}' in found
    assert not [name for name in found if "34600000001" in name]


def test_a_scrape_names_no_customer_and_no_words(house: House) -> None:
    house.opened("my card 4242 fails")
    silence.silence(house.shell)

    told = client(house.shell).get("/metrics").text

    for private in ("4242", "34600000001", "Tolu", "Adeyemi"):
        assert private not in told


@pytest.mark.parametrize("database_kind", ["sqlite"])  # its plans do not depend on how much is in the tables
def test_a_scrape_walks_through_no_table_that_grows_with_history(house: House, asked: list[tuple[str, Any]]) -> None:
    house.opened()
    asked.clear()
    scraped(house.shell)

    plans = {
        statement: plan(house.shell, statement, bound) for statement, bound in list(asked) if "SELECT" in statement
    }

    whole = re.compile(r"SCAN (deliveries|inbox|ticket_events|clocks|messages|tickets)(?! USING)")
    assert len(plans) > 15
    assert [told for told, steps in plans.items() if "LIMIT" not in told and whole.search(steps)] == []


def plan(shell: Shell, statement: str, bound: Any) -> str:
    with shell.db.engine.connect() as connection:
        steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", bound).all()
    return "\n".join(step[3] for step in steps)


def test_metrics_are_for_loopback_or_the_token(house: House) -> None:
    guarded = client(replace(house.shell, metrics_token="scrape-me"))

    assert client(house.shell).get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 403
    assert guarded.get("/metrics").status_code == 403
    assert guarded.get("/metrics", headers={"Authorization": "Bearer scrape-me"}).status_code == 200
