"""The judge himself: each of N1-N8 is broken by a history that breaks it, and by that alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tests.faults.evidence import Evidence, Mark
from tests.faults.invariants import RULES, Case

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SID = "SM" + "1" * 32


def entry(flow: str, action: str, seconds: float = 0, provider: str = "twilio", **facts: Any) -> dict[str, Any]:
    real = (NOW + timedelta(seconds=seconds)).isoformat()
    return {
        "flow": flow,
        "action": action,
        "provider": provider,
        "real": real,
        "outcome": 200,
        "destination": "",
    } | facts


def row(number: int, **facts: Any) -> Any:
    common = {"kind": "SendText", "channel": "whatsapp", "destination": "+341", "ticket_id": 7, "state": "accepted"}
    common |= {"attempts": 1, "retry_at": None, "lease_until": None, "doubt": False, "fault": "", "created_at": NOW}
    common |= {"successor_id": None}
    return SimpleNamespace(**{"id": number, "payload": {"text": f"words {number}"}, **common, **facts})


def sent(number: int, seconds: float = 1) -> dict[str, Any]:
    callback = f"http://us/webhooks/twilio/status/{number}"
    request = {"StatusCallback": callback, "Body": f"words {number}"}
    facts: dict[str, Any] = {"request": request, "response": {"sid": "SM2"}}
    facts |= {"destination": "whatsapp:+341", "outcome": 201}
    return entry("call", "Messages.create", seconds, **facts)


def posted(text: str, seconds: float = 1) -> dict[str, Any]:
    request, response = {"chat_id": "-100", "text": text}, {"ok": True, "result": {}}
    return entry("call", "sendMessage", seconds, "telegram", request=request, response=response, destination="-100")


HEALTHY = Evidence(
    mark=Mark(0, 0, 0, {}),
    entries=[
        entry("person", "says", request={"sid": SID, "body": "my gallery is gone"}),
        entry("webhook", "message", request={"MessageSid": SID}),
        posted("Ana: my gallery is gone"),
        sent(2),
    ],
    inbox=[SimpleNamespace(id=1, provider_id=SID, state="done", reason="")],
    kept={SID},
    deliveries=[
        row(1, channel="telegram", destination="-100", payload={"text": "Ana: my gallery is gone"}),
        row(2),
    ],
    messages=[SimpleNamespace(ticket_id=7, origin=SID)],
    clocks={7},
    stopped=[],
    now=NOW + timedelta(seconds=5),
)


def broken(seen: Evidence, **case: float) -> list[str]:
    judged = Case("a case", **case)  # type: ignore[arg-type]
    return [ruling.name for ruling in (rule(seen, judged) for rule in RULES) if ruling.wrong]


def with_second(**facts: Any) -> Evidence:
    """The healthy history, its delivery to the customer otherwise."""
    return replace(HEALTHY, deliveries=[HEALTHY.deliveries[0], row(2, **facts)])


def test_a_healthy_history_breaks_nothing() -> None:
    assert broken(HEALTHY) == []


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("N1", replace(HEALTHY, kept=set(), inbox=[])),
        ("N1", replace(HEALTHY, messages=[])),
        ("N1", replace(HEALTHY, messages=HEALTHY.messages * 2)),
        ("N1", replace(HEALTHY, clocks=set())),
        ("N1", replace(HEALTHY, inbox=[SimpleNamespace(id=1, provider_id=SID, state="silent", reason="")])),
        ("N1", replace(HEALTHY, inbox=[SimpleNamespace(id=1, provider_id=SID, state="waiting", reason="")])),
        ("N3", with_second(state="queued")),
        ("N3", with_second(state="failed", fault="30003 unreachable")),
    ],
)
def test_a_history_that_breaks_one_rule_is_found_by_it(name: str, seen: Evidence) -> None:
    assert broken(seen) == [name]


def test_a_line_the_group_never_got_is_a_loss() -> None:
    assert "N3" in broken(replace(HEALTHY, entries=[HEALTHY.entries[0], HEALTHY.entries[1], HEALTHY.entries[3]]))


def test_a_failure_that_is_said_in_the_topic_has_its_successor() -> None:
    notice = row(3, channel="telegram", destination="-100", payload={"text": "NOT DELIVERED to Ana: gone."})
    failed = with_second(state="failed", fault="30003 unreachable")

    seen = replace(
        failed,
        deliveries=[*failed.deliveries, notice],
        entries=[*HEALTHY.entries, posted("NOT DELIVERED to Ana: gone.")],
    )

    assert broken(seen) == []


@pytest.mark.parametrize(
    "facts",
    [
        {"state": "leased", "lease_until": NOW - timedelta(seconds=9)},
        {"state": "unknown", "retry_at": NOW - timedelta(seconds=9)},
    ],
)
def test_what_hangs_past_its_limit_is_found(facts: dict[str, Any]) -> None:
    assert "N4" in broken(with_second(**facts))


def test_a_line_that_was_late_by_more_than_the_outage_allows_is_found() -> None:
    late = [*HEALTHY.entries[:2], posted("Ana: my gallery is gone", 16), HEALTHY.entries[3]]

    assert broken(replace(HEALTHY, entries=late)) == ["N5"]
    assert broken(replace(HEALTHY, entries=late), outage=2) == []


def test_a_duplicate_needs_a_fault_and_a_flag() -> None:
    twice = replace(with_second(attempts=2), entries=[*HEALTHY.entries, sent(2)])
    flagged = replace(with_second(doubt=True, attempts=2), entries=twice.entries)

    assert broken(twice, faults=1) == ["N6"]
    assert broken(flagged) == ["N6"]
    assert broken(flagged, faults=1) == []


def test_a_line_shown_twice_in_the_group_is_a_duplicate_even_under_another_number() -> None:
    seen = replace(HEALTHY, entries=[*HEALTHY.entries, posted("#7 Ana: my gallery is gone")])

    assert "N6" in broken(seen)


def test_what_goes_out_after_a_stop_is_found_unless_it_confirms_it() -> None:
    stopped = [SimpleNamespace(value="+341", stopped_at=NOW - timedelta(seconds=3))]

    assert broken(replace(HEALTHY, stopped=stopped)) == ["N7"]
    confirms = with_second(created_at=NOW - timedelta(seconds=3))
    assert broken(replace(confirms, stopped=stopped)) == []


def test_a_call_no_attempt_accounts_for_is_found_and_so_is_an_attempt_without_a_call() -> None:
    assert broken(with_second(attempts=0)) == ["N8"]
    assert broken(with_second(attempts=2)) == ["N8"]
    assert broken(with_second(attempts=2), faults=1) == []
