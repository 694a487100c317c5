"""What a file is decides by its own bytes; what runs in disguise is not stored, and what did not come is said."""

import pytest

from bot.contents import UNKNOWN, checked, kind
from channels.wire import Fetch, File, Receipt, SendMedia, TransportError
from models import Delivery, Media, Message
from tests.bot.house import House, Json
from tests.bot.recorder import MAGIC

PROGRAM = b"MZ\x90\0\x03\0\0\0PE\0\0"


def judged(data: bytes, told: str) -> str:
    file = checked(Receipt(file=File(data, told))).file
    assert file is not None
    return file.content_type


@pytest.mark.parametrize("name", MAGIC)
def test_an_honest_file_keeps_its_type(name: str) -> None:
    assert judged(MAGIC[name] + b"...", name) == name


@pytest.mark.parametrize(
    ("data", "told", "found"),
    [
        (MAGIC["image/png"], "image/jpeg", "image/png"),
        (MAGIC["image/jpeg"], "", "image/jpeg"),
        (MAGIC["application/pdf"], "image/jpeg", "application/pdf"),
        (MAGIC["audio/ogg"], "audio/ogg; codecs=opus", "audio/ogg"),
        (MAGIC["video/mp4"], "audio/aac", "audio/aac"),
        (b"\0\0\0\x14ftyp3gp4", "audio/3gpp", "audio/3gpp"),
        (b"#!AMR\n...", "audio/amr", "audio/amr"),
        (MAGIC["application/zip"], "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (MAGIC["application/zip"], "image/jpeg", "application/zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword", "application/msword"),
        (b"BEGIN:VCARD\r\n", "text/vcard", "text/vcard"),
        (b"nobody knows", "image/jpeg", UNKNOWN),
        (b"text with\0a zero", "text/plain", UNKNOWN),
        (b"", "image/jpeg", UNKNOWN),
        (b"MZ, the column of a table", "text/csv", "text/csv"),
        (b"<!DOCTYPE html><p>our gallery", "text/html", UNKNOWN),
        (b"#!/bin/sh\n", "application/octet-stream", UNKNOWN),
    ],
)  # fmt: skip
def test_the_bytes_decide_and_what_nobody_knows_is_a_plain_file(data: bytes, told: str, found: str) -> None:
    assert judged(data, told) == found


@pytest.mark.parametrize(
    ("data", "told", "words"),
    [
        (b"<!DOCTYPE HTML><script>", "image/jpeg", "it says that it is image/jpeg and is a web page"),
        (b"\xef\xbb\xbf \n<!-- x -->\n<html>", "image/png", "is a web page"),
        ("\ufeff<html>".encode("utf-16-le"), "application/pdf", "is a web page"),
        (b'<?xml version="1.0"?><svg onload="x()">', "image/png", "is a web page"),
        (b"#!/bin/sh\nrm -rf /", "audio/ogg", "is a script"),
        (b"<?php system(1);", "image/gif", "is a script"),
        (PROGRAM, "image/jpeg", "it is a program"),
        (PROGRAM, "application/octet-stream", "it is a program"),
        (b"\x7fELF\x02\x01\x01", "", "it is a program"),
        (b"<html>", "image/<b>x</b>", "it says that it is something else and is a web page"),
    ],
)
def test_what_runs_in_disguise_is_refused_in_words(data: bytes, told: str, words: str) -> None:
    with pytest.raises(TransportError, match=words) as refused:
        judged(data, told)

    assert refused.value.permanent


@pytest.mark.parametrize(
    ("told", "content_type", "shown"),
    [
        ("picture", "image/png", "picture"),
        ("picture", UNKNOWN, "document"),
        ("voice", "audio/ogg", "voice"),
        ("video", "audio/mpeg", "document"),
        ("document", "image/png", "document"),
    ],
)
def test_what_is_not_what_it_says_is_shown_as_a_document(told: str, content_type: str, shown: str) -> None:
    assert kind(told, content_type) == shown


def test_a_page_sent_as_a_picture_is_not_stored_and_said_in_the_topic(house: House) -> None:
    thread = house.opened()
    house.twilio.when(Fetch, Receipt(file=File(b"<html><script>x()</script>", "image/jpeg")))

    house.says("look at this", media=("one",))
    house.works()

    assert house.rows(Media) == []
    (line,) = [line for line in house.rows(Message) if line.media]
    assert "sha256" not in line.media[0]
    said, words = house.shown(thread)[-1].split("\n")
    assert said.endswith("could not be fetched: it says that it is image/jpeg and is a web page.")
    assert words == "Tolu: look at this"


def test_a_picture_of_unknown_bytes_comes_as_a_document(house: House) -> None:
    thread = house.opened()
    house.twilio.when(Fetch, Receipt(file=File(b"nobody knows", "image/jpeg")))

    house.says("look at this", media=("one",))
    house.works()

    assert house.one(Media).content_type == UNKNOWN
    assert house.shown(thread)[-1] == "[document] Tolu: look at this"


def test_an_agents_page_sent_as_a_picture_does_not_go_out_and_is_said(house: House) -> None:
    thread = house.opened()
    house.telegram.when(Fetch, Receipt(file=File(b"<html>", "image/jpeg")))

    picture: Json = {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 9, "height": 9}]}
    house.writes("", thread, caption="/r Here.", **picture)
    house.works()

    assert not [call for call in house.twilio.calls if isinstance(call, SendMedia)]
    assert any(
        "NOT DELIVERED to Tolu: the attachment could not be fetched: it says that it is image/jpeg" in text
        for text in house.shown(thread)
    )


def test_a_redirect_away_from_twilio_is_said_in_the_topic(house: House) -> None:
    thread = house.opened()
    house.twilio.when(Fetch, TransportError("the attachment redirects away from Twilio", permanent=True))

    house.says("look at this", media=("one",))
    house.works()

    assert "the attachment could not be fetched: it redirects away from Twilio" in house.shown(thread)[-1]
    assert len([call for call in house.twilio.calls if isinstance(call, Fetch)]) == 1


def test_a_file_that_does_not_come_is_tried_with_back_off_and_then_shown(house: House) -> None:
    thread = house.opened()
    house.twilio.when(Fetch, TransportError("Twilio answered 500 for the attachment"), times=3)
    house.says("look at this", media=("one",))

    waits = []
    for _ in range(3):
        house.works()
        (fetch,) = house.owed(kind="Fetch")
        assert fetch.retry_at is not None
        waits.append((fetch.retry_at - house.clock.real()).total_seconds())
        house.clock.passes(waits[-1])
    house.works()

    assert waits == sorted(waits)
    assert house.shown(thread)[-1] == "[picture] Tolu: look at this"


def test_a_file_that_never_comes_is_given_up_in_two_minutes_said_and_blocks_nothing_more(house: House) -> None:
    thread = house.opened()
    house.twilio.when(Fetch, TransportError("Twilio answered 500 for the attachment"), times=99)
    house.says("look at this", media=("one",))
    house.says("are you there?")
    house.works()
    before = house.shown(thread)

    for _ in range(10):
        house.clock.passes(30)
        house.works()

    assert not any("are you there" in text for text in before)
    after, said = house.shown(thread)[-2:]
    assert "could not be fetched: Twilio answered 500 for it.\nTolu: look at this" in said
    assert after == "Tolu: are you there?"
    (fetch,) = house.owed(kind="Fetch")
    assert (fetch.state, fetch.attempts < 12) == ("failed", True)
    assert not [row for row in house.rows(Delivery) if row.state in ("queued", "unknown")]
