"""What is kept before anything is understood: once, or not at all."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.claims import Database
from bot.remember import remember
from channels.wire import Forged, Request
from models import Inbound
from tests.bot.house import GROUP, SID, House, telegram_update, twilio_form
from tests.bot.recorder import NOON

LINE = {"MessageSid": "SM1", "AccountSid": SID, "From": "whatsapp:+34600000001", "To": "whatsapp:+34910000000"}
MESSAGES = "/webhooks/twilio/messages"


def test_a_copy_of_a_line_is_one_row_and_is_not_an_error(house: House) -> None:
    first = house.posts("twilio", twilio_form(MESSAGES, LINE))
    second = house.posts("twilio", twilio_form(MESSAGES, LINE | {"Body": "edited by a retry"}))

    assert (first, second) == (True, False)
    assert b"edited" not in house.one(Inbound).body


def test_sixteen_copies_at_once_are_one_row_and_none_fails(house: House) -> None:
    together = Barrier(16)

    def post(_: int) -> bool:
        together.wait(5)
        return house.posts("twilio", twilio_form(MESSAGES, LINE))

    with ThreadPoolExecutor(16) as pool:
        fresh = list(pool.map(post, range(16)))

    assert sum(fresh) == 1
    assert house.one(Inbound).provider_id == "SM1"


def test_a_line_is_kept_raw_with_the_moment_it_came(house: House) -> None:
    request = twilio_form(MESSAGES + "?shard=2", LINE | {"Body": "¿está caído? 100%"})

    house.posts("twilio", request)

    row = house.one(Inbound)
    assert (row.body, row.target) == (request.body, MESSAGES + "?shard=2")
    assert (row.channel, row.account, row.source) == ("twilio", SID, "twilio:whatsapp:+34600000001")
    assert (row.state, row.ingested_at) == ("waiting", NOON)


@pytest.mark.parametrize(
    "forgery",
    [
        twilio_form(MESSAGES, LINE, token="another token"),
        replace(twilio_form(MESSAGES, LINE), headers={}),
        replace(twilio_form(MESSAGES, LINE), body=b"MessageSid=SM2"),
        replace(twilio_form(MESSAGES, LINE), target=MESSAGES + "?added=1"),
        replace(twilio_form(MESSAGES, LINE), body=b"\xff\xfe"),
    ],
    ids=["token", "unsigned", "body", "target", "no text"],
)
def test_a_forged_twilio_webhook_leaves_nothing(house: House, forgery: Request) -> None:
    with pytest.raises(Forged):
        house.posts("twilio", forgery)

    assert house.rows(Inbound) == []


@pytest.mark.parametrize("secret", ["", "wrong", "telegram-webhook-secre", "ünïcode"])
def test_an_update_without_our_secret_leaves_nothing(house: House, secret: str) -> None:
    with pytest.raises(Forged):
        house.posts("telegram", telegram_update({"update_id": 1}, secret))

    assert house.rows(Inbound) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"not json", b"[]", b"null", b'{"update_id": "seven"}', b'{"update_id": null}', b"\xff\xfe", b'{"a": 1}'],
)
def test_an_unreadable_update_is_kept_under_its_hash_and_once(house: House, body: bytes) -> None:
    request = replace(telegram_update({}), body=body)

    assert house.posts("telegram", request)
    assert not house.posts("telegram", request)

    row = house.one(Inbound)
    assert row.provider_id.startswith("sha256:")
    assert (row.body, row.source) == (body, "")


def test_twilio_forms_without_a_sid_are_kept_by_their_hash_so_two_different_ones_stay_two(house: House) -> None:
    for words in ("one", "two", "two"):
        house.posts("twilio", twilio_form(MESSAGES, {"From": "x", "Body": words}))

    assert [row.provider_id[:7] for row in house.rows(Inbound)] == ["sha256:"] * 2


def test_each_status_of_one_message_is_a_row_of_its_own(house: House) -> None:
    for status in ("sent", "delivered", "sent"):
        house.reports(7, status, "SM7")

    assert [row.provider_id for row in house.rows(Inbound)] == ["SM7:sent", "SM7:delivered"]
    assert {row.source for row in house.rows(Inbound)} == {"status:7"}


def test_updates_are_ordered_by_chat_and_topic(house: House) -> None:
    house.texts("hello", user=601)
    house.writes("a note", thread=77)
    house.taps("v1:take:1")

    assert [row.source for row in house.rows(Inbound)] == [
        "telegram:601:",
        f"telegram:{GROUP}:77",
        f"telegram:{GROUP}:",
    ]


def test_a_database_that_is_away_is_an_error_of_the_database(house: House) -> None:
    dead = "postgresql://nobody@127.0.0.1:1/none" if house.shell.db.postgresql else "sqlite:////nowhere/at/all.sqlite3"
    away = replace(house.shell, db=Database(dead))

    with pytest.raises(SQLAlchemyError):
        remember(away, "twilio", twilio_form(MESSAGES, LINE))


@pytest.mark.parametrize("database_kind", ["postgresql"])  # an embedded file has no server to restart
def test_a_line_is_kept_though_the_database_server_has_just_been_restarted(house: House) -> None:
    house.posts("twilio", twilio_form(MESSAGES, LINE))
    mine = "pid <> pg_backend_pid() AND datname = current_database()"
    with house.shell.db.writing() as session:
        session.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {mine}"))

    house.posts("twilio", twilio_form(MESSAGES, LINE | {"MessageSid": "SM2"}))

    house.shell.db.close()  # the other pool's connections are dead too, and the next test must not find them
    assert len(house.rows(Inbound)) == 2
