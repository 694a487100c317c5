"""Every kind of Telegram update becomes a line, words of the desk, a tap, or a named reason (facts/telegram.md)."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.telegram import Telegram
from channels.telegram.channel import Account
from channels.wire import Envelope, Forged, NotUnderstood, Request
from conversations.events import DeskSaid, DeskTapped, Line, Media, Parsed, Unused
from conversations.group_events import Person

GROUP, TOPIC, CARMEN, LENA = -1001234567890, 7, 4001, 5001
SECRET = "backstop-5f2c9e"
TELEGRAM = Telegram(Account("123456:ABC", SECRET, "https://api.telegram.org", frozenset({GROUP})))
NOON = 1781352000  # 2026-06-13 12:00 UTC
CUSTOMER = {"id": CARMEN, "is_bot": False, "first_name": "Carmen", "language_code": "es"}
AGENT = {"id": LENA, "is_bot": False, "first_name": "Lena", "username": "lena_sv"}
PRIVATE = {"id": CARMEN, "type": "private", "first_name": "Carmen"}
FORUM = {"id": GROUP, "type": "supergroup", "title": "Support", "is_forum": True}
FILE = {"file_id": "F1", "file_unique_id": "U1"}
ROOT = {
    "message_id": TOPIC,
    "date": NOON,
    "chat": FORUM,
    "message_thread_id": TOPIC,
    "is_topic_message": True,
    "forum_topic_created": {"name": "#12", "icon_color": 7322096},
}


def customers(**parts: Any) -> dict[str, Any]:
    return {"message_id": 31, "date": NOON, "chat": PRIVATE, "from": CUSTOMER, **parts}


def desks(**parts: Any) -> dict[str, Any]:
    """A message in a topic: as on the wire it carries the topic's root as its reply."""
    place = {"message_thread_id": TOPIC, "is_topic_message": True, "reply_to_message": ROOT}
    return {"message_id": 77, "date": NOON, "chat": FORUM, "from": AGENT, **place, **parts}


def request(update: Any, secret: str = SECRET) -> Request:
    body = update if isinstance(update, bytes) else json.dumps(update).encode()
    return Request("/webhooks/telegram", {"x-telegram-bot-api-secret-token": secret}, body)


def parsed(kind: str = "message", **value: Any) -> Any:
    return TELEGRAM.parse(request({"update_id": 900, kind: value}))


def test_a_private_message_is_a_line_with_its_own_time() -> None:
    heard = parsed(**customers(text="la subida se para"))

    assert heard == Line(
        channel="telegram",
        address=str(CARMEN),
        our_address="",
        provider_id="31",
        text="la subida se para",
        occurred_at=datetime(2026, 6, 13, 12, tzinfo=UTC),
        name="Carmen",
        language="es",
    )


@pytest.mark.parametrize(
    ("part", "media"),
    [
        (
            {"photo": [{**FILE, "file_id": "small", "width": 9, "height": 9}, {**FILE, "width": 900, "height": 900}]},
            Media("picture", "F1", "image/jpeg"),
        ),
        (
            {"voice": {**FILE, "duration": 41, "mime_type": "audio/ogg"}},
            Media("voice", "F1", "audio/ogg", seconds=41),
        ),
        ({"video": {**FILE, "duration": 9, "width": 1, "height": 1}}, Media("video", "F1", "video/mp4", seconds=9)),
        ({"video_note": {**FILE, "duration": 9, "length": 1}}, Media("video_note", "F1", "video/mp4", seconds=9)),
        (
            {"animation": {**FILE, "duration": 9, "width": 1, "height": 1, "mime_type": "video/mp4"}, "document": FILE},
            Media("animation", "F1", "video/mp4", seconds=9),
        ),
        ({"document": {**FILE, "mime_type": "application/pdf"}}, Media("document", "F1", "application/pdf")),
        ({"location": {"latitude": 37.5, "longitude": -5.5}}, Media("location", "37.5,-5.5")),
        ({"contact": {"phone_number": "+34600", "first_name": "Raul"}}, Media("contact", "+34600", name="Raul")),
        (
            {"sticker": {**FILE, "width": 1, "height": 1, "is_animated": False, "is_video": False, "type": "regular"}},
            Media("sticker", "F1", "image/webp"),
        ),
    ],
)
def test_every_attachment_is_heard(part: dict[str, Any], media: Media) -> None:
    heard = parsed(**customers(**part))

    assert [(one.kind, one.ref, one.seconds) for one in heard.media] == [(media.kind, media.ref, media.seconds)]
    assert heard.media[0].content_type == media.content_type
    assert heard.media[0].name in ("", media.name)


