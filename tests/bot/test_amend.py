"""Edits, answers taken back, quotes and reactions cross the bridge; what a channel cannot do is said once."""

from typing import Any

import pytest

from channels.wire import Delete, EditText, React, SendText, TransportError
from models import Clock, Delivery, Inbound, Message, Ticket
from tests.bot.house import GROUP, LENA, House, Json
from tests.bot.test_attachments import opened_on_telegram, photo

PAVEL = {"id": 601, "is_bot": False, "first_name": "Pavel"}
NOBODY: Json = {"id": 1087968824, "is_bot": True, "first_name": "Group"}


def to_pavel(house: House, kind: type = SendText) -> list[Any]:
    return [call for call in house.telegram.calls if isinstance(call, kind) and getattr(call, "to", "") == "601"]


def number_of(house: House, words: str) -> int:
    """The id of our message that holds these words, at the customer or in the group."""
    sent = [one for one in house.telegram.sent if isinstance(one.call, SendText) and words in one.call.text]
    return int(house.delivery(sent[-1].delivery).provider_id)


def answered(house: House, text: str = "Try the other button.", thread: int | None = None) -> int:
    """An agent's answer that has gone out; returns the agent's message."""
    written = house.writes(f"/r {text}", thread or house.topic().thread_id)
    house.works()
    return written


# Customers change their lines


def test_an_edited_line_is_shown_under_itself(house: House) -> None:
    thread = opened_on_telegram(house)
    line = house.texts("it stops at 40%")
    house.works()

    house.edits("it stops at 80%", line)
    house.works()

    shown = house.telegram.calls[-1]
    assert (shown.text, shown.thread) == ("Pavel: edited: it stops at 80%", thread)
    assert shown.reply_to == number_of(house, "Pavel: it stops at 40%")
    assert house.last(Message).text == "it stops at 80%"


def test_an_edit_of_the_first_words_changes_the_card_and_may_make_it_worse(house: House) -> None:
    line = house.texts("a question about my invoice")
    house.works()
    before = house.one(Ticket).severity

    house.edits("PAYMENT NOT WORKING at checkout", line)
    house.works()

    cards = [call for call in house.telegram.calls if isinstance(call, EditText) and call.to == str(GROUP)]
    assert "PAYMENT NOT WORKING at checkout" in cards[-1].text
    assert house.one(Ticket).severity == 1 < before
    assert any("edited: PAYMENT" in text for text in house.shown(house.topic().thread_id))


def test_a_line_edited_while_it_still_waits_is_shown_once(house: House) -> None:
    thread = opened_on_telegram(house)

    line = house.texts("it stops at 40%")
    house.answers()
    house.edits("it stops at 80%", line)
    house.works()

    assert house.shown(thread)[1:] == ["Pavel: it stops at 80%"]


def test_a_line_edited_again_before_its_first_edit_is_shown_still_reads_as_an_edit(house: House) -> None:
    thread = opened_on_telegram(house)
    line = house.texts("it stops at 40%")
    house.works()

    house.edits("it stops at 60%", line)
    house.answers()
    house.edits("it stops at 80%", line)
    house.works()

    assert house.shown(thread)[1:] == ["Pavel: it stops at 40%", "Pavel: edited: it stops at 80%"]


def test_an_edit_that_changes_nothing_is_shown_to_nobody(house: House) -> None:
    thread = opened_on_telegram(house)
    line = house.texts("it stops at 40%")
    house.works()

    house.edits("it stops at 40%", line)
    house.works()

    assert house.last(Inbound).reason == "an edit that changes nothing"
    assert len(house.shown(thread)) == 2


def test_a_picture_put_in_place_of_another_is_shown_too(house: House) -> None:
    thread = opened_on_telegram(house)
    line = house.texts("", caption="see", **photo("old"))
    house.works()

    house.edits("see this one", line, **photo("new"))
    house.works()

    assert house.shown(thread)[1:] == [
        "[picture] Pavel: see",
        "Pavel: edited: see this one",
        "[picture] Pavel: edited",
    ]


def test_an_edit_of_a_line_we_never_had_is_heard_as_a_line(house: House) -> None:
    house.edits("uploads fail", 31)
    house.works()

    assert "uploads fail" in house.shown(house.topic().thread_id)[0]


# Agents change their answers


def test_an_edited_answer_is_changed_at_a_telegram_customer(house: House) -> None:
    thread = opened_on_telegram(house)
    written = answered(house)

    house.rewrites("/r Try the <right> button.", written, thread)
    house.works()

    (edit,) = to_pavel(house, EditText)
    assert (edit.text, edit.message, edit.html) == (
        "Try the <right> button.",
        number_of(house, "Try the other button."),
        False,
    )
    assert len(to_pavel(house)) == 1


def test_an_edited_answer_goes_to_whatsapp_as_a_correction_and_that_is_said_once(house: House) -> None:
    thread = house.opened()
    written = answered(house)

    for text in ("/r Try the right button.", "/r Try the left button.", "/r Try the left button."):
        house.rewrites(text, written, thread)
        house.works()

    assert house.heard() == [
        "Try the other button.",
        "Correction: Try the right button.",
        "Correction: Try the left button.",
    ]
    assert sum("cannot change what was sent" in text for text in house.shown(thread)) == 1


