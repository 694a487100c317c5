"""How a page climbs: rung by rung by the clock, at once when a rung reaches nobody (sla.md section 6)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from oncall.kinds import Asked, ChannelFailed, Crew, Effect, Page, PassedOn, RaiseAlarm, Ring, ShowUnreached
from oncall.ladders import MENTION, Step
from oncall.people import CHANNELS, EVERYBODY, Person

Climbed = tuple[Page, tuple[Effect, ...]]


def from_the_bottom(page: Page, at: datetime, crew: Crew) -> Climbed:
    return _up(replace(page, state="ringing", rung=-1, passed=frozenset(), asked=()), at, at, crew)


def up_to(page: Page, now: datetime, crew: Crew) -> Climbed:
    """Every rung that is due by now, in order. After a long stop nobody is asked the same twice."""
    effects: list[Effect] = []
    while page.due_at is not None and page.due_at <= now:
        page, more = _up(page, page.due_at, now, crew)
        effects += [effect for effect in more if not _already(effect, effects)]
    return page, tuple(effects)


def past_failure(page: Page, failed: ChannelFailed) -> Climbed:
    """The person's next channel at once; with none left, and nobody else being reached, the next rung at once."""
    ring = Asked(failed.person, failed.channel)
    if failed.rung != page.rung or ring not in page.asked:
        return page, ()
    tried = {one.channel for one in page.asked if one.person == failed.person}
    person = _known(failed.crew, failed.person)
    channel = next((way for way in CHANNELS if person and way in person.channels and way not in tried), None)
    page = _failed(page, [ring])
    if channel is not None:
        asked = (*page.asked, Asked(failed.person, channel))
        return replace(page, asked=asked), (Ring(failed.person, channel, page.rung),)
    return _up_unless_ringing(page, failed.now, failed.crew)


def without(page: Page, passed: PassedOn, *, at_once: bool) -> Climbed:
    """Goes on without who has passed on."""
    if at_once:
        return _up(page, passed.now, passed.now, passed.crew)
    left = [one for one in page.asked if one.person == passed.person and not one.failed]
    return _up_unless_ringing(_failed(page, left), passed.now, passed.crew)


def _up_unless_ringing(page: Page, now: datetime, crew: Crew) -> Climbed:
    """Past the last step there is nothing higher: the alarm stands, and the repeat keeps its time."""
    if _ringing(page.asked) or page.rung >= len(page.ladder.steps):
        return page, ()
    return _up(page, now, now, crew)


def _up(page: Page, at: datetime, now: datetime, crew: Crew) -> Climbed:
    """One rung, meant for ``at``; further ones at once while nobody is reached."""
    ladder, rung = page.ladder, page.rung + 1
    steps = len(ladder.steps)
    due_at = at + ladder.offset(rung + 1) - ladder.offset(rung)
    if rung > steps:
        while due_at <= now:  # of the repeats that a stop has missed one is made up for
            due_at += ladder.repeat
    page = replace(page, rung=rung, due_at=due_at)
    if rung == steps:
        return replace(page, alarmed_at=page.alarmed_at or now, asked=()), (RaiseAlarm(rung),)
    step = ladder.steps[rung] if rung < steps else ladder.again
    page = page if rung < steps else replace(page, passed=frozenset())
    asked = tuple(_asking(step, page.passed, crew))
    page = replace(page, asked=asked)
    rings: tuple[Effect, ...] = tuple(Ring(one.person, one.channel, rung, first=rung == 0) for one in asked)
    if _ringing(asked):
        return page, rings
    unreached = (*rings, ShowUnreached(rung, step.roles))
    if rung > steps:
        return page, unreached
    higher, more = _up(page, now, now, crew)
    return higher, (*unreached, *more)


def _asking(step: Step, passed: frozenset[int], crew: Crew) -> Iterable[Asked]:
    """Each person once, on the step's channels that are theirs, else on the first that is."""
    people = dict.fromkeys(person for role in step.roles for person in crew.get(role, ()))
    for person in people:
        if person.id in passed:
            continue
        if MENTION in step.channels:
            yield Asked(person.id, MENTION)
        theirs = [way for way in CHANNELS if way in step.channels and way in person.channels]
        other = [] if theirs or set(step.channels) == {MENTION} else [way for way in CHANNELS if way in person.channels]
        yield from (Asked(person.id, way) for way in theirs or other[:1])


def _ringing(asked: Iterable[Asked]) -> bool:
    return any(not one.failed and one.channel != MENTION for one in asked)


def _failed(page: Page, rings: list[Asked]) -> Page:
    return replace(page, asked=tuple(replace(one, failed=True) if one in rings else one for one in page.asked))


def _known(crew: Crew, number: int) -> Person | None:
    return next((one for one in crew.get(EVERYBODY, ()) if one.id == number), None)


def _already(effect: Effect, effects: list[Effect]) -> bool:
    """A ring of an earlier rung, made in this very moment, is not made again."""
    return isinstance(effect, Ring) and any(
        isinstance(one, Ring) and (one.person, one.channel) == (effect.person, effect.channel) for one in effects
    )
