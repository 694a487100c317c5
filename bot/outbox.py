"""Puts provider calls into the outbox, in the transaction of the state that caused them."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, literal_column, select, update
from sqlalchemy.orm import Session

from bot.lanes import Lane, urgent
from bot.scene import Scene
from bot.shell import Shell
from channels.wire import (
    CUSTOMER_TAP,
    AnswerTap,
    Call,
    EditText,
    Fetch,
    OpenTopic,
    Option,
    React,
    SendMedia,
    SendTemplate,
    SendText,
    to_json,
)
from conversations.events import Media
from models import Delivery, Message, Topic

CAPTION = 1000  # characters a picture carries on every channel; Telegram takes 1024
PLACES = ("location", "contact")  # media that are words, not files
LONGEST = {"whatsapp": 1600, "sms": 1600, "telegram": 4000}  # characters a provider takes in one text
_BOT_TEXT_EDITS = timedelta(seconds=60)  # the card takes the bot's own words at most this often (delivery.md)


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


def media_to_customer(scene: Scene, media: Media, caption: str, message: Message) -> None:
    """A picture or file of an agent: by its id within Telegram, elsewhere fetched and served by a signed link."""
    sender, to = route(scene)
    call = SendMedia(to, media.kind, sender, caption=caption, ref=media.ref, content_type=media.content_type)
    if scene.address.channel != "telegram":
        thread = f"{scene.address.channel}:{scene.address.value}"
        queue(
            scene,
            Fetch(media),
            channel="telegram",
            destination="files",
            thread=thread,
            lane=Lane.TO_CUSTOMER,
            message_id=message.id,
        )
        call = replace(call, ref="", source=media.ref)
    customer_row(scene, call, message)


def customer_row(scene: Scene, call: SendText | SendMedia | SendTemplate, message: Message | None) -> None:
    address = scene.address
    queue(
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
    topic = _topic(scene)
    if topic is None:
        return None
    if isinstance(call, SendText | SendMedia):
        call = replace(call, thread=topic.thread_id)
    return queue(
        scene,
        call,
        channel=channel,
        destination=str(topic.chat_id) if channel == "telegram" else "files",
        thread=f"topic:{topic.ticket_id}",
        lane=Lane.TO_GROUP,
        message_id=message.id if message else None,
    )


def notice(scene: Scene, text: str, reply_to: int | None = None) -> Delivery | None:
    """The bot's own words to the agents, in the topic."""
    group = scene.shell.desk.group
    return to_group(scene, SendText(str(group), f"ℹ️ {text}", reply_to=reply_to))  # noqa: RUF001 (the sign is meant)


def open_topic(scene: Scene, name: str, card: str, buttons: tuple[Option, ...]) -> None:
    """A fresh topic and its card: the two calls a new ticket costs."""
    group, ticket = scene.shell.desk.group, scene.ticket
    if group is None or ticket is None:
        return
    scene.session.add(Topic(ticket_id=ticket.id, chat_id=group))
    thread = f"topic:{ticket.id}"
    common = {"channel": "telegram", "destination": str(group), "thread": thread, "lane": Lane.TO_GROUP}
    queue(scene, OpenTopic(str(group), name[:128]), **common)
    card_call = SendText(str(group), card, options=buttons, html=True)
    queue(scene, card_call, coalesce_key=card_key(ticket.id), **common)


def card_key(ticket_id: int) -> str:
    return f"card:{ticket_id}"


def edit_card(scene: Scene, text: str, buttons: tuple[Option, ...], *, soon: bool = True) -> None:
    """Shows the card's new text by one call, whatever is already owed: a waiting card or edit takes the new text."""
    topic = _topic(scene)
    if topic is None:
        return
    key = card_key(topic.ticket_id)
    scene.session.flush()
    owed = select(Delivery).where(Delivery.coalesce_key == key, Delivery.state == "queued").with_for_update()
    row = scene.session.scalars(owed.order_by(Delivery.id.desc())).first()
    if row is not None:
        row.payload = {**row.payload, "text": text, "options": _plain(buttons)}
        if soon and row.kind == "EditText":
            row.retry_at, row.lane = None, Lane.PAGE if urgent(scene) else row.lane
        return
    retry_at = None if soon else scene.shell.clock.real() + _BOT_TEXT_EDITS
    call = EditText(str(topic.chat_id), 0, text, buttons)
    common = {"channel": "telegram", "destination": str(topic.chat_id), "thread": key, "lane": Lane.CARD}
    queue(scene, call, coalesce_key=key, retry_at=retry_at, **common)


def _plain(buttons: tuple[Option, ...]) -> list[dict[str, str]]:
    return [{"key": button.key, "label": button.label} for button in buttons]


def react(scene: Scene, chat: str, message: int, emoji: str) -> None:
    """Sets our one reaction; only the latest of several waiting ones is sent."""
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
    )


def answer_tap(shell: Shell, session: Session, query: str, text: str = "") -> None:
    """Tells whoever tapped what became of it; free of any budget, so first."""
    kind, payload = to_json(AnswerTap(query, text[:200]))
    row = Delivery(kind=kind, payload=payload, channel="telegram", destination="taps", thread=f"tap:{query}")
    row.lane, row.created_at = Lane.TAP, shell.clock.now()
    session.add(row)


def place(media: Media) -> str:
    """A location or contact in words, for what cannot show it as itself."""
    return f"{media.kind}: {media.ref} {media.name}".strip()


def split(text: str, most: int) -> list[str]:
    """Pieces of at most ``most`` characters, cut at a line or word where there is one."""
    pieces = []
    while len(text) > most:
        cut = max(text.rfind("\n", 0, most), text.rfind(" ", 0, most))
        cut = cut if cut > most // 2 else most
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*pieces, text]


def _topic(scene: Scene) -> Topic | None:
    return scene.session.get(Topic, scene.ticket.id) if scene.ticket else None
