"""The program itself: workers that live, sweeps that fail, alarms that stand, lists compared with the inbox."""

from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import Metric
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.alarms import standing
from bot.beat import ticking
from bot.shell import Shell
from models import Watermark, Worker
from webhooks.figures.gauges import ages, counted, seconds, single


def house(shell: Shell, session: Session) -> Iterator[Metric]:
    real = shell.clock.real()
    alive = session.scalars(select(Worker.failing).where(ticking(real))).all()
    yield single("backstop_workers_alive", "workers that ticked within the last 15 s", len(alive))
    last = session.scalar(select(func.max(Worker.ticked_at)))
    yield single("backstop_worker_tick_seconds", "time since any worker ticked", seconds(real, last))
    failing = [name for told in alive for name in told.split(", ") if name]
    words = "sweeps that come round without a success, by how many workers see it so"
    yield counted("backstop_sweeps_failing", words, ("sweep",), Counter((name,) for name in failing))
    stand = Counter((alarm.key.partition(":")[0],) for alarm in standing(session))
    yield counted("backstop_alarms", "alarms that stand, by the first word of their key", ("alarm",), stand)
    yield single("backstop_alarms_standing", "alarms that stand", sum(stand.values()))
    compared = session.execute(select(Watermark.channel, Watermark.seen_to)).all()
    words = "how far back a provider's own list of messages was last compared with the inbox"
    told = [(channel, seen_to) for channel, seen_to in compared]
    yield ages("backstop_reconciled_seconds", words, "channel", shell.clock.now(), told)
