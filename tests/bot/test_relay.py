"""What a customer sends is shown in the topic: every word, place and picture, in order, and nothing of ours."""

from channels.wire import Fetch, OpenTopic, React, SendMedia, SendText, TransportError
from models import Media, Message
from tests.bot.house import CHARLIE, GROUP, LENA, ROBOT, House
from tests.bot.recorder import MAGIC


def test_the_first_words_stand_on_the_card_and_are_not_said_twice(house: House) -> None:
    thread = house.opened("uploads fail since noon")

    assert [type(call) for call in house.telegram.calls] == [OpenTopic, SendText]
    (card,) = house.shown(thread)
    assert card.count("uploads fail since noon") == 1


def test_first_words_too_long_for_the_card_are_relayed_whole(house: House) -> None:
    words = "uploads fail" + " word" * 200

    thread = house.opened(words)

    assert house.shown(thread)[1] == f"Tolu: {words}"


def test_a_later_line_is_one_call_under_the_customers_name(house: House) -> None:
    thread = house.opened()

    house.says("it stops at 40%")
    house.works()

    assert house.shown(thread)[1:] == ["Tolu: it stops at 40%"]


def test_a_text_longer_than_telegram_takes_is_cut_between_words_and_loses_none(house: House) -> None:
    thread = house.opened()
    words = " ".join(f"word{number}" for number in range(1500))

    house.says(words)
    house.works()

    pieces = house.shown(thread)[1:]
    assert len(pieces) > 2
    assert max(map(len, pieces)) <= 4000
    assert " ".join(pieces) == f"Tolu: {words}"


def test_a_long_answer_reaches_a_whatsapp_customer_in_pieces_of_1600(house: House) -> None:
    thread = house.opened()
    words = "\n".join(f"line {number} of the answer" for number in range(200))

    house.writes(f"/r {words}", thread=thread)
    house.works()

    assert max(map(len, house.heard())) <= 1600
    assert " ".join(house.heard()).split() == words.split()


def test_a_text_without_a_space_is_cut_all_the_same(house: House) -> None:
    thread = house.opened()

    house.writes("/r " + "x" * 3300, thread=thread)
    house.works()

    assert [len(text) for text in house.heard()] == [1600, 1600, 100]


def test_a_location_is_shown_as_words(house: House) -> None:
    thread = house.opened()

    house.says("", Latitude="40.4", Longitude="-3.7", Label="Studio", Address="Gran Vía 1")
    house.works()

    assert house.shown(thread)[1:] == ["Tolu: Studio Gran Vía 1 https://maps.google.com/?q=40.4,-3.7"]


def test_a_contact_and_a_place_on_telegram_are_shown_as_words(house: House) -> None:
    house.texts("uploads fail")
    house.texts("", contact={"phone_number": "+34600", "first_name": "Ana"})
    house.texts("", location={"latitude": 40.4, "longitude": -3.7})
    house.works()

    shown = house.shown(house.topic().thread_id)[1:]
    assert shown == ["Pavel: Ana, +34600", "Pavel: https://maps.google.com/?q=40.4,-3.7"]


def test_an_agents_place_and_contact_reach_the_customer_in_words_their_telephone_opens(house: House) -> None:
    thread = house.opened()
    card = house.topic().card_id

    house.writes("", thread, reply_to=card, location={"latitude": 40.4, "longitude": -3.7})
    house.writes("", thread, reply_to=card, contact={"phone_number": "+34600", "first_name": "Ana"})
    house.works()

    assert house.heard() == ["https://maps.google.com/?q=40.4,-3.7", "Ana, +34600"]


def test_a_place_with_the_first_words_is_shown_beside_the_card(house: House) -> None:
    house.says("uploads fail here", CHARLIE, Latitude="1", Longitude="2")
    house.works()

    assert house.shown(house.topic().thread_id)[1:] == ["Charlie: https://maps.google.com/?q=1,2"]


