"""What a message replies to, found on the other side of the bridge."""

from sqlalchemy import func, select

from bot import outbox, reach
from bot.scene import Scene
from conversations.events import Line
from conversations.phrases import shortened
from models import Delivery, Message

_WORDS = 60  # characters of the bot's own words that the agents are reminded of


def in_topic(scene: Scene, line: Line) -> tuple[int | None, str]:
    """(the message in the topic, words to go before the line) for what a customer's line replies to.

    What the bot said stands on the card only, so its first words are repeated.
    """
    said = _ours(scene, line.quotes)
    if said is not None and said.author == "agent":
        number = own(scene, said)
        return number, "" if number else reminder(said)
    if said is not None:
        return None, reminder(said)
    theirs = select(Message).where(Message.origin == line.quotes, Message.conversation_id == scene.conversation.id)
    first = scene.session.scalars(theirs.limit(1)).first()
    return (shown(scene, first) if first else None), ""


def shown(scene: Scene, message: Message) -> int | None:
    """The number under which a message stands in the ticket's topic."""
    topic = outbox.topic_of(scene)
    if topic is None:
        return None
    there = select(Delivery.provider_id).where(
        Delivery.message_id == message.id, Delivery.destination == str(topic.chat_id), Delivery.provider_id != ""
    )
    number = scene.session.scalar(there.order_by(Delivery.id).limit(1))
    return int(number) if number else None


def own(scene: Scene, message: Message) -> int | None:
    """The number of an agent's own message, in the group that has the ticket now."""
    chat, _, number = message.origin.partition("/")
    return int(number) if number and chat == scene.group else None


def at_customer(scene: Scene, message: Message | None) -> int | None:
    """The number of a customer's own line, where their channel shows quotes (delivery.md: Telegram alone)."""
    if message is None or message.author != "customer" or scene.address.channel != "telegram":
        return None
    return int(message.origin) if message.origin.isdecimal() else None


def tell_unquoted(scene: Scene, message: Message | None) -> None:
    """Said once a ticket: where answers quote nothing, the customer sees of an older line not that it is meant."""
    if message is None or message.author != "customer" or scene.address.channel == "telegram":
        return
    lines = (Message.conversation_id == message.conversation_id, Message.author == "customer")
    if scene.session.scalar(select(func.max(Message.id)).where(*lines)) != message.id:
        told = f"{reach.NAMES[scene.address.channel]} shows no quotes from us: say in words which line you answer."
        outbox.notice_once(scene, "quote", told)


def _ours(scene: Scene, number: str) -> Message | None:
    """The line of ours that the customer sees under this number or sid."""
    sent = select(Delivery.message_id).where(
        Delivery.destination == scene.address.value, Delivery.provider_id == number, Delivery.message_id.is_not(None)
    )
    found = scene.session.scalar(sent.order_by(Delivery.id.desc()).limit(1))
    return scene.session.get(Message, found) if found else None


def reminder(said: Message) -> str:
    """What is meant, where it cannot be pointed at."""
    return f"(to “{shortened(said.text, _WORDS)}”)"
