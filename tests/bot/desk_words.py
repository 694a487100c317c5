"""What the desk's tests say in few words."""

from channels.wire import EditText, Option, SendText
from models import TicketEvent
from tests.bot.house import GROUP, House


def events(house: House, kind: str) -> list[tuple[str, dict[str, object]]]:
    """(actor, data) of every event of this kind."""
    return [(row.actor, row.data) for row in house.rows(TicketEvent) if row.kind == kind]


def card(house: House) -> EditText:
    """The newest edit of a card."""
    edit: EditText = [call for call in house.telegram.calls if isinstance(call, EditText)][-1]
    return edit


def keys(options: tuple[Option, ...]) -> list[str]:
    return [option.key for option in options]


def answered(house: House, words: str) -> SendText:
    """The newest message to the group that holds these words."""
    sent = [one for one in house.telegram.calls if isinstance(one, SendText) and one.to == str(GROUP)]
    found: SendText = next(one for one in reversed(sent) if words in one.text)
    return found


def told_in(house: House, thread: int | None) -> str:
    """The newest message in a topic, or in General, after all was worked on."""
    house.works()
    return house.shown(thread)[-1]
