"""Commands are found by their name, in a topic or in General, and what is no command is answered with the list."""

import pytest

from models import Inbound
from tests.bot.house import GROUP, House


def told_in(house: House, thread: int | None) -> str:
    house.works()
    return house.shown(thread)[-1]


@pytest.mark.parametrize("written", ["/help", "/help@backstop_bot", "/HELP", "/help  please"])
def test_help_lists_every_command_where_it_was_asked(house: House, written: str) -> None:
    thread = house.opened()

    house.writes(written, thread)

    assert "/r text - Answer the customer" in told_in(house, thread)


def test_help_works_in_general_too(house: House) -> None:
    house.opened()

    asked = house.writes("/help")

    assert "/help - " in told_in(house, None)
    answer = house.telegram.calls[-1]
    assert (answer.to, answer.thread, answer.reply_to) == (str(GROUP), None, asked)


@pytest.mark.parametrize("written", ["/nonsense", "/nonsense@backstop_bot now", "/"])
def test_an_unknown_command_is_answered_with_the_list_and_goes_nowhere(house: House, written: str) -> None:
    thread = house.opened()

    house.writes(written, thread)

    assert "/r text - Answer the customer" in told_in(house, thread)
    assert house.heard() == []
    assert house.last(Inbound).state == "silent"


def test_a_command_about_a_ticket_written_in_general_says_where_it_belongs(house: House) -> None:
    house.opened()

    house.writes("/r hello")

    assert "write it in the ticket's topic, like /r text" in told_in(house, None)
    assert house.heard() == []
