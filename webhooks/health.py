"""Whether the program is up, and ready to keep its promises."""

from datetime import timedelta

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from bot.shell import Shell
from models import Worker

health = Blueprint("health", __name__)
_LATE = timedelta(seconds=15)


@health.get("/up")
def up() -> Response:
    """The process answers; says nothing of the rest."""
    return Response("up\n", mimetype="text/plain")


@health.get("/ready")
def ready() -> tuple[Response, int]:
    """200, or 503 with every reason: database away, not migrated, no worker ticking."""
    shell: Shell = current_app.extensions["shell"]
    problems = _problems(shell)
    facts = {"ready": not problems, "problems": problems, "channels": sorted(shell.channels)}
    if shell.clock.rehearsing and not problems:
        facts["rehearsal_clock"] = shell.clock.now().isoformat()
    return jsonify(facts), 503 if problems else 200


def _problems(shell: Shell) -> list[str]:
    try:
        with shell.db.reading() as session:
            last = session.scalar(select(func.max(Worker.ticked_at)))
            now = shell.db.real_now(session)
            failing = session.execute(select(Worker.name, Worker.failing).where(Worker.failing != "")).all()
            ticking = set(session.scalars(select(Worker.name).where(Worker.ticked_at > now - _LATE)))
    except SQLAlchemyError as error:
        return [f"the database does not answer ({type(error).__name__}); is it there, and did `flask db upgrade` run?"]
    if last is None:
        return ["no worker has ever ticked; start `python -m worker`"]
    if now - last > _LATE:
        return [f"no worker has ticked for {int((now - last).total_seconds())} s; start `python -m worker`"]
    return [f"{sweeps} of {name} fail; its log says why" for name, sweeps in failing if name in ticking]
