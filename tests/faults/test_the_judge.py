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
        "shows": real,
    } | facts


def row(number: int, **facts: Any) -> Any:
    common = {"kind": "SendText", "channel": "whatsapp", "destination": "+341", "ticket_id": 7, "state": "accepted"}
    common |= {"attempts": 1, "retry_at": None, "lease_until": None, "doubt": False, "fault": "", "created_at": NOW}
    common |= {"successor_id": None, "thread": f"whatsapp:+341:{number}"}
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


def test_the_way_to_a_topic_that_is_filled_in_as_it_goes_is_no_duplicate_but_said_twice_it_is() -> None:
    owed = row(3, channel="telegram", destination="-100", payload={"text": "#7 goes on in another topic: {topic}"})
    told = posted("#7 goes on in another topic: https://t.me/c/1000000001/42")
    once = replace(HEALTHY, entries=[*HEALTHY.entries, told], deliveries=[*HEALTHY.deliveries, owed])
    twice = replace(once, entries=[*once.entries, told])

    assert broken(once) == []
    assert "N6" in broken(twice)


def test_what_goes_out_after_a_stop_is_found_unless_it_confirms_it() -> None:
    stopped = [SimpleNamespace(value="+341", stopped_at=NOW - timedelta(seconds=3))]

    assert broken(replace(HEALTHY, stopped=stopped)) == ["N7"]
    confirms = with_second(created_at=NOW - timedelta(seconds=3))
    assert broken(replace(confirms, stopped=stopped)) == []


def test_a_call_no_attempt_accounts_for_is_found_and_so_is_an_attempt_without_a_call() -> None:
    assert broken(with_second(attempts=0)) == ["N8"]
    assert broken(with_second(attempts=2)) == ["N8"]
    assert broken(with_second(attempts=2), faults=1) == []


LADDER = {"steps": [{"after": "PT0S"}, {"after": "PT5M"}], "alarm": "PT5M", "repeat": "PT15M"}


def page(state: dict[str, Any] | None = None, **facts: Any) -> Any:
    common = {"id": 1, "ticket_id": 7, "ladder": "response", "code": "7a", "begun_at": NOW, "ended_at": None}
    common |= {"due_at": NOW + timedelta(minutes=5), "acknowledged_at": None}
    climbed = {"tickets": [7], "ladder": LADDER, "alarmed_at": None} | (state or {})
    return SimpleNamespace(state=climbed, **common | facts)


def rings(number: int, rung: int = 0) -> Any:
    facts = {"page_id": 1, "person_id": 1, "channel": "sms", "goes_at": NOW, "state": "ringing"}
    return SimpleNamespace(id=number, rung=rung, delivery_id=number, **facts)


def night(*pages: Any, seconds: float = 1, **facts: Any) -> Evidence:
    """The healthy history, in which a SEV1 has rung somebody by text ``seconds`` after it began."""
    rung = row(3, channel="sms", destination="+346", thread="page:1:1:sms")
    text = sent(3, seconds) | {"destination": "+346"}
    known: dict[str, Any] = {"entries": [*HEALTHY.entries, text], "deliveries": [*HEALTHY.deliveries, rung]}
    known |= {"urgent": [SimpleNamespace(id=7)], "pages": list(pages), "rings": [rings(3)], "shows": NOW}
    return replace(HEALTHY, **known | facts)


def test_a_sev1_that_rings_somebody_breaks_nothing() -> None:
    assert broken(night(page())) == []


@pytest.mark.parametrize(
    "pages",
    [
        [],
        [page(ended_at=NOW)],
        [page(), page(id=2)],
        [page(due_at=None)],
        [page(due_at=NOW - timedelta(seconds=16))],
    ],
)
def test_a_sev1_without_exactly_one_rung_due_or_ahead_is_found(pages: list[Any]) -> None:
    assert "N2" in broken(replace(night(*pages), rings=[]))


def test_a_sev1_somebody_has_seen_to_needs_no_rung() -> None:
    assert broken(night(page(acknowledged_at=NOW + timedelta(seconds=2), ended_at=NOW, due_at=None))) == []


def test_an_exhausted_ladder_that_has_not_paged_the_fallback_is_found() -> None:
    alarmed = page({"alarmed_at": (NOW - timedelta(seconds=20)).isoformat()})
    silent = night(alarmed, fallback="+349")
    words = "🚨 #7 Ana Studio (SEV1, support): nobody on call has taken it."
    told = sent(4, -19) | {"destination": "+349", "request": {"Body": words, "StatusCallback": "http://us/4"}}

    paged = replace(
        silent,
        entries=[*silent.entries, told],
        deliveries=[*silent.deliveries, row(4, channel="sms", destination="+349")],
    )

    assert broken(silent) == ["N2"]
    assert broken(paged) == []


def test_a_page_that_is_late_is_found_and_without_faults_two_seconds_are_late() -> None:
    assert broken(night(page(), seconds=3)) == ["N5"]
    assert broken(night(page(), seconds=3), faults=1) == []
    assert broken(night(page(), seconds=16), faults=1) == ["N5"]


def test_a_rung_made_late_is_found_though_its_call_follows_at_once() -> None:
    late = NOW + timedelta(minutes=5, seconds=16)
    rung = row(3, channel="sms", destination="+346", thread="page:1:1:sms", created_at=late)
    climbed = SimpleNamespace(**vars(rings(3, rung=1)) | {"goes_at": late})
    seen = night(page(due_at=late), seconds=316, rings=[climbed])

    assert broken(replace(seen, deliveries=[*HEALTHY.deliveries, rung]), faults=1) == ["N5"]


def test_a_ring_later_than_one_lease_after_somebody_has_it_is_found() -> None:
    had = page(acknowledged_at=NOW - timedelta(seconds=0.5))

    assert broken(night(had)) == ["N7"]
    assert broken(night(page(acknowledged_at=NOW))) == []


def test_a_ring_that_failed_needs_another_behind_it() -> None:
    busy = row(3, channel="voice", kind="RingUp", destination="+346", thread="page:1:1:voice", state="failed")
    call = sent(3) | {"action": "Calls.create", "destination": "+346"}
    alone = night(page(), entries=[*HEALTHY.entries, call], deliveries=[*HEALTHY.deliveries, busy])
    failed = SimpleNamespace(**vars(rings(3)) | {"state": "over"})

    assert broken(replace(alone, rings=[failed])) == ["N3"]
    assert broken(replace(alone, rings=[failed, rings(5, rung=1)])) == []
