"""What is wrong with the program itself is said once when it begins, kept true, and said once when it is over."""

from bot.alarms import clear_alarm, raise_alarm, retell, standing
from channels.wire import EditText, TransportError
from models import Alarm
from tests.bot.house import House


def raises(house: House, words: str = "nothing ticks", key: str = "ticks") -> bool:
    with house.shell.db.writing() as session:
        return raise_alarm(house.shell, session, key, words)


def clears(house: House, key: str = "ticks") -> bool:
    with house.shell.db.writing() as session:
        return clear_alarm(house.shell, session, key)


def edits(house: House) -> list[str]:
    return [call.text for call in house.telegram.calls if isinstance(call, EditText)]


def test_an_alarm_is_said_once_in_the_group_itself_however_often_it_is_raised(house: House) -> None:
    told = [raises(house), raises(house)]
    house.works()

    assert told == [True, False]
    assert house.shown(None) == ["🚨 nothing ticks"]
    with house.shell.db.reading() as session:
        assert [alarm.key for alarm in standing(session)] == ["ticks"]


def test_that_it_is_over_is_said_once(house: House) -> None:
    raises(house)

    told = [clears(house), clears(house), clears(house, key="other")]
    house.works()

    assert told == [True, False, False]
    assert house.shown(None) == ["🚨 nothing ticks", "✅ Over: nothing ticks"]


def test_what_was_over_can_be_raised_again(house: House) -> None:
    raises(house)
    clears(house)
    house.clock.passes(60)

    assert raises(house)

    house.works()
    assert house.shown(None)[-1] == "🚨 nothing ticks"
    assert house.one(Alarm).raised_at == house.clock.now()


def test_new_words_of_a_standing_alarm_are_edited_into_its_message_once_a_minute(house: House) -> None:
    raises(house)
    house.works()
    for number in range(5):
        raises(house, f"nothing ticks <{number}>")
    retell(house.shell)
    house.works()
    before = edits(house)

    house.clock.passes(60)
    for _ in range(2):
        retell(house.shell)
    house.works()

    assert (before, edits(house)) == ([], ["🚨 nothing ticks &lt;4&gt;"])
    assert house.shown(None) == ["🚨 nothing ticks"]


def test_new_words_after_an_hour_are_a_new_message(house: House) -> None:
    raises(house)
    house.works()
    house.clock.passes(3600)

    raises(house, "nothing ticks, since noon")
    retell(house.shell)
    house.works()

    assert house.shown(None) == ["🚨 nothing ticks", "🚨 nothing ticks, since noon"]


def test_a_message_not_sent_yet_takes_the_new_words_itself(house: House) -> None:
    raises(house)
    raises(house, "nothing ticks at all")
    house.clock.passes(60)

    retell(house.shell)
    house.works()

    assert (house.shown(None), edits(house)) == (["🚨 nothing ticks at all"], [])


def test_an_alarm_waits_for_the_group_while_it_refuses(house: House) -> None:
    raises(house)
    house.telegram.when(lambda _: True, TransportError("kicked", permanent=True))
    house.delivers()

    house.clock.passes(60)
    house.works()

    assert house.shown(None) == ["🚨 nothing ticks"] * 2
    assert house.owed(state="accepted")
