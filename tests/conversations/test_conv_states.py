"""States go to JSON and come back the same; what this program does not know is Lost and still answered (rule 4)."""

import json
from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.states import (
    AskedSolved,
    AskedStars,
    AskLater,
    Collecting,
    Done,
    Idle,
    Lost,
    StarsLater,
    State,
    Waiting,
    from_json,
    to_json,
    wake_at,
)
from tests.conversations.talk import NOON, UPLOAD, Talk, opens, phrases

moments = st.datetimes(timezones=st.just(UTC))
counts = st.integers(0, 50)
states = st.one_of(
    st.just(Idle()),
    st.builds(
        Collecting, moments, moments, moments, st.text(), counts, counts, counts, st.booleans(), st.text(), counts
    ),
    st.builds(Waiting, counts),
    st.builds(AskedSolved, moments, st.booleans()),
    st.builds(AskLater, moments, st.text(), st.none() | st.booleans()),
    st.builds(AskedStars, moments),
    st.builds(StarsLater, moments, st.none() | moments),
    st.builds(Done, moments, st.booleans()),
    st.builds(Lost, st.text().map(lambda kind: f"old {kind}"), st.dictionaries(st.text(), st.integers() | st.text())),
)
BROKEN = [
    {"kind": "Dreaming", "version": 9, "data": {"since": "then"}},
    {"kind": "Collecting", "version": 1, "data": {}},
    {"kind": "Collecting", "version": 1, "data": {"since": "yesterday", "last": 1, "wake_at": None}},
    {"kind": "AskedSolved", "version": 1, "data": {"at": "no time"}},
    {"kind": "Waiting", "version": 1, "data": {"who_asked": "twice"}},
    {"kind": "Waiting", "version": 1, "data": ["who_asked"]},
    {"kind": None},
    {"data": {}},
]


@given(states)
def test_every_state_comes_back_from_json_as_it_was(state: State) -> None:
    kept = json.loads(json.dumps(to_json(state)))

    assert from_json(kept) == state


def test_no_state_at_all_is_the_beginning() -> None:
    assert (from_json(None), from_json({})) == (Idle(), Idle())


@pytest.mark.parametrize("found", BROKEN)
def test_what_is_not_known_is_lost_and_kept_as_it_was_found(found: dict[str, object]) -> None:
    state = from_json(found)

    assert isinstance(state, Lost)
    assert state.kind == str(found.get("kind"))
    assert state.data == (found.get("data") or {})


@pytest.mark.parametrize("found", BROKEN)
def test_a_lost_conversation_still_gets_a_ticket_and_a_person(found: dict[str, object]) -> None:
    talk = Talk(state=from_json(found))

    effects = talk.says("is anybody there, uploads fail", UPLOAD)

    assert opens(effects)
    assert phrases(effects) == ["person_by"]
    assert talk.state == Waiting()


def test_a_lost_conversation_stays_as_it_is_until_the_customer_writes() -> None:
    lost = Lost("Dreaming", {"a": 1})
    talk = Talk(state=lost)

    effects = [*talk.is_taken(), *talk.is_answered(), *talk.is_closed(), *talk.goes_quiet()]

    assert (effects, talk.state, wake_at(lost)) == ([], lost, None)


def test_only_a_burst_that_is_collected_and_stars_after_a_shoot_ask_to_be_woken() -> None:
    due = NOON + timedelta(seconds=8)

    asked = [
        wake_at(state)
        for state in (Idle(), Waiting(), AskedSolved(NOON), AskedStars(NOON), Done(NOON), StarsLater(NOON))
    ]

    assert asked == [None] * 6
    assert (wake_at(Collecting(NOON, NOON, due)), wake_at(StarsLater(NOON, due))) == (due, due)
