"""``flask tickets ledger`` prints events that ``flask policy replay`` folds into the same clocks."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.bot.house import House
from tests.commands.runner import run

GOOD = {"kind": "opened", "occurred_at": "2026-06-10T12:00:00Z", "data": {"tier": "agency", "severity": 1}}


def test_the_events_of_a_ledger_replayed_give_the_same_clocks(house: House, tmp_path: Path) -> None:
    thread = house.opened("PAYMENT NOT WORKING")
    house.clock.passes(300)
    house.writes("/r We are on it.", thread)
    house.works()
    house.clock.passes(300)
    house.says("and the other terminal is down too")
    house.works()
    proof = json.loads(run(house.shell, "tickets", "ledger", "1", "--json").output)
    file = tmp_path / "events.jsonl"
    file.write_text("\n".join(json.dumps(event) for event in proof["events"]))

    done = run(house.shell, "policy", "replay", str(file), "--now", house.clock.now().isoformat())

    assert done.exit_code == 0, done.output
    again = json.loads(done.output)
    assert {clock["name"] for clock in again["clocks"]} >= {"ACK", "FR", "NR", "UP", "RES"}
    assert [each | {"policy": ""} for each in again["clocks"]] == [each | {"policy": ""} for each in proof["clocks"]]
    assert again["events"] == proof["events"]


def test_the_ledger_as_text_names_each_clock(house: House) -> None:
    house.opened("PAYMENT NOT WORKING")
    house.clock.passes(timedelta(hours=5).seconds)

    done = run(house.shell, "tickets", "ledger", "1")

    assert "FR 1: from Wed 10 Jun 12:00:00, due Wed 10 Jun 12:15:00 / Wed 10 Jun 16:00:00: breached" in done.output


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("{", "line 2: "),
        ("[]", "line 2: an event is an object; example: "),
        (json.dumps(GOOD | {"occurred_at": "2026-06-10T12:00:00"}), "has no offset; example: "),
        (json.dumps(GOOD | {"kind": ""}), "line 2: kind and data are missing"),
        (json.dumps(GOOD | {"kind": "replied", "data": {"written_at": "soon"}}), "line 2: "),
        (json.dumps(GOOD | {"data": {"tier": "gold", "severity": 1}}), "line 2: "),
        (json.dumps(GOOD | {"kind": "promised", "data": {}}), "line 2: "),
    ],
)
def test_a_line_that_is_no_event_is_refused_by_its_number_with_an_example(
    house: House, tmp_path: Path, line: str, wrong: str
) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text(json.dumps(GOOD) + "\n" + line)

    done = run(house.shell, "policy", "replay", str(file))

    assert done.exit_code == 1
    assert wrong in done.output
    assert "example: " in done.output
