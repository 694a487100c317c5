"""Pages: begun in the ticket's own transaction, moved on by people and by time, never silent (sla.md section 6)."""

from collections.abc import Sequence
from functools import cache
from html import escape
from typing import Any

from sqlalchemy import bindparam, select

from bot import card_edits, ledger, outbox
from bot.alarms import clear_alarm, raise_alarm
from bot.card import buttons, card
from bot.hotline.roster import on_call
from bot.incidents import links
from bot.pager import rings
from bot.pager.brief import brief
from bot.pager.page_words import time, who
from bot.scene import Scene
from channels.wire import Option, SendText
from models import Agent, Page, Person, Ticket
from oncall import kinds, pages
from oncall.kinds import Ended, Event
from oncall.ladders import MENTION
from oncall.rota import crew

_ASKED = {
    "response": "a person is needed for",
    "engineering": "engineering is asked for",
    "promise": "the promised update did not come, please step in for",
}
CODES = {"response": "a", "engineering": "e", "promise": "p"}


def follow(scene: Scene) -> None:
    """Begins what a ticket as it now is must ring for, and ends what has lost its reason; of an incident one ticket
    rings for all."""
    ticket = _ticket(scene)
    standing = ticket.state == "open" and not links.covered(scene)
    grave = standing and ticket.severity <= 2
    reasons = {"response": standing and ticket.severity == 1, "engineering": grave, "promise": grave}
    for row in still(scene):
        if not reasons[row.ladder]:
            play(scene, row, Ended(scene.now))
    if reasons["response"]:
        start(scene, "response")
        engineer(scene)


def engineer(scene: Scene) -> None:
    """Engineering is asked by itself for a SEV1 in a hotline or an incident, once."""
    why = "SEV1 in an incident" if links.leads(scene) else "SEV1 in a hotline" if scene.hotline else ""
    if why and not _begun(scene, "engineering"):
        ledger.record(scene, "escalated", scene.now, "bot", {"why": why})
        start(scene, "engineering")


def silence(scene: Scene) -> None:
    """Ends every page of the ticket, whoever has it."""
    for row in still(scene):
        play(scene, row, Ended(scene.now))


def start(scene: Scene, name: str) -> None:
    """The first rung rings at once; one page for each ticket and ladder stands at a time."""
    ticket = _ticket(scene)
    if any(row.ladder == name for row in still(scene)):
        return
    shell, now = scene.shell, scene.now
    on = crew_now(scene)
    page, effects = pages.begun(f"ticket:{ticket.id}", shell.ladders[name], ticket.id, now, on)
    row = Page(ticket_id=ticket.id, ladder=name, code=f"{ticket.id}{CODES[name]}", begun_at=now)
    _keep(row, page)
    scene.session.add(row)
    scene.session.flush()
    if name == "engineering":
        brief(scene)
    _perform(scene, row, effects)


def crew_now(scene: Scene) -> kinds.Crew:
    return crew(on_call(scene.shell, scene.session, scene.now), scene.now)


def play(scene: Scene, row: Page, event: Event) -> tuple[kinds.Effect, ...]:
    """Tells a page what happened and does what follows; the ticket's conversation is locked."""
    page, effects = pages.advance(pages.from_json(row.state), event)
    _keep(row, page)
    _perform(scene, row, effects)
    return effects


def still(scene: Scene) -> Sequence[Page]:
    """The ticket's pages that are not over."""
    return list(scene.session.scalars(_still(), {"ticket": _ticket(scene).id}))


@cache
def _still() -> Any:
    """Built once: each answer asks for it."""
    mine = select(Page).where(Page.ticket_id == bindparam("ticket"), Page.ended_at.is_(None)).order_by(Page.id)
    return mine.execution_options(populate_existing=True)


def open_page(scene: Scene, name: str) -> Page | None:
    return next((row for row in still(scene) if row.ladder == name), None)


def person_of(scene: Scene, agent: Agent) -> int:
    """Who an agent is on call: their place in the rota, else minus their Telegram user id."""
    return scene.session.scalar(select(Person.id).where(Person.agent_id == agent.id)) or -agent.id


def _keep(row: Page, page: kinds.Page) -> None:
    row.state, row.due_at, row.ended_at = pages.to_json(page), page.due_at, page.ended_at
    row.acknowledged_at = page.holder.at if page.holder else None
    row.acknowledged_by = page.holder.person if page.holder else None


