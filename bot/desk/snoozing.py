"""``/snooze``: out of sight until a moment the agent names."""

from datetime import datetime

from sqlalchemy import select

from bot import tickets
from bot.desk import times
from bot.desk.asks import Ask, who
from bot.scene import Scene, open_ticket_scene
from bot.shell import Shell
from bot.snooze import LONGEST, wake
from bot.sweeps import sweep_due
from conversations.phrases import clock_time
from models import Ticket

_USAGE = (
    "Write until when: /snooze 2h, /snooze 14:30, /snooze tomorrow 9:00 or /snooze mon 9:00 (support time); "
    "/snooze off ends it."
)


def snooze(ask: Ask) -> str:
    """The clocks run on; the ticket returns with a notice, or as soon as the customer writes."""
    ticket, scene = ask.ticket, ask.scene
    if ticket.state != "open":
        return f"#{ticket.id} is already resolved."
    if ask.args.lower() in ("off", "over", "stop"):
        if ticket.snoozed_until is None:
            return f"#{ticket.id} is not snoozed."
        wake(scene, f"{ask.agent.name} ended its snooze")
        return ""
    meant = times.read(ask.args, scene.now, scene.shell.policies.support_zone)
    if meant is None:
        return _USAGE
    moment = meant.at
    if moment - scene.now > LONGEST:
        return f"At most {LONGEST.days} days. {_USAGE}"
    ticket.snoozed_until = moment
    tickets.record(scene, "snoozed", scene.now, who(ask.agent), {"until": moment.isoformat()})
    tickets.refresh(scene)
    return ask.done() if _today(scene, moment) else f"#{ticket.id} is out of sight until {_told(scene, moment)}."


def _today(scene: Scene, moment: datetime) -> bool:
    """Whether the agent can have meant no other day."""
    zone = scene.shell.policies.support_zone
    return moment.astimezone(zone).date() == scene.now.astimezone(zone).date()


def _told(scene: Scene, moment: datetime) -> str:
    return clock_time(moment, scene.now, scene.shell.policies.support_zone, "en")


def sweep(shell: Shell) -> None:
    """Wakes those whose moment has come."""
    due = select(Ticket.id).where(Ticket.snoozed_until <= shell.clock.now()).order_by(Ticket.snoozed_until)
    sweep_due(shell, due, _wake, "snooze")


def _wake(shell: Shell, number: int) -> None:
    with shell.db.writing() as session:
        scene = open_ticket_scene(shell, session, number)
        if scene and scene.ticket and scene.ticket.snoozed_until and scene.ticket.snoozed_until <= scene.now:
            wake(scene, "its snooze is over")
