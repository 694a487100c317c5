"""Every kind of attachment crosses, goes as a link, or is said; albums stay albums."""

import io
import wave
from typing import Any

import pytest

from bot.media import seconds
from channels.wire import Fetch, File, Receipt, SendAlbum, SendMedia, SendText, TransportError
from models import Delivery, Message
from tests.bot.house import TOLU, House, Json
from tests.bot.recorder import MAGIC

MB = 2**20


def photo(name: str, **more: object) -> Json:
    return {"photo": [{"file_id": name, "file_unique_id": name, "width": 9, "height": 9, **more}]}


def file(name: str, mime: str, size: int, field: str = "document") -> Json:
    length = {"duration": 41} if field in ("video", "audio", "voice") else {}
    more = {"width": 9, "height": 9} if field == "video" else {}
    told = {"file_id": name, "file_unique_id": name, "file_name": name, "mime_type": mime, "file_size": size}
    return {field: told | length | more}


def opened_on_telegram(house: House) -> int:
    house.texts("uploads fail")
    house.works()
    thread = house.topic().thread_id
    assert thread is not None
    return thread


def gathered(house: House) -> None:
    """The moment in which an album's pictures come in passes."""
    house.works()
    house.clock.passes(2)
    house.works()


def sent(house: House, kind: type) -> list[Any]:
    return [call for call in (*house.telegram.calls, *house.twilio.calls) if isinstance(call, kind)]


def album(house: House, *names: str, **more: Any) -> None:
    house.telegram.when(SendAlbum, Receipt("7001", others=("7002", "7003")[: len(names) - 1]))
    for number, name in enumerate(names):
        house.texts("", media_group_id="G1", **photo(name), **(more if number == 0 else {}))


def test_a_customers_album_stays_one_in_the_topic_and_the_next_line_comes_behind_it(house: House) -> None:
    thread = opened_on_telegram(house)

    album(house, "one", "two", "three", caption="all three fail")
    house.texts("do you see them?")
    gathered(house)

    (whole,) = sent(house, SendAlbum)
    assert isinstance(whole, SendAlbum)
    assert [(item.ref, item.caption) for item in whole.items] == [
        ("one", "Pavel: all three fail"),
        ("two", ""),
        ("three", ""),
    ]
    assert whole.thread == thread
    assert [type(call) for call in house.telegram.calls if getattr(call, "thread", 0) == thread][-2:] == [
        SendAlbum,
        SendText,
    ]


def test_an_answer_to_any_picture_of_an_album_reaches_the_customer(house: House) -> None:
    thread = opened_on_telegram(house)
    album(house, "one", "two", "three")
    gathered(house)

    house.writes("The third one is broken.", thread, reply_to=7003)
    house.works()

    (answer,) = [call for call in house.telegram.calls if isinstance(call, SendText) and call.to == "601"]
    assert answer.text == "The third one is broken."
    assert str(answer.reply_to) == house.rows(Message)[3].origin


def test_an_agents_album_goes_out_whole_though_only_its_first_picture_answers(house: House) -> None:
    thread = opened_on_telegram(house)

    house.writes("", thread, caption="/r Press these.", media_group_id="G2", **photo("left"))
    house.writes("", thread, media_group_id="G2", **photo("right"))
    house.writes("", thread, media_group_id="G3", **photo("a note"))
    gathered(house)

    (whole,) = sent(house, SendAlbum)
    assert isinstance(whole, SendAlbum)
    assert (whole.to, [item.ref for item in whole.items]) == ("601", ["left", "right"])
    assert whole.items[0].caption == "Press these."
    assert [message.author for message in house.rows(Message)][-3:] == ["agent", "agent", "note"]


def test_an_agents_album_reaches_whatsapp_in_order(house: House) -> None:
    thread = house.opened()

    house.writes("", thread, caption="/r Press these.", media_group_id="G2", **photo("left"))
    house.writes("", thread, media_group_id="G2", **photo("right"))
    gathered(house)

    pictures = [call for call in house.twilio.calls if isinstance(call, SendMedia)]
    assert [call.caption for call in pictures] == ["Press these.", ""]


def test_a_refused_album_is_shown_picture_by_picture(house: House) -> None:
    opened_on_telegram(house)
    house.telegram.when(SendAlbum, TransportError("Wrong file", permanent=True))
    house.telegram.when(lambda call: getattr(call, "ref", "") == "two", TransportError("Wrong file", permanent=True), 2)

    album(house, "one", "two", caption="look")
    gathered(house)

    shown = house.shown(house.topic().thread_id)
    assert shown[1:4] == ["[picture] Pavel: look", "[picture] ", "[document] "]
    assert "could not be shown" in shown[4]


