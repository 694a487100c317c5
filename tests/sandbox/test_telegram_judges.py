"""A foreign judge over everything: aiogram's models read every answer and every update of a busy day."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import aiogram.methods
import pytest
import requests
from pydantic import TypeAdapter

from tests.sandbox.telegram_client import GROUP, LENA, PAVEL, PIXEL, TOMAS, Telegram, judge, unknown_fields
from tests.support.sandbox import Sandbox, running

BUTTONS = {"inline_keyboard": [[{"text": "Take", "callback_data": "take"}]]}


@dataclass
class Day:
    sandbox: Sandbox
    updates: list[dict[str, Any]]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A sandbox without flood limits on which a busy day has passed."""
    with running(tmp_path_factory.mktemp("day"), {"telegram": {"flood_limits": False}}) as sandbox:
        with Telegram(sandbox.base) as telegram:
            telegram.drained(
                "message", "edited_message", "callback_query", "message_reaction", "my_chat_member", "chat_member"
            )
            the_bot_works(telegram)
            people_work(sandbox, telegram)
            updates = telegram.updates()
        yield Day(sandbox, updates)


def the_bot_works(telegram: Telegram) -> None:
    ok = telegram.ok
    topic = telegram.topic()
    where = {"chat_id": GROUP, "message_thread_id": topic}
    html = "<b>a</b> <a href='tg://user?id=501'>Lena</a> <code>c</code> <blockquote>q</blockquote> 🎉"
    card = ok("sendMessage", **where, text=html, parse_mode="HTML", reply_markup=BUTTONS)["message_id"]
    this = {"chat_id": GROUP, "message_id": card}
    ok("editMessageText", **this, text="new", link_preview_options={"is_disabled": True})
    ok("editMessageReplyMarkup", **this, reply_markup=BUTTONS)
    ok("pinChatMessage", **this)
    ok("getChat", chat_id=GROUP)
    ok("getChat", chat_id=PAVEL)
    ok("unpinChatMessage", **this)
    ok("setMessageReaction", **this, reaction=[{"type": "emoji", "emoji": "👍"}])
    ok("sendLocation", **where, latitude=1, longitude=2)
    ok("sendContact", **where, phone_number="+1", first_name="A")
    ok("sendChatAction", chat_id=GROUP, action="typing")
    for kind in ("photo", "video", "animation", "audio", "document", "voice", "videoNote", "sticker"):
        name = "video_note" if kind == "videoNote" else kind
        sent = _upload(telegram, f"send{kind[0].upper()}{kind[1:]}", name, where)
    photo = _upload(telegram, "sendPhoto", "photo", where)
    media = {"type": "photo", "media": photo["photo"][0]["file_id"]}
    ok("editMessageMedia", chat_id=GROUP, message_id=photo["message_id"], media=media | {"caption": "changed"})
    ok("editMessageCaption", chat_id=GROUP, message_id=photo["message_id"], caption="again")
    ok("sendMediaGroup", **where, media=[media, media])
    ok("getFile", file_id=sent["sticker"]["file_id"])
    ok("copyMessage", chat_id=PAVEL, from_chat_id=GROUP, message_id=card)
    ok("copyMessages", chat_id=PAVEL, from_chat_id=GROUP, message_ids=[card])
    ok("forwardMessage", chat_id=PAVEL, from_chat_id=GROUP, message_id=card)
    ok("forwardMessages", chat_id=PAVEL, from_chat_id=GROUP, message_ids=[card])
    ok("deleteMessages", chat_id=GROUP, message_ids=[card])
    _look_around(telegram, where)


def _look_around(telegram: Telegram, where: dict[str, Any]) -> None:
    ok = telegram.ok
    ok("setMyCommands", commands=[{"command": "queue", "description": "Open tickets"}])
    ok("getMyCommands")
    ok("deleteMyCommands")
    for text in ("Name", "Description", "ShortDescription"):
        ok(f"setMy{text}", name="x") if text == "Name" else None
        ok(f"getMy{text}")
    ok("getMe")
    ok("getWebhookInfo")
    ok("getForumTopicIconStickers")
    ok("getChatMember", chat_id=GROUP, user_id=LENA)
    ok("getChatMember", chat_id=GROUP, user_id=PAVEL)
    ok("getChatAdministrators", chat_id=GROUP)
    ok("getChatMemberCount", chat_id=GROUP)
    ok("editForumTopic", **where, name="other")
    ok("closeForumTopic", **where)
    ok("reopenForumTopic", **where)
    ok("unpinAllForumTopicMessages", **where)
    ok("unpinAllGeneralForumTopicMessages", chat_id=GROUP)
    ok("hideGeneralForumTopic", chat_id=GROUP)
    ok("unhideGeneralForumTopic", chat_id=GROUP)
    ok("reopenGeneralForumTopic", chat_id=GROUP)
    ok("deleteForumTopic", **where)


def people_work(sandbox: Sandbox, telegram: Telegram) -> None:
    buttons = json.dumps(BUTTONS)
    card = telegram.ok("sendMessage", chat_id=GROUP, text="card", reply_markup=buttons)["message_id"]
    tap = sandbox.post("telegram/tap", chat_id=GROUP, message_id=card, user_id=TOMAS, data="take")
    telegram.ok("answerCallbackQuery", callback_query_id=tap["callback_query_id"])
    sandbox.post("telegram/react", chat_id=GROUP, message_id=card, user_id=TOMAS, emoji="👍")
    said = sandbox.post("telegram/say", chat_id=GROUP, user_id=TOMAS, text="hi", reply_to_message_id=card)["message"]
    sandbox.post("telegram/edit", chat_id=GROUP, message_id=said["message_id"], text="hello")
    sandbox.post("telegram/members", chat_id=GROUP, user={"id": TOMAS}, status="administrator", is_anonymous=True)
    sandbox.post("telegram/react", chat_id=GROUP, message_id=card, user_id=TOMAS, emoji=None)
    sandbox.post("telegram/block", user_id=PAVEL, blocked=True)
    sandbox.post("telegram/members", chat_id=GROUP, user={"id": TOMAS}, status="kicked")


def _upload(telegram: Telegram, method: str, field: str, where: dict[str, Any]) -> Any:
    answer = requests.post(f"{telegram.url}/{method}", data=where, files={field: ("a.png", PIXEL)}, timeout=5).json()
    assert answer["ok"], answer
    return answer["result"]


def test_aiogram_knows_every_field_of_every_update(day: Day) -> None:
    kinds = {kind for update in day.updates for kind in update} - {"update_id"}

    for update in day.updates:
        judge(update)

    assert kinds == {
        "message",
        "edited_message",
        "callback_query",
        "message_reaction",
        "my_chat_member",
        "chat_member",
    }


def test_aiogram_knows_every_field_of_every_answer(day: Day) -> None:
    calls = [entry for entry in day.sandbox.ledger(flow="call") if entry["outcome"] == 200]

    for entry in calls:
        returning = getattr(aiogram.methods, entry["action"][0].upper() + entry["action"][1:]).__returning__
        result = TypeAdapter(returning).validate_python(entry["response"]["result"])
        assert unknown_fields(result) == [], entry["action"]

    assert len({entry["action"] for entry in calls}) > 45


def test_update_ids_are_sequential(day: Day) -> None:
    numbers = [update["update_id"] for update in day.updates]

    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_nothing_of_the_day_was_unmodelled(day: Day) -> None:
    assert day.sandbox.ledger(flow="unmodelled") == []
    assert [entry["response"] for entry in day.sandbox.ledger(flow="call") if entry["outcome"] != 200] == []
