"""The one card of an incident in the agents' group: posted once, edited in place as it grows, is told and ends."""

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from html import escape

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.incidents import links
from bot.lanes import Lane
from bot.shell import Shell
from bot.topics import place
from channels.wire import EditText, Option, SendText, to_json
from conversations.phrases import clock_time, shortened
from models import Agent, Delivery, Incident, IncidentTicket, Page, Shoot, StatusCopy, StatusLine, Ticket
from models.deliveries import PENDING

_LISTED, _WORDS, _SAID = 12, 60, 300  # tickets a card names, characters of each, and of what was told last
_EDITS, _REFUSED = timedelta(seconds=5), timedelta(minutes=1)  # real time between edits, and after one was refused


Call = SendText | EditText


def due(shell: Shell, session: Session, incident: Incident) -> Call | None:
    """The call that shows it as it now is, if one is needed and none is under way."""
    last = session.get(Delivery, incident.delivery_id) if incident.delivery_id else None
    if incident.chat_id is None or (last is not None and last.state in PENDING):
        return None
    gone = last is not None and last.state == "failed"
    posted = last is not None and last.kind == "SendText" and last.provider_id
    number = None if gone else int(last.provider_id) if posted and last else incident.message_id
    if incident.shown_at is not None and shell.clock.real() - incident.shown_at < (_REFUSED if gone else _EDITS):
        return None
    text, buttons = words(shell, session, incident), _buttons(session, incident)
    if number is None:
        return SendText(str(incident.chat_id), text, options=buttons, html=True)
    call = EditText(str(incident.chat_id), number, text, buttons)
    return call if incident.shown != _hash(call) else None


def owe(shell: Shell, session: Session, incident: Incident, call: Call) -> None:
    """Puts it into the outbox; the incident is locked."""
    kind, payload = to_json(call)
    row = Delivery(kind=kind, payload=payload, channel="telegram", destination=call.to)
    row.thread, row.created_at = f"incident:{incident.id}", shell.clock.now()
    row.lane = Lane.TO_CUSTOMER if isinstance(call, EditText) else Lane.PAGE
    session.add(row)
    session.flush()
    incident.message_id = call.message if isinstance(call, EditText) else None
    incident.delivery_id, incident.shown, incident.shown_at = row.id, _hash(call), shell.clock.real()


def _hash(call: Call) -> str:
    return sha256(repr((call.text, call.options)).encode()).hexdigest()


def words(shell: Shell, session: Session, incident: Incident) -> str:
    """The card as Telegram HTML."""
    members = links.members(session, incident)
    tickets = [ticket for _, ticket in members]
    lines = [
        _head(shell, session, incident),
        f"{links.studios(tickets)} studios, {len(tickets)} tickets" if tickets else "No ticket is in it any more",
        *(_line(ticket) for ticket in tickets[:_LISTED]),
        f"and {len(tickets) - _LISTED} more" if len(tickets) > _LISTED else "",
        _branches(tickets),
        _shoots(shell, session, tickets),
        f"Why: {escape('; '.join(incident.reasons))}",
        *(_running(shell, session, incident, members) if incident.state in links.RUNNING else []),
    ]
    return "\n".join(line for line in lines if line)


def brief(shell: Shell, session: Session, incident: Incident) -> str:
    """One line of it, for the overview and for lists."""
    tickets = [ticket for _, ticket in links.members(session, incident)]
    now = shell.clock.now()
    late = " <b>LATE</b>" if incident.next_at and incident.next_at < now and incident.state == "open" else ""
    update = f", next update by {_time(shell, incident)}{late}" if incident.next_at else ""
    state = {"proposed": "perhaps one incident", "clear": "all-clear said"}.get(incident.state, "")
    told = ", ".join(filter(None, [f"{len(tickets)} tickets of {links.studios(tickets)} studios", state]))
    return f"🔥 {links.name(incident)} {escape(incident.title)} · SEV{incident.severity}: {told}{update}"


def _head(shell: Shell, session: Session, incident: Incident) -> str:
    title, named = escape(incident.title), links.name(incident)
    if incident.state == "proposed":
        return f"🔥 <b>Looks like ONE incident: {title}</b> ({named})"
    agent = session.get(Agent, incident.confirmed_by) if incident.confirmed_by else None
    at = clock_time(incident.confirmed_at or incident.proposed_at, shell.clock.now(), shell.policies.support_zone, "en")
    by = f", by {escape(agent.name)} {at}" if agent else ""
    told = {"refused": "not one incident", "closed": "over", "clear": f"all-clear said, SEV{incident.severity}"}
    return f"🔥 <b>{named} {title}</b> · {told.get(incident.state, f'SEV{incident.severity}')}{by}"


def _line(ticket: Ticket) -> str:
    who = ticket.contact.name if ticket.contact else "unknown sender"
    studio = f", {escape(ticket.studio.name)}" if ticket.studio else ""
    state = "" if ticket.state == "open" else " (resolved)"
    return f"{place(ticket)} {escape(who)}{studio}: “{escape(shortened(ticket.words, _WORDS))}”{state}"


