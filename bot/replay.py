"""Takes parked webhooks back into the inbox, whole as they came."""

from collections.abc import Sequence

from sqlalchemy import select, update

from bot.shell import Shell
from models import Inbound


def replay(shell: Shell, numbers: Sequence[int]) -> list[int]:
    """Makes parked rows wait again (all of them when none is named); the numbers that now do."""
    with shell.db.writing() as session:
        parked = select(Inbound.id).where(Inbound.state == "parked").order_by(Inbound.id)
        chosen = list(session.scalars(parked.where(Inbound.id.in_(numbers)) if numbers else parked))
        fresh = {"state": "waiting", "attempts": 0, "retry_at": None}
        session.execute(update(Inbound).where(Inbound.id.in_(chosen)).values(**fresh))
        shell.db.ring(session)
    return chosen
