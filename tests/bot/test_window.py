"""WhatsApp's 24 hours: nothing vanishes behind a closed window, and the customer is fetched once."""

from typing import Any

import pytest

from bot import watch
from bot.shell import Shell
from bot.templates import Templates
from channels.wire import EditText, React, SendMedia, SendTemplate, SendText, TransportError
from models import Address, Alarm, Conversation, Delivery
from tests.bot.house import OURS, TOLU, House, hours
from tests.bot.recorder import NOON

READY = "HX" + "1" * 32
SMS = "+34600000077"


@pytest.fixture
def templated(house: House) -> House:
    """The house with an approved template in English."""
    shell = Shell(**{**vars(house.shell), "templates": Templates({"answer_ready": {"en": READY}})})
    return House(shell)


def by_sms(house: House) -> None:
    """Tolu's number for text messages stands in the directory too."""
    house.studio(channel="sms", address=SMS)


def late(house: House) -> int:
    """A ticket whose window closed an hour ago; returns its topic."""
    thread = house.opened()
    house.clock.passes(25 * 3600)
    return thread


def went(house: House) -> list[Any]:
    """What was handed to Twilio since the ticket, but for the bot's own receipts."""
    return [call for call in house.twilio.calls if isinstance(call, SendText | SendTemplate | SendMedia)]


def states(house: House) -> list[tuple[str, str]]:
    return [(row.kind, row.state) for row in house.rows(Delivery) if row.thread == f"whatsapp:{TOLU}"]


def said(house: House, words: str) -> list[str]:
    return [text for text in house.shown(house.topic().thread_id) if words in text]


def ticks(house: House, message: int) -> list[str]:
    return [call.emoji for call in house.telegram.calls if isinstance(call, React) and call.message == message]


def test_the_window_ends_24_hours_after_the_line_and_every_line_moves_it(house: House) -> None:
    house.opened()
    first = house.one(Conversation).window_expires_at
    house.clock.passes(3600)
    house.says("hello?")
    house.answers()

    assert first == NOON + hours(24)
    assert house.one(Conversation).window_expires_at == NOON + hours(25)


def test_another_number_of_ours_has_a_window_of_its_own(house: House) -> None:
    house.opened()
    house.clock.passes(3600)
    house.says("hello?", To="whatsapp:+34910000002")
    house.answers()
    house.clock.passes(-1800)
    house.says("hello again?")
    house.answers()

    assert house.one(Conversation).window_expires_at == NOON + hours(24.5)


def test_the_card_shows_the_end_and_follows_it_when_it_moved_by_hours(house: House) -> None:
    thread = house.opened()
    house.clock.passes(3 * 3600)
    house.says("any news?")
    house.answers()
    house.clock.passes(61)
    house.delivers()

    assert "WhatsApp window until Thu 14:00" in house.shown(thread)[0]
    edits = [call.text for call in house.telegram.calls if isinstance(call, EditText)]
    assert "WhatsApp window until Thu 17:00" in edits[-1]


def test_four_hours_before_the_end_the_agents_hear_of_it_once(house: House) -> None:
    house.opened()
    for seconds in (19.9 * 3600, 0.2 * 3600, 3600):
        house.clock.passes(seconds)
        watch.windows(house.shell)
        house.works()

    assert said(house, "window closes") == [
        "ℹ️ WhatsApp's window closes 14:00 and Tolu waits for an answer. What is written later is kept for them."  # noqa: RUF001 (the sign is meant)
    ]


def test_nobody_is_warned_of_a_window_behind_which_nobody_waits(house: House) -> None:
    thread = house.opened()
    house.writes("/r Done, Tolu.", thread)
    house.works()
    house.clock.passes(21 * 3600)

    watch.windows(house.shell)
    house.works()

    assert said(house, "window closes") == []


