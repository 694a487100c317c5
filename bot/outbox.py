"""Puts provider calls into the outbox, in the transaction of the state that caused them."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, literal_column, select, update
from sqlalchemy.orm import Session

from bot.lanes import Lane, urgent
from bot.scene import Scene
from bot.shell import Shell
from channels.arranging import ReopenTopic
from channels.wire import (
    CUSTOMER_TAP,
    AnswerTap,
    Call,
    Delete,
    EditText,
    Fetch,
    Option,
    React,
    SendMedia,
    SendTemplate,
    SendText,
    to_json,
)
from conversations.events import Media
from models import Delivery, Message, Topic

LONGEST = {"whatsapp": 1600, "sms": 1600, "telegram": 4000}  # characters a provider takes in one text


def queue(scene: Scene, call: Call, **facts: object) -> Delivery:
    """One row of the outbox; ``facts`` are its other columns (channel, destination, thread, lane, ...)."""
    kind, payload = to_json(call)
    ticket_id = scene.ticket.id if scene.ticket else None
    given = {"ticket_id": ticket_id, "sender": getattr(call, "sender", ""), **facts}
    row = Delivery(kind=kind, payload=payload, created_at=scene.now, **given)
    if urgent(scene) and row.kind != "React" and row.retry_at is None:
        row.lane = Lane.PAGE
    scene.session.add(row)
    return row


def to_customer(
    scene: Scene, text: str, message: Message, options: tuple[tuple[str, str], ...] = (), question: str = ""
) -> None:
    """The text on the customer's own channel, in as many pieces as the provider needs.

    ``question`` is the phrase it is: where WhatsApp has a template of that name, its buttons are the options.
    """
    sender, to = route(scene)
    template = scene.shell.templates.sid(question, scene.language) if scene.address.channel == "whatsapp" else ""
    choices = tuple(Option(CUSTOMER_TAP + key, label) for key, label in options)
    pieces = split(text, LONGEST.get(scene.address.channel, 1600))
    for number, piece in enumerate(pieces, 1):
        last = number == len(pieces)
        call = SendText(to, piece, sender, options=choices if last else (), template=template if last else "")
        customer_row(scene, call, message)


def answer(scene: Scene, text: str, message: Message, reply_to: int | None = None) -> None:
    """An agent's words, of which the first piece quotes what they answer."""
    sender, to = route(scene)
    for piece in split(text, LONGEST.get(scene.address.channel, 1600)):
        customer_row(scene, SendText(to, piece, sender, reply_to=reply_to), message)
        reply_to = None


def fetch_for_customer(scene: Scene, media: Media, message: Message) -> None:
    """Brings an agent's file here, in the thread of what will need it."""
    address = scene.address
    queue(
        scene,
        Fetch(media),
        channel="telegram",
        destination="files",
        thread=f"{address.channel}:{address.value}",
        lane=Lane.TO_CUSTOMER,
        message_id=message.id,
    )


def customer_row(
    scene: Scene, call: SendText | SendMedia | SendTemplate | EditText | Delete, message: Message | None
) -> Delivery:
    """One call to the customer, behind all that was said to them before."""
    address = scene.address
    return queue(
        scene,
        call,
        channel=address.channel,
        destination=address.value,
        thread=f"{address.channel}:{address.value}",
        lane=Lane.TO_CUSTOMER,
        message_id=message.id if message else None,
    )


def route(scene: Scene) -> tuple[str, str]:
    """(our address, theirs) as the provider writes them; we answer from the number they wrote to."""
    address = scene.address
    sender = scene.conversation.our_address or scene.shell.senders.get(address.channel, "")
    return sender, f"whatsapp:{address.value}" if address.channel == "whatsapp" else address.value


def held(scene: Scene) -> int:
    """How many texts wait for the customer to open WhatsApp's window."""
    waiting = Delivery.state == literal_column("'held'")  # written in, for the partial index
    thread = f"{scene.address.channel}:{scene.address.value}"
    return scene.session.scalar(select(func.count()).where(Delivery.thread == thread, waiting)) or 0


