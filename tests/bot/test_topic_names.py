"""A topic's name follows what the ticket becomes, by one call for several changes."""

from bot.desk.keyboards import REASONS
from channels.arranging import NameTopic
from channels.wire import OpenTopic, TransportError
from models import Delivery
from tests.bot.house import GROUP, House

QUESTION = "how do i rename an album?"


def names(house: House) -> list[NameTopic]:
    return [call for call in house.telegram.calls if isinstance(call, NameTopic)]


def later(house: House, seconds: float = 11) -> None:
    house.works()
    house.clock.passes(seconds)
    house.works()


def test_a_ticket_that_becomes_urgent_is_urgent_in_its_topics_name(house: House) -> None:
    thread = house.opened(QUESTION)

    house.writes("/sev 1 the whole studio cannot upload", thread)
    later(house)

    assert names(house) == [NameTopic(str(GROUP), thread, "URGENT #1 delivery · Adeyemi Photo")]


def test_the_customers_worse_words_change_the_name_too(house: House) -> None:
    house.opened(QUESTION)

    house.says("PAYMENT NOT WORKING, nobody can pay, wedding now")
    later(house)

    assert [call.name for call in names(house)] == ["URGENT #1 delivery · Adeyemi Photo"]


def test_several_changes_within_seconds_are_one_call_with_the_last_name(house: House) -> None:
    thread = house.opened(QUESTION)

    house.writes("/sev 1 all of it", thread)
    house.writes("/cat payment it is the payout", thread)
    house.writes("/sev 2 a way round is there", thread)
    later(house)

    assert [call.name for call in names(house)] == ["#1 payment · Adeyemi Photo"]


def test_a_tap_on_a_category_changes_the_name(house: House) -> None:
    house.opened(QUESTION)

    house.taps("v1:cat:1:booking")
    house.taps(f"v1:sev:1:1:{next(iter(REASONS))}")
    later(house)

    assert [call.name for call in names(house)] == ["URGENT #1 booking · Adeyemi Photo"]


def test_a_topic_not_open_yet_opens_under_the_newest_name(house: House) -> None:
    house.studio()
    house.telegram.when(OpenTopic, TransportError("try later", retry_after=30))
    house.says("uploads fail")
    house.works()

    house.says("everything is down, no client can pay, wedding now")
    house.works()
    house.clock.passes(31)
    later(house)

    opened = [call.name for call in house.telegram.calls if isinstance(call, OpenTopic)]
    assert opened[-1].startswith("URGENT #1")
    assert names(house) == []


def test_a_name_the_group_refuses_stops_nothing(house: House) -> None:
    thread = house.opened(QUESTION)
    house.telegram.when(NameTopic, TransportError("not enough rights", permanent=True))

    house.writes("/sev 1 all of it", thread)
    later(house)
    house.says("are you there?")
    house.works()

    assert house.shown(thread)[-1] == "Tolu: are you there?"
    assert [row.state for row in house.rows(Delivery) if row.kind == "NameTopic"] == ["failed"]