def test_an_answer_after_the_window_is_kept_and_a_template_goes_instead(templated: House) -> None:
    thread = late(templated)

    written = templated.writes("/r Yes, until 11:30.", thread)
    templated.works()

    assert went(templated) == [SendTemplate(f"whatsapp:{TOLU}", READY, OURS, ("Tolu", "#1"))]
    assert states(templated) == [("SendText", "held"), ("SendTemplate", "accepted")]
    assert said(templated, "NOT SENT") == [
        "ℹ️ NOT SENT: WhatsApp's 24 hours ended 14:00. Your text is kept. "  # noqa: RUF001 (the sign is meant)
        "A template with “Show my answer” goes to Tolu instead; the tap brings what is kept."
    ]
    assert ticks(templated, written) == ["✍"]
    assert templated.promise().met_at is None


def test_one_template_serves_all_that_is_kept_and_the_tap_brings_it_in_order(templated: House) -> None:
    thread = late(templated)
    first = templated.writes("/r one", thread)
    templated.works()
    templated.writes("/r two", thread)
    templated.works()
    before = len(went(templated))

    templated.clock.passes(60)
    templated.says("Show my answer", ButtonText="Show my answer", ButtonPayload="say:show_answer")
    templated.works()

    assert before == 1
    assert [call.text for call in went(templated)[1:]] == ["one", "two"]
    assert ticks(templated, first) == ["✍", "👀"]
    assert templated.promise().met_at == templated.clock.now()
    assert said(templated, "back on WhatsApp") == ["ℹ️ Tolu is back on WhatsApp. The 2 texts that were kept go out now."]  # noqa: RUF001 (the sign is meant)
    assert said(templated, "Show my answer")[-1:] == said(templated, "It goes out with the rest")


def test_any_line_of_theirs_brings_it_and_is_relayed_as_ever(templated: House) -> None:
    thread = late(templated)
    templated.writes("/r Yes, until 11:30.", thread)
    templated.works()

    templated.says("and now?")
    templated.works()

    assert went(templated)[-1].text == "Yes, until 11:30."
    assert said(templated, "Tolu: and now?")


def test_a_template_that_waits_for_twilio_is_not_sent_once_they_have_written(templated: House) -> None:
    thread = late(templated)
    templated.twilio.when(SendTemplate, TransportError("Twilio is away"))
    templated.writes("/r Yes.", thread)
    templated.works()

    templated.says("hello?")
    templated.works()
    templated.clock.passes(600)
    templated.works()

    assert [type(call).__name__ for call in went(templated)] == ["SendTemplate", "SendText"]


def test_what_twilio_refuses_long_after_taking_it_is_kept_in_the_order_it_was_written(templated: House) -> None:
    thread = templated.opened()
    templated.writes("/r one", thread)
    templated.works()
    templated.writes("/r two", thread)
    templated.works()
    one, two = (row.id for row in templated.owed(channel="whatsapp"))
    met = templated.promise().met_at

    for number in (two, one):
        templated.reports(number, "undelivered", code="63016")
        templated.works()
    held = [row.payload["text"] for row in templated.owed(state="held")]
    between = templated.promise().met_at
    templated.says("hm")
    templated.works()

    assert (met, between) == (NOON, None)
    assert sorted(held) == ["one", "two"]
    assert [call.text for call in went(templated) if isinstance(call, SendText)] == ["one", "two", "one", "two"]
    assert sum(isinstance(call, SendTemplate) for call in went(templated)) == 1
    assert templated.promise().met_at == NOON
    assert all(row.successor_id for row in templated.owed(state="failed"))


def test_a_refusal_told_after_they_wrote_again_sends_it_again(templated: House) -> None:
    thread = templated.opened()
    templated.writes("/r one", thread)
    templated.works()
    templated.clock.passes(60)
    templated.says("hello?")
    templated.works()

    templated.reports(templated.owed(channel="whatsapp")[0].id, "undelivered", code="63016")
    templated.works()

    assert [call.text for call in went(templated)] == ["one", "one"]
    assert templated.owed(state="held") == []


def test_what_was_delivered_in_spite_of_the_refusal_is_not_sent_again(templated: House) -> None:
    thread = templated.opened()
    written = templated.writes("/r one", thread)
    templated.works()
    number = templated.owed(channel="whatsapp")[0].id
    templated.reports(number, "undelivered", code="63016")
    templated.works()

    templated.reports(number, "delivered")
    templated.works()
    templated.says("thanks")
    templated.works()

    assert [call.text for call in went(templated) if isinstance(call, SendText)] == ["one"]
    assert ticks(templated, written)[-1] == "👌"
    assert templated.promise().met_at == NOON


