"""``/move``: a ticket goes on in another group."""

from bot import moving, outbox
from bot.desk.asks import Ask
from bot.routes import MAIN


def move(ask: Ask) -> str:
    """A topic there with what was said; the one here points to it and is closed."""
    desk, topic = ask.shell.desk, outbox.topic_of(ask.scene)
    if not desk.routes:
        return "There is only this group; the policy file names others under [[groups]]."
    names = (MAIN, *(route.name for route in desk.routes))
    name = ask.args.lower()
    if name not in names:
        return f"Where to: {', '.join(names)}? Write it like /move {names[-1]}."
    chat = desk.named(name)
    if topic is None or topic.thread_id is None or chat is None:
        return f"#{ask.ticket.id} has no topic yet; move it when it has."
    if topic.chat_id == chat:
        return f"#{ask.ticket.id} is in the group {name} already."
    moving.move(ask.scene, chat, name)
    return ask.done()