def test_pictures_and_papers_of_one_album_stay_apart(house: House) -> None:
    opened_on_telegram(house)
    house.texts("", media_group_id="G1", **photo("one"))
    house.texts("", media_group_id="G1", **file("two.pdf", "application/pdf", 9))
    gathered(house)

    assert sent(house, SendAlbum) == []
    assert house.shown(house.topic().thread_id)[1:] == ["[picture] ", "[document] "]


@pytest.mark.parametrize(
    "content",
    [
        file("long.mp4", "video/mp4", 17 * MB, "video"),
        file("pack.zip", "application/zip", 9),
        file("big.png", "image/png", 6 * MB),
    ],
    ids=["too large", "a kind WhatsApp lacks", "a large picture"],
)
def test_what_whatsapp_does_not_carry_goes_as_a_link_and_the_agents_are_told(house: House, content: Json) -> None:
    thread = house.opened()
    size = next(iter(content.values()))["file_size"]
    mime = next(iter(content.values()))["mime_type"]
    house.telegram.when(Fetch, Receipt(file=File(MAGIC[mime].ljust(size, b"x"), mime)))

    house.writes("", thread, caption="/r Here it is.", **content)
    house.works()

    (words,) = house.heard()
    assert words.startswith("Here it is.\n📎 ")
    assert "https://support.example.test/media/" in words
    assert any("as a link that works for 7 days" in text for text in house.shown(thread))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (file("film.mp4", "video/mp4", 31 * MB, "video"), "31 MB"),
        (file("film.mp4", "video/mp4", 20 * MB + 1, "video"), "has 21 MB"),
        ({"poll": {"id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False}
                   | {"is_anonymous": True, "type": "regular", "allows_multiple_answers": False}
                   | {"allows_revoting": False, "members_only": False}}, "a poll"),
        ({"sticker": {"file_id": "s", "file_unique_id": "s", "width": 1, "height": 1, "is_animated": True}
                      | {"is_video": False, "type": "regular"}}, "moving sticker"),
    ],
    ids=["past Telegram's 20 MB", "a byte past them", "a poll", "a moving sticker"],
)  # fmt: skip
def test_what_cannot_reach_the_customer_is_said_to_the_agent_and_nothing_goes_out(
    house: House, content: Json, why: str
) -> None:
    thread = house.opened()

    written = house.writes("", thread, reply_to=house.topic().card_id, **content)
    house.works()

    assert not sent(house, SendMedia)
    told = house.telegram.calls[-1]
    assert isinstance(told, SendText)
    assert (told.reply_to, "NOT SENT to Tolu" in told.text, why in told.text) == (written, True, True)
    assert house.last(Message).author == "note"


def test_a_file_of_exactly_20_mb_is_one_telegram_hands_out(house: House) -> None:
    thread = house.opened()

    house.writes("", thread, caption="/r Here it is.", **file("film.mp4", "video/mp4", 20 * MB, "video"))
    house.works()

    assert any(isinstance(call, Fetch) for call in house.telegram.calls)
    assert not any("NOT SENT" in text for text in house.shown(thread))


def test_files_that_are_refused_are_said_to_who_sent_them_once_and_to_the_agents_each(house: House) -> None:
    thread = house.opened()
    house.twilio.when(Fetch, TransportError("the attachment is larger than 20 MB", permanent=True), times=3)

    house.says("look", media=("one", "two"))
    house.says("", media=("three",))
    house.works()

    assert sum("did not get through" in text for text in house.heard()) == 1
    refused = [text for text in house.shown(thread) if "could not be fetched: it is larger than 20 MB" in text]
    assert len(refused) == 3


def test_a_refused_file_is_said_again_after_other_words_of_ours(house: House) -> None:
    thread = house.opened()
    house.twilio.when(Fetch, TransportError("the attachment is larger than 20 MB", permanent=True), times=2)

    house.says("", media=("one",))
    house.works()
    house.writes("/r Please send it smaller.", thread)
    house.says("", media=("two",))
    house.works()

    assert sum("did not get through" in text for text in house.heard()) == 2


def test_who_has_sent_stop_is_not_told_of_a_refused_file(house: House) -> None:
    house.opened()
    house.twilio.when(Fetch, TransportError("the attachment is larger than 20 MB", permanent=True))

    house.says("", media=("one",))
    house.answers()
    house.says("STOP")
    house.works()

    assert not any("did not get through" in text for text in house.heard())


def test_kinds_nobody_can_open_are_said_once_in_a_row(house: House) -> None:
    thread = opened_on_telegram(house)

    for _ in range(3):
        house.texts("", dice={"emoji": "🎲", "value": 4})
        house.works()

    said = [call for call in sent(house, SendText) if call.to == "601" and "cannot open" in call.text]
    assert len(said) == 1
    assert house.shown(thread)[1:] == ["Pavel: (dice: this kind cannot be shown here)"] * 3


