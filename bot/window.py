"""WhatsApp's 24 hours: what cannot go out is held, a template fetches the customer, their next line shows it all."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, literal_column, select

from bot import outbox, quotes, reach, successors, tickets
from bot.alarms import raise_alarm
from bot.scene import Scene
from bot.templates import READY
from bot.ticks import agents_message, tick
from channels.wire import SendTemplate
from conversations.events import Line
from conversations.phrases import clock_time
from models import Delivery, Message, Ticket

LENGTH = timedelta(hours=24)
EARLY = timedelta(hours=4)  # before the end the agents hear of it
CLOSED = "window"  # the code of a call that was not made, as we know of the closed window ourselves
_HELD: ColumnElement[bool] = Delivery.state == literal_column("'held'")  # written in, for the partial index


def heard(scene: Scene, line: Line, said_at: datetime) -> bool:
    """A line opens the window between its two addresses; whether the card shows an end that is hours wrong now."""
    if line.channel != "whatsapp":
        return False
    conversation, before = scene.conversation, scene.conversation.window_expires_at
    known = before if conversation.our_address == line.our_address else None
    ends = max(said_at + LENGTH, known or said_at)
    scene.held = before is not None and before <= scene.now < ends and bool(_held(scene))
    conversation.window_expires_at, conversation.window_warn_at = ends, ends - EARLY
    return before is None or ends - before > timedelta(hours=1)


def warn(scene: Scene) -> None:
    """The end is near: the agents hear of it if the customer waits for an answer."""
    conversation, ends = scene.conversation, scene.conversation.window_expires_at
    if ends is None or conversation.window_warn_at is None or conversation.window_warn_at > scene.now:
        return
    conversation.window_warn_at = None
    if ends <= scene.now or scene.ticket is None or scene.ticket.state != "open" or not _waits(scene, scene.ticket):
        return
    at = clock_time(ends, scene.now, scene.shell.policies.support_zone, "en")
    text = (
        f"WhatsApp's window closes {at} and {_who(scene)} waits for an answer. What is written later is kept for them."
    )
    outbox.notice(scene, text)
    tickets.refresh(scene)


def keep(scene: Scene, row: Delivery, code: str) -> None:
    """The window is closed for this row: it is held, and the customer is fetched some other way, once a closing.

    We may know of the closing ourselves (``CLOSED``), or by Twilio's 63016, even long after it accepted the text.
    """
    opened = (scene.conversation.window_expires_at or scene.now) - LENGTH
    if code == CLOSED and scene.window_open:
        row.state, row.lease_until, row.retry_at = "queued", None, None  # they wrote while it was on its way here
        return
    if row.accepted_at is not None and opened > row.accepted_at:
        successors.follow(scene, row, successors.again(row))  # they have written since
        return
    if scene.window_open:
        scene.conversation.window_expires_at, scene.conversation.window_warn_at = scene.now, None
    held = row
    if code == CLOSED:
        row.state, row.lease_until, row.retry_at = "held", None, None
    else:
        held = successors.again(row, state="held")
        successors.follow(scene, row, held)
    told = _told(scene, row, held)
    words = _fetch(scene, held)
    if not told:
        _say(scene, held, words)
    message = agents_message(scene, held)
    if message:
        tick(scene, message)
    tickets.refresh(scene)


def show(scene: Scene) -> None:
    """The customer wrote: everything held goes out, in the order it was written."""
    waiting = (Delivery.thread == _thread(scene), Delivery.kind == "SendTemplate", Delivery.state == "queued")
    for template in scene.session.scalars(select(Delivery).where(*waiting).with_for_update()):
        template.state = "superseded"
    rows = _held(scene)
    for row in rows:
        ours = scene.conversation.our_address or row.sender
        fresh = successors.again(row, sender=ours, payload={**row.payload, "sender": ours}, doubt=row.doubt)
        successors.follow(scene, row, fresh)
        row.state = "superseded"
    if scene.address.stopped_at is None:
        kept = "What was kept goes" if len(rows) == 1 else f"The {len(rows)} texts that were kept go"
        outbox.notice(scene, f"{_who(scene)} is back on WhatsApp. {kept} out now.")


def template_failed(scene: Scene, row: Delivery, words: str) -> None:
    """The customer was not fetched: what is held goes another way, or the agents hear that nothing does."""
    ways = [_another_way(scene, held) for held in _held(scene)]
    way = ways[-1] if ways else "nothing is kept any more"
    successors.follow(scene, row, outbox.notice(scene, f"The WhatsApp template was refused: {words}. {way}"))
    tickets.refresh(scene)
    words = f"WhatsApp refused the template {READY}: {words}. Run `flask templates check`."
    raise_alarm(scene.shell, scene.session, f"template:{row.payload.get('sid', '')}", words)


def _fetch(scene: Scene, held: Delivery) -> str:
    """Sends the template, or finds another way; what the agent is told of it."""
    sent = _template(scene)
    sid = scene.shell.templates.sid(READY, scene.language)
    if sent is None and sid and scene.ticket is not None:
        sender, to = outbox.route(scene)
        number = f"#{scene.ticket.id}"
        outbox.customer_row(scene, SendTemplate(to, sid, sender, (scene.name or number, number)), None)
        return f"A template with “Show my answer” goes to {_who(scene)} instead; the tap brings what is kept."
    if sent is not None and sent.state != "failed":
        return f"It goes out with the rest as soon as {_who(scene)} taps “Show my answer” or writes."
    return _another_way(scene, held)


def _another_way(scene: Scene, held: Delivery) -> str:
    address = reach.elsewhere(scene, held)
    if address is None:
        return (
            f"Nothing else can reach {_who(scene)}: it goes out as soon as they write on WhatsApp. "
            "If it cannot wait, call them."
        )
    successors.across(scene, held, address)
    held.state = "superseded"
    return f"It goes to {_who(scene)} by {reach.NAMES[address.channel]} instead."


def _template(scene: Scene) -> Delivery | None:
    """The newest template sent since the window closed."""
    since = (Delivery.thread == _thread(scene), Delivery.created_at >= scene.conversation.window_expires_at)
    sent = select(Delivery).where(*since, Delivery.kind == "SendTemplate", Delivery.state != "superseded")
    return scene.session.scalars(sent.order_by(Delivery.id.desc()).limit(1)).first()


def _told(scene: Scene, row: Delivery, held: Delivery) -> bool:
    """Whether another piece of the same message has brought the agent the news."""
    if row.message_id is None:
        return False
    pieces = select(Delivery).where(Delivery.message_id == row.message_id, Delivery.id.not_in((row.id, held.id)))
    return any(piece.state == "held" or piece.successor_id is not None for piece in scene.session.scalars(pieces))


def _say(scene: Scene, held: Delivery, words: str) -> None:
    ends = scene.conversation.window_expires_at or scene.now
    closed = clock_time(ends, scene.now, scene.shell.policies.support_zone, "en")
    message = agents_message(scene, held)
    whose = "Your text" if message else "The bot's text"
    text = f"NOT SENT: WhatsApp's 24 hours ended {closed}. {whose} is kept. {words}"
    outbox.notice(scene, text, reply_to=quotes.own(scene, message) if message else None)


def _held(scene: Scene) -> list[Delivery]:
    """What is held for this customer, in the order it was written: a failed row's place is its successor's."""
    mine = select(Delivery).where(Delivery.thread == _thread(scene), _HELD).order_by(Delivery.id)
    rows = list(scene.session.scalars(mine.with_for_update()))
    first = select(Delivery.successor_id, Delivery.id).where(Delivery.successor_id.in_([row.id for row in rows]))
    places = {found.successor_id: found.id for found in scene.session.execute(first)} if rows else {}
    return sorted(rows, key=lambda row: places.get(row.id, row.id))


def _waits(scene: Scene, ticket: Ticket) -> bool:
    """Whether the last word is the customer's."""
    said = select(Message.author).where(Message.ticket_id == ticket.id, Message.author.in_(("customer", "agent")))
    return scene.session.scalar(said.order_by(Message.id.desc()).limit(1)) == "customer"


def _thread(scene: Scene) -> str:
    return f"{scene.address.channel}:{scene.address.value}"


def _who(scene: Scene) -> str:
    return scene.name or "the customer"
