"""Texts, places, contacts and chat actions."""

from sandbox.ledger import Json
from sandbox.telegram.access import find_chat
from sandbox.telegram.errors import BOT_API, bad
from sandbox.telegram.house import House
from sandbox.telegram.methods.method import method
from sandbox.telegram.methods.sending import WHERE, send
from sandbox.telegram.params import Params
from sandbox.telegram.text import message_text

PREVIEW = ["is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"]
ACTIONS = (
    *("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice"),
    *("upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note"),
)


def send_message(house: House, params: Params) -> Json:
    return send(house, params, message_text(params) | link_preview(params), "text messages").as_json()


def link_preview(params: Params) -> Json:
    """``link_preview_options`` as they come back in the message; also the older disable_web_page_preview."""
    options = params.data("link_preview_options", "link preview options")
    if options is None:
        return {"link_preview_options": {"is_disabled": True}} if params.flag("disable_web_page_preview") else {}
    if not isinstance(options, dict):
        raise bad("Object expected as link preview options", BOT_API)
    kept = {name: options[name] for name in PREVIEW if options.get(name)}
    return {"link_preview_options": kept} if kept else {}


def send_location(house: House, params: Params) -> Json:
    place: Json = {}
    for name, most in (("latitude", 90), ("longitude", 180)):
        if not params.text(name):
            raise bad(f"{name} is empty", BOT_API)
        place[name] = float(params.text(name))
        if abs(place[name]) > most:
            raise bad("wrong location specified", BOT_API)
    if params.text("horizontal_accuracy"):
        place["horizontal_accuracy"] = float(params.text("horizontal_accuracy"))
    return send(house, params, {"location": place}, "locations").as_json()


def send_contact(house: House, params: Params) -> Json:
    if not params.text("phone_number"):
        raise bad("phone number is empty", BOT_API)
    if not params.text("first_name"):
        raise bad("first name is empty", BOT_API)
    names = ("phone_number", "first_name", "last_name", "vcard")
    contact = {name: params.text(name) for name in names if params.text(name)}
    return send(house, params, {"contact": contact}, "contacts").as_json()


def send_chat_action(house: House, params: Params) -> bool:
    if params.text("action").lower() not in ACTIONS:
        raise bad("Wrong parameter action in request", BOT_API)
    find_chat(house, params)
    return True


METHODS = (
    method(
        "sendMessage",
        send_message,
        f"{WHERE} text parse_mode entities link_preview_options disable_web_page_preview",
        flood=True,
    ),
    method("sendLocation", send_location, f"{WHERE} latitude longitude horizontal_accuracy", flood=True),
    method("sendContact", send_contact, f"{WHERE} phone_number first_name last_name vcard", flood=True),
    method("sendChatAction", send_chat_action, "chat_id message_thread_id action"),
)
