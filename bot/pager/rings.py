"""Rings: one page to one person on one channel, as a delivery of its own or together with others; and their silence."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, exists, literal_column, select, update
from sqlalchemy.orm import Session

from bot.lanes import Lane
from bot.pager import page_words
from bot.pager.ack_link import link
from bot.scene import Scene
from bot.shell import Shell
from bot.templates import PAGE
from channels.telephone import HangUp, RingUp
from channels.wire import CUSTOMER_TAP, Call, Option, SendTemplate, SendText, TransportError, to_json
from models import Channel, Delivery, Page, Person, Ring
from oncall import kinds
from oncall.bundles import goes_at

THREAD = "page:"
# What a call's end makes of its delivery (twilio.com/docs/voice/api/call-resource); canceled: we ended it unanswered.
_OVER = {"completed": "delivered", "canceled": "superseded"} | dict.fromkeys(("busy", "no-answer", "failed"), "failed")
SILENT = "silent"  # the code of a page that nobody needs any more when its turn comes
_RINGING = Ring.state == literal_column("'ringing'")  # written in, for the partial index
TAKE = f"{CUSTOMER_TAP}ack:"  # the key of a private message's button, which comes back as a line


def ring(scene: Scene, row: Page, asked: kinds.Ring) -> None:
    """One delivery, or one more page in a bundle that has not gone (issue 7, throttle)."""
    session, person = scene.session, scene.session.get_one(Person, asked.person)
    theirs = select(Channel).where(Channel.person_id == person.id, Channel.kind == asked.channel)
    channel = session.scalars(theirs).one()
    by = scene.shell.throttle
    since = (Ring.person_id == person.id, Ring.channel == asked.channel, Ring.goes_at > scene.now - by.gap)
    reached = select(Ring.goes_at, Ring.delivery_id).join(Delivery).where(*since, Delivery.state != "failed")
    gone = sorted((at, number) for at, number in session.execute(reached.distinct()).all())
    ahead = next(((at, number) for at, number in gone if at > scene.now and _waits(session, number)), None)
    sent = [at for at, _ in gone if at <= scene.now]
    goes = goes_at(asked.first, sent, ahead[0] if ahead else None, scene.now, by)
    number = ahead[1] if ahead and ahead[0] == goes else None
    if number is None:
        delivery = _delivery(scene, row, channel, person)
        if goes > scene.now:
            delivery.retry_at = scene.shell.clock.real() + (goes - scene.now)
        session.flush()
        number = delivery.id
    session.add(
        Ring(
            page_id=row.id,
            person_id=person.id,
            channel=asked.channel,
            rung=asked.rung,
            goes_at=goes,
            delivery_id=number,
            state="ringing",
        )
    )
    session.flush()


def silence(scene: Scene, row: Page, person: int | None) -> None:
    """Nothing more goes out for this page, to one person or to all; a bundle goes on without it."""
    mine: list[ColumnElement[bool]] = [Ring.page_id == row.id]
    if person is not None:
        mine.append(Ring.person_id == person)
    session = scene.session
    session.flush()
    numbers = session.scalars(select(Ring.delivery_id).where(*mine, _RINGING)).all()
    session.execute(update(Ring).where(*mine, Ring.state != "over").values(state="over"))
    if numbers:
        _hang_up(scene, numbers)
        still = exists().where(Ring.delivery_id == Delivery.id, _RINGING)
        waits = Delivery.state.in_(("queued", "unknown"))
        idle = update(Delivery).where(Delivery.id.in_(numbers), waits, ~still)
        session.execute(idle.values(state="superseded", lease_until=None, retry_at=None))


def rang(session: Session, row: Delivery, status: str) -> str:
    """How a call ended: whatever it was, only a key that was pressed by then has silenced its rings."""
    if status in _OVER:
        row.state, row.lease_until, row.retry_at = _OVER[status], None, None
        row.fault = "" if status == "completed" else status
        failed(session, row.id)
    return f"the call is {status}"


def _hang_up(scene: Scene, numbers: Sequence[int]) -> None:
    """Ends the calls that ring or speak this moment."""
    live = Delivery.id.in_(numbers), Delivery.kind == "RingUp", Delivery.state == "accepted"
    for row in scene.session.scalars(select(Delivery).where(*live)):
        name, payload = to_json(HangUp(row.provider_id))
        over = Delivery(kind=name, payload=payload, channel="voice", destination=row.destination)
        over.thread, over.lane, over.created_at = f"hangup:{row.id}", Lane.TAP, scene.now
        scene.session.add(over)


def ready(shell: Shell, session: Session, row: Delivery, call: Call) -> Call | TransportError:
    """Looks a last time whether anybody still has to be woken, and says what stands now."""
    rung = page_words.ringing(session, row.id)
    if rung is None:
        return TransportError("somebody has it", code=SILENT, permanent=True)
    person, pages = rung
    if isinstance(call, RingUp):
        return replace(call, text=page_words.spoken(session, person, pages))
    if isinstance(call, SendText):
        buttons = tuple(Option(f"{TAKE}{page.code}", f"I take #{page.ticket_id}") for page in pages[:5])
        text = page_words.text(shell, session, person, pages)
        if row.channel in shell.throttle.links and len(pages) == 1:
            text = page_words.worded(person.language, "link", text=text, link=link(shell, pages[0], person))
        return SendText(call.to, text, call.sender, options=buttons if row.channel == "telegram" else ())
    return call


def failed(session: Session, delivery: int) -> None:
    """This delivery reaches nobody: the pages it rings for hear of it at the next look, each under its own lock."""
    lost = update(Ring).where(Ring.delivery_id == delivery, _RINGING)
    session.execute(lost.values(state="failed"))


def _waits(session: Session, number: int) -> bool:
    waiting = select(Delivery.id).where(Delivery.id == number, Delivery.state == "queued")
    return session.scalar(waiting.with_for_update()) is not None


def _delivery(scene: Scene, row: Page, channel: Channel, person: Person) -> Delivery:
    shell, kind = scene.shell, channel.kind
    sender = shell.senders.get(kind, "")
    to = f"whatsapp:{channel.address}" if kind == "whatsapp" else channel.address
    text = page_words.one(shell, scene.session, person, row)
    call: SendText | SendTemplate | RingUp = SendText(to, text, sender)
    if kind == "voice":
        call = RingUp(to, page_words.spoken(scene.session, person, [row]), sender, person.language)
    if kind == "whatsapp" and (channel.window_expires_at is None or channel.window_expires_at <= scene.now):
        call = SendTemplate(to, shell.templates.sid(PAGE, person.language), sender, (row.code, text[:300]))
    name, payload = to_json(call)
    delivery = Delivery(kind=name, payload=payload, channel=kind, destination=channel.address, sender=sender)
    delivery.thread = f"{THREAD}{row.id}:{person.id}:{kind}"
    delivery.lane, delivery.created_at, delivery.ticket_id = Lane.PAGE, scene.now, row.ticket_id
    scene.session.add(delivery)
    return delivery