def test_a_caption_is_the_text_of_the_picture() -> None:
    heard = parsed(**customers(caption="look", photo=[{**FILE, "width": 9, "height": 9}]))

    assert (heard.text, len(heard.media)) == ("look", 1)


@pytest.mark.parametrize(
    "part",
    [
        {"forward_origin": {"type": "hidden_user", "sender_user_name": "X", "date": NOON}, "text": "x"},
        {"reply_to_message": customers(text="y"), "text": "x"},
        {"entities": [{"type": "bold", "offset": 0, "length": 1}], "text": "x"},
        {"media_group_id": "1", "caption": "x", "photo": [{**FILE, "width": 9, "height": 9}]},
        {"text": "x", "something_of_2027": {"deep": [1, 2]}},
    ],
)
def test_what_else_a_message_carries_loses_no_words(part: dict[str, Any]) -> None:
    heard = parsed(**customers(**part))

    assert (heard.text, heard.address) == ("x", str(CARMEN))


def test_words_in_a_topic_are_the_desks_and_the_topics_root_is_no_quotation() -> None:
    heard = parsed(**desks(text="checking the card now"))

    assert heard == DeskSaid(
        chat=GROUP,
        topic=TOPIC,
        message=77,
        person=Person(LENA, "Lena", "lena_sv"),
        occurred_at=datetime(2026, 6, 13, 12, tzinfo=UTC),
        quoted="#12",
        text="checking the card now",
    )


def test_a_real_reply_in_a_topic_names_what_it_answers() -> None:
    quoted = {**desks(text="customer's line"), "message_id": 70}
    del quoted["reply_to_message"]

    assert parsed(**desks(text="answer", reply_to_message=quoted)).reply_to == 70


@pytest.mark.parametrize("place", [{}, {"message_thread_id": 70}, {"message_thread_id": 70, "is_topic_message": False}])
def test_words_outside_a_topic_belong_to_none(place: dict[str, Any]) -> None:
    general = {"message_id": 78, "date": NOON, "chat": FORUM, "from": AGENT, "text": "good morning", **place}

    assert parsed(**general).topic is None


def test_an_anonymous_admin_is_known_to_be_nobody() -> None:
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}

    heard = parsed(**desks(text="hi", sender_chat=FORUM, **{"from": anonymous}))

    assert heard.person.anonymous


def test_a_bot_in_the_group_is_known_to_be_one() -> None:
    assert parsed(**desks(text="hi", **{"from": {**AGENT, "is_bot": True}})).person.is_bot


@pytest.mark.parametrize(
    "part",
    [
        {"forum_topic_created": {"name": "x", "icon_color": 7322096}},
        {"forum_topic_edited": {"name": "y"}},
        {"new_chat_members": [AGENT]},
        {"left_chat_member": AGENT},
        {"pinned_message": ROOT},
        {"new_chat_title": "x"},
        {"poll": {"id": "1"}},
    ],
)
def test_service_messages_ask_nothing_of_us(part: dict[str, Any]) -> None:
    try:
        heard = parsed(**desks(**part))
    except NotUnderstood:
        heard = None if "poll" in part else "a service message was not understood"  # this poll is cut short

    assert heard is None or isinstance(heard, Unused)


def test_a_group_that_is_none_of_ours_is_not_a_customer() -> None:
    other = {**desks(text="hello bot"), "chat": {**FORUM, "id": -100777}}

    assert isinstance(parsed(**other), Unused)


