"""What every test may use: both databases, the whole stack, the people of the stories."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases import fresh
from tests.support.people import Story
from tests.support.stack import Stack, standing

STUDIOS = Path(__file__).parent / "support" / "studios.csv"
_counter = itertools.count(1)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """The suite runs whole on both."""
    kind: str = request.param
    return kind


@pytest.fixture(scope="session")
def stack(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Web, worker and sandbox as real processes, shared by the stories of one test process."""
    directory = tmp_path_factory.mktemp(f"stack-{database_kind}")
    settings = {"telegram": {"flood_limits": False}}
    with standing(directory, fresh(database_kind, directory), settings, UNKNOWN_SECONDS="1") as stack:
        stack.flask("studios", "import", str(STUDIOS))
        yield stack


@pytest.fixture
def story(stack: Stack) -> Story:
    """A fresh cast on the shared stack: numbers nobody has used before."""
    return Story(stack, next(_counter))
