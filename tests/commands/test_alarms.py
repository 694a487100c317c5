"""``flask alarms``: what stands."""

from bot.alarms import raise_alarm
from tests.bot.house import House
from tests.commands.runner import run


def test_standing_alarms_are_listed_with_their_moment_and_words(house: House) -> None:
    before = run(house.shell, "alarms").output
    with house.shell.db.writing() as session:
        raise_alarm(house.shell, session, "ticks", "nothing ticks")

    assert before == "no alarm stands\n"
    assert run(house.shell, "alarms").output == "2026-06-10 12:00:00Z\tticks\tnothing ticks\n"
