"""The roll-call's card in the group: who is on, who has said so, and which of their telephones it reached."""

from collections.abc import Sequence
from html import escape

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.hotline.roster import load_rota
from bot.lanes import Lane
from bot.pager.page_words import time
from bot.shell import Shell
from channels.wire import EditText, Option, SendText, to_json
from models import Channel, Confirmation, Delivery, HotlineWindow, Muster, Shoot, Trial
from oncall.findings import Finding, findings
from oncall.hotline import RollCall
from oncall.rota import Rota, confirmed, duties

_NAMES = {"sms": "SMS", "voice": "call", "whatsapp": "WhatsApp", "telegram": "Telegram"}
_REACHED = ("delivered", "read")


def stale(shell: Shell, session: Session, row: Muster, call: RollCall) -> bool:
    return words(shell, session, row, call) != row.shown and _settled(session, row) is not None


def show(shell: Shell, session: Session, row: Muster, call: RollCall) -> None:
    """One message in the group, edited in place; while it is on its way the next look shows what is new."""
    text, chat = words(shell, session, row, call), shell.desk.group
    sent = _settled(session, row)
    if chat is None or text == row.shown or sent is None:
        return
    shown: SendText | EditText = SendText(str(chat), text, options=_buttons(row))
    if sent:
        shown = EditText(str(chat), sent, escape(text), _buttons(row))
    kind, payload = to_json(shown)
    owed = Delivery(kind=kind, payload=payload, channel="telegram", destination=str(chat), thread=f"muster:{row.id}")
    owed.lane, owed.created_at = Lane.TO_GROUP, shell.clock.now()
    session.add(owed)
    session.flush()
    row.shown, row.delivery_id = text, owed.id


def _settled(session: Session, row: Muster) -> int | None:
    """The card's message in the group; 0 before the first, None while a call for it is under way."""
    last = session.get(Delivery, row.delivery_id) if row.delivery_id else None
    if last is None:
        return 0
    if last.kind == "EditText" and last.state not in ("queued", "leased", "unknown"):
        return int(last.payload["message"])
    return int(last.provider_id) if last.provider_id.isdecimal() else 0 if last.state == "failed" else None


def words(shell: Shell, session: Session, row: Muster, call: RollCall) -> str:
    rota = load_rota(session, shell.clock.now())
    found = findings(rota, shell.hotline.roles, call.opens, call.closes)
    opens, closes = (time(shell, at, "en") for at in (call.opens, call.closes))
    people = _people(shell, session, rota, row, call)
    lines = [f"📋 Roll-call: hotline {opens} to {closes}, {_booked(session, call)}", *people]
    gaps = [one for one in found if one.kind != "unconfirmed"]
    lines += [f"🔴 {line}" for line in dict.fromkeys(short([one]) for one in gaps)]
    if found:
        half = time(shell, call.confirm_at + (call.opens - call.confirm_at) / 2, "en")
        lines.append(f"Confirm by {half}, each with one tap; who can instead of another, I stand in.")
    else:
        reached = (
            " Test pages have reached all." if all(" reached" in one or " answered" in one for one in people) else ""
        )
        lines.append(f"The crew is complete.{reached}")
    return "\n".join(lines)


def _booked(session: Session, call: RollCall) -> str:
    """How much it is about."""
    mine = select(HotlineWindow.studio_id).where(
        HotlineWindow.opens_at < call.closes, HotlineWindow.closes_at > call.opens
    )
    shoots = select(Shoot.studio_id).where(Shoot.begins_at < call.closes, Shoot.ends_at > call.opens)
    booked = session.scalars(shoots.where(Shoot.studio_id.in_(mine))).all()
    many = {"studio": len(set(booked)), "shoot": len(booked)}
    return " with ".join(f"{number} {word}{'' if number == 1 else 's'}" for word, number in many.items())


def _people(shell: Shell, session: Session, rota: Rota, row: Muster, call: RollCall) -> list[str]:
    held: dict[int, list[tuple[str, bool]]] = {}
    for role in shell.hotline.roles:
        for duty in duties(rota, role, call.opens, call.closes):
            for person in duty.people:
                held.setdefault(person.id, []).append((role.replace("_", " "), confirmed(rota, duty, person)))
    shown = []
    for number, turns in held.items():
        on = all(said for _, said in turns)
        roles = ", ".join(dict.fromkeys(role for role, _ in turns))
        state = f"is here{_since(shell, session, number, call)}" if on else "has not confirmed"
        told = f"{rota.people[number].name}, {roles}: {state}{_telephones(session, row, number)}"
        shown.append(f"{'✅' if on else '🔴'} {told}")
    away = [one for one in rota.absences if one.begins < call.closes and one.ends > call.opens]
    cannot = dict.fromkeys(
        f"{rota.people[one.person].name}, {one.role.replace('_', ' ')}: cannot be there" for one in away
    )
    return shown + [f"🔴 {line}" for line in cannot]


def _since(shell: Shell, session: Session, person: int, call: RollCall) -> str:
    said = select(func.max(Confirmation.said_at)).where(Confirmation.person_id == person)
    at = session.scalar(said.where(Confirmation.begins_at < call.closes, Confirmation.ends_at > call.opens))
    return f" ({time(shell, at, 'en')})" if at else ""


def _telephones(session: Session, row: Muster, person: int) -> str:
    """What became of the newest test page on each channel."""
    mine = select(Channel.kind, Trial.answered_at, Delivery.state).join(Channel, Channel.id == Trial.channel_id)
    mine = mine.join(Delivery, Delivery.id == Trial.delivery_id)
    asked = mine.where(Trial.muster_id == row.id, Channel.person_id == person).order_by(Trial.id)
    newest: dict[str, str] = {}
    for kind, answered_at, state in session.execute(asked):
        told = "failed" if state == "failed" else "reached" if state in _REACHED else "tried"
        newest[kind] = "answered" if answered_at or newest.get(kind) == "answered" else told
    return "".join(f"; {_NAMES[kind]} {told}" for kind, told in newest.items())


def short(found: Sequence[Finding]) -> str:
    """What is missing, for a telephone."""
    said = {"unconfirmed": "has not confirmed", "silent": "has no verified channel"}
    each = (
        f"{one.person.name} ({one.role.replace('_', ' ')}) {said[one.kind]}"
        if one.person
        else f"nobody is {one.role.replace('_', ' ')}"
        for one in found
    )
    return ", ".join(dict.fromkeys(each))


def _buttons(row: Muster) -> tuple[Option, ...]:
    labels = {"here": "I am here", "cannot": "I can't", "stand": "I stand in"}
    return tuple(Option(f"v1:{key}:{row.id}", label) for key, label in labels.items())
