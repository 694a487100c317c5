"""The ticket's card in its topic: who, what, how bad and why, the promise; edited in place, never repeated."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot import ledger, outbox
from bot.late import span
from bot.reach import text_only
from bot.scene import Scene
from channels.wire import Option
from conversations.phrases import clock_time, shortened
from models import Agent, Incident, Message, Page, Rating, StatusLine, Ticket
from sla import Clock

_CHANNELS = {"whatsapp": "WhatsApp", "sms": "SMS", "telegram": "Telegram", "email": "e-mail"}
_WORDS, _NAME = 600, 80  # characters of somebody's words and of a name: all together fit one message of 4096


def topic_name(scene: Scene, ticket: Ticket) -> str:
    """``#12 payment · Adeyemi Photo``, SEV1 said first."""
    urgent = "URGENT " if ticket.severity == 1 else ""
    return f"{urgent}#{ticket.id} {ticket.category} · {_who(scene)}"


def card(scene: Scene, ticket: Ticket) -> str:
    """The card as Telegram HTML."""
    zone = scene.shell.policies.support_zone
    lines = [
        f"<b>{'URGENT ' if ticket.severity == 1 else ''}#{ticket.id} {ticket.category} · SEV{ticket.severity}</b>",
        _customer(scene, ticket),
        _shoot(scene, ticket, zone),
        f"“{escape(ticket.words[:_WORDS])}”" if ticket.words else "(no text)",
        f"Why: {escape(('; '.join(ticket.reasons) or 'no cue found')[:_WORDS])}",
        f"Recovered: {span(scene, ticket.opened_at, ticket.found_at)}" if ticket.found_at else "",
        *_promise(scene, ticket, zone),
        _window(scene, ticket, zone),
        f"Owner: {escape(ticket.owner.name)}" if ticket.owner else "Owner: nobody yet",
        _reached(scene, ticket),
        f"Snoozed until {_time(ticket.snoozed_until, scene.now, zone)}" if ticket.snoozed_until else "",
        _incident(scene, ticket, zone),
        *_engineering(scene, zone),
        *_paged(scene, ticket, zone),
        *_ending(scene, ticket, zone),
        *_bot_said(scene, ticket, zone),
        *_help(ticket),
    ]
    return "\n".join(line for line in lines if line)


def buttons(scene: Scene, ticket: Ticket) -> tuple[Option, ...]:
    """What can be done next, as callback data ``v1:<action>:<ticket>[:<argument>]``."""
    if ticket.state != "open":
        return ()
    end, change = Option(f"v1:causes:{ticket.id}", "Resolve"), Option(f"v1:change:{ticket.id}", "Change")
    take = () if ticket.owner_id else (Option(f"v1:take:{ticket.id}", "I take it"),)
    return (*take, *_next_update(scene, ticket), end, change)


def _next_update(scene: Scene, ticket: Ticket) -> tuple[Option, ...]:
    """An answer without a time gets one by one tap."""
    clocks = ledger.reckon(scene)
    first = clocks.newest("FR")
    if first is None or first.met_at is None or clocks.running("UP"):
        return ()
    due_at = ledger.next_update(scene)
    label = f"Next update {_time(due_at, scene.now, scene.shell.policies.support_zone)}"
    return (Option(f"v1:next:{ticket.id}:{int(due_at.timestamp())}", label),)


def _who(scene: Scene) -> str:
    contact = scene.address.contact
    return contact.studio.name if contact else scene.name or scene.address.value


def _customer(scene: Scene, ticket: Ticket) -> str:
    contact, channel = scene.address.contact, _CHANNELS.get(scene.address.channel, scene.address.channel)
    if contact is None:
        claim = f", says: {escape(shortened(scene.address.claim, _NAME))}" if scene.address.claim else ""
        return f"Unknown sender {escape(shortened(scene.name, _NAME))}{claim} · {ticket.tier} · {channel}"
    branch = f", {escape(shortened(contact.branch, _NAME))}" if contact.branch else ""
    name, studio = (escape(shortened(one, _NAME)) for one in (contact.name, contact.studio.name))
    return f"{name} ({contact.role}) · {studio}{branch} · <b>{ticket.tier}</b> · {channel}"


def _promise(scene: Scene, ticket: Ticket, zone: ZoneInfo) -> list[str]:
    """The first answer until there is one, then what the customer waits for next."""
    clocks = ledger.reckon(scene)
    first, running = clocks.newest("FR"), clocks.running("NR", "UP")
    lines = [_first(first, scene.now, zone)] if first else []
    if running and running.target_due and first and not first.open:
        what = "Next answer" if running.name == "NR" else "Next update"
        late = "<b>LATE</b>, " if running.target_due < scene.now else ""
        lines.append(f"{what}: {late}by {_time(running.target_due, scene.now, zone)}")
    return [*lines, _awaited(scene, ticket, zone, clocks.clocks)]


def _awaited(scene: Scene, ticket: Ticket, zone: ZoneInfo, clocks: Sequence[Clock]) -> str:
    """Who has to move next."""
    if ticket.state != "open":
        return ""
    if any(clock.paused for clock in clocks):
        return "Waiting for the customer"
    since = ticket.awaited_since
    return f"Waiting for our answer since {_time(since, scene.now, zone)}" if since else ""


def _shoot(scene: Scene, ticket: Ticket, zone: ZoneInfo) -> str:
    """The studio is shooting right now, or on the hotline around a shoot."""
    if ticket.studio_id is None or ticket.state != "open":
        return ""
    ends = scene.shoots_until
    hotline = scene.address.contact.studio.hotline_until if scene.hotline and scene.address.contact else None
    on = f"hotline until {_time(hotline, scene.now, zone)}" if hotline else ""
    shoot = f"shoot running until {_time(ends, scene.now, zone)}" if ends else ""
    told = ", ".join(filter(None, (shoot, on)))
    return f"🎥 <b>{told[0].upper()}{told[1:]}</b>" if told else ""


