"""``flask audit``: who did what, when, on which ticket, and what became of it."""

from tests.bot.house import CHARLIE, TOMAS, House
from tests.commands.runner import run


def test_nothing_done_is_said_in_words(house: House) -> None:
    assert run(house.shell, "audit").output == "nothing was done yet\n"


def test_it_lists_taps_and_commands_with_their_outcome_and_never_the_words(house: House) -> None:
    thread = house.opened()
    house.taps("v1:take:1")
    house.writes("/r Your card was not charged.", thread)
    house.writes("/nonsense")
    house.works()

    lines = run(house.shell, "audit").output.splitlines()

    assert lines[0] == "2026-06-10 12:00:00Z\t0 s ago\t501\tLena\t#1\ttap take\t#1 is yours."
    assert lines[1] == "2026-06-10 12:00:00Z\t0 s ago\t501\tLena\t#1\t/r\tdone"
    assert lines[2] == "2026-06-10 12:00:00Z\t0 s ago\t501\tLena\t-\t/nonsense\tThere is no /nonsense here."


def test_it_can_be_asked_for_one_ticket_one_person_or_the_newest(house: House) -> None:
    house.opened()
    house.says("bookings are gone", CHARLIE)
    house.works()
    house.taps("v1:take:1")
    house.taps("v1:take:2", TOMAS)
    house.works()

    assert run(house.shell, "audit", "--ticket", "2").output.count("\n") == 1
    assert run(house.shell, "audit", "--ticket", "9").output == "nothing of that was done; `flask audit` lists all\n"
    assert "Lena" in run(house.shell, "audit", "--agent", "501").output
    assert "Tomas" not in run(house.shell, "audit", "--agent", "501").output
    assert run(house.shell, "audit", "--last", "1").output.splitlines()[1] == "the newest 1; `--last 2` shows more"
