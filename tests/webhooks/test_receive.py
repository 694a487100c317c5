"""The inbound door: 2xx once it is stored, 403 on forgery, 413 on a giant, 503 when it cannot be stored; never else."""

import io
from dataclasses import replace

import pytest

from bot.claims import Database
from bot.shell import Shell
from models import Inbound
from tests.bot.house import SID, House, telegram_update, twilio_form
from tests.webhooks.doors import client, posts

MESSAGES = "/webhooks/twilio/messages"
LINE = {"MessageSid": "SM1", "AccountSid": SID, "From": "whatsapp:+34600000001", "To": "whatsapp:+34910000000"}
MIB = 2**20


def dead(shell: Shell) -> Shell:
    """The same program, its database away."""
    url = "postgresql://nobody@127.0.0.1:1/none" if shell.db.postgresql else "sqlite:////nowhere/at/all.sqlite3"
    return replace(shell, db=Database(url))


def test_a_line_is_answered_200_with_empty_twiml_and_stored(house: House) -> None:
    answer = posts(house.shell, twilio_form(MESSAGES, LINE | {"Body": "uploads fail"}))

    assert (answer.status_code, answer.mimetype) == (200, "text/xml")
    assert answer.data == b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
    assert house.one(Inbound).provider_id == "SM1"


def test_a_copy_is_answered_200_too(house: House) -> None:
    answers = [posts(house.shell, twilio_form(MESSAGES, LINE)).status_code for _ in range(3)]

    assert answers == [200] * 3
    assert len(house.rows(Inbound)) == 1


def test_an_update_is_answered_200_and_an_unreadable_one_as_well(house: House) -> None:
    fine = posts(house.shell, telegram_update({"update_id": 1}))
    broken = posts(house.shell, replace(telegram_update({}), body=b"{{{"))

    assert (fine.status_code, broken.status_code) == (200, 200)
    assert len(house.rows(Inbound)) == 2


def test_a_status_callback_is_stored_with_its_delivery_in_the_target(house: House) -> None:
    fields = {"MessageSid": "SM1", "AccountSid": SID, "MessageStatus": "sent"}

    answer = posts(house.shell, twilio_form("/webhooks/twilio/status/12", fields))

    assert answer.status_code == 200
    assert house.one(Inbound).target == "/webhooks/twilio/status/12"


def test_a_forged_line_is_answered_403_and_leaves_nothing(house: House) -> None:
    answer = posts(house.shell, twilio_form(MESSAGES, LINE, token="another token"))

    assert answer.status_code == 403
    assert house.rows(Inbound) == []


def test_a_channel_that_is_switched_off_answers_404(shell: Shell) -> None:
    off = replace(shell, channels={})

    assert posts(off, twilio_form(MESSAGES, LINE)).status_code == 404
    assert posts(off, telegram_update({"update_id": 1})).status_code == 404


@pytest.mark.parametrize("path", ["/webhooks/twilio/status/x", "/webhooks/twilio", "/webhooks/email"])
def test_a_door_that_is_not_there_answers_404(shell: Shell, path: str) -> None:
    assert client(shell).post(path).status_code == 404


def test_a_get_on_a_webhook_answers_405(shell: Shell) -> None:
    assert client(shell).get(MESSAGES).status_code == 405


def test_a_line_that_cannot_be_stored_is_answered_503_so_that_it_comes_again(house: House) -> None:
    answer = posts(dead(house.shell), twilio_form(MESSAGES, LINE))

    assert answer.status_code == 503
    assert posts(house.shell, twilio_form(MESSAGES, LINE)).status_code == 200
    assert house.one(Inbound).state == "waiting"


def test_a_forgery_is_told_before_the_database_is_asked(shell: Shell) -> None:
    assert posts(dead(shell), twilio_form(MESSAGES, LINE, token="another token")).status_code == 403


def test_a_body_of_one_mib_is_taken_and_one_byte_more_is_413(house: House) -> None:
    frame = b'{"update_id": 1, "pad": ""}'
    whole = replace(telegram_update({}), body=frame[:-2] + b"x" * (MIB - len(frame)) + frame[-2:])

    assert len(whole.body) == MIB
    assert posts(house.shell, whole).status_code == 200
    assert posts(house.shell, replace(whole, body=whole.body + b" ")).status_code == 413
    assert len(house.rows(Inbound)) == 1


def test_a_giant_that_does_not_tell_its_length_is_413_as_well(house: House) -> None:
    request = telegram_update({})
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}

    answer = client(house.shell).post(
        request.target, input_stream=io.BytesIO(b"x" * (MIB + 1)), headers=request.headers, environ_overrides=chunked
    )

    assert answer.status_code == 413
    assert house.rows(Inbound) == []


@pytest.mark.parametrize("target", [f"{MESSAGES}?studio=a%20b%2Fc&x=%C3%A9", f"{MESSAGES}?q=a+b%26c&empty="])
def test_the_signature_is_checked_over_the_target_as_it_was_sent(house: House, target: str) -> None:
    assert posts(house.shell, twilio_form(target, LINE)).status_code == 200
    assert house.one(Inbound).target == target


def test_a_target_a_proxy_sends_whole_is_read_by_its_path_and_query(house: House) -> None:
    request = twilio_form(f"{MESSAGES}?a=%41", LINE)

    answer = posts(house.shell, request, raw=f"http://inside.example:8000{request.target}")

    assert answer.status_code == 200
    assert house.one(Inbound).target == f"{MESSAGES}?a=%41"


def test_the_host_header_decides_nothing(house: House) -> None:
    request = twilio_form(MESSAGES, LINE)
    other = replace(request, headers={**request.headers, "host": "attacker.example", "x-forwarded-host": "a.example"})

    assert posts(house.shell, other).status_code == 200


def test_a_server_that_tells_no_raw_target_is_served_too(house: House) -> None:
    request = twilio_form(MESSAGES, LINE)

    assert posts(house.shell, request, raw="").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b'{"update_id": Infinity}',
        b"[" * 100_000,
        b'{"update_id": 5, "message": {"chat": {"id": "\\ud800"}}}',
        b'{"update_id": 5, "message": {"chat": {"id": "\\u0000"}}}',
    ],
    ids=["infinite number", "deep nesting", "lone surrogate", "NUL"],
)
def test_no_authentic_body_is_answered_5xx_however_odd(house: House, body: bytes) -> None:
    answer = posts(house.shell, replace(telegram_update({}), body=body))

    assert answer.status_code == 200
    assert len(house.rows(Inbound)) == 1


@pytest.mark.parametrize("field", ["MessageSid", "From", "AccountSid"])
def test_a_nul_in_a_signed_form_is_stored_and_not_refused_for_ever(house: House, field: str) -> None:
    answer = posts(house.shell, twilio_form(MESSAGES, LINE | {field: "a\0b"}))

    assert answer.status_code == 200
    assert len(house.rows(Inbound)) == 1
