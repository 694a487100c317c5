"""The whole stack and the people of the stories; it ends with the last story of a test process."""

import contextlib
import itertools
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.support.clocks import every_clock_agrees
from tests.support.databases import fresh
from tests.support.people import Story
from tests.support.stack import Stack, standing

_counter = itertools.count(1)


@pytest.fixture(scope="package")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Stack]]:
    """Starts web, worker and sandbox as real processes once for each database that is asked for."""
    with contextlib.ExitStack() as open_ones:

        @cache
        def started(kind: str) -> Stack:
            directory = tmp_path_factory.mktemp(f"stack-{kind}")
            settings = {"telegram": {"flood_limits": False}}
            url = fresh(kind, directory)
            return open_ones.enter_context(standing(directory, url, settings, UNKNOWN_SECONDS="1"))

        yield started


@pytest.fixture
def stack(stacks: Callable[[str], Stack], database_kind: str) -> Stack:
    """The stack the stories of one test process share."""
    return stacks(database_kind)


@pytest.fixture
def story(stack: Stack) -> Iterator[Story]:
    """A fresh cast on the shared stack: numbers nobody has used before. Behind each story every clock is proven."""
    yield Story(stack, next(_counter))
    every_clock_agrees(stack)
