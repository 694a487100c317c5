"""The page as a machine: it climbs its ladder until somebody has it, and never ends in silence (sla.md section 6).

``advance(page, event) -> (page, effects)``; ``begun`` makes the first. What the shell around it does:

1. One page for each (cause, ladder). The cause is ``ticket:41``, or ``incident:3`` when the ticket belongs to one:
   then a further ticket is ``Joined`` and rings nobody. Neither page of a cause acknowledges the other.
2. Keep the page as JSON (``to_json``) beside ``due_at`` in a column, indexed while not null; a sweep locks what is due
   and plays ``CameDue``. Rungs go by their due moment, not by when the sweep came, so nothing drifts.
3. Tell every event of the crew of that moment (``oncall.rota.crew``): steps are snapshotted, people are not.
4. Turn each ``Ring`` into one delivery of kind page on lane PAGE, or let it join a bundle (``oncall.bundles``). It
   carries the rung's number back in ``ChannelFailed``: a permanent refusal, and for voice everything but a keypress
   (busy, no answer, hang-up, voicemail, no key). ``whatsapp`` outside its window without a template fails like that.
5. Play ``Acknowledged`` for the button, reply code, keypad 4, ``/ack``, the signed link, and for a reply to the
   customer (path ``reply``); ``PassedOn`` for keypad 5; ``Worked`` when who has it replies or notes; ``Ended`` when the
   ticket is resolved or no longer pages. ``Silence`` cancels what is queued and hangs up what rings.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, assert_never

from pydantic import TypeAdapter

from oncall import climb
from oncall.kinds import (
    Acknowledged,
    CameDue,
    ChannelFailed,
    Crew,
    Effect,
    Ended,
    Event,
    Holder,
    Joined,
    LowerAlarm,
    Page,
    PassedOn,
    Recount,
    ShowHolder,
    ShowLost,
    ShowPassed,
    Silence,
    TellHolder,
    Worked,
)
from oncall.ladders import Ladder

Step = tuple[Page, tuple[Effect, ...]]
_CODE = TypeAdapter(Page)


def begun(cause: str, ladder: Ladder, ticket: int, now: datetime, crew: Crew) -> Step:
    """A page rings its first rung at once; ``ladder`` is kept as it is now."""
    return climb.from_the_bottom(Page(cause, ladder, now, (ticket,)), now, crew)


def advance(page: Page, event: Event) -> Step:
    """The next state and what should happen. What comes late or twice changes nothing, and says who has it."""
    match event:
        case CameDue():
            return _came_due(page, event)
        case ChannelFailed():
            return climb.past_failure(page, event) if page.state == "ringing" else (page, ())
        case Acknowledged():
            return _acknowledged(page, event)
        case PassedOn():
            return _passed_on(page, event)
        case Worked(now, person):
            mine = page.state == "held" and page.holder is not None and page.holder.person == person
            return _over(page, now) if mine else (page, ())
        case Ended(now):
            return _over(page, now) if page.state != "over" else (page, ())
        case Joined(_, ticket):
            if page.state == "over" or ticket in page.tickets:
                return page, ()
            joined = replace(page, tickets=(*page.tickets, ticket))
            return joined, (Recount(len(joined.tickets)),)
        case _:
            assert_never(event)


def to_json(page: Page) -> dict[str, Any]:
    data: dict[str, Any] = _CODE.dump_python(page, mode="json")
    return data


def from_json(data: dict[str, Any]) -> Page:
    return _CODE.validate_python(data)


def _came_due(page: Page, event: CameDue) -> Step:
    if page.due_at is None or page.due_at > event.now:
        return page, ()
    if page.state == "ringing":
        return climb.up_to(page, event.now, event.crew)
    lost = page.holder
    assert lost is not None  # what is due and does not ring is held
    page, effects = climb.from_the_bottom(replace(page, holder=None), page.due_at, event.crew)
    later, more = climb.up_to(page, event.now, event.crew)
    return later, (ShowLost(lost), *effects, *more)


def _acknowledged(page: Page, event: Acknowledged) -> Step:
    """The first has it; everybody after, also after the end, is told who."""
    if page.state != "ringing":
        return page, (TellHolder(event.person, page.holder),)
    holder = Holder(event.person, event.name, event.path, event.now)
    held = replace(page, state="held", holder=holder, due_at=event.now + page.ladder.rearm, asked=(), alarmed_at=None)
    lower = (LowerAlarm(),) if page.alarmed_at else ()
    return held, (Silence(), ShowHolder(holder), *lower)


def _passed_on(page: Page, event: PassedOn) -> Step:
    """Who passes on is left alone until the ladder repeats; the next are asked at once."""
    holder = page.holder
    if page.state == "over" or (page.state == "held" and holder is not None and holder.person != event.person):
        return page, (TellHolder(event.person, holder),)
    was_held = page.state == "held"
    passed = replace(page, state="ringing", holder=None, passed=page.passed | {event.person})
    shown = (Silence(event.person), ShowPassed(event.person))
    climbed, effects = climb.without(passed, event, at_once=was_held)
    return climbed, (*shown, *effects)


def _over(page: Page, now: datetime) -> Step:
    lower = (LowerAlarm(),) if page.alarmed_at else ()
    over = replace(page, state="over", ended_at=now, due_at=None, asked=(), alarmed_at=None)
    return over, (Silence(), *lower)
