"""What a clock that comes due means: the card, a word to the owner, the bot's holding message (sla.md, 2 and 3)."""

from collections.abc import Callable

from bot import batches, leads, ledger, nudges, outbox, promises, tickets
from bot.duty import asked, unmanned
from bot.incidents import links
from bot.pager import status
from bot.scene import Scene
from channels.wire import SendText
from conversations.phrases import clock_time
from sla import Clock

Tell = Callable[[Scene, Clock], None]


def tell(scene: Scene) -> None:
    """Tells every mark that lies behind and nobody was told of; it is told in the transaction that keeps it told."""
    folded = ledger.refold(scene)
    behind = [(mark, clock) for clock in folded.clocks for mark in clock.marks() if mark.at < scene.now]
    names = {(clock.name, clock.number, mark.name) for mark, clock in behind}
    for mark, clock in sorted(behind, key=lambda pair: pair[0]):
        facts: dict[str, object] = {"clock": clock.name, "number": clock.number, "mark": mark.name}
        ledger.record(scene, "told", mark.at, "bot", facts)
        say = _WORDS.get((clock.name, mark.name))
        if say and not (mark.name == "50" and (clock.name, clock.number, "80") in names):
            say(scene, clock)
    tickets.refresh(scene)


def _due(scene: Scene, clock: Clock) -> str:
    zone = scene.shell.policies.support_zone
    return clock_time(clock.target_due or scene.now, scene.now, zone, "en")


def _say(scene: Scene, words: str) -> None:
    """HTML into the topic, which rings who it names."""
    outbox.to_group(scene, SendText(scene.group, f"ℹ️ {words}", html=True))  # noqa: RUF001 (the sign is meant)


def _half(scene: Scene, clock: Clock) -> None:
    """Half of the time is gone: the card shows it, and where nobody is on at all it is said already now."""
    if clock.open and unmanned(scene):
        _soon(scene, clock)


def _soon(scene: Scene, clock: Clock) -> None:
    number = scene.ticket and scene.ticket.id
    _say(scene, f"#{number} needs a person's answer by {_due(scene, clock)} ({asked(scene)}).")


def _missed(scene: Scene, _: Clock) -> None:
    number = scene.ticket and scene.ticket.id
    _say(scene, f"The promised time has passed and nobody has answered #{number} ({asked(scene)}).")
    leads.broken(scene, "The promised time has passed and nobody has answered.")


def _breached(scene: Scene, clock: Clock) -> None:
    number = scene.ticket and scene.ticket.id
    what = "within its limit" if clock.open else "in time"
    _say(scene, f"SLA BREACHED: nobody has answered #{number} {what} ({asked(scene)}).")
    leads.broken(scene, f"SLA BREACHED: nobody has answered {what}.")


def _unacknowledged(scene: Scene, _: Clock) -> None:
    number = scene.ticket and scene.ticket.id
    outbox.notice(scene, f"Nobody has acknowledged the escalation of #{number} in time.")


def _nudge(scene: Scene, clock: Clock) -> None:
    """In the topic, and privately to the owner."""
    promises.nudge(scene, clock)
    if clock.open and links.running(scene) is None:
        nudges.owner(scene, clock)


def _near(scene: Scene, clock: Clock) -> None:
    """The owner is nudged again, the backup asked to step in, who has the engineering page gets the one question."""
    _nudge(scene, clock)
    if clock.open and not links.covered(scene):
        nudges.backup(scene, clock)
    status.ask(scene, clock)


def _open(say: Tell) -> Tell:
    """For marks that ask somebody to act: of a clock that ended meanwhile there is nothing to ask."""
    return lambda scene, clock: say(scene, clock) if clock.open else None


_WORDS: dict[tuple[str, str], Tell] = {
    ("FR", "50"): _half,
    ("NR", "50"): _half,
    ("FR", "80"): _soon,
    ("NR", "80"): _soon,
    ("FR", "target"): _open(_missed),
    ("NR", "target"): _open(_missed),
    ("FR", "limit"): _breached,
    ("NR", "limit"): _breached,
    ("UP", "T-10"): _nudge,
    ("UP", "T-5"): _near,
    ("UP", "limit"): _open(promises.overdue),
    ("BATCH", "target"): _open(batches.begun),
    ("BATCH", "limit"): _open(batches.ended),
    ("EACK", "limit"): _open(_unacknowledged),
}