def _begun(scene: Scene, name: str) -> bool:
    mine = select(Page.id).where(Page.ticket_id == _ticket(scene).id, Page.ladder == name)
    return scene.session.scalar(mine.limit(1)) is not None


def _perform(scene: Scene, row: Page, effects: Sequence[kinds.Effect]) -> None:
    """In the order of the effects, but for mentions, which are one message, and alarms, whose row is locked last."""
    named = [effect.person for effect in effects if isinstance(effect, kinds.Ring) and effect.channel == MENTION]
    if named:
        _mention(scene, row, [scene.session.get_one(Person, number) for number in named])
    for effect in effects:
        match effect:
            case kinds.Ring(_, channel) if channel != MENTION:
                rings.ring(scene, row, effect)
            case kinds.Silence(person):
                rings.silence(scene, row, person)
        words = _shown(scene, row, effect)
        if words:
            outbox.notice(scene, words)
    _refresh(scene)
    for effect in effects:
        if isinstance(effect, kinds.RaiseAlarm):
            _alarm(scene, row)
        elif isinstance(effect, kinds.LowerAlarm):
            clear_alarm(scene.shell, scene.session, alarm_key(row))


def _shown(scene: Scene, row: Page, effect: kinds.Effect) -> str:
    """What the topic is told; what was tapped or answered there is seen there."""
    match effect:
        case kinds.ShowHolder(holder) if holder.path not in ("button", "reply", "command"):
            return f"{holder.name} has it {time(scene.shell, holder.at, 'en')}."
        case kinds.ShowLost(holder):
            return f"{holder.name} had it and nothing followed: it rings again."
        case kinds.ShowPassed(person):
            found = scene.session.get(Person, person)
            return f"{found.name if found else 'Somebody'} passed it on."
        case kinds.ShowUnreached(rung, roles) if rung < len(scene.shell.ladders[row.ladder].steps) and _anybody(scene):
            return f"Nobody can be reached as {' or '.join(roles)}: the next are asked now."
    return ""


def alarm_key(row: Page) -> str:
    return f"page:{row.id}"


def _alarm(scene: Scene, row: Page) -> None:
    """Nobody was reached. With neither a rota nor ALARM_TO ``bot.rollcall`` says so, once for all tickets."""
    shell, ticket = scene.shell, _ticket(scene)
    if not _anybody(scene) and not shell.alarm_to:
        return
    on_duty = scene.session.scalars(select(Agent).where(Agent.on_duty_since.is_not(None)).order_by(Agent.id)).all()
    if on_duty:
        names = ", ".join(f'<a href="tg://user?id={agent.id}">{escape(agent.name)}</a>' for agent in on_duty)
        text = f"{names}: nobody on call has #{ticket.id}. Who takes it?"
        outbox.to_group(scene, SendText(scene.group, text, html=True, options=(_button(row),)))
    asked = "engineering" if row.ladder == "engineering" else "support"
    words = f"#{ticket.id} {who(ticket)} (SEV{ticket.severity}, {asked}): nobody on call has taken it."
    raise_alarm(shell, scene.session, alarm_key(row), words, scene.group)


def _anybody(scene: Scene) -> bool:
    return scene.session.scalar(select(Person.id).limit(1)) is not None


def _mention(scene: Scene, row: Page, people: Sequence[Person]) -> None:
    """Their names in the topic, with the button."""
    ticket = _ticket(scene)
    names = [escape(one.name) for one in people]
    rung = [
        f'<a href="tg://user?id={one.agent_id}">{name}</a>' if one.agent_id else name
        for one, name in zip(people, names, strict=True)
    ]
    text = f"{', '.join(rung)}: {_ASKED[row.ladder]} #{ticket.id}. Or write /ack."
    outbox.to_group(scene, SendText(scene.group, text, html=True, options=(_button(row),)))


def _button(row: Page) -> Option:
    return Option(f"v1:ack:{row.ticket_id}:{row.ladder}", "I take it")


def _refresh(scene: Scene) -> None:
    ticket = _ticket(scene)
    if not scene.fresh:
        card_edits.show(scene, card(scene, ticket), buttons(scene, ticket))


def _ticket(scene: Scene) -> Ticket:
    assert scene.ticket is not None
    return scene.ticket
