"""``flask inbox``: what was set aside, what waits, and the next step."""

from models import Inbound
from tests.bot.house import House, twilio_form
from tests.commands.runner import run


def test_an_inbox_that_is_worked_off_has_nothing_parked(house: House) -> None:
    assert run(house.shell, "inbox", "list").output == "nothing is parked\n"


def test_parked_webhooks_tell_their_age_size_and_reason_and_what_to_do(house: House) -> None:
    house.posts("twilio", twilio_form("/webhooks/twilio/messages", {"MessageSid": "SM1", "To": "x"}))
    house.answers()
    house.clock.passes(7200)

    told = run(house.shell, "inbox", "list").output.splitlines()

    assert told[0] == "1\ttwilio\t2026-06-10 12:00:00Z\t2 h 00 min old\t19 bytes\tthe message webhook has no From"
    assert told[1].startswith("next: mend the cause or upgrade, then `flask inbox replay`")


def test_webhooks_nobody_works_on_are_counted_with_the_age_of_the_oldest(house: House) -> None:
    house.says("uploads fail")
    house.clock.passes(90)

    told = run(house.shell, "inbox", "list").output.splitlines()

    assert told == ["nothing is parked", "1 wait to be worked on, the oldest for 1 min; `flask doctor` if that grows"]


def test_a_replay_takes_back_what_is_parked_and_names_the_numbers_that_are_not(house: House) -> None:
    house.posts("twilio", twilio_form("/webhooks/twilio/messages", {"MessageSid": "SM1", "To": "x"}))
    house.answers()

    done = run(house.shell, "inbox", "replay", "1", "999")

    assert done.exit_code == 1
    assert "not parked: 999; `flask inbox list` names those that are" in done.output
    assert house.one(Inbound).state == "waiting"
