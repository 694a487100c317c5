"""Whatever happens to a page, somebody is still being asked, has it, or it is over: never a silent end."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from oncall.kinds import Acknowledged, CameDue, ChannelFailed, Page, PassedOn, Ring, Worked
from oncall.pages import advance, begun, from_json, to_json
from oncall.people import CHANNELS
from tests.oncall.crew import EVERYONE, SATURDAY, ladder, nobody, on
from tests.oncall.zones import unhurried

crews = st.sampled_from([on(), on(*EVERYONE[:2]), on(EVERYONE[2]), nobody()])
people = st.integers(1, 5)
waits = st.floats(0, 3600)
happenings = st.lists(
    st.tuples(st.just("due"), waits, crews)
    | st.tuples(st.just("failed"), waits, crews, people, st.sampled_from(CHANNELS), st.integers(0, 8))
    | st.tuples(st.just("acknowledged"), waits, people)
    | st.tuples(st.just("passed"), waits, crews, people)
    | st.tuples(st.just("worked"), waits, people),
    max_size=30,
)


def happened(page: Page, now: Any, what: tuple[Any, ...]) -> Any:
    match what:
        case ("due", _, crew):
            return CameDue(now, crew)
        case ("failed", _, crew, person, channel, rung):
            return ChannelFailed(now, crew, person, channel, rung)
        case ("acknowledged", _, person):
            return Acknowledged(now, person, "somebody", "code")
        case ("passed", _, crew, person):
            return PassedOn(now, crew, person)
    return Worked(now, what[2])


@unhurried
@given(crews, st.sampled_from(["response", "engineering"]), happenings)
def test_a_page_never_ends_in_silence(crew: Any, name: str, story: list[tuple[Any, ...]]) -> None:
    now = SATURDAY
    page, _ = begun("ticket:1", ladder(name), 1, now, crew)
    for what in story:
        now += timedelta(seconds=what[1])
        before = page.state
        page, effects = advance(page, happened(page, now, what))

        assert from_json(to_json(page)) == page
        assert (page.due_at is None) == (page.state == "over")
        assert (page.holder is None) == (page.state == "ringing")
        if page.state != "ringing":
            assert not [effect for effect in effects if isinstance(effect, Ring)]
        if page.state == "over":
            assert before == "over" or (before, what[0]) == ("held", "worked")
        if what[0] == "due" and page.due_at is not None:
            assert page.due_at > now


@unhurried
@given(st.lists(st.floats(0.1, 300), min_size=20, max_size=60))
def test_however_the_sweep_stutters_each_rung_is_climbed_at_its_minute(steps: list[float]) -> None:
    page, now, climbed = begun("ticket:1", ladder(), 1, SATURDAY, on())[0], SATURDAY, {}
    for seconds in steps:
        now += timedelta(seconds=seconds)
        due = page.due_at
        assert due is not None
        page, effects = advance(page, CameDue(now, on()))
        if effects and page.rung <= 5:
            climbed[page.rung] = now
        assert (page.due_at == due) == (now < due)

    offsets = {rung: SATURDAY + page.ladder.offset(rung) for rung in climbed}
    assert all(climbed[rung] >= offsets[rung] for rung in climbed)
    assert all(climbed[rung] - offsets[rung] <= timedelta(seconds=300) for rung in climbed)
