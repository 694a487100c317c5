"""``make soak``: how long and by which dice; the ground is that of the ordinary faults."""

import secrets

import pytest

from tests.faults.conftest import ground, grounds  # noqa: F401 (fixtures)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--minutes", type=float, default=4.0, help="how long the random faults go on, both databases together"
    )
    parser.addoption("--old", default="HEAD~25", help="the version that new code is rolled out over")
    parser.addoption("--seed", type=int, default=None, help="the dice of an earlier run")


def pytest_collection_modifyitems(items: list[pytest.Item], config: pytest.Config) -> None:
    for item in items:
        item.add_marker(pytest.mark.timeout(600 + 60 * config.getoption("--minutes")))


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    given: int | None = request.config.getoption("--seed")
    return secrets.randbelow(10**6) if given is None else given


@pytest.fixture(scope="session")
def seconds(request: pytest.FixtureRequest) -> float:
    """Of random faults on one database."""
    return float(request.config.getoption("--minutes")) * 30
