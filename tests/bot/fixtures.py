"""Fixtures of the in-process tests; each test package's conftest names them."""

import pytest
import structlog

from bot.shell import Shell
from tests.bot.house import House, open_shell
from tests.bot.templates import empty


@pytest.fixture(scope="session", autouse=True)
def unwritten_log() -> None:
    """Log events go nowhere; on a terminal's default structlog takes seconds to draw the locals of one exception."""
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer()], logger_factory=structlog.ReturnLoggerFactory()
    )


@pytest.fixture
def shell(database_kind: str) -> Shell:
    """The program's parts on an empty database, SQLite and PostgreSQL in turn."""
    return open_shell("", empty(database_kind))


@pytest.fixture
def house(shell: Shell) -> House:
    return House(shell)
