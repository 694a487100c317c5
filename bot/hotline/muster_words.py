"""What a roll-call says on telephones: to who has a turn; to leads what they can do about who is missing."""

from collections.abc import Sequence

from bot.hotline.muster_card import short
from bot.pager import trials
from bot.pager.page_words import time, worded
from bot.shell import Shell
from models import Person
from oncall import people
from oncall.findings import Finding
from oncall.hotline import RollCall
from oncall.rota import Duty, Rota, confirmed


def turn(shell: Shell, person: Person, call: RollCall, roles: Sequence[str]) -> trials.Words:
    """ "You are on": there, or not."""
    said = {"opens": time(shell, call.opens, person.language), "roles": named(roles)}
    written = worded(person.language, "roll_call", code="{code}", no="{no}", **said)
    spoken = worded(person.language, "roll_call_spoken", **said)
    return trials.Words(written, spoken, worded(person.language, "here"), refusal=worded(person.language, "not_there"))


def red(shell: Shell, rota: Rota, person: Person, call: RollCall, found: Sequence[Finding]) -> trials.Words:
    """Who is missing; leads get choices, by number where there are no buttons."""
    offered = choices(rota, person, found) if "lead" in person.roles else ()
    said = {"opens": time(shell, call.opens, person.language), "missing": short(found)}
    written = worded(person.language, "red", code="{code}", **said)
    spoken = worded(person.language, "red_spoken", **said)
    for number, (_, label) in enumerate(offered, 1):
        written += f" {{code}}{number}: {label}."
        spoken += " " + worded(person.language, "choice_spoken", number=number, label=label)
    return trials.Words(written, spoken, worded(person.language, "read"), choices=offered)


def choices(rota: Rota, lead: Person, found: Sequence[Finding]) -> tuple[tuple[str, str], ...]:
    """(what it does, its label) about the first who is missing: ring them again, put somebody in, take it."""
    first = next((one for one in found if one.person is None or one.person.id != lead.id), None)
    if first is None:
        return ()
    offered = [("take", worded(lead.language, "choice_take"))]
    other = _other(rota, lead, first, {one.person.id for one in found if one.person})
    if other is not None:
        offered.insert(0, (f"put:{first.role}:{other.id}", worded(lead.language, "choice_put", name=other.name)))
    if first.kind == "unconfirmed" and first.person:
        offered.insert(0, (f"ring:{first.person.id}", worded(lead.language, "choice_ring", name=first.person.name)))
    return tuple(offered)


def _other(rota: Rota, lead: Person, missing: Finding, unfit: set[int]) -> people.Person | None:
    """Somebody who can be woken: who may hold the role before others, then who has said "I'm on", then backups."""
    away = {one.person for one in rota.absences if one.begins < missing.ends and one.ends > missing.begins}
    able = [
        one for one in rota.people.values() if one.roles and one.channels and one.id not in {lead.id, *unfit, *away}
    ]

    def rank(one: people.Person) -> tuple[bool, bool, bool, int]:
        said = any(confirmed(rota, Duty(role, (one,), missing.begins, missing.ends), one) for role in one.roles)
        return missing.role not in one.roles, not said, "backup" not in one.roles, one.id

    return min(able, key=rank, default=None)


def named(roles: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(role.replace("_", " ") for role in roles))