@pytest.mark.parametrize("long", [False, True])
def test_an_answer_edited_while_it_waits_goes_out_once_and_right(house: House, long: bool) -> None:
    thread = house.opened()
    written = house.writes("/r Try the other button." + " word" * 700 * long, thread)
    house.answers()

    house.rewrites("/r Try the right button.", written, thread)
    house.works()

    assert house.heard() == ["Try the right button."]


def test_an_answer_edited_while_it_is_on_its_way_is_changed_behind_it(house: House) -> None:
    thread = opened_on_telegram(house)
    house.telegram.when(lambda call: getattr(call, "text", "") == "one", TransportError("slow", unknown=True))
    written = answered(house, "one")

    house.rewrites("/r two", written, thread)
    house.works()
    house.clock.passes(60)
    house.works()

    (edit,) = to_pavel(house, EditText)
    assert (edit.text, edit.message) == ("two", number_of(house, "one"))


def test_an_edited_note_stays_in_the_group(house: House) -> None:
    thread = house.opened()
    note = house.writes("the CDN again", thread)
    house.works()

    house.rewrites("/r the CDN again, sorry", note, thread)
    house.works()

    assert house.heard() == []
    assert house.last(Message).text == "the CDN again, sorry"


def test_an_edit_the_customers_chat_refuses_is_said(house: House) -> None:
    thread = opened_on_telegram(house)
    written = answered(house)
    house.telegram.when(
        lambda call: isinstance(call, EditText) and call.to == "601", TransportError("too old", permanent=True)
    )

    house.rewrites("/r Try the right button.", written, thread)
    house.works()

    assert any("could not be changed at Pavel: too old" in text for text in house.shown(thread))


# Answers taken back


def unsends(house: House, thread: int, written: int) -> str:
    house.writes("/unsend", thread, reply_to=written)
    house.works()
    return house.shown(thread)[-1]


def test_an_answer_is_taken_back_at_a_telegram_customer_and_no_longer_counts(house: House) -> None:
    thread = opened_on_telegram(house)
    written = answered(house)

    told = unsends(house, thread, written)

    (gone,) = to_pavel(house, Delete)
    assert gone.message == number_of(house, "Try the other button.")
    assert "disappears from Pavel's chat" in told
    (promise,) = [clock for clock in house.rows(Clock) if clock.name == "FR"]
    assert promise.state == "running"


def test_an_answer_that_still_waits_is_cancelled(house: House) -> None:
    thread = house.opened()
    written = house.writes("/r Try the other button.", thread)
    house.answers()

    told = unsends(house, thread, written)

    assert house.heard() == []
    assert "before it went out" in told


def test_whatsapp_cannot_take_back_and_says_so(house: House) -> None:
    thread = house.opened()

    told = unsends(house, thread, answered(house))

    assert "WhatsApp cannot take back what was sent" in told
    assert house.heard() == ["Try the other button."]


def test_unsend_under_anything_else_says_how_it_is_used(house: House) -> None:
    thread = house.opened()

    assert "as a reply to an answer" in unsends(house, thread, house.topic().card_id or 0)


# Quotes


def test_an_answer_to_a_line_quotes_it_at_a_telegram_customer(house: House) -> None:
    thread = opened_on_telegram(house)
    line = house.texts("it stops at 40%")
    house.works()

    house.writes("Which browser?", thread, reply_to=number_of(house, "it stops at 40%"))
    house.works()

    assert to_pavel(house)[-1].reply_to == line


def test_an_answer_to_an_older_line_says_once_that_whatsapp_shows_no_quotes(house: House) -> None:
    thread = house.opened()
    for words in ("it stops at 40%", "and the other at 80%"):
        house.says(words)
        house.works()

    house.writes("The latest.", thread, reply_to=number_of(house, "the other at 80%"))
    house.works()
    assert not any("shows no quotes" in text for text in house.shown(thread))
    for _ in range(2):
        house.writes("The first.", thread, reply_to=number_of(house, "it stops at 40%"))
        house.works()

    assert sum("WhatsApp shows no quotes from us" in text for text in house.shown(thread)) == 1


def test_a_customers_reply_to_an_answer_stands_under_the_agents_words(house: House) -> None:
    opened_on_telegram(house)
    written = answered(house)

    sent = number_of(house, "Try the other button.")
    house.texts("that one?", reply_to_message=house.private("x", PAVEL) | {"message_id": sent})
    house.works()

    line = next(call for call in house.telegram.calls if getattr(call, "text", "") == "Pavel: that one?")
    assert line.reply_to == written


def test_a_whatsapp_reply_stands_under_what_it_quotes(house: House) -> None:
    house.opened()
    written = answered(house)
    mine = house.says("the left one")
    house.works()

    house.says("this one?", OriginalRepliedMessageSid=house.owed(channel="whatsapp")[-1].provider_id)
    house.says("I mean this", OriginalRepliedMessageSid=mine)
    house.works()

    first, second = (call for call in house.telegram.calls if getattr(call, "text", "")[-4:] in ("one?", "this"))
    assert first.reply_to == written
    assert second.reply_to == number_of(house, "the left one")


