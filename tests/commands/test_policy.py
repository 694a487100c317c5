"""``flask policy``: check a file, explain a promise, answer dues in bulk."""

import hashlib
import json
import time
from importlib import resources
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

import commands
from sla import read
from tests.sla.test_calendars_policies import promises

SHIPPED = resources.files("sla").joinpath("default.toml").read_text()
OFFICE = {"zone": "Europe/Madrid", "days": {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}}
ALWAYS = {"zone": "Europe/Madrid", "always": True}


def run(*arguments: str | Path, typed: bytes | None = None) -> Result:
    """``flask policy <arguments>`` on the table of sla.md; nothing else of the program is needed."""
    app = Flask(__name__, static_folder=None)
    app.extensions["shell"] = SimpleNamespace(policies=read(promises(), "v1"))
    for group in commands.GROUPS:
        app.cli.add_command(group)
    return app.test_cli_runner().invoke(args=["policy", *map(str, arguments)], input=typed)


def said(*arguments: str | Path) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def checked(tmp_path: Path, text: str) -> Result:
    file = tmp_path / "policy.toml"
    file.write_text(text)
    return run("check", file)


def dues(tmp_path: Path, *lines: object) -> list[dict[str, Any]]:
    file = tmp_path / "dues.jsonl"
    file.write_bytes(b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines))
    return [json.loads(line) for line in said("due", file).splitlines()]


def asked(start: Any = "2026-06-12T16:30:00+02:00", seconds: Any = 3600, **keys: Any) -> dict[str, Any]:
    return {"calendar": OFFICE, "start": start, "target_seconds": seconds} | keys


def test_a_right_file_can_be_kept(tmp_path: Path) -> None:
    result = checked(tmp_path, SHIPPED)

    assert (result.exit_code, "warning:" in result.stdout) == (0, False)
    assert "9 promises, calendars always, support, 0 warnings" in result.stdout


def test_a_promise_hardly_meant_is_warned_of_and_the_file_still_passes(tmp_path: Path) -> None:
    result = checked(tmp_path, SHIPPED.replace('target = "10 h"', 'target = "20 h"'))

    assert result.exit_code == 0
    assert "warning: free SEV2: the target 20 h on support never comes before the limit 24 h" in result.stdout
    assert "1 warnings" in result.stdout


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ('grace = "15 min"', 'graze = "15 min"', "unknown graze"),
        ('quiet = "8 s"', 'quite = "8 s"', "unknown conversation.quite"),
        ('quiet = "8 s"', 'quiet = "8"', "[conversation] quiet"),
        ('\ncalendar = "support"', '\ncalendar = "night"', "unknown calendar 'night'"),
        ('target = "15 min"', 'target = "15 h"', "past its limit"),
        ('grace = "15 min"', 'grace = "15 min', "line"),
        ("[conversation]", "[calendars.support]\ndays = {}\n[conversation]", "[calendars.support] it is never open"),
        ("[conversation]", "conversation = 3\n[[policy]]", "conversation: it is a table"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, before: str, after: str, what: str) -> None:
    result = checked(tmp_path, SHIPPED.replace(before, after, 1))

    assert result.exit_code == 1
    assert "policy.toml: " in result.output
    assert what in result.output


def test_a_promise_is_explained_step_by_step() -> None:
    options = ["--tier", "agency", "--severity", "1", "--category", "payment", "--at", "2026-11-28T15:00"]

    assert said("explain", *options, "--zone", "Europe/Madrid").splitlines() == [
        "1. policy: agency SEV1 payment, version v1: target 15 min on always, limit 4 h elapsed",
        "2. start: Sat 2026-11-28 15:00:00 Europe/Madrid",
        "3. windows: always never closes",
        "4. target due: Sat 2026-11-28 15:15:00 Europe/Madrid",
        "5. limit due: Sat 2026-11-28 19:00:00 Europe/Madrid; breached once it has passed without a person's answer",
        "6. told: Got it: your message is here. Please don't run the card again, it could charge twice. "
        "A person answers by 15:15.",
        "7. receipt by the bot: Sat 2026-11-28 15:00:10 Europe/Madrid, none by mail",
        "8. next update after a person's word: every 30 min on always",
        "9. silence ceiling: 35 min on always, then the bot speaks and alarms",
        "10. an escalation must be acknowledged within 5 min",
    ]


def test_a_small_question_is_explained_with_its_batch() -> None:
    text = said("explain", "--tier", "pro", "--severity", "3", "--at", "2026-11-27T13:00")

    assert "8. next update after a person's word: when there is news" in text
    assert "9. batch: Tue 2026-12-01 10:00:00 Europe/Madrid, closed or promised anew by Tue 2026-12-01 18:00:00" in text


def test_an_explanation_speaks_both_zones_the_calendar_and_the_customers_language() -> None:
    options = ["--tier", "free", "--severity", "2", "--at", "2026-11-27T13:00", "--zone", "America/New_York"]

    text = said("explain", *options, "--language", "es")

    assert "2. start: Fri 2026-11-27 13:00:00 America/New_York, Fri 2026-11-27 19:00:00 Europe/Madrid" in text
    assert "support (Europe/Madrid) is open Fri 2026-11-27 08:00 to Fri 20:00; Sat 2026-11-28 10:00" in text
    assert "Sun 2026-11-29 13:00:00 Europe/Madrid; the limit comes first and is what we aim at" in text
    assert "sáb 13:00" in text


