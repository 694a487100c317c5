"""What is looked at again and again reads what it shows, however many wait or belong to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from bot import digest
from bot.incidents.turn import turn
from bot.policy import read_policy
from models import Incident, Ticket
from tests.bot.house import House
from tests.bot.incident import grouped


@contextmanager
def tickets_read() -> Iterator[list[int]]:
    """The numbers of the tickets that are read meanwhile."""
    found: list[int] = []

    def read(_: Session, row: object) -> None:
        if isinstance(row, Ticket):
            found.append(row.id)

    event.listen(Session, "loaded_as_persistent", read)
    try:
        yield found
    finally:
        event.remove(Session, "loaded_as_persistent", read)


@pytest.fixture
def stormy(house: House) -> House:
    """Fifty studios have written in the same second, with the budgets that ship."""
    house.shell = replace(house.shell, budgets=read_policy(None).budgets)
    for number in range(50):
        house.says("my gallery colours look a bit odd", f"+346100{number:05d}")
    house.answers()
    house.delivers()
    return house


def test_the_digest_reads_the_thirty_tickets_it_names(stormy: House) -> None:
    with tickets_read() as found:
        digest.show(stormy.shell)
    stormy.delivers()

    assert len(set(found)) == 30
    assert any("more, less severe or later." in getattr(call, "text", "") for call in stormy.telegram.calls)


def test_a_look_at_an_incident_that_is_led_reads_its_lead_alone(house: House) -> None:
    grouped(house)
    with house.shell.db.writing() as session:
        session.execute(update(Incident).values(shown_at=house.clock.real()))  # its card has just been shown

    with tickets_read() as found:
        turn(house.shell)

    assert set(found) == {1}
