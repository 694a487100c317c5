"""Alarms about a setting end by themselves once it is mended, and not before."""

from dataclasses import replace

import pytest

from bot import ends
from bot.alarms import raise_alarm
from bot.shell import Shell
from bot.templates import Templates
from channels.wire import SendText
from models import Alarm
from tests.bot.house import GROUP, House

SID = "HX" + "1" * 32


def stands(house: House, key: str) -> bool:
    return [row.cleared_at is None for row in house.rows(Alarm) if row.key == key] == [True]


def with_template(shell: Shell) -> Shell:
    return replace(shell, templates=Templates({"answer_ready": {"en": SID}}))


def test_a_moved_group_is_an_alarm_until_its_new_id_is_set(house: House) -> None:
    house.changes(lambda session: raise_alarm(house.shell, session, f"moved:{GROUP}", "The group has a new id."))

    ends.look(house.shell)
    before = stands(house, f"moved:{GROUP}")
    ends.look(replace(house.shell, desk=replace(house.shell.desk, configured=-100999)))
    house.works()

    assert (before, stands(house, f"moved:{GROUP}")) == (True, False)
    told = [call for call in house.telegram.calls if isinstance(call, SendText) and call.to == "-100999"]
    assert [call.text for call in told] == ["✅ Over: the group's new id is set."]


@pytest.mark.parametrize("mended", ["another one is named", "Twilio can use it"])
def test_a_refused_template_is_an_alarm_until_it_is_mended(house: House, mended: str) -> None:
    shell = with_template(house.shell)
    house.changes(lambda session: raise_alarm(shell, session, f"template:{SID}", "WhatsApp refused it."))
    ends.look(shell)
    before = stands(house, f"template:{SID}")

    if mended == "another one is named":
        ends.look(house.shell)
    else:
        ends.usable(shell, [SID])

    assert (before, stands(house, f"template:{SID}")) == (True, False)


def test_a_calendar_that_never_opens_is_an_alarm_until_a_mended_one_runs(house: House) -> None:
    version = house.shell.policies.calendars["support"].version
    for key in (f"calendar:{version}", "calendar:0123456789ab"):
        with house.shell.db.writing() as session:
            raise_alarm(house.shell, session, key, "It never opens again.")

    ends.look(house.shell)

    assert stands(house, f"calendar:{version}")
    assert not stands(house, "calendar:0123456789ab")


def test_an_alarm_that_is_no_setting_stands(house: House) -> None:
    house.changes(lambda session: raise_alarm(house.shell, session, "inbox_parked", "Somebody may be waiting."))

    ends.look(house.shell)

    assert stands(house, "inbox_parked")