def test_a_refused_template_lets_the_text_go_by_sms(templated: House) -> None:
    by_sms(templated)
    thread = late(templated)
    templated.twilio.when(SendTemplate, TransportError("the template does not exist", code="63027", permanent=True))

    written = templated.writes("/r Yes, until 11:30.", thread)
    templated.works()
    templated.writes("/r And one more.", thread)
    templated.works()

    texts = [(call.to, call.sender, call.text) for call in went(templated) if isinstance(call, SendText)]
    assert texts == [(SMS, "+34910000000", "Yes, until 11:30."), (SMS, "+34910000000", "And one more.")]
    assert said(templated, "refused")[0].endswith("the template does not exist. It goes to Tolu by SMS instead.")
    assert ticks(templated, written)[-1] == "👀"
    assert templated.promise().met_at == templated.clock.now()
    assert [alarm.key for alarm in templated.rows(Alarm)] == [f"template:{READY}"]


def test_without_a_template_the_text_goes_by_sms_at_once(house: House) -> None:
    by_sms(house)
    thread = late(house)

    house.writes("/r Yes.", thread)
    house.works()

    assert [call.to for call in went(house)] == [SMS]
    assert said(house, "It goes to Tolu by SMS instead.")


def test_whoever_said_stop_by_sms_is_not_followed_there(house: House) -> None:
    by_sms(house)
    thread = late(house)

    def stop(session: Any) -> None:
        session.query(Address).filter(Address.channel == "sms").update({"stopped_at": NOON})

    house.changes(stop)

    house.writes("/r Yes.", thread)
    house.works()

    assert went(house) == []
    assert said(house, "Nothing else can reach Tolu: it goes out as soon as they write on WhatsApp.")


def test_a_stop_that_opens_the_window_lets_nothing_out(templated: House) -> None:
    thread = late(templated)
    templated.writes("/r Yes.", thread)
    templated.works()

    templated.clock.passes(60)
    templated.says("STOP")
    templated.works()

    assert [call.text for call in went(templated) if isinstance(call, SendText)] == [
        "Done, Tolu: no more messages from us here. If you need us again, just write."
    ]
    assert said(templated, "NOT DELIVERED to Tolu: the customer has sent STOP")
    assert said(templated, "back on WhatsApp") == []


def test_a_picture_with_words_is_kept_as_one_and_told_once(templated: House) -> None:
    thread = late(templated)
    photo = [{"file_id": "F1", "file_unique_id": "U1", "width": 1, "height": 1}]

    templated.writes("", thread, reply_to=templated.topic().card_id, photo=photo, caption="here it is")
    templated.works()
    templated.says("ok?")
    templated.works()

    assert len(said(templated, "NOT SENT")) == 1
    assert [call.caption for call in went(templated) if isinstance(call, SendMedia)] == ["here it is"]


def test_the_solved_question_waits_for_their_next_words(house: House) -> None:
    late(house)
    query = house.taps("v1:resolve:1")
    house.works()
    before = went(house)

    house.says("thanks")
    house.works()

    assert before == []
    assert "asked when they next write" in (house.told(query) or "")
    assert [call.text for call in went(house)] == ["Lena marked this as solved. Was it solved?"]


def test_a_tap_after_closing_shows_the_answer_and_then_asks(templated: House) -> None:
    thread = late(templated)
    templated.writes("/r It was the dot at the end.", thread)
    templated.works()
    templated.taps("v1:resolve:1")
    templated.works()

    templated.says("Show my answer", ButtonText="Show my answer", ButtonPayload="say:show_answer")
    templated.works()

    assert [call.text for call in went(templated)[1:]] == [
        "It was the dot at the end.",
        "Lena marked this as solved. Was it solved?",
    ]


def test_sms_and_telegram_have_no_window(house: House) -> None:
    house.texts("uploads fail")
    house.works()

    assert house.one(Conversation).window_expires_at is None