def tapped(data: str, chat: dict[str, Any], person: dict[str, Any], **parts: Any) -> Any:
    rows = [[{"text": "Sí", "callback_data": "say:yes"}, {"text": "No", "callback_data": "say:no"}]]
    under = {"message_id": 55, "date": NOON, "chat": chat, "text": "?", "reply_markup": {"inline_keyboard": rows}}
    query = {"id": "Q1", "from": person, "chat_instance": "1", "data": data, "message": under}
    return parsed("callback_query", **{**query, **parts})


def test_a_customers_tap_is_a_line_with_the_key_and_the_words_of_the_button() -> None:
    heard = tapped("say:yes", PRIVATE, CUSTOMER)

    assert (heard.tapped, heard.text, heard.address, heard.name) == ("yes", "Sí", str(CARMEN), "Carmen")
    assert "Q1" in heard.provider_id
    assert heard.occurred_at is None


def test_a_tap_under_a_message_too_old_to_be_shown_still_counts() -> None:
    heard = tapped("say:yes", PRIVATE, CUSTOMER, message={"message_id": 55, "date": 0, "chat": PRIVATE})

    assert (heard.tapped, heard.address) == ("yes", str(CARMEN))


def test_an_agents_tap_carries_who_where_and_what() -> None:
    heard = tapped("v1:take:12", FORUM, AGENT)

    assert heard == DeskTapped(GROUP, 55, Person(LENA, "Lena", "lena_sv"), "Q1", "v1:take:12")


@pytest.mark.parametrize("data", ["v1:take:12", "", "yes", "say"])
def test_a_customers_tap_on_a_button_that_is_not_theirs_does_nothing(data: str) -> None:
    assert isinstance(tapped(data, PRIVATE, CUSTOMER), Unused)


def test_a_tap_without_a_message_does_nothing() -> None:
    assert isinstance(tapped("say:yes", PRIVATE, CUSTOMER, message=None, inline_message_id="x"), Unused)


MEMBER = {
    "chat": PRIVATE,
    "from": CUSTOMER,
    "date": NOON,
    "old_chat_member": {"user": CUSTOMER, "status": "member"},
    "new_chat_member": {"user": CUSTOMER, "status": "kicked", "until_date": 0},
}
OTHER_KINDS: list[tuple[str, dict[str, Any]]] = [
    (
        "channel_post",
        {"message_id": 1, "date": NOON, "chat": {"id": -100, "type": "channel", "title": "c"}, "text": "x"},
    ),
    ("edited_channel_post", {"message_id": 1, "date": NOON, "chat": {"id": -100, "type": "channel", "title": "c"}}),
    ("my_chat_member", MEMBER),
    ("chat_member", MEMBER),
    ("inline_query", {"id": "1", "from": CUSTOMER, "query": "", "offset": ""}),
    ("something_of_2027", {"chat": PRIVATE, "deep": {"er": [1]}}),
]


@pytest.mark.parametrize(("kind", "value"), OTHER_KINDS, ids=[kind for kind, _ in OTHER_KINDS])
def test_every_other_kind_is_kept_with_its_name(kind: str, value: dict[str, Any]) -> None:
    heard = parsed(kind, **value)

    assert isinstance(heard, Unused | Line)
    assert not isinstance(heard, Unused) or kind in heard.reason


GARBAGE = [
    b"",
    b"\xff\xfe",
    b"null",
    b"1",
    b'"text"',
    b"[]",
    b"{}",
    b'{"update_id": 1, "message": 5}',
    b'{"update_id": 1, "message": {}}',
    b'{"update_id": 1, "message": {"message_id": 1, "date": "noon", "chat": {}}}',
    b'{"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": 1}}}',
    b'{"update_id": 1, "message": {"message_id": 1, "date": 1e300, "chat": {"id": 1, "type": "private"}}}',
    b'{"update_id": 1, "message": {"message_id": 1, "date": 99999999999999999999, "chat": {"id": 1, "type": "x"}}}',
    b'{"update_id": 1, "callback_query": {"id": "1", "from": null, "message": {}}}',
    b'{"update_id": 1, "callback_query": {"id": "1", "data": "say:x", "message": {"chat": 1}}}',
    b'{"update_id": Infinity}',
    b'{"update_id": NaN}',
    b'{"update_id": [1]}',
    b"[" * 100_000,
    b'{"a":' * 100_000,
]