def test_pictures_are_fetched_stored_and_sent_one_after_the_other_with_the_words_on_the_first(house: House) -> None:
    thread = house.opened()
    before = len(house.telegram.calls)

    house.says("look", media=("one", "two"))
    house.works()

    fetched = [call.media.ref for call in house.twilio.calls if isinstance(call, Fetch)]
    assert fetched == ["https://api.twilio.com/media/one", "https://api.twilio.com/media/two"]
    sent = house.telegram.calls[before:]
    assert all(isinstance(call, SendMedia) for call in sent)
    assert [(call.caption, call.data) for call in sent] == [
        ("Tolu: look", MAGIC["image/jpeg"] + b"bytes of https://api.twilio.com/media/one"),
        ("", MAGIC["image/jpeg"] + b"bytes of https://api.twilio.com/media/two"),
    ]
    assert {call.thread for call in sent} == {thread}
    assert len(house.rows(Media)) == 2
    assert all(entry["sha256"] for entry in house.last(Message).media)


def test_a_line_after_a_slow_picture_waits_for_it(house: House) -> None:
    thread = house.opened()
    house.twilio.when(Fetch, TransportError("Twilio is slow"))

    house.says("", media=("one",))
    house.says("did you get it?")
    house.works()
    waiting = house.shown(thread)[1:]
    house.clock.passes(5)
    house.works()

    assert waiting == []
    assert house.shown(thread)[1:] == ["[picture] ", "Tolu: did you get it?"]


def test_a_telegram_picture_goes_by_its_own_id_and_is_not_fetched(house: House) -> None:
    photo = [{"file_id": "small", "file_unique_id": "s", "width": 1, "height": 1}]
    photo.append({"file_id": "large", "file_unique_id": "l", "width": 9, "height": 9})
    house.texts("uploads fail")
    house.texts("", photo=photo, caption="see")
    house.works()

    (picture,) = [call for call in house.telegram.calls if isinstance(call, SendMedia)]
    assert (picture.ref, picture.caption, picture.source) == ("large", "Pavel: see", "")
    assert not any(isinstance(call, Fetch) for call in house.telegram.calls)


def test_an_agents_picture_reaches_a_whatsapp_customer_by_a_signed_link(house: House) -> None:
    thread = house.opened()
    photo = [{"file_id": "agents", "file_unique_id": "a", "width": 1, "height": 1}]

    house.writes("", thread=thread, caption="/r Press this button", photo=photo)
    house.works()

    call = house.twilio.calls[-1]
    assert isinstance(call, SendMedia)
    assert (call.caption, call.to) == ("Press this button", "whatsapp:+34600000001")
    assert call.url.startswith("https://support.example.test/media/")


def test_later_pieces_of_a_telegram_burst_are_marked_as_seen(house: House) -> None:
    house.texts("uploads fail")
    second = house.texts("since noon")
    house.works()

    seen = [call for call in house.telegram.calls if isinstance(call, React)]
    assert [(call.to, call.message) for call in seen] == [("601", second)]


def test_html_of_a_customer_is_shown_as_they_wrote_it(house: House) -> None:
    thread = house.opened("<b>uploads</b> & <script> fail", contact="Tolu <i>")

    (card,) = house.shown(thread)
    assert "“&lt;b&gt;uploads&lt;/b&gt; &amp; &lt;script&gt; fail”" in card
    assert "Tolu &lt;i&gt;" in card
    house.says("<b>bold</b>")
    house.works()
    line = house.telegram.calls[-1]
    assert isinstance(line, SendText)
    assert (line.text, line.html, line.to) == ("Tolu <i>: <b>bold</b>", False, str(GROUP))


def test_a_reply_to_a_line_telegram_told_no_number_of_is_an_answer_whatever_waits_behind_it(house: House) -> None:
    thread = house.opened()
    lost = TransportError("the connection broke", unknown=True)
    house.telegram.when(lambda call: getattr(call, "text", "") == "Tolu: it stops at 40%", lost)
    house.says("it stops at 40%")
    house.works()
    for number in range(30):
        house.says(f"and {number}")
    house.answers()

    house.admits(LENA, standing="lead")
    shown = {"message_id": 4711, "date": 1, "chat": {"id": GROUP, "type": "supergroup"}, "from": ROBOT}
    written = {"message_id": 4712, "date": 1, "chat": {"id": GROUP, "type": "supergroup", "is_forum": True}}
    written |= {"from": LENA, "message_thread_id": thread, "is_topic_message": True, "text": "Which browser?"}
    house.updates(message=written | {"reply_to_message": shown | {"text": "Tolu: it stops at 40%"}})
    house.works()

    assert "Which browser?" in house.heard()
