"""Sweeps: work that stands alone, so that one piece that fails does not stop the others (delivery.md, worker)."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

import structlog
from sqlalchemy import Select

from bot.shell import Shell

log = structlog.get_logger()
BATCH = 200


T = TypeVar("T")


def sweep(work: Callable[[], T], name: str) -> T | None:
    """Runs one piece of work and returns what it does; one that fails is logged and does not stop the others."""
    try:
        return work()
    except Exception:
        log.exception("sweep_failed", sweep=name)
        return None


def sweep_due(shell: Shell, due: Select[*tuple[Any, ...]], work: Callable[..., None], name: str) -> None:
    """Works on each row of ``due`` (its columns are the arguments), at most ``BATCH`` of them, each alone."""
    with shell.db.reading() as session:
        found = session.execute(due.limit(BATCH)).all()
    sweep_each(shell, found, work, name)


def sweep_each(shell: Shell, found: Iterable[Iterable[Any]], work: Callable[..., None], name: str) -> None:
    """Works on each alone; what one has queued goes out at once."""
    for row in found:
        sweep(partial(work, shell, *row), name)
        shell.wakes.deliver.set()
