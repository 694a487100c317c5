"""Calls to Telegram by the real Bot against a server on loopback: receipts, and every refusal as ours."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from telegram.error import RetryAfter

from channels.arranging import CloseTopic, PinMessage
from channels.telegram import Telegram
from channels.telegram.channel import Account
from channels.telegram.errors import translated
from channels.wire import (
    AnswerTap,
    Call,
    EditText,
    Fetch,
    OpenTopic,
    Option,
    React,
    SendMedia,
    SendText,
    TransportError,
)
from conversations.events import Media
from tests.channels.loopback import Provider, Reply, nobody, provider, told

# Where PTB_TIMEDELTA is not set, the library warns of the coming type each time it is told to wait.
pytestmark = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")

TOKEN = "123456:ABC-def"
SENT = told(
    200,
    {
        "ok": True,
        "result": {"message_id": 77, "date": 1781352000, "chat": {"id": 4001, "type": "private"}, "text": "x"},
    },
)
DONE = told(200, {"ok": True, "result": True})
HELLO = SendText("4001", "hello")


@pytest.fixture(scope="module")
def server() -> Iterator[Provider]:
    with provider() as running:
        yield running


@pytest.fixture(scope="module")
def telegram(server: Provider) -> Iterator[Telegram]:
    channel = Telegram(Account(TOKEN, "secret", server.base, frozenset({-100}), timeout=0.4))
    yield channel
    channel.close()


def refusal(code: int, description: str, **parameters: object) -> Reply:
    return told(code, {"ok": False, "error_code": code, "description": description, "parameters": parameters})


def refused(telegram: Telegram, call: Call = HELLO) -> TransportError:
    with pytest.raises(TransportError) as error:
        telegram.send(call, 1)
    return error.value


def test_a_text_is_sent_once_and_its_number_comes_back(server: Provider, telegram: Telegram) -> None:
    server.answers(SENT)

    receipt = telegram.send(HELLO, 1)

    assert receipt.provider_id == "77"
    assert [asked.path for asked in server.asked] == [f"/bot{TOKEN}/sendMessage"]
    assert server.asked[0].form["text"] == ["hello"]


def test_a_text_into_a_topic_carries_its_thread_its_buttons_and_what_it_answers(
    server: Provider, telegram: Telegram
) -> None:
    server.answers(SENT)
    buttons = (Option("v1:take:12", "I take it"),)

    telegram.send(SendText("-100", "<b>x</b>", thread=7, options=buttons, html=True, reply_to=5), 1)

    form = server.asked[0].form
    assert (form["message_thread_id"], form["parse_mode"]) == (["7"], ["HTML"])
    assert '"callback_data": "v1:take:12"' in form["reply_markup"][0].replace('":"', '": "')
    assert "allow_sending_without_reply" in form["reply_parameters"][0]


def test_the_general_topic_is_no_thread(server: Provider, telegram: Telegram) -> None:
    server.answers(SENT)

    telegram.send(HELLO, 1)

    assert "message_thread_id" not in server.asked[0].form


def test_a_new_topics_receipt_is_its_thread(server: Provider, telegram: Telegram) -> None:
    topic = {"message_thread_id": 42, "name": "#12", "icon_color": 7322096}
    server.answers(told(200, {"ok": True, "result": topic}))

    assert telegram.send(OpenTopic("-100", "#12"), 1).provider_id == "42"


@pytest.mark.parametrize(
    ("call", "method"),
    [
        (React("4001", 31, "👀"), "setMessageReaction"),
        (AnswerTap("Q1", "It is yours."), "answerCallbackQuery"),
        (EditText("-100", 5, "text"), "editMessageText"),
        (PinMessage("-100", 5), "pinChatMessage"),
        (CloseTopic("-100", 7), "closeForumTopic"),
    ],
)
def test_small_calls_go_to_their_method(server: Provider, telegram: Telegram, call: Call, method: str) -> None:
    server.answers(SENT if method == "editMessageText" else DONE)

    telegram.send(call, 1)

    assert [asked.path.rpartition("/")[2] for asked in server.asked] == [method]


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        ("picture", "sendPhoto"),
        ("voice", "sendVoice"),
        ("video", "sendVideo"),
        ("audio", "sendAudio"),
        ("sticker", "sendSticker"),
        ("document", "sendDocument"),
        ("something new", "sendDocument"),
    ],
)
@pytest.mark.parametrize("data", [b"", b"bytes of the file"])
def test_an_attachment_goes_by_its_id_or_its_bytes(
    server: Provider, telegram: Telegram, kind: str, method: str, data: bytes
) -> None:
    server.answers(SENT)

    telegram.send(SendMedia("-100", kind, ref="F1", data=data), 1)

    assert server.asked[0].path.endswith(method)
    assert (data or b"F1") in server.asked[0].body


def test_a_file_is_brought_by_its_id(server: Provider, telegram: Telegram) -> None:
    found = {"file_id": "F1", "file_unique_id": "U1", "file_path": "photos/file_1.jpg"}
    server.answers(told(200, {"ok": True, "result": found}), Reply(200, b"jpeg bytes"))

    receipt = telegram.send(Fetch(Media("picture", "F1", "image/jpeg")), 1)

    assert receipt.file is not None
    assert (receipt.file.data, receipt.file.content_type) == (b"jpeg bytes", "image/jpeg")
    assert unquote(server.asked[1].path) == f"/file/bot{TOKEN}/photos/file_1.jpg"


@pytest.mark.parametrize(
    ("reply", "fate", "code"),
    [
        (refusal(429, "Too Many Requests: retry after 3", retry_after=3), (False, False, 3.0), "429"),
        (refusal(400, "Bad Request: chat not found"), (True, False, None), None),
        (refusal(400, "Bad Request: message thread not found"), (True, False, None), "topic_gone"),
        (refusal(400, "Bad Request: TOPIC_DELETED"), (True, False, None), "topic_gone"),
        (refusal(400, "Bad Request: TOPIC_ID_INVALID"), (True, False, None), "topic_gone"),
        (refusal(400, "Bad Request: can't parse entities: unclosed tag"), (True, False, None), None),
        (refusal(400, "Bad Request: file is too big"), (True, False, None), None),
        (refusal(403, "Forbidden: bot was blocked by the user"), (True, False, None), None),
        (refusal(403, "Forbidden: bot was kicked from the supergroup chat"), (True, False, None), None),
        (refusal(401, "Unauthorized: invalid token specified"), (False, False, None), "401"),
        (refusal(404, "Not Found"), (False, False, None), "401"),
        (
            refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-100999),
            (False, False, None),
            "migrated:-100999",
        ),
        (refusal(500, "Internal Server Error"), (False, True, None), None),
        (refusal(502, "Bad Gateway"), (False, True, None), None),
        (refusal(409, "Conflict: terminated by other getUpdates request"), (False, True, None), None),
        (Reply(502, b"<html>bad gateway</html>"), (False, True, None), None),
        (Reply(200, b"<html>login here</html>"), (False, True, None), None),
        (Reply(hangs_up=True), (False, True, None), None),
        (Reply(200, b"{}", after=1.0), (False, True, None), None),
    ],
)
def test_each_refusal_says_what_it_means_for_sending_again(
    server: Provider, telegram: Telegram, reply: Reply, fate: tuple[object, ...], code: str | None
) -> None:
    server.answers(reply)

    error = refused(telegram)

    assert (error.permanent, error.unknown, error.retry_after) == fate
    assert code is None or error.code == code
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("description", "words"),
    [
        ("Forbidden: bot was blocked by the user", "blocked"),
        ("Forbidden: user is deactivated", "deleted"),
        ("Forbidden: bot can't initiate conversation with a user", "never written"),
    ],
)
def test_agents_read_why_in_plain_words(server: Provider, telegram: Telegram, description: str, words: str) -> None:
    server.answers(refusal(403, description))

    assert words in str(refused(telegram))


def test_a_refusal_says_nothing_of_the_token_or_the_text(server: Provider, telegram: Telegram) -> None:
    server.answers(Reply(hangs_up=True))

    error = refused(telegram, SendText("4001", "private words"))

    assert TOKEN not in f"{error} {error.code}"
    assert "private" not in f"{error} {error.code}"


def test_a_refused_connection_was_surely_not_taken() -> None:
    channel = Telegram(Account(TOKEN, "secret", nobody(), frozenset(), timeout=0.4))

    error = refused(channel)
    channel.close()

    assert (error.unknown, error.permanent) == (False, False)


def test_a_path_in_the_address_of_the_api_is_kept(server: Provider) -> None:
    channel = Telegram(Account(TOKEN, "secret", f"{server.base}/telegram/", frozenset(), timeout=1))
    server.answers(SENT)

    channel.send(HELLO, 1)
    channel.close()

    assert server.asked[0].path == f"/telegram/bot{TOKEN}/sendMessage"


@pytest.mark.parametrize("wait", [3, timedelta(seconds=3)])
@pytest.mark.parametrize("timedeltas", ["true", "false"])
def test_the_time_to_wait_is_read_in_both_of_its_types(
    monkeypatch: pytest.MonkeyPatch, timedeltas: str, wait: int | timedelta
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", timedeltas)

    with pytest.raises(TransportError) as error, translated():
        raise RetryAfter(wait)

    assert error.value.retry_after == 3.0


def test_telegram_cannot_be_asked_what_it_took(telegram: Telegram) -> None:
    assert telegram.find(HELLO, datetime(2026, 6, 13, tzinfo=UTC)) == []


def test_a_closed_channel_opens_again_when_it_is_used(server: Provider) -> None:
    channel = Telegram(Account(TOKEN, "secret", server.base, frozenset(), timeout=1))
    server.answers(SENT)
    channel.send(HELLO, 1)

    channel.close()
    channel.close()
    again = channel.send(HELLO, 2)
    channel.close()

    assert again.provider_id == "77"
