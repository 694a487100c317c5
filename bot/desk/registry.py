"""Every command and every tap of the desk: to add one, write its function and one line here."""

from collections.abc import Callable

from bot.desk import (
    calling,
    canned,
    changing,
    closing,
    crew,
    ending,
    engineering,
    handing,
    incidents,
    joining,
    leading,
    looking,
    moving,
    opening,
    owning,
    people,
    promising,
    queue,
    replies,
    shooting,
    snoozing,
)
from bot.desk.asks import Ask, Command, Tap


def menu(*, lead: bool) -> tuple[tuple[str, str], ...]:
    """(name, one line) of every command, as help and Telegram's menus show them."""
    return tuple((name, command.help) for name, command in COMMANDS.items() if lead or not command.for_leads)


def listed(*, lead: bool) -> str:
    """Every command with its usage, a line each."""
    return "\n".join(f"{usage(name)} - {told}" for name, told in menu(lead=lead))


def usage(name: str) -> str:
    return f"/{name} {COMMANDS[name].usage}".strip()


def _help(ask: Ask) -> str:
    return f"Reply to a customer's line to answer; anything else stays in here.\n{listed(lead=ask.by.lead)}"


COMMANDS: dict[str, Command] = {
    "r": Command(replies.reply, "Answer the customer, also by a canned reply", "text", needs_ticket=True),
    "unsend": Command(replies.unsend, "Take back the answer it replies to", needs_ticket=True),
    "queue": Command(queue.queue, "Tickets without an owner, and who is on duty"),
    "mine": Command(queue.mine, "My open tickets"),
    "on": Command(handing.on, "Go on duty"),
    "off": Command(handing.off, "Go off duty; open tickets are handed over", "[@name [what is next]]"),
    "sev": Command(changing.severity, "Change the severity, with a reason", "1|2|3 why", needs_ticket=True),
    "cat": Command(changing.category, "Change the category", "payment [why]", needs_ticket=True),
    "canned": Command(canned.canned, "Canned replies: list, show, add, edit, remove", "[name]"),
    "escalate": Command(calling.escalate, "Ask engineering (SEV1 and SEV2)", "[why]", needs_ticket=True),
    "ack": Command(calling.ack, "I have it: the page is silent", needs_ticket=True),
    "snooze": Command(snoozing.snooze, "Out of sight until then", "2h|tomorrow 9:00|off", needs_ticket=True),
    "handover": Command(handing.handover, "Hand the ticket over", "@name [what is next]", needs_ticket=True),
    "move": Command(moving.move, "Move the ticket to another group", "name", needs_ticket=True),
    "call": Command(calling.call, "Ask the customer for a number to call", "[anyway]", needs_ticket=True),
    "studio": Command(looking.studio, "A studio: people, tickets, shoots, ratings", "[name]"),
    "find": Command(looking.find, "Find tickets by number, studio or words", "words"),
    "resolve": Command(ending.resolve, "Resolve, with the cause and a last word", "cause [text]", needs_ticket=True),
    "me": Command(people.me, "Who I am here; how I am reached on call", "[phone|whatsapp|language|quiet|test]"),
    "role": Command(people.role, "Give or take a role", "@name engineer|privacy [off]", for_leads=True),
    "next": Command(promising.next_update, "Promise the next update", "14:35", needs_ticket=True),
    "wait": Command(promising.wait, "We wait for the customer", "[off]", needs_ticket=True),
    "merge": Command(joining.merge, "This ticket goes into another of theirs", "number", needs_ticket=True),
    "split": Command(joining.split, "A ticket of its own from the line it replies to", needs_ticket=True),
    "helped": Command(promising.helped, "They can work again, by a fix or a way round", needs_ticket=True),
    "ledger": Command(promising.show_ledger, "The proof of every clock", needs_ticket=True),
    "incident": Command(
        incidents.incident, "Several studios, one problem: tell and end it as one", "[7 status 11:45 words]"
    ),
    "shoot": Command(
        shooting.shoot,
        "A studio's shoots: list, enter one, take one away",
        "[studio] [28.11. 14:00-22:00 [Europe/Madrid] words|off 12]",
    ),
    "confirm": Command(crew.confirm, "I'm on for the coming hotline"),
    "help": Command(_help, "What can be done here"),
}

# By the action of the callback data ``v1:<action>:<ticket>[:<argument>]`` (at most 64 bytes); what a function returns
# is told to whoever tapped.
TAPS: dict[str, Callable[[Tap], str]] = {
    "open": opening.open_now,
    "take": owning.take,
    "causes": closing.causes,
    "resolve": ending.tapped,
    "change": changing.change,
    "back": changing.back,
    "sev": changing.tap_severity,
    "cat": changing.tap_category,
    "send": replies.send_note,
    "accept": handing.accept,
    "relieve": handing.relieve,
    "engineer": calling.acknowledge,
    "ack": calling.take_page,
    "eng": engineering.answer,
    "eng_send": engineering.approve,
    "eng_back": engineering.still_broken,
    "next": promising.next_tapped,
    "send_draft": promising.draft_tapped,
    "incident": incidents.tapped,
}

# Buttons that are about no topic of their own chat, by the action of ``v1:<action>:<number>``.
PRESSES: dict[str, crew.Press] = {
    "here": crew.here,
    "stand": crew.stand_in,
    "cannot": crew.cannot,
    "write": leading.write,
}