def _reached(scene: Scene, ticket: Ticket) -> str:
    """What the customer chose: a call, or no call."""
    if ticket.call_back:
        return f"Call back: {escape(ticket.call_back)}"
    return "<b>Text only</b>: they cannot talk" if text_only(scene) else ""


def _first(clock: Clock, now: datetime, zone: ZoneInfo) -> str:
    by, limit = (_time(at, now, zone) if at else "" for at in (clock.target_due, clock.limit_due))
    match clock.state:
        case "met":
            return f"First answer: {_time(clock.met_at or now, now, zone)} (promised by {by})"
        case "met_late":
            return f"<b>SLA BREACHED</b> at {limit}; first answer {_time(clock.met_at or now, now, zone)}"
        case "breached":
            return f"<b>SLA BREACHED</b>: no person has answered, the limit was {limit}"
        case "cancelled":
            return "Resolved without a human word"
    late = "LATE, " if clock.missed_at else "nearly due, " if "80" in clock.told else ""
    half = "half of the time is gone, " if "50" in clock.told and not late else ""
    return f"Promise: {late}{half}a person answers by {by} (limit {limit})"


def _window(scene: Scene, ticket: Ticket, zone: ZoneInfo) -> str:
    """When WhatsApp's 24 hours end, while that matters."""
    ends, held = scene.conversation.window_expires_at, 0
    if scene.address.channel != "whatsapp" or ends is None:
        return ""
    if not scene.window_open:
        held = outbox.held(scene)
    if ticket.state != "open" and not held:
        return ""
    kept = f", {held} {'text is' if held == 1 else 'texts are'} kept" if held else ""
    return f"WhatsApp window {'until' if scene.window_open else 'closed'} {_time(ends, scene.now, zone)}{kept}"


def _engineering(scene: Scene, zone: ZoneInfo) -> list[str]:
    """The newest escalation, and who has it."""
    if scene.fresh:
        return []
    told = [event for event in ledger.history(scene) if event.kind in ("escalated", "escalation_acknowledged")]
    if not told:
        return []
    last = told[-1]
    at = _time(last.occurred_at, scene.now, zone)
    if last.kind == "escalated":
        return [f"Engineering: asked {at}, nobody has it yet"]
    name = str(last.data.get("name", ""))
    if not name:
        agent = scene.session.get(Agent, int(last.actor.removeprefix("agent:")))
        name = agent.name if agent else "somebody"
    return [f"Engineering: {escape(name)} has it since {at}"]


def _incident(scene: Scene, ticket: Ticket, zone: ZoneInfo) -> str:
    """What it is part of, and what everybody in it was told last."""
    incident = scene.session.get(Incident, ticket.incident_id) if ticket.incident_id is not None else None
    if incident is None:
        return ""
    lines = select(StatusLine).where(StatusLine.incident_id == incident.id).order_by(StatusLine.id.desc())
    last = scene.session.scalar(lines.limit(1))
    text = next(iter(last.texts.values()), "") if last else ""
    told = f", told {_time(last.said_at, scene.now, zone)}: “{escape(shortened(text, _NAME))}”" if last else ""
    over = " (over)" if incident.closed_at else ""
    rings = f", paged by #{incident.lead_id}" if incident.lead_id not in (None, ticket.id) and not over else ""
    return f"🔥 <b>Incident I-{incident.id}</b> {escape(incident.title)}{over}{rings}{told}"


def _paged(scene: Scene, ticket: Ticket, zone: ZoneInfo) -> list[str]:
    """Who has a SEV1, by the newest page."""
    if scene.fresh or ticket.severity != 1 or ticket.state != "open":
        return []
    mine = select(Page).where(Page.ticket_id == ticket.id, Page.ladder == "response")
    page = scene.session.scalar(mine.order_by(Page.id.desc()).limit(1))
    if page is None:
        return []
    if page.acknowledged_at is None:
        return [] if page.ended_at else [f"On call: asked {_time(page.begun_at, scene.now, zone)}, nobody has it yet"]
    name, at = page.state["holder"]["name"], _time(page.acknowledged_at, scene.now, zone)
    return [f"On call: {escape(name)} has it {at}"]


def _ending(scene: Scene, ticket: Ticket, zone: ZoneInfo) -> list[str]:
    if ticket.state == "open" or ticket.resolved_at is None:
        return []
    said = scene.session.get(Rating, ticket.id)
    rating = f" · solved: {said.solved}" if said else ""
    stars = f" · rated {said.stars}/5" if said and said.stars else ""
    cause = f" · {ticket.cause}" if ticket.cause else ""
    harm = " · money or files affected" if ticket.affected else ""
    return [f"Resolved {_time(ticket.resolved_at, scene.now, zone)}{cause}{harm}{rating}{stars}"]


def _bot_said(scene: Scene, ticket: Ticket, zone: ZoneInfo) -> list[str]:
    if scene.fresh:
        return []
    last = select(Message).where(Message.ticket_id == ticket.id, Message.author == "bot")
    said = scene.session.scalar(last.order_by(Message.id.desc()).limit(1))
    return [f"<i>Bot {_time(said.occurred_at, scene.now, zone)}: {escape(said.text[:_WORDS])}</i>"] if said else []


def _help(ticket: Ticket) -> list[str]:
    return ["Reply to a customer's line to answer; anything else stays in here."] if ticket.state == "open" else []


def _time(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    return clock_time(moment, now, zone, "en")