def _branches(tickets: Sequence[Ticket]) -> str:
    """Of a studio with several branches in it, which are stopped."""
    theirs: dict[str, list[str]] = {}
    for ticket in tickets:
        if ticket.studio and ticket.contact and ticket.contact.branch:
            theirs.setdefault(ticket.studio.name, []).append(ticket.contact.branch)
    told = [f"{name}: {', '.join(sorted(set(some)))}" for name, some in theirs.items() if len(set(some)) > 1]
    return f"Branches: {escape('; '.join(told))}" if told else ""


def _shoots(shell: Shell, session: Session, tickets: Sequence[Ticket]) -> str:
    """How many of the studios shoot right now."""
    now, theirs = shell.clock.now(), {ticket.studio_id for ticket in tickets if ticket.studio_id}
    live = (Shoot.studio_id.in_(theirs), Shoot.begins_at <= now, Shoot.ends_at > now)
    count = session.scalar(select(func.count(func.distinct(Shoot.studio_id))).where(*live)) if theirs else 0
    return f"🎥 <b>{count} of them shoot right now</b>" if count else ""


def _running(
    shell: Shell, session: Session, incident: Incident, members: Sequence[tuple[IncidentTicket, Ticket]]
) -> list[str]:
    lines = select(StatusLine).where(StatusLine.incident_id == incident.id).order_by(StatusLine.id.desc())
    last = session.scalars(lines.limit(1)).first()
    answers = [made.answer for made, _ in members if made.answer]
    left = select(func.count()).where(IncidentTicket.incident_id == incident.id, IncidentTicket.answer == "still_not")
    still = session.scalar(left) or 0
    works = f"Works again: {len(answers)}, still not: {still}" if answers or still else ""
    number = incident.id
    return [
        _paged(shell, session, incident),
        _told(shell, session, last) if last else "Nobody in it has been told anything yet",
        f"Next update by {_time(shell, incident)}" if incident.next_at else "",
        works,
        f"<i>/incident {number} status 11:45 words · clear words · close cause words</i>",
    ]


def _told(shell: Shell, session: Session, line: StatusLine) -> str:
    copies = select(StatusCopy.outcome, func.count()).where(StatusCopy.line_id == line.id)
    counted = {row[0]: row[1] for row in session.execute(copies.group_by(StatusCopy.outcome))}
    agent = session.get_one(Agent, line.agent_id)
    at = clock_time(line.said_at, shell.clock.now(), shell.policies.support_zone, "en")
    text = next(iter(line.texts.values()), "") or "(the book's own words)"
    gone = f"{counted.get('queued', 0)} of {sum(counted.values())}"
    stopped = f", {counted['stopped']} opted out" if counted.get("stopped") else ""
    return f"Told {at} ({escape(agent.name)}), {gone}{stopped}: “{escape(shortened(text, _SAID))}”"


def _paged(shell: Shell, session: Session, incident: Incident) -> str:
    """Who has it, by the newest page of the ticket that rings for all."""
    if incident.severity != 1 or incident.lead_id is None:
        return ""
    mine = select(Page).where(Page.ticket_id == incident.lead_id, Page.ladder == "response")
    page = session.scalar(mine.order_by(Page.id.desc()).limit(1))
    if page is None or (page.ended_at and not page.acknowledged_at):
        return ""
    if page.acknowledged_at is None:
        return f"On call: asked for #{incident.lead_id}, nobody has it yet"
    at = clock_time(page.acknowledged_at, shell.clock.now(), shell.policies.support_zone, "en")
    return f"On call: {escape(page.state['holder']['name'])} has it {at} (#{incident.lead_id})"


def _buttons(session: Session, incident: Incident) -> tuple[Option, ...]:
    """Callback data names a ticket that has its topic in the card's group, as every tap does."""
    here = [
        ticket.id
        for _, ticket in links.members(session, incident)
        if ticket.topic and ticket.topic.chat_id == incident.chat_id
    ]
    if not here:
        return ()
    key = f"v1:incident:{here[0]}:{incident.id}"
    if incident.state == "proposed":
        group = tuple(Option(f"{key}:sev{level}", f"Group, SEV{level}") for level in (1, 2))
        return (*group, Option(f"{key}:refuse", "Not the same"))
    if incident.state == "open" and not told(session, incident):
        return (Option(f"{key}:first", "Send the first update"),)
    return ()


def told(session: Session, incident: Incident) -> bool:
    """Whether its customers have been told anything."""
    lines = select(StatusLine.id).where(StatusLine.incident_id == incident.id).limit(1)
    return session.scalar(lines) is not None


def _time(shell: Shell, incident: Incident) -> str:
    assert incident.next_at is not None
    return clock_time(incident.next_at, shell.clock.now(), shell.policies.support_zone, "en")
