"""The desk's ``/merge`` and ``/split``."""

import re

from bot import joining
from bot.desk.asks import Ask
from bot.desk.places import quoted
from models import Delivery, Message


def merge(ask: Ask) -> str:
    """``/merge 12``: this ticket goes into #12."""
    number = re.fullmatch(r"#?([0-9]{1,18})", ask.args)
    if number is None:
        return "Into which ticket? Write its number behind it, like /merge 12; this one goes into that one."
    try:
        joining.merge(ask.scene, int(number[1]), ask.agent)
    except joining.Impossible as error:
        return str(error)
    return ""


def split(ask: Ask) -> str:
    """``/split`` as a reply to a customer's line: from that line on it is a ticket of its own."""
    number = quoted(ask.session, ask.event, Delivery.message_id) if ask.event.reply_to else None
    line = ask.session.get(Message, number) if number else None
    if line is None or line.author != "customer" or line.ticket_id != ask.ticket.id:
        return "Reply with /split to the customer's line from which it is another problem."
    try:
        child = joining.split(ask.scene, line, ask.agent)
    except joining.Impossible as error:
        return str(error)
    return f"#{child.id} is open for it, in a topic of its own."
