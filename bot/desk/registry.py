"""Every command and every tap of the desk: to add one, write its function and one line here."""

from collections.abc import Callable

from bot.desk import owning, replies
from bot.desk.asks import Ask, Command, Tap


def menu() -> tuple[tuple[str, str], ...]:
    """(name, one line) of every command, as help and Telegram's menus show them."""
    return tuple((name, command.help) for name, command in COMMANDS.items())


def listed() -> str:
    """Every command with its usage, a line each."""
    return "\n".join(f"{usage(name)} - {command.help}" for name, command in COMMANDS.items())


def usage(name: str) -> str:
    return f"/{name} {COMMANDS[name].usage}".strip()


def _help(_: Ask) -> str:
    return f"Reply to a customer's line to answer; anything else stays in here.\n{listed()}"


COMMANDS: dict[str, Command] = {
    "r": Command(replies.reply, "Answer the customer", "text", needs_ticket=True),
    "help": Command(_help, "What can be done here"),
}

# By the action of the callback data ``v1:<action>:<ticket>[:<argument>]`` (at most 64 bytes); what a function returns
# is told to whoever tapped.
TAPS: dict[str, Callable[[Tap], str]] = {
    "take": owning.take,
    "resolve": owning.resolve,
}
