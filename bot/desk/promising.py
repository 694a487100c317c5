"""The desk's words about time: the next update, waiting for the customer, and the proof of every clock."""

from datetime import UTC, datetime

from bot import ledger, outbox, promises, proof, tickets
from bot.desk import times
from bot.desk.asks import Ask, Tap
from bot.scene import Scene
from channels.wire import Option, SendText
from conversations.phrases import clock_time

_FARTHEST = 30  # days ahead an update may be promised


def next_update(ask: Ask) -> str:
    """``/next 14:35`` in the support zone; a time that has passed means tomorrow, after a tap."""
    scene, zone = ask.scene, ask.shell.policies.support_zone
    if ask.ticket.state != "open":
        return f"#{ask.ticket.id} is resolved: there is nothing to promise."
    meant = times.read(ask.args, scene.now, zone)
    if meant is None:
        return f"When? Write it in {zone.key} time like {times.EXAMPLES}: /next 14:35"
    if (meant.at - scene.now).days >= _FARTHEST:
        return f"That is more than {_FARTHEST} days away; promise something nearer, like {times.EXAMPLES}."
    if meant.passed:
        _ask_tomorrow(scene, meant.at)
        return ""
    return promises.promise(scene, ask.agent, meant.at)


def _ask_tomorrow(scene: Scene, at: datetime) -> None:
    label = clock_time(at, scene.now, scene.shell.policies.support_zone, "en")
    assert scene.ticket is not None
    button = Option(f"v1:next:{scene.ticket.id}:{int(at.timestamp())}", f"Yes, {label}")
    text = f"That time has passed today. Promise it for tomorrow, {promises.echo(scene, at)}?"
    outbox.to_group(scene, SendText(scene.group, text, options=(button,)))


def next_tapped(tap: Tap) -> str:
    """A button with a moment: the promise it names."""
    at = datetime.fromtimestamp(int(tap.argument), UTC) if tap.argument.isdecimal() else None
    if tap.ticket.state != "open":
        return f"#{tap.ticket.id} is already resolved."
    if at is None or at <= tap.scene.now:
        return "That time has passed by now; write /next 14:35."
    return promises.promise(tap.scene, tap.agent, at)


def draft_tapped(tap: Tap) -> str:
    """Sends the draft of a nudge in the agent's name, once."""
    clock = ledger.reckon(tap.scene).running("UP")
    if tap.ticket.state != "open" or clock is None or str(clock.number) != tap.argument:
        return "That update is settled already."
    promises.send_draft(tap.scene, tap.agent)
    return "Sent in your name."


def wait(ask: Ask) -> str:
    """``/wait``: we wait for the customer; only the time to resolution pauses (sla.md rule 5)."""
    if ask.ticket.state != "open":
        return f"#{ask.ticket.id} is resolved."
    paused = any(clock.paused for clock in ledger.reckon(ask.scene).clocks)
    over = ask.args.lower() in ("off", "over", "stop")
    if paused != over:
        return "It waits for the customer already; /wait off ends it." if paused else "It does not wait for them."
    kind = "waiting_over" if over else "waiting"
    tickets.record(ask.scene, kind, ask.scene.now, f"agent:{ask.agent.id}", {})
    tickets.refresh(ask.scene)
    return "The clock of the resolution runs again." if over else "Waiting for the customer; their next line ends it."


def helped(ask: Ask) -> str:
    """``/helped``: the customer could work again from here, by a fix or a way round (time to first help)."""
    if any(event.kind == "helped" for event in ledger.history(ask.scene)):
        return "That was noted before; the first one counts."
    tickets.record(ask.scene, "helped", ask.scene.now, f"agent:{ask.agent.id}", {})
    return "Noted: they were helped from now."


def show_ledger(ask: Ask) -> str:
    """``/ledger``: what every clock of the ticket goes by."""
    return proof.text(proof.of(ask.scene.session, ask.shell, ask.ticket.id))
