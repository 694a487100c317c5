"""What an agent writes reaches the customer only when it was meant to, and only from the ticket's own topic."""

import pytest

from bot import watch
from channels.wire import SendText
from models import Agent, Inbound, Message, Ticket, TicketEvent
from tests.bot.house import CHARLIE, GROUP, LENA, NOBODY, OTHER_GROUP, ROBOT, TOMAS, House, Json


def message_in_group(house: House, words: str) -> int:
    """The id of the message we sent into the group that holds these words."""
    sent = [one for one in house.telegram.sent if isinstance(one.call, SendText) and words in one.call.text]
    return int(house.delivery(sent[-1].delivery).provider_id)


def why_silent(house: House) -> str:
    house.answers()
    return house.last(Inbound).reason


def test_a_reply_to_the_card_goes_to_the_customer(house: House) -> None:
    thread = house.opened()

    house.writes("Lena here, looking now.", thread, reply_to=message_in_group(house, "Why:"))
    house.works()

    assert house.heard() == ["Lena here, looking now."]


def test_a_reply_to_a_relayed_line_goes_to_the_customer(house: House) -> None:
    thread = house.opened()
    house.says("it stops at 40%")
    house.works()

    house.writes("Which browser?", thread, reply_to=message_in_group(house, "it stops at 40%"))
    house.works()

    assert house.heard() == ["Which browser?"]


@pytest.mark.parametrize("command", ["/r", "/r@backstop_bot"])
@pytest.mark.parametrize("gap", [" ", "\n", "  "])
def test_the_command_goes_to_the_customer_without_a_quotation(house: House, command: str, gap: str) -> None:
    thread = house.opened()

    house.writes(f"{command}{gap}Which browser?\nAnd which version?", thread)
    house.works()

    assert house.heard() == ["Which browser?\nAnd which version?"]


def test_a_plain_line_in_the_topic_stays_in_the_group(house: House) -> None:
    thread = house.opened()

    house.writes("Looks like the CDN again.", thread)

    assert why_silent(house) == "a note: it stays in the group"
    house.works()
    assert (house.heard(), house.last(Message).author) == ([], "note")
    assert house.one(Ticket).owner_id is None


def test_a_reply_to_a_note_or_to_our_notice_stays_in_the_group(house: House) -> None:
    thread = house.opened()
    note = house.writes("Looks like the CDN again.", thread)
    house.clock.passes(5 * 3600)
    house.answers()
    watch.clocks(house.shell)
    house.works()

    house.writes("I think so too.", thread, reply_to=note)
    assert why_silent(house) == "a note: it stays in the group"
    house.writes("Oh no.", thread, reply_to=message_in_group(house, "nobody has answered"))
    assert why_silent(house) == "a note: it stays in the group"
    assert not any("too" in text or "Oh no" in text for text in house.heard())


@pytest.mark.parametrize("text", ["/r", "/r@backstop_bot", "/r   ", "/reply hello", "/note to self", "/"])
def test_a_command_without_words_or_another_command_sends_nothing(house: House, text: str) -> None:
    thread = house.opened()

    house.writes(text, thread, reply_to=message_in_group(house, "Why:"))

    assert why_silent(house)
    house.works()
    assert house.heard() == []


def test_a_reply_to_another_tickets_line_sends_nothing_to_anybody(house: House) -> None:
    first = house.opened("uploads fail")
    house.says("bookings are gone", CHARLIE)
    house.works()
    foreign = message_in_group(house, "bookings are gone")

    house.writes("For Charlie, but in Tolu's topic.", first, reply_to=foreign)
    house.works()

    assert (house.heard(), house.heard(CHARLIE)) == ([], [])


@pytest.mark.parametrize(
    ("thread", "chat"), [(None, GROUP), (99999, GROUP), (1001, OTHER_GROUP)], ids=["General", "no ticket", "group"]
)
def test_what_is_said_outside_a_tickets_topic_goes_nowhere(house: House, thread: int | None, chat: int) -> None:
    assert house.opened() == 1001

    house.writes("/r hello", thread, chat=chat)

    assert why_silent(house) == "not in a ticket's topic"
    house.works()
    assert house.heard() == []


def test_a_bots_words_go_nowhere(house: House) -> None:
    thread = house.opened()

    house.writes("/r hello", thread, sender=ROBOT)

    assert why_silent(house) == "written by a bot"
    assert (house.rows(Agent), len(house.rows(Message))) == ([], 1)


@pytest.mark.parametrize(
    ("sender", "extra"),
    [
        (NOBODY, {"sender_chat": {"id": GROUP, "type": "supergroup"}}),
        (LENA, {"sender_chat": {"id": -9, "type": "channel"}}),
    ],
    ids=["anonymous admin", "as a channel"],
)
def test_somebody_hidden_is_told_why_nothing_happened(house: House, sender: Json, extra: Json) -> None:
    thread = house.opened()

    written = house.writes("/r hello", thread, sender=sender, **extra)
    house.works()

    assert house.heard() == []
    told = house.telegram.calls[-1]
    assert isinstance(told, SendText)
    assert "Remain anonymous" in told.text
    assert told.reply_to == written


def test_answering_an_unowned_ticket_takes_it_and_answering_anothers_does_not(house: House) -> None:
    thread = house.opened()

    house.writes("/r one", thread, sender=LENA)
    house.works()
    house.writes("/r two", thread, sender=TOMAS)
    house.works()

    assert house.one(Ticket).owner_id == LENA["id"]
    taken = [event for event in house.rows(TicketEvent) if event.kind == "taken"]
    assert [(event.actor, event.data["by"]) for event in taken] == [("agent:501", "answering")]
    assert house.heard() == ["one", "two"]


def test_an_answer_before_the_receipt_stands_for_it(house: House) -> None:
    thread = house.opened()

    house.writes("/r I have it.", thread)
    house.works()
    house.clock.passes(60)
    watch.quiet(house.shell)
    house.works()

    assert house.heard() == ["I have it."]


def test_an_answer_on_an_older_ticket_does_not_swallow_the_receipt_of_the_newer(house: House) -> None:
    first = house.opened("PAYMENT NOT WORKING")
    house.taps("v1:resolve:1")
    house.works()
    house.says("yes")
    house.says("5")
    house.says("now all my bookings are gone")
    house.works()
    before = len(house.heard())

    house.writes("/r One more thing about your payment.", first)
    house.works()
    house.clock.passes(60)
    watch.quiet(house.shell)
    house.works()

    later = house.heard()[before:]
    assert later[0] == "One more thing about your payment."
    assert any("now all my bookings are gone" in text for text in later[1:])


def test_an_agents_name_follows_telegram(house: House) -> None:
    thread = house.opened()
    house.writes("a note", thread)
    house.writes("a note", thread, sender=LENA | {"first_name": "Lena M."})
    house.answers()

    agent = house.one(Agent)
    assert (agent.id, agent.name, agent.username) == (501, "Lena M.", "lena")


def test_a_copy_of_an_agents_update_is_sent_once(house: House) -> None:
    thread = house.opened()
    update: Json = {"message_id": 9, "date": 1781092800, "from": LENA, "text": "/r once", "message_thread_id": thread}
    update |= {"chat": {"id": GROUP, "type": "supergroup", "title": "Desk"}, "is_topic_message": True}

    for _ in range(3):
        house.updates(update_id=777, message=update)
    house.works()

    assert house.heard() == ["once"]