def to_group(
    scene: Scene, call: SendText | SendMedia | Fetch, message: Message | None = None, channel: str = "telegram"
) -> Delivery | None:
    """A line, picture or notice into the ticket's topic; a topic not open yet is filled in when it is sent."""
    topic = topic_of(scene)
    if topic is None:
        return None
    if topic.closed and topic.thread_id is not None:
        topic.closed = False
        _queue_in_topic(scene, topic, ReopenTopic(str(topic.chat_id), topic.thread_id))
    if isinstance(call, SendText | SendMedia):
        under = call.reply_to if call.to == str(topic.chat_id) else None  # numbers of messages are a chat's own
        call = replace(call, to=str(topic.chat_id), thread=topic.thread_id, reply_to=under)
    row = _queue_in_topic(scene, topic, call, channel)
    row.message_id = message.id if message else None
    return row


def _queue_in_topic(scene: Scene, topic: Topic, call: Call, channel: str = "telegram") -> Delivery:
    return queue(
        scene,
        call,
        channel=channel,
        destination=str(topic.chat_id) if channel == "telegram" else "files",
        thread=f"topic:{topic.ticket_id}",
        lane=Lane.TO_GROUP,
    )


def into_closed(scene: Scene, call: SendText) -> Delivery:
    """A question under a topic that somebody has just closed, which stays closed: an administrator writes there."""
    topic = topic_of(scene)
    assert topic is not None
    return _queue_in_topic(scene, topic, replace(call, thread=topic.thread_id))


def change(scene: Scene, call: EditText) -> None:
    """Other buttons under a message of ours that is no card."""
    thread = f"desk:{call.to}:{call.message}"
    queue(scene, call, channel="telegram", destination=call.to, thread=thread, lane=Lane.CARD)


def notice(scene: Scene, text: str, reply_to: int | None = None) -> Delivery | None:
    """The bot's own words to the agents, in the topic."""
    return to_group(scene, SendText(scene.group, f"ℹ️ {text}", reply_to=reply_to))  # noqa: RUF001 (the sign is meant)


def notice_once(scene: Scene, about: str, text: str, reply_to: int | None = None) -> None:
    """What a channel cannot do is said once a ticket."""
    assert scene.ticket is not None
    key = f"told:{scene.ticket.id}:{about}"
    said = scene.session.scalar(select(Delivery.id).where(Delivery.coalesce_key == key).limit(1))
    row = None if said else notice(scene, text, reply_to)
    if row is not None:
        row.coalesce_key = key


def react(scene: Scene, chat: str, message: int, emoji: str, *, soon: bool = True) -> None:
    """Sets our one reaction; only the latest of several waiting ones is sent, and without ``soon`` each waits a
    moment for a later one."""
    wait = timedelta(0) if soon else scene.shell.budgets.ticks
    key = f"react:{chat}:{message}"
    scene.session.execute(
        update(Delivery).where(Delivery.coalesce_key == key, Delivery.state == "queued").values(state="superseded")
    )
    queue(
        scene,
        React(chat, message, emoji),
        channel="telegram",
        destination=chat,
        thread=key,
        lane=Lane.CARD,
        coalesce_key=key,
        retry_at=scene.shell.clock.real() + wait if wait else None,
    )


def answer_tap(shell: Shell, session: Session, query: str, text: str = "") -> None:
    """Tells whoever tapped what became of it; free of any budget, so first."""
    kind, payload = to_json(AnswerTap(query, text[:200]))
    row = Delivery(kind=kind, payload=payload, channel="telegram", destination="taps", thread=f"tap:{query}")
    row.lane, row.created_at = Lane.TAP, shell.clock.now()
    session.add(row)


def split(text: str, most: int) -> list[str]:
    """Pieces of at most ``most`` characters, cut at a line or word where there is one."""
    pieces = []
    while len(text) > most:
        cut = max(text.rfind("\n", 0, most), text.rfind(" ", 0, most))
        cut = cut if cut > most // 2 else most
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*pieces, text]


def topic_of(scene: Scene) -> Topic | None:
    return scene.session.get(Topic, scene.ticket.id) if scene.ticket else None
