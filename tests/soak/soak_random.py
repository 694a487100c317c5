"""F29: customers, agents and people on call go on with their day while the dice break one part after the other."""

import random
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.ground import Ground, broken
from tests.faults.invariants import Case
from tests.faults.night import Sleeper, on_call
from tests.soak.harm import Harm
from tests.support.databases import fresh
from tests.support.people import Owner, Topic
from tests.support.sandbox import eventually
from tests.support.server import own_server

OUTAGE = 20.0  # seconds a single harm may last


@pytest.fixture
def weather(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest, seed: int) -> Iterator[Harm]:
    with ExitStack() as open_ones:
        server = open_ones.enter_context(own_server()) if database_kind == "postgresql" else None
        url = server.url if server else fresh("sqlite", tmp_path)
        ground = open_ones.enter_context(broken(tmp_path, url, RECONCILE_SECONDS="2"))
        ground.stack.start_web("second web")
        ground.stack.start_worker("second worker")
        yield Harm(ground, random.Random(seed), server)
        ground.tell(request.node.user_properties)


def test_f29_random_faults_lose_nothing_and_repeat_nothing_unsaid(weather: Harm, seconds: float, seed: int) -> None:
    ground, dice = weather.ground, weather.dice
    print(f"\nF29 on {ground.kind}: --seed {seed} --minutes {seconds / 30:g}")  # noqa: T201 (how to do it again)
    judge = ground.judge()
    crew = on_call(ground, ("Lena", "primary"), ("Tomas", "backup"), ("Marco", "lead"))
    cases = [ground.case(name) for name in ("Ana", "Eva", "Ida")]
    cases += [ground.urgent(name) for name in ("Uma", "Ugo")]
    ends, done = time.monotonic() + seconds, list[str]()

    while time.monotonic() < ends:
        _a_moment_of_the_day(ground, dice, cases, crew, len(done))
        done.append(weather.any())
        print(f"  {done[-1]}")  # noqa: T201
        _a_moment_of_the_day(ground, dice, cases, crew, len(done) + 10_000)
        weather.mend()
        time.sleep(dice.uniform(0.5, 2))

    eventually(ground.stack.ready, 60, "all is up again")
    time.sleep(5)
    case = Case(f"F29 seed {seed}, {len(done)} faults", faults=len(done), outage=OUTAGE, patience=90)
    ground.holds(judge, case)


def _a_moment_of_the_day(
    ground: Ground, dice: random.Random, cases: list[tuple[Owner, Topic]], crew: list[Sleeper], number: int
) -> None:
    """Some customers write, an agent answers one of them, and now and then somebody takes a page."""
    for owner, _ in dice.sample(cases, 3):
        owner.says(f"one more line of moment {number} from {owner.name}", wait=False)
    _, topic = dice.choice(cases)
    topic.writes(f"/r Lena has read moment {number}")
    if dice.random() < 0.2:
        _, urgent = cases[dice.choice((-1, -2))]
        dice.choice(crew).texts(ground.page(urgent.number).code)