def test_another_file_and_a_moment_with_offset_can_be_explained(tmp_path: Path) -> None:
    (tmp_path / "over.toml").write_text(
        SHIPPED + '[calendars.support]\nopen = [["2026-01-01T10:00", "2026-01-01T12:00"]]\n'
    )
    options = ["--tier", "pro", "--severity", "3", "--at", "2026-11-27T18:00Z", "--file", str(tmp_path / "over.toml")]

    text = said("explain", *options)

    assert f"version {hashlib.sha256((tmp_path / 'over.toml').read_bytes()).hexdigest()[:12]}" in text
    assert "2. start: Fri 2026-11-27 19:00:00 Europe/Madrid" in text
    assert "is open never again" in text
    assert "ALARM: no due within 800 days" in text


@pytest.mark.parametrize(
    ("option", "value", "what"),
    [
        ("--at", "soon", "'soon' is no moment"),
        ("--at", "0001-01-01T00:00+14:00", "is no moment"),
        ("--at", "9999-01-01T00:00Z", "outside the years"),
        ("--zone", "Mars", "'Mars' is no IANA time zone"),
        ("--tier", "gold", "gold"),
        ("--severity", "4", "4"),
        ("--category", "weather", "weather"),
    ],
)
def test_an_odd_question_is_refused_by_name(option: str, value: str, what: str) -> None:
    options = {"--tier": "pro", "--severity": "2", "--at": "2026-11-28T15:00"} | {option: value}

    result = run("explain", *(word for pair in options.items() for word in pair))

    assert result.exit_code in (1, 2)
    assert what in result.output


def test_bulk_dues_come_in_order_with_their_line_in_the_calendars_offset(tmp_path: Path) -> None:
    back = asked("2026-10-25T01:30:00+02:00", 7200, calendar=ALWAYS, id="b")

    found = dues(tmp_path, asked(id="a"), back, asked("2026-06-12T14:30:00Z", 0.5))

    assert found == [
        asked(id="a", due="2026-06-15T09:30:00+02:00"),
        {**back, "due": "2026-10-25T02:30:00+01:00"},
        asked("2026-06-12T14:30:00Z", 0.5, due="2026-06-12T16:30:00.500000+02:00"),
    ]


def test_an_open_pause_leaves_the_due_open_and_a_failing_calendar_raises_an_alarm(tmp_path: Path) -> None:
    hold = asked(pauses=[["2026-06-12T16:45:00+02:00", None]])
    over = asked(calendar={"zone": "UTC", "open": [["2026-01-01T10:00", "2026-01-01T12:00"]]})

    frozen, failed = dues(tmp_path, hold, over)

    assert frozen == hold | {"due": None, "remaining_seconds": 2700}
    assert failed == over | {
        "due": "2026-06-12T15:30:00+00:00",
        "alarm": "no due within 800 days: it is start + target",
    }


BAD: list[tuple[object, str]] = [
    (b"nonsense", "line 2: "),
    (b"[1]", "line 2: a line is one JSON object"),
    (b'{"target_seconds": NaN}', "line 2: NaN"),
    (b'{"target_seconds": 1e999}', "line 2: 1e999"),
    (b"\xff{}", "line 2: "),
    (b"[" * 100_000, "line 2: "),
    ({}, "calendar, start, target_seconds is missing"),
    (asked(calendar=None), "a calendar is a table"),
    (asked(calendar={"zone": "Mars", "always": True}), "zone: 'Mars'"),
    (asked(calendar=OFFICE | {"days": {"mon": ["09:00-09:00"]}}), "opens and closes at once"),
    (asked("2026-06-12T16:30:00"), "start: 2026-06-12T16:30:00 has no offset"),
    (asked("noon"), "start: 'noon' is no moment"),
    (asked(5), "start: 5 is no moment"),
    (asked(seconds=0), "target: "),
    (asked(seconds=-60), "target: "),
    (asked(seconds=True), "target_seconds: True"),
    (asked(seconds="3600"), "target_seconds: '3600'"),
    (asked(seconds=10**400), "target_seconds: 1000"),
    (asked(seconds=10**12), "longer than a calendar"),
    (asked(pauses="none"), "pauses: 'none' is no list"),
    (asked(pauses=[["2026-06-12T16:45:00+02:00"]]), "pause 1: "),
    (asked(pauses=[[None, None]]), "pause 1: None is no moment"),
    (asked(pauses=[["2026-06-12T16:45:00Z", "2026-06-12T16:44:59Z"]]), "pause 1: it ends"),
]


@pytest.mark.parametrize(("line", "what"), BAD, ids=[what for _, what in BAD])
def test_a_bad_line_gets_its_error_and_the_others_go_on(tmp_path: Path, line: Any, what: str) -> None:
    first, bad, last = dues(tmp_path, asked(), line, b"  ", asked())

    assert what in bad["error"]
    assert ("due" in bad, "due" in first, first) == (False, True, last)
    assert isinstance(line, bytes) or bad == line | {"error": bad["error"]}


def test_answers_of_an_earlier_run_are_replaced_and_standard_input_is_read(tmp_path: Path) -> None:
    (earlier,) = dues(tmp_path, asked() | {"due": "never", "error": "old", "alarm": "old", "remaining_seconds": 1})

    typed = run("due", "-", typed=json.dumps(asked()).encode())

    assert earlier == json.loads(typed.stdout) == asked(due="2026-06-15T09:30:00+02:00")


def test_a_thousand_lines_on_calendars_that_repeat_take_no_second(tmp_path: Path) -> None:
    lines = [asked(f"2026-{n % 12 + 1:02}-{n % 28 + 1:02}T10:00:00+02:00", 3600 * (n % 40 + 1)) for n in range(3000)]

    started = time.process_time()
    found = dues(tmp_path, *lines)

    assert all("due" in line for line in found)
    assert len(found) / (time.process_time() - started) >= 1000
