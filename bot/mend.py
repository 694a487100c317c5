"""What a person may change about a call owed: make it once more, or leave it."""

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from bot import outbox, tickets
from bot.lanes import for_customer
from bot.scene import Scene, open_ticket_scene
from bot.shell import Shell
from models import Delivery

# What tells how far a row got; everything else goes over to the row that takes its place.
_PROGRESS = {"id", "state", "attempts", "retry_at", "lease_until", "owner", "provider_id", "fault", "accepted_at"} | {
    "successor_id"
}
_NEITHER = {
    "leased": "it is in flight this moment; look again in half a minute",
    "accepted": "the provider has taken it",
    "sent": "the provider has taken it",
    "delivered": "it has been delivered",
    "read": "it has been read",
    "superseded": "another call has taken its place, or it was cancelled",
}
_NO_RETRY = _NEITHER | {
    "queued": "it waits already and goes by itself",
    "unknown": "its fate is being found out; it goes again by itself",
}
_NO_CANCEL = _NEITHER | {"failed": "it has failed already, so there is nothing to cancel"}


class CannotMend(Exception):
    """Why this delivery stays as it is."""


def retry(shell: Shell, number: int, who: str) -> int:
    """Queues a failed or held delivery anew, behind what its thread owes; the number of the row that takes its place.

    It keeps the doubt of the old one, so that a provider which can be asked is. Raises CannotMend.
    """
    with shell.db.writing() as session:
        _, row = _locked(shell, session, number, _NO_RETRY)
        kept = {column.key: getattr(row, column.key) for column in inspect(Delivery).column_attrs}
        again = Delivery(**{name: value for name, value in kept.items() if name not in _PROGRESS})
        again.payload = {name: value for name, value in row.payload.items() if not _filled_in(row, name)}
        again.begun_at = row.begun_at if row.doubt else None
        session.add(again)
        session.flush()
        row.successor_id = again.id
        row.state, row.fault = "superseded", f"{row.fault}; sent again as {again.id} by {who}".lstrip("; ")
        shell.db.ring(session)
    return again.id


def cancel(shell: Shell, number: int, who: str, why: str) -> None:
    """Leaves a delivery unsent, says so in the topic where it was for a customer, and keeps who and why.

    Raises CannotMend.
    """
    with shell.db.writing() as session:
        scene, row = _locked(shell, session, number, _NO_CANCEL)
        maybe = "; an earlier attempt may have been taken" if row.doubt or row.state == "unknown" else ""
        row.state, row.retry_at, row.fault = "superseded", None, f"cancelled by {who}: {why}{maybe}"
        if scene:
            told: dict[str, object] = {"delivery": row.id, "by": who, "why": why}
            tickets.record(scene, "delivery_cancelled", scene.now, "operator", told)
            if for_customer(row) and row.kind != "Fetch":
                name = scene.name or "the customer"
                outbox.notice(scene, f"NOT SENT to {name}: the operator cancelled it ({why}){maybe}.")
        shell.db.ring(session)


def _locked(shell: Shell, session: Session, number: int, refused: dict[str, str]) -> tuple[Scene | None, Delivery]:
    """The row, behind its ticket's scene as everywhere. Raises CannotMend for no such row and for these states."""
    known = session.get(Delivery, number)
    if known is None:
        raise CannotMend("there is no such delivery; `flask outbox list` names them")
    scene = open_ticket_scene(shell, session, known.ticket_id)
    row = session.get_one(Delivery, number, with_for_update=True, populate_existing=True)
    if row.state in refused:
        raise CannotMend(f"{row.state}: {refused[row.state]}")
    if refused is _NO_RETRY and _carried_on(session, row):
        raise CannotMend(f"{row.state}: {row.successor_id} carries it on")
    return scene, row


def _carried_on(session: Session, row: Delivery) -> bool:
    """Whether its words go on in another row, and not only the news that they failed."""
    after = session.get(Delivery, row.successor_id) if row.successor_id else None
    if after is None:
        return False
    same = row.message_id is not None and after.message_id == row.message_id
    return same or after.thread == f"general:{row.id}"


def _filled_in(row: Delivery, name: str) -> bool:
    """The topic's number is found out anew: the topic may be another one by now."""
    return name == "thread" and row.thread.startswith("topic:")
