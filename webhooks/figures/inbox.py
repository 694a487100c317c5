"""What came in: webhooks that wait, were set aside, or were read in the last hour."""

from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import Metric
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.shell import Shell
from models import Inbound
from webhooks.figures.gauges import NEWEST, RECENT, counted, seconds, single, written

_WAITING, _PARKED = written("waiting", "parked")


def inbox(shell: Shell, session: Session) -> Iterator[Metric]:
    now = shell.clock.now()
    many = select(func.count()).select_from(Inbound)
    states = {"waiting": _WAITING, "parked": _PARKED}
    depth = {(name,): session.scalar(many.where(Inbound.state == state)) or 0 for name, state in states.items()}
    words = "webhooks not worked on: waiting, or parked for a person"
    yield counted("backstop_inbox", words, ("state",), depth)
    unread = session.scalar(select(func.min(Inbound.ingested_at)).where(Inbound.state == _WAITING))
    yield single("backstop_inbox_oldest_seconds", "age of the oldest webhook that waits", seconds(now, unread))
    newest = select(Inbound.channel, Inbound.state, Inbound.ingested_at).order_by(Inbound.id.desc()).limit(NEWEST)
    read = Counter((channel, state) for channel, state, at in session.execute(newest) if now - at <= RECENT)
    words = "webhooks of the last hour by what became of them; silent: read, and nothing was to be done"
    yield counted("backstop_inbox_last_hour", words, ("channel", "state"), read)
