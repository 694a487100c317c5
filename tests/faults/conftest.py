"""The ground the faults happen on: a stack with short leases, a wire to each provider, a witness."""

import contextlib
import itertools
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.faults.ground import Ground, broken
from tests.support.databases import fresh

_counter = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A machine with much else to do takes its time to start processes anew."""
    for item in items:
        if "tests/faults" in item.nodeid:
            item.add_marker(pytest.mark.timeout(180))


@pytest.fixture(scope="package")
def grounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Ground]]:
    """Started once for each database that is asked for; they end with the last fault of a test process."""
    with contextlib.ExitStack() as open_ones:

        @cache
        def started(kind: str) -> Ground:
            directory = tmp_path_factory.mktemp(f"faults-{kind}")
            return open_ones.enter_context(broken(directory, fresh(kind, directory)))

        yield started


@pytest.fixture
def ground(grounds: Callable[[str], Ground], database_kind: str, request: pytest.FixtureRequest) -> Iterator[Ground]:
    """The shared ground, whole again before and after each fault."""
    ground = grounds(database_kind)
    ground.mend()
    yield ground
    ground.mend()
    ground.tell(request.node.user_properties)