def test_words_with_a_paper_reach_whatsapp_as_a_message_before_it(house: House) -> None:
    thread = house.opened()

    house.writes("", thread, caption="/r The invoice.", **file("invoice.pdf", "application/pdf", 9))
    house.writes("/r Is it the right one?", thread)
    house.works()

    made = [call for call in house.twilio.calls if isinstance(call, SendText | SendMedia)]
    said = [call.text if isinstance(call, SendText) else f"[file] {call.caption}" for call in made]
    assert said == ["The invoice.", "[file] ", "Is it the right one?"]


def test_a_film_on_whatsapp_has_its_words_under_it(house: House) -> None:
    thread = house.opened()

    house.writes("", thread, caption="/r Like this.", **file("film.mp4", "video/mp4", 9, "video"))
    house.works()

    (film,) = sent(house, SendMedia)
    assert film.caption == "Like this."


def test_words_under_what_turns_out_to_be_a_paper_go_with_a_link_to_it(house: House) -> None:
    thread = house.opened()
    house.telegram.when(Fetch, Receipt(file=File(MAGIC["application/pdf"], "image/png")))

    house.writes("", thread, caption="/r The invoice.", **file("invoice.png", "image/png", 9))
    house.works()

    (words,) = house.heard()
    assert words.startswith("The invoice.\n📎 ")


@pytest.mark.parametrize(
    ("told", "is_", "linked"),
    [("application/pdf", "application/zip", True), ("application/zip", "application/pdf", False)],
    ids=["told as a paper", "told as a zip"],
)
def test_the_agents_are_told_of_a_link_by_what_the_file_is(house: House, told: str, is_: str, linked: bool) -> None:
    thread = house.opened()
    house.telegram.when(Fetch, Receipt(file=File(MAGIC[is_], told)))

    house.writes("", thread, reply_to=house.topic().card_id, **file("a file", told, 9))
    house.works()

    assert [one.startswith("📎") for one in house.heard()] == ([True] if linked else [])
    assert any("as a link that works for 7 days" in text for text in house.shown(thread)) == linked


def test_a_kind_nobody_can_open_is_shown_as_such_and_said_to_the_customer(house: House) -> None:
    thread = opened_on_telegram(house)

    house.texts("", dice={"emoji": "🎲", "value": 4})
    house.works()

    assert house.shown(thread)[1:] == ["Pavel: (dice: this kind cannot be shown here)"]
    assert any(
        "cannot open what you just sent" in call.text
        for call in house.telegram.calls
        if call.to == "601" and isinstance(call, SendText)
    )


def test_an_empty_whatsapp_message_is_said_both_ways(house: House) -> None:
    thread = house.opened()

    house.says("", MessageType="order")
    house.works()

    assert house.shown(thread)[1:] == ["Tolu: (order: this kind cannot be shown here)"]
    assert "cannot open what you just sent" in house.heard()[-1]


def test_a_voice_note_from_telegram_tells_its_length(house: House) -> None:
    thread = opened_on_telegram(house)

    house.texts("", **file("v", "audio/ogg", 9, "voice"))
    house.works()

    assert house.shown(thread)[1:] == ["[voice] Pavel: voice note, not transcribed · 0:41"]


def test_a_voice_note_from_whatsapp_tells_the_length_its_file_has(house: House) -> None:
    thread = house.opened()
    house.twilio.when(Fetch, Receipt(file=sound(83)))

    house.says("", media=("voice",), MediaContentType0="audio/ogg")
    house.works()

    assert house.shown(thread)[1:] == ["[voice] Tolu: voice note, not transcribed · 1:23"]
    (note,) = [call for call in house.telegram.calls if isinstance(call, SendMedia)]
    assert note.seconds == 83


def sound(length: int) -> File:
    data = io.BytesIO()
    with wave.open(data, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(1)
        written.setframerate(8)
        written.writeframes(b"\0" * 8 * length)
    return File(data.getvalue(), "audio/wav")


@pytest.mark.parametrize("data", [b"", b"OggS nonsense", b"RIFF\xff\xff\xff\xffWAVEfmt ", b"\0" * 99])
def test_a_broken_sound_has_no_length(data: bytes) -> None:
    assert seconds(File(data, "audio/ogg")) is None


def test_the_rows_of_an_album_are_one_call_each_side_of_the_bridge(house: House) -> None:
    opened_on_telegram(house)
    album(house, "one", "two")
    gathered(house)

    kept = [row for row in house.rows(Delivery) if row.kind in ("SendAlbum", "SendMedia")]
    assert [(row.kind, row.provider_id, row.attempts) for row in kept] == [
        ("SendAlbum", "7001", 1),
        ("SendMedia", "7002", 0),
    ]
    assert house.heard(TOLU) == []
