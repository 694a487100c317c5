"""The leads' own chat: who answers a low rating in person."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import outbox, tickets
from bot.desk.asks import who
from bot.scene import open_ticket_scene
from bot.shell import Shell
from models import Agent, TicketEvent


def write(shell: Shell, session: Session, agent: Agent, number: int) -> str:
    """ "I'll write": the ticket is theirs from now on, and its topic says so; the first has it."""
    scene = open_ticket_scene(shell, session, number)
    if scene is None or scene.ticket is None:
        return "There is no such ticket."
    mine = select(TicketEvent.actor).where(TicketEvent.ticket_id == number, TicketEvent.kind == "lead_writes")
    first = session.scalar(mine.order_by(TicketEvent.id).limit(1))
    if first is not None:
        writer = session.get(Agent, int(first.removeprefix("agent:")))
        name = writer.name if writer and writer.id != agent.id else "You"
        return f"{name} said so already: #{number} is in good hands."
    scene.ticket.owner, scene.ticket.nudged_at = agent, None
    tickets.record(scene, "lead_writes", scene.now, who(agent), {})
    outbox.notice(scene, f"{agent.name} reads the conversation and writes to {scene.name or 'the customer'} in person.")
    tickets.refresh(scene)
    return f"#{number} is yours: answer in its topic."
