"""The first page of a ticket never waits; repeated ones come together; a flood is bundled (users.md 1.4, issue 7)."""

from datetime import datetime, timedelta

import pytest

from oncall.bundles import goes_at, read_throttle
from tests.oncall.crew import SATURDAY

THROTTLE = read_throttle({})


def seconds(number: float) -> datetime:
    return SATURDAY + timedelta(seconds=number)


def test_the_first_page_of_a_ticket_goes_at_once_beside_others() -> None:
    assert goes_at(True, [seconds(-5), seconds(-1)], seconds(55), SATURDAY, THROTTLE) == SATURDAY


def test_a_repeated_page_waits_for_the_gap_and_joins_what_waits() -> None:
    assert goes_at(False, [], None, SATURDAY, THROTTLE) == SATURDAY
    assert goes_at(False, [seconds(-20)], None, SATURDAY, THROTTLE) == seconds(40)
    assert goes_at(False, [seconds(-20)], seconds(7), SATURDAY, THROTTLE) == seconds(7)


@pytest.mark.parametrize("number", [1, 30, 500])
def test_a_flood_of_tickets_rings_at_once_then_in_bundles(number: int) -> None:
    sent: list[datetime] = []
    waiting: datetime | None = None
    for ticket in range(number):
        now = seconds(ticket * 60 / number)
        if waiting is not None and waiting <= now:
            sent, waiting = [*sent, waiting], None
        goes = goes_at(True, sent, waiting, now, THROTTLE)
        assert goes - now <= THROTTLE.bundle
        if goes == now:
            sent.append(goes)
        else:
            waiting = goes

    assert sent[0] == SATURDAY
    assert len(sent) <= 5 + 4
