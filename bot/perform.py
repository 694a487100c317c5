"""Turns the machine's effects into rows."""

from collections.abc import Callable
from typing import Any

import structlog

from bot import leads, outbox, speak, tickets, window
from bot.duty import away
from bot.incidents import answers
from bot.relay import relay
from bot.scene import Scene
from conversations import advance
from conversations.calls import Called
from conversations.effects import (
    Consent,
    Effect,
    MarkSeen,
    NoteNumber,
    NoteSame,
    NoteTextOnly,
    NoteWho,
    NoteWorks,
    OpenTicket,
    Raise,
    RecordSolved,
    RecordStars,
    Relay,
    Reopen,
    Say,
    ShowHeld,
    StaySilent,
)
from conversations.events import Event
from conversations.states import Lost, from_json, to_json, wake_at
from models import Rating

log = structlog.get_logger()


def play(scene: Scene, event: Event | Called) -> str:
    """Asks the machine, turns its effects into rows, keeps the new state; returns the reason for a silence, if any."""
    before = from_json(scene.conversation.state)
    if isinstance(before, Lost):
        log.error("state_lost", conversation=scene.conversation.id, state=before.kind)
    state, effects = advance(before, event)
    scene.conversation.state = to_json(state)
    scene.conversation.wake_at = wake_at(state)
    for effect in effects:
        PERFORM[type(effect)](scene, effect)
    return "; ".join(effect.reason for effect in effects if isinstance(effect, StaySilent))


def _open(scene: Scene, effect: OpenTicket) -> None:
    tickets.open_ticket(scene, effect.triage)


def _raise(scene: Scene, effect: Raise) -> None:
    tickets.raise_severity(scene, effect.triage)


def _mark_seen(scene: Scene, _: MarkSeen) -> None:
    """A reaction where the channel has one (delivery.md, what a channel can do)."""
    line = scene.line
    if line and line.channel == "telegram" and line.provider_id.isdigit():
        outbox.react(scene, line.address, int(line.provider_id), "👀")


def _say(scene: Scene, effect: Say) -> None:
    """What was said late is owned up to once an outage; a person is only here while the owner is not off duty."""
    if effect.once:
        speak.say_once(scene, effect.phrase)
        return
    values = dict(effect.values)
    phrase = "person_by" if effect.phrase == "person_here" and away(scene) else effect.phrase
    if effect.late:
        values |= {"written": speak.told_time(scene, effect.late), "found": speak.told_time(scene, scene.now)}
        scene.conversation.late_told_at = scene.now
    speak.say(scene, phrase, values, effect.options)


def _note_who(scene: Scene, effect: NoteWho) -> None:
    scene.address.claim = effect.claim
    tickets.refresh(scene)


def _note_number(scene: Scene, effect: NoteNumber) -> None:
    if scene.ticket is None:
        return
    scene.ticket.call_back = effect.number
    tickets.record(scene, "number_given", scene.now, "customer", {})
    tickets.refresh(scene)


def _note_text_only(scene: Scene, _: NoteTextOnly) -> None:
    if scene.ticket is None:
        return
    scene.ticket.call_back = None
    tickets.record(scene, "text_only", scene.now, "customer", {})
    tickets.refresh(scene)


def _record_solved(scene: Scene, effect: RecordSolved) -> None:
    if scene.ticket is None:
        return
    rating = scene.session.get(Rating, scene.ticket.id) or Rating(ticket_id=scene.ticket.id)
    rating.solved, rating.answered_at = effect.answer, scene.now
    scene.session.add(rating)
    tickets.record(scene, "solved", scene.now, "customer", {"answer": effect.answer})
    tickets.refresh(scene)


def _record_stars(scene: Scene, effect: RecordStars) -> None:
    rating = scene.session.get(Rating, scene.ticket.id) if scene.ticket else None
    if rating is None:
        return
    rating.stars, rating.answered_at = effect.stars, scene.now
    tickets.record(scene, "rated", scene.now, "customer", {"stars": effect.stars})
    if effect.stars <= 2:
        leads.rated(scene, effect.stars)
    tickets.refresh(scene)


def _note_same(scene: Scene, effect: NoteSame) -> None:
    answers.same(scene, effect.same)


def _note_works(scene: Scene, effect: NoteWorks) -> None:
    answers.works(scene, effect.works)


def _reopen(scene: Scene, effect: Reopen) -> None:
    tickets.reopen(scene, effect.reason)


def _consent(scene: Scene, effect: Consent) -> None:
    """Binds at once; the agents on an open ticket are told."""
    scene.address.stopped_at = None if effect.given else scene.now
    if scene.ticket and scene.ticket.state == "open":
        words = "may be written to again" if effect.given else "has sent STOP: nothing more goes out on this channel"
        outbox.notice(scene, f"{scene.name or 'The customer'} {words}.")


def _show_held(scene: Scene, _: ShowHeld) -> None:
    window.show(scene)


def _stay_silent(_: Scene, __: StaySilent) -> None:
    """Kept as the reason on the inbox row."""


PERFORM: dict[type[Effect], Callable[[Scene, Any], None]] = {
    OpenTicket: _open,
    Relay: relay,
    MarkSeen: _mark_seen,
    Raise: _raise,
    Say: _say,
    StaySilent: _stay_silent,
    NoteWho: _note_who,
    NoteNumber: _note_number,
    NoteTextOnly: _note_text_only,
    RecordSolved: _record_solved,
    RecordStars: _record_stars,
    NoteSame: _note_same,
    NoteWorks: _note_works,
    Reopen: _reopen,
    Consent: _consent,
    ShowHeld: _show_held,
}
