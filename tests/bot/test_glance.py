"""A storm's backlog: what cannot wait is worked on before it, and everything else in the order it came."""

from bot.answer import answer
from models import Delivery, Inbound, Message, Ticket
from tests.bot.house import House

CALM = "how do I rename a gallery"


def stormed(house: House, number: int = 120) -> None:
    for one in range(number):
        house.says(CALM, f"+346100{one:05d}")


def test_an_outage_behind_a_long_backlog_is_a_ticket_within_one_batch(house: House) -> None:
    house.studio(tier="agency")
    stormed(house)
    house.says("hello?")
    house.says("payments are down, nobody can pay, the whole studio stands still")

    answer(house.shell)

    worst = [ticket for ticket in house.rows(Ticket) if ticket.severity == 1]
    said = [one.text for one in house.rows(Message) if one.ticket_id == worst[0].id]
    assert len(worst) == 1
    assert said[-1].startswith("payments are down")
    assert sum(row.state == "waiting" for row in house.rows(Inbound)) == 72


def test_an_agents_answer_does_not_wait_for_a_storm(house: House) -> None:
    thread = house.opened()
    stormed(house)
    house.writes("/r Tolu, I see it, hold on.", thread)

    answer(house.shell)

    assert any("I see it, hold on." in str(row.payload.get("text")) for row in house.rows(Delivery))


def test_a_storm_ends_with_everything_done_once(house: House) -> None:
    stormed(house)
    house.says("payments are down, nobody can pay, the whole studio stands still")

    house.answers()

    assert "waiting" not in {row.state for row in house.rows(Inbound)}
    assert len(house.rows(Message)) == 121