def test_a_reply_to_the_bots_words_repeats_them(house: House) -> None:
    thread = house.opened()
    house.taps("v1:take:1")
    house.works()
    sid = next(row for row in house.owed(channel="whatsapp") if "You're with" in row.payload["text"]).provider_id

    house.says("great", OriginalRepliedMessageSid=sid)
    house.works()

    assert house.shown(thread)[-1] == ("Tolu: (to “You're with Lena now. Lena has everything you sent.”) great")


@pytest.mark.parametrize(
    ("media", "shown"),
    [
        (photo("look"), "[picture] Pavel: {}"),
        ({"voice": {"file_id": "v", "file_unique_id": "v", "duration": 41}}, "[voice] Pavel: {} · 0:41"),
    ],
    ids=["picture", "voice note"],
)
def test_a_wordless_reply_to_the_bots_words_repeats_them(house: House, media: Json, shown: str) -> None:
    thread = opened_on_telegram(house)
    house.taps("v1:take:1")
    house.works()

    to = house.private("x", PAVEL) | {"message_id": number_of(house, "You're with Lena now")}
    house.texts("", reply_to_message=to, **media)
    house.works()

    assert house.shown(thread)[-1] == shown.format("(to “You're with Lena now. Lena has everything you sent.”)")


def test_a_sticker_in_reply_to_the_bots_words_comes_behind_them(house: House) -> None:
    thread = opened_on_telegram(house)
    house.taps("v1:take:1")
    house.works()

    to = house.private("x", PAVEL) | {"message_id": number_of(house, "You're with Lena now")}
    sticker = {"file_id": "s", "file_unique_id": "s", "width": 1, "height": 1, "is_animated": False, "is_video": False}
    house.texts("", reply_to_message=to, sticker=sticker | {"type": "regular"})
    house.works()

    reminder = "(to “You're with Lena now. Lena has everything you sent.”)"
    assert house.shown(thread)[-2:] == [f"Pavel: {reminder}", "[sticker] "]


# Reactions


def test_a_customers_reaction_is_shown_quietly_under_the_answer_and_only_the_newest(house: House) -> None:
    opened_on_telegram(house)
    written = answered(house)
    sent = number_of(house, "Try the other button.")

    house.reacts("👍", sent, PAVEL)
    house.reacts("❤", sent, PAVEL)
    house.works()

    (shown,) = [call for call in house.telegram.calls if "reacted" in getattr(call, "text", "")]
    assert (shown.text, shown.reply_to, shown.silent) == ("Pavel reacted ❤", written, True)


def test_an_agents_reaction_is_set_on_the_customers_own_line(house: House) -> None:
    opened_on_telegram(house)
    line = house.texts("it stops at 40%")
    house.works()

    house.reacts("🙏", number_of(house, "it stops at 40%"), LENA, GROUP)
    house.works()
    house.reacts("", number_of(house, "it stops at 40%"), LENA, GROUP)
    house.works()

    reactions = [call.emoji for call in to_pavel(house, React) if call.message == line]
    assert reactions == ["👀", "🙏", ""]


def test_a_reaction_whatsapp_cannot_carry_is_said_once(house: House) -> None:
    thread = house.opened()
    house.says("it stops at 40%")
    house.works()

    for emoji in ("🙏", "👍"):
        house.reacts(emoji, number_of(house, "it stops at 40%"), LENA, GROUP)
        house.works()

    assert sum("takes no reactions from us" in text for text in house.shown(thread)) == 1


def test_reactions_that_bots_cannot_set_are_said_once_to_the_agents(house: House) -> None:
    thread = opened_on_telegram(house)
    house.texts("it stops at 40%")
    house.works()
    under = number_of(house, "it stops at 40%")
    odd = TransportError("bots cannot set this", code="reaction_invalid", permanent=True)
    house.telegram.when(lambda call: isinstance(call, React) and call.emoji == "🥐", odd)

    for emoji in (None, "🥐", None):
        house.reacts(emoji, under, LENA, GROUP)
        house.works()

    assert sum("Bots cannot set this emoji" in text for text in house.shown(thread)) == 1
    assert None not in [call.emoji for call in to_pavel(house, React)]


def test_a_custom_reaction_of_a_customer_is_shown_in_words(house: House) -> None:
    thread = opened_on_telegram(house)
    answered(house)

    house.reacts(None, number_of(house, "Try the other button."), PAVEL)
    house.works()

    assert house.shown(thread)[-1] == "Pavel reacted with an emoji of their own"


def test_a_reaction_to_anything_else_or_by_nobody_does_nothing(house: House) -> None:
    opened_on_telegram(house)
    house.texts("it stops at 40%")
    house.works()
    before = len(house.rows(Delivery))

    house.reacts("👍", house.topic().card_id or 0, LENA, GROUP)
    house.reacts("👍", 999999, PAVEL)
    house.reacts("👍", number_of(house, "it stops at 40%"), NOBODY, GROUP)
    house.works()

    assert len(house.rows(Delivery)) == before
