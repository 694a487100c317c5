"""What a clock that comes due means: the card, a word to the owner, the bot's holding message (sla.md, 2 and 3)."""

from collections.abc import Callable

from bot import batches, ledger, outbox, promises, tickets
from bot.scene import Scene
from conversations.phrases import clock_time
from sla import Clock

Tell = Callable[[Scene, Clock], None]


def tell(scene: Scene) -> None:
    """Tells every mark that lies behind and nobody was told of; it is told in the transaction that keeps it told."""
    folded = ledger.refold(scene)
    behind = [(mark, clock) for clock in folded.clocks for mark in clock.marks() if mark.at < scene.now]
    for mark, clock in sorted(behind, key=lambda pair: pair[0]):
        facts: dict[str, object] = {"clock": clock.name, "number": clock.number, "mark": mark.name}
        ledger.record(scene, "told", mark.at, "bot", facts)
        say = _WORDS.get((clock.name, mark.name))
        if say:
            say(scene, clock)
    tickets.refresh(scene)


def _due(scene: Scene, clock: Clock) -> str:
    zone = scene.shell.policies.support_zone
    return clock_time(clock.target_due or scene.now, scene.now, zone, "en")


def _asked(scene: Scene) -> str:
    """Who is asked to act: the owner by name, else everybody in the group."""
    owner = scene.ticket.owner if scene.ticket else None
    if owner is None:
        return "nobody has it yet"
    return f"@{owner.username}" if owner.username else owner.name


def _soon(scene: Scene, clock: Clock) -> None:
    number = scene.ticket and scene.ticket.id
    outbox.notice(scene, f"#{number} needs a person's answer by {_due(scene, clock)} ({_asked(scene)}).")


def _missed(scene: Scene, _: Clock) -> None:
    number = scene.ticket and scene.ticket.id
    outbox.notice(scene, f"The promised time has passed and nobody has answered #{number} ({_asked(scene)}).")


def _breached(scene: Scene, clock: Clock) -> None:
    number = scene.ticket and scene.ticket.id
    what = "within its limit" if clock.open else "in time"
    outbox.notice(scene, f"SLA BREACHED: nobody has answered #{number} {what} ({_asked(scene)}).")


def _unacknowledged(scene: Scene, _: Clock) -> None:
    number = scene.ticket and scene.ticket.id
    outbox.notice(scene, f"Nobody has acknowledged the escalation of #{number} in time.")


def _open(say: Tell) -> Tell:
    """For marks that ask somebody to act: of a clock that ended meanwhile there is nothing to ask."""
    return lambda scene, clock: say(scene, clock) if clock.open else None


_WORDS: dict[tuple[str, str], Tell] = {
    ("FR", "80"): _soon,
    ("NR", "80"): _soon,
    ("FR", "target"): _open(_missed),
    ("NR", "target"): _open(_missed),
    ("FR", "limit"): _breached,
    ("NR", "limit"): _breached,
    ("UP", "T-10"): promises.nudge,
    ("UP", "T-5"): promises.nudge,
    ("UP", "limit"): _open(promises.overdue),
    ("BATCH", "target"): _open(batches.begun),
    ("BATCH", "limit"): _open(batches.ended),
    ("EACK", "limit"): _open(_unacknowledged),
}
