"""A storm of new tickets: SEV1 at once, one digest of the rest, nobody forgotten, never one call too many."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot import digest
from bot.lanes import Lane
from bot.policy import read_policy
from channels.wire import Call, EditText, OpenTopic, SendText, TransportError
from models import Delivery
from tests.bot.house import GROUP, TOLU, House
from tests.bot.test_deliver_order import words

WORST = "PAYMENT NOT WORKING, card failed twice"
MILD = "my gallery colours look a bit odd"


@pytest.fixture
def house(house: House) -> House:
    """The house with the budgets that ship."""
    house.shell = replace(house.shell, budgets=read_policy(None).budgets)
    return house


@dataclass
class Storm:
    """A desk in a storm; ``made`` are the calls to the group with the second each was made in."""

    house: House
    second: int = 0
    made: list[tuple[int, Call]] = field(default_factory=list)

    def passes(self, seconds: int = 1, step: int = 1) -> None:
        """At each step everything due is answered, shown and delivered."""
        for _ in range(0, seconds, step):
            before = len(self.house.telegram.calls)
            self.house.answers()
            self.house.delivers()
            digest.show(self.house.shell)
            self.house.delivers()
            calls = self.house.telegram.calls[before:]
            self.made += [(self.second, call) for call in calls if getattr(call, "to", "") == str(GROUP)]
            self.house.clock.passes(step)
            self.second += step

    def when(self, fits: Any) -> int | None:
        """The second in which the first call that fits was made."""
        return next((second for second, call in self.made if fits(call)), None)

    def busiest(self) -> int:
        """The most calls in any minute."""
        return max(sum(at <= other < at + 60 for other, _ in self.made) for at, _ in self.made)


def number(ticket: int) -> str:
    return f"+346100{ticket:05d}"


def digests(house: House) -> list[SendText | EditText]:
    return [
        call
        for call in house.telegram.calls
        if isinstance(call, SendText | EditText) and "wait for a topic" in call.text
    ]


def stormy(house: House, tickets: int = 8) -> Storm:
    """A storm of mild tickets, all in the same second."""
    for ticket in range(tickets):
        house.says(MILD, number(ticket))
    storm = Storm(house)
    storm.passes(2)
    return storm


def test_sixty_tickets_in_a_minute_keep_within_the_limits_and_lose_nothing(house: House) -> None:
    storm, urgent = Storm(house), {20: 0, 30: 0, 40: 0}
    for ticket in range(1, 61):
        house.says(WORST if ticket in urgent else f"{MILD} {ticket}", number(ticket))
        storm.passes()
    storm.passes(14 * 60, step=7)

    assert storm.busiest() <= 20
    for ticket in urgent:
        card = storm.when(lambda call, wanted=ticket: isinstance(call, SendText) and f"URGENT #{wanted} " in call.text)
        assert card is not None
        assert card - (ticket - 1) <= 3
    first = storm.when(lambda call: isinstance(call, SendText) and "wait for a topic" in call.text)
    assert first is not None
    assert first <= 10
    opened = [second for second, call in storm.made if isinstance(call, OpenTopic)]
    assert len(opened) == 60
    assert max(opened) <= 15 * 60
    assert {row.state for row in house.rows(Delivery) if row.destination == str(GROUP)} <= {"accepted", "superseded"}
    assert "All topics are open." in [getattr(call, "text", "") for _, call in storm.made[-4:]]


def test_sixty_tickets_in_one_second_show_in_the_digest_within_ten(house: House) -> None:
    for ticket in range(1, 61):
        house.says(WORST if ticket > 57 else MILD, number(ticket))
    storm = Storm(house)
    storm.passes(10)

    assert [second for second, call in storm.made if "URGENT" in getattr(call, "text", "")][:3] == [0, 0, 0]
    assert "new tickets wait for a topic" in digests(house)[0].text
    assert "more, less severe or later." in digests(house)[0].text
    assert len(digests(house)[0].text) < 4096
    assert storm.busiest() <= 20


def test_five_tickets_in_a_minute_are_no_storm_and_the_sixth_is(house: House) -> None:
    stormy(house, 5)
    five = len(digests(house))
    house.says(MILD, number(6))
    Storm(house).passes()

    assert five == 0
    assert digests(house)[0].text.splitlines()[0].startswith("<b>1 new tickets wait")
    assert [call for call in house.telegram.calls if isinstance(call, OpenTopic)][5:] == []


def test_a_line_of_the_digest_tells_number_severity_category_studio_and_first_words(house: House) -> None:
    stormy(house, 5)
    house.studio()
    house.says("my <gallery> colours look a bit odd on the second page", TOLU)
    Storm(house).passes()

    (shown,) = digests(house)
    line = shown.text.splitlines()[1]
    assert line.startswith("#6 SEV")
    assert "· Adeyemi Photo: “my &lt;gallery&gt; colours look" in line
    assert [(option.key, option.label) for option in shown.options] == [("v1:open:6", "Open #6")]


def test_a_tap_opens_the_topic_before_all_that_wait(house: House) -> None:
    storm = stormy(house)

    query = house.taps("v1:open:8")
    storm.passes(2)

    opened = [call.name for call in house.telegram.calls if isinstance(call, OpenTopic)]
    assert house.told(query) == "#8 opens now."
    assert opened[5].startswith("#8 ")
    assert house.topic(8).thread_id is not None


def test_a_second_tap_says_that_the_topic_is_there(house: House) -> None:
    storm = stormy(house)
    house.taps("v1:open:8")
    storm.passes(2)

    query = house.taps("v1:open:8")
    storm.passes()

    assert house.told(query) == "#8 has its topic, or it is just being opened."


def test_the_lines_of_a_waiting_ticket_come_in_order_behind_its_card(house: House) -> None:
    storm = stormy(house)
    for text in ("one", "two", "three"):
        house.says(text, number(7))
    storm.passes(120, step=5)

    shown = house.shown(house.topic(8).thread_id)
    assert "#8 " in shown[0]
    assert [text.split(": ")[-1] for text in shown[1:4]] == ["one", "two", "three"]


def test_a_waiting_ticket_that_becomes_sev1_opens_at_once(house: House) -> None:
    storm = stormy(house)
    house.says(f"{WORST} and a shoot is running", number(7))

    storm.passes()

    assert any(
        (isinstance(call, OpenTopic) and "URGENT #8" in call.name) or "#8 " in getattr(call, "name", "")
        for call in house.telegram.calls
    )
    assert house.topic(8).thread_id is not None


def test_the_digest_is_edited_in_place_and_a_later_storm_gets_a_new_one(house: House) -> None:
    storm = stormy(house)
    storm.passes(140, step=5)
    for ticket in range(100, 108):
        house.says(MILD, number(ticket))
    storm.passes(3)

    sent = [call for call in digests(house) if isinstance(call, SendText)]
    edits = [
        call for call in house.telegram.calls if isinstance(call, EditText) and call.text == "All topics are open."
    ]
    assert len(sent) == 2
    assert len(edits) == 1


def test_new_tickets_join_the_card_at_most_once_in_ten_seconds(house: House) -> None:
    storm = stormy(house)
    for ticket in range(20, 28):
        house.says(MILD, number(ticket))
        storm.passes()
    early = len(digests(house))
    storm.passes(4)

    assert early == 1
    assert len(digests(house)) == 2
    assert "#16 " in digests(house)[1].text


def test_a_digest_card_that_was_refused_is_sent_anew(house: House) -> None:
    def about_waiting(call: Call) -> bool:
        return isinstance(call, SendText) and "wait for a topic" in call.text

    house.telegram.when(about_waiting, TransportError("no", permanent=True))
    stormy(house)

    assert len(digests(house)) == 2
    assert [row.state for row in house.owed(thread=f"digest:{GROUP}")] == ["failed", "accepted"]


def test_without_a_group_budget_there_is_no_digest(house: House) -> None:
    house.shell = replace(house.shell, budgets=replace(house.shell.budgets, telegram_group=None))

    stormy(house, 12)

    assert digests(house) == []
    assert len([call for call in house.telegram.calls if isinstance(call, OpenTopic)]) == 12
    assert house.owed(lane=Lane.DIGESTED) == []
    assert words(house.telegram.calls)
