"""A ticket that is open again has somebody who must answer (sla.md rule 9, S6)."""

from datetime import timedelta

from tests.bot.house import House
from tests.bot.recorder import NOON

MINUTE = timedelta(minutes=1)


def closed(house: House) -> None:
    """Answered and resolved ten minutes after noon; the customer is asked whether it was solved."""
    thread = house.opened("PAYMENT NOT WORKING")
    house.writes("/r Try the other terminal, please.", thread)
    house.works()
    house.clock.passes(600)
    house.taps("v1:resolve:1")
    house.works()


def test_a_mere_no_to_was_it_solved_starts_the_next_response(house: House) -> None:
    closed(house)
    house.clock.passes(600)

    house.says("no")
    house.works()

    clock = house.promise("NR", 1)
    assert (clock.state, clock.started_at) == ("running", NOON + 20 * MINUTE)


def test_still_broken_starts_it_once(house: House) -> None:
    closed(house)
    house.clock.passes(600)

    house.says("it is still broken")
    house.works()

    assert [(row.number, row.state) for row in house.ledger(1) if row.name == "NR"] == [(1, "running")]
