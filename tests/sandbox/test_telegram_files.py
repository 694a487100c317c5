"""Files go up and come down again, within Telegram's limits."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from telegram import InputMediaPhoto, InputMediaVideo
from telegram.error import BadRequest

from tests.sandbox.telegram_client import GROUP, PAVEL, PIXEL, Telegram


@pytest.fixture(scope="module")
def client(sandbox_process: Any) -> Iterator[Telegram]:
    with Telegram(sandbox_process.base) as client:
        yield client


@pytest.fixture
def telegram(sandbox: Any, client: Telegram) -> Telegram:
    return client


def test_a_photo_goes_up_by_multipart_and_again_by_id(telegram: Telegram) -> None:
    first = telegram.run(telegram.bot.send_photo(PAVEL, PIXEL, caption="<i>Look</i>", parse_mode="HTML"))

    again = telegram.run(telegram.bot.send_photo(GROUP, first.photo[-1].file_id))

    assert (first.photo[-1].width, first.photo[-1].height) == (1, 1)
    assert (first.caption, first.caption_entities[0].type) == ("Look", "italic")
    assert again.photo == first.photo


def test_a_file_is_downloaded_byte_for_byte(sandbox: Any, telegram: Telegram) -> None:
    said = sandbox.post("telegram/say", chat_id=PAVEL, user_id=PAVEL, document="document")["message"]["document"]

    bot = telegram.bot

    async def download() -> bytes:
        file = await bot.get_file(said["file_id"])
        return bytes(await file.download_as_bytearray())

    data = telegram.run(download())

    assert data.startswith(b"%PDF")
    assert len(data) == said["file_size"]


@pytest.mark.parametrize("kind", ["video", "animation", "audio", "document", "voice", "video_note", "sticker"])
def test_every_kind_of_media_is_taken_and_shown(telegram: Telegram, kind: str) -> None:
    send = getattr(telegram.bot, f"send_{kind}")

    message = telegram.run(send(PAVEL, b"some bytes"))

    file = getattr(message, kind)
    assert file.file_size == 10
    assert not file.api_kwargs
    assert telegram.run(telegram.bot.get_file(file.file_id)).file_path


def test_what_is_no_image_is_no_photo(telegram: Telegram) -> None:
    with pytest.raises(BadRequest, match="Image_process_failed"):
        telegram.run(telegram.bot.send_photo(PAVEL, b"no image"))


def test_a_file_keeps_its_kind(telegram: Telegram) -> None:
    voice = telegram.run(telegram.bot.send_voice(PAVEL, b"ogg")).voice
    assert voice is not None

    said = telegram.refused("sendPhoto", chat_id=PAVEL, photo=voice.file_id)

    assert said == "Bad Request: can't use file of type VoiceNote as Photo"


def test_media_by_url_is_loudly_not_modelled(telegram: Telegram) -> None:
    assert "does not model" in telegram.refused("sendPhoto", chat_id=PAVEL, photo="https://x.io/a.png")


def test_a_download_stops_at_20_megabytes(sandbox: Any, telegram: Telegram) -> None:
    big = {"sample": "video", "bytes": 20 * 2**20 + 1}
    said = sandbox.post("telegram/say", chat_id=PAVEL, user_id=PAVEL, video=big)["message"]["video"]

    assert telegram.refused("getFile", file_id=said["file_id"]) == "Bad Request: file is too big"
    assert telegram.refused("getFile", file_id="nonsense") == (
        "Bad Request: wrong file_id or the file is temporarily unavailable"
    )


def test_a_photo_stops_at_10_megabytes(telegram: Telegram) -> None:
    files = {"photo": ("big.png", PIXEL.ljust(10 * 2**20 + 1, b"\0"))}

    answer = requests.post(f"{telegram.url}/sendPhoto", data={"chat_id": str(PAVEL)}, files=files, timeout=5).json()

    assert answer["description"] == (
        "Bad Request: file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes"
    )


def test_an_album_goes_out_as_one_group(telegram: Telegram) -> None:
    media: list[InputMediaPhoto | InputMediaVideo] = [
        InputMediaPhoto(PIXEL, caption="Two"),
        InputMediaVideo(b"video bytes"),
    ]

    messages = telegram.run(telegram.bot.send_media_group(PAVEL, media))

    assert len({message.media_group_id for message in messages}) == 1
    assert messages[0].caption == "Two"
    assert messages[1].video is not None


def test_an_album_of_one_is_refused(telegram: Telegram) -> None:
    with pytest.raises(BadRequest):
        telegram.run(telegram.bot.send_media_group(PAVEL, [InputMediaPhoto(PIXEL)]))


def test_copies_hide_the_author_and_forwards_show_them(sandbox: Any, telegram: Telegram) -> None:
    said = sandbox.post("telegram/say", chat_id=PAVEL, user_id=PAVEL, text="My words")["message"]["message_id"]

    copied = telegram.run(telegram.bot.copy_message(GROUP, PAVEL, said))
    forwarded = telegram.run(telegram.bot.forward_message(GROUP, PAVEL, said))

    seen = sandbox.get(f"telegram/chats/{GROUP}")["topics"][0]["messages"]
    assert [one["message_id"] for one in seen][-2:] == [copied.message_id, forwarded.message_id]
    assert "forward_origin" not in seen[-2]
    assert seen[-1]["forward_origin"]["sender_user"]["id"] == PAVEL
    assert forwarded.forward_origin is not None


def test_copied_albums_stay_albums(sandbox: Any, telegram: Telegram) -> None:
    said = sandbox.post("telegram/say", chat_id=PAVEL, user_id=PAVEL, album=["photo", "photo"])["messages"]
    numbers = [message["message_id"] for message in said]

    telegram.run(telegram.bot.copy_messages(GROUP, PAVEL, numbers))

    seen = sandbox.get(f"telegram/chats/{GROUP}")["topics"][0]["messages"][-2:]
    assert seen[0]["media_group_id"] == seen[1]["media_group_id"] != said[0]["media_group_id"]


def test_service_messages_are_neither_copied_nor_forwarded(telegram: Telegram) -> None:
    topic = telegram.topic()

    copied = telegram.refused("copyMessage", chat_id=PAVEL, from_chat_id=GROUP, message_id=topic)
    forwarded = telegram.refused("forwardMessage", chat_id=PAVEL, from_chat_id=GROUP, message_id=topic)

    assert (copied, forwarded) == (
        "Bad Request: message can't be copied",
        "Bad Request: message can't be forwarded",
    )
