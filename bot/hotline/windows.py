"""Hotline windows open and close to the minute: the studio is told, the group, and every open ticket's clocks."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import tickets
from bot.incidents import links
from bot.lanes import Lane
from bot.pager import pages
from bot.perform import PERFORM
from bot.scene import BY_ADDRESS, Scene, open_scene, open_ticket_scene
from bot.shell import Shell
from bot.sweeps import sweep_due
from channels.wire import SendText, to_json
from conversations.effects import Say
from conversations.phrases import clock_time
from conversations.states import Idle
from conversations.states import to_json as state_json
from models import Address, Contact, Conversation, Delivery, HotlineWindow, Studio, Ticket
from sla.zones import zone

log = structlog.get_logger()
_LATE = timedelta(minutes=1)  # an opening or closing later than this was missed while no worker ran
_LONGEST = 3500  # characters of the group's message, which several windows share
_ORDER = ("whatsapp", "telegram", "sms")


def turn(shell: Shell) -> None:
    """Opens and closes the windows whose moment has come, also one that passed while nobody looked."""
    due = select(HotlineWindow.id, HotlineWindow.studio_id).where(HotlineWindow.due_at <= shell.clock.now())
    sweep_due(shell, due.order_by(HotlineWindow.due_at), _turn, "hotline")


def _turn(shell: Shell, number: int, studio_id: int) -> None:
    """The studio is locked before its windows, as an import does."""
    with shell.db.writing() as session:
        session.get(Studio, studio_id, with_for_update={"key_share": True})
        mine = select(HotlineWindow).where(HotlineWindow.id == number).with_for_update(of=HotlineWindow)
        window = session.scalars(mine.execution_options(populate_existing=True)).one_or_none()
        now = shell.clock.now()
        if window is None or window.due_at is None or window.due_at > now:
            return
        passed = window.closes_at <= now
        if window.opened_at is None:
            _open(shell, session, window, now)
        if passed:
            _close(shell, session, window, now)
        elif window.due_at is not None:
            _tell_studio(shell, session, window, "hotline_opened")


def _open(shell: Shell, session: Session, window: HotlineWindow, now: datetime) -> None:
    window.opened_at, window.due_at = now, window.closes_at
    window.studio.hotline_until = window.closes_at
    at = max(window.opens_at, min(window.known_at, window.closes_at))
    _record(shell, session, window, "hotline_opened", at)
    late = _gap(now - at)
    if late:
        log.warning("hotline_opened_late", window=window.id, studio=window.studio_id, seconds=(now - at).seconds)
    until = _clock(window.closes_at, now, zone(window.zone))
    _tell_group(
        shell, session, window.studio, f"Hotline open: {window.studio.name} until {until} ({window.zone}).{late}"
    )


def _close(shell: Shell, session: Session, window: HotlineWindow, now: datetime) -> None:
    told = window.opened_at is not None and window.opened_at < window.closes_at
    window.closed_at, window.due_at = now, None
    window.studio.hotline_until = None
    _record(shell, session, window, "hotline_closed", window.closes_at)
    late = _gap(now - window.closes_at)
    if late:
        log.warning("hotline_closed_late", window=window.id, studio=window.studio_id)
    _tell_group(shell, session, window.studio, f"Hotline closed: {window.studio.name}.{late}")
    if told:
        _tell_studio(shell, session, window, "hotline_closed")


def _gap(gap: timedelta) -> str:
    minutes = int(gap / timedelta(minutes=1))
    return f" {minutes} min late: no worker was running." if gap > _LATE else ""


def _record(shell: Shell, session: Session, window: HotlineWindow, kind: str, at: datetime) -> None:
    """The event on every open ticket of the studio; its clocks follow (ruling S16)."""
    open_ones = select(Ticket.id).where(Ticket.studio_id == window.studio_id, Ticket.state == "open")
    for number in session.scalars(open_ones.order_by(Ticket.id)).all():
        scene = open_ticket_scene(shell, session, number)
        if scene is not None and scene.ticket is not None and scene.ticket.state == "open":
            span: dict[str, object] = {
                "zone": window.zone,
                "opens_at": _iso(window.opens_at),
                "closes_at": _iso(window.closes_at),
            }
            tickets.record(scene, kind, at, "bot", span)
            if kind == "hotline_opened" and scene.ticket.severity == 1 and not links.covered(scene):
                pages.engineer(scene)
            tickets.refresh(scene)


def _tell_studio(shell: Shell, session: Session, window: HotlineWindow, phrase: str) -> None:
    """One message to each owner where we may write first; where we may not, the group hears that they do not know."""
    owners = _owners(session, window.studio_id)
    for contact in owners:
        scene = reach(shell, session, contact)
        if scene is None:
            _tell_group(
                shell,
                session,
                window.studio,
                f"{contact.name} of {window.studio.name} cannot be told: no open channel.",
            )
            continue
        by = clock_time(window.closes_at, scene.now, zone(window.zone), scene.language)
        PERFORM[Say](scene, Say(phrase, {"by": by}))
    if not owners:
        _tell_group(shell, session, window.studio, f"{window.studio.name} cannot be told: it has no contact.")


def _owners(session: Session, studio: int) -> list[Contact]:
    contacts = list(session.scalars(select(Contact).where(Contact.studio_id == studio).order_by(Contact.id)).unique())
    return [one for one in contacts if one.role == "owner"] or contacts


def reach(shell: Shell, session: Session, contact: Contact) -> Scene | None:
    """A chat that is open to us, else a text message; whoever said STOP anywhere is not written to."""
    theirs = select(Address).where(Address.contact_id == contact.id).order_by(Address.id)
    addresses = list(session.scalars(theirs).unique())
    if any(address.stopped_at for address in addresses):
        return None
    able = [one for one in addresses if one.channel in _ORDER and one.channel in shell.channels]
    for address in sorted(able, key=lambda one: _ORDER.index(one.channel)):
        if address.channel == "sms" and shell.senders.get("sms"):
            fresh = {"address_id": address.id, "state": state_json(Idle())}
            shell.db.insert_once(session, Conversation, fresh, ("address_id",))
        scene = open_scene(shell, session, BY_ADDRESS, number=address.id)
        if scene is not None and (address.channel != "whatsapp" or _window_open(scene)):
            return scene
    return None


def _window_open(scene: Scene) -> bool:
    """Known to be open: to write first needs more than not knowing of its end."""
    ends = scene.conversation.window_expires_at
    return ends is not None and ends > scene.now


def _tell_group(shell: Shell, session: Session, studio: Studio, line: str) -> None:
    """A line to the group the studio's tickets go to; what waits to be sent takes it along, as many windows open in
    one minute."""
    group = shell.desk.place(studio.tier, "", studio.language)
    if group is None:
        return
    key = f"hotline:{group}"
    waiting = select(Delivery).where(Delivery.coalesce_key == key, Delivery.state == "queued").with_for_update()
    row = session.scalars(waiting.order_by(Delivery.id.desc())).first()
    if row is not None and len(row.payload["text"]) + len(line) < _LONGEST:
        row.payload = {**row.payload, "text": f"{row.payload['text']}\n{line}"}
        return
    kind, payload = to_json(SendText(str(group), f"🎥 {line}"))
    row = Delivery(kind=kind, payload=payload, channel="telegram", destination=str(group), thread=key)
    row.coalesce_key, row.lane, row.created_at = key, Lane.TO_GROUP, shell.clock.now()
    session.add(row)
    session.flush()


def _clock(moment: datetime, now: datetime, where: ZoneInfo) -> str:
    return clock_time(moment, now, where, "en")


def _iso(moment: datetime) -> str:
    return moment.isoformat()