@pytest.mark.parametrize("body", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_named_by_its_hash_or_number_and_parked(body: bytes) -> None:
    envelope = TELEGRAM.identify(request(body))
    try:
        heard: Any = TELEGRAM.parse(request(body))
    except NotUnderstood as error:
        heard = error

    assert envelope.provider_id
    assert isinstance(heard, NotUnderstood | Unused)


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: json.dumps(text).encode()))
def test_any_bytes_get_a_name_and_no_exception_but_not_understood(body: bytes) -> None:
    assert TELEGRAM.identify(request(body)).provider_id

    with pytest.raises(NotUnderstood):
        TELEGRAM.parse(request(body))


SAMPLES = [
    {"update_id": 1, "message": customers(text="x", photo=[{**FILE, "width": 9, "height": 9}])},
    {"update_id": 1, "message": desks(text="x", voice={**FILE, "duration": 3})},
    {"update_id": 1, "message": customers(location={"latitude": 1.5, "longitude": 2.5})},
    *({"update_id": 1, kind: value} for kind, value in OTHER_KINDS),
]
scalars: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just([]) | st.just({})
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value within, but for the number of the update."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [place for key, deeper in inner for place in places(deeper, (*path, key))]
    return found if not path or path == ("update_id",) else [path, *found]


@given(st.sampled_from(SAMPLES), st.data())
def test_an_update_with_one_part_of_another_type_crashes_nothing(update: dict[str, Any], data: st.DataObject) -> None:
    broken = copy.deepcopy(update)
    *way, last = data.draw(st.sampled_from(places(broken)))
    inner: Any = broken
    for key in way:
        inner = inner[key]
    inner[last] = data.draw(scalars)

    envelope = TELEGRAM.identify(request(broken))
    try:
        heard: Any = TELEGRAM.parse(request(broken))
    except NotUnderstood as error:
        heard = error

    assert envelope.provider_id
    assert isinstance(heard, Parsed | NotUnderstood)


def test_an_update_is_named_by_its_number_and_ordered_by_chat_and_topic() -> None:
    customer = TELEGRAM.identify(request({"update_id": 900, "message": customers(text="x")}))
    desk = TELEGRAM.identify(request({"update_id": 901, "message": desks(text="x")}))
    tap = {"id": "Q", "from": CUSTOMER, "message": customers(text="?"), "chat_instance": "1", "data": "say:yes"}
    taps = TELEGRAM.identify(request({"update_id": 902, "callback_query": tap}))

    assert customer == Envelope("123456", "900", f"telegram:{CARMEN}:")
    assert desk == Envelope("123456", "901", f"telegram:{GROUP}:{TOPIC}")
    assert taps.source == customer.source


def test_the_right_secret_is_let_in() -> None:
    TELEGRAM.verify(request({}))


@pytest.mark.parametrize("secret", ["", "x", SECRET[:-1], SECRET + " ", SECRET.upper(), "ñ" * 15, "\udc80"])
def test_another_secret_is_forged(secret: str) -> None:
    with pytest.raises(Forged):
        TELEGRAM.verify(request({}, secret))


def test_a_missing_secret_is_forged() -> None:
    with pytest.raises(Forged):
        TELEGRAM.verify(Request("/webhooks/telegram", {}, b"{}"))


@given(st.text())
def test_a_stranger_is_forged_whatever_secret_they_try(secret: str) -> None:
    with pytest.raises(Forged):
        TELEGRAM.verify(request({}, "" if secret == SECRET else secret))
