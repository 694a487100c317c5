"""``flask alarms``: what stands."""

import getpass

from bot.alarms import raise_alarm
from tests.bot.house import House
from tests.commands.runner import run


def test_standing_alarms_are_listed_with_their_moment_and_words(house: House) -> None:
    before = run(house.shell, "alarms").output
    house.changes(lambda session: raise_alarm(house.shell, session, "ticks", "nothing ticks"))
    house.clock.passes(3900)

    told = run(house.shell, "alarms").output.splitlines()

    assert before == "no alarm stands\n"
    assert told[0] == "2026-06-10 12:00:00Z\t1 h 05 min\tticks\tnothing ticks"
    assert told[1].startswith("next: docs/operations.md")


def test_what_is_dealt_with_can_be_said_to_be_over_and_the_group_reads_by_whom(house: House) -> None:
    house.changes(lambda session: raise_alarm(house.shell, session, "template:HX1", "WhatsApp refused it."))
    house.works()

    done = run(house.shell, "alarms", "over", "template:HX1")
    house.works()

    assert (done.exit_code, done.output) == (0, "template:HX1: over\n")
    assert house.shown(None)[1] == f"✅ Over: {getpass.getuser()} has dealt with it: WhatsApp refused it."
    assert run(house.shell, "alarms").output == "no alarm stands\n"


def test_an_alarm_that_does_not_stand_cannot_be_over(house: House) -> None:
    done = run(house.shell, "alarms", "over", "tocks")

    assert done.exit_code == 1
    assert "no alarm tocks stands; `flask alarms` names those that do" in done.output
