"""The ground the faults happen on: a stack with short leases, a wire to each provider, a witness."""

import contextlib
import itertools
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.faults.ground import Ground, broken
from tests.support.databases import fresh

_counter = itertools.count(1)


@pytest.fixture(scope="session")
def grounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Ground]]:
    """Started once for each database that is asked for."""
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
    for ruling in ground.rulings:
        request.node.user_properties.append(("fault", ruling))
    ground.rulings.clear()
