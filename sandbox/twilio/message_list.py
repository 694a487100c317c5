"""Messages after they exist: fetch, list, redact, cancel, delete, and their media."""

from collections.abc import Callable
from datetime import datetime, timedelta

from aiohttp import web

from sandbox.twilio import life, paging
from sandbox.twilio.account import API, Json, Media, Message, rfc2822
from sandbox.twilio.door import Ask, answer
from sandbox.twilio.messages import as_json
from sandbox.twilio.rules import Refusal

LIST_FIELDS = f"To From DateSent DateSent< DateSent> {paging.FIELDS}"
_DONE = ("sent", "delivered", "undelivered", "failed", "read", "received", "canceled")


async def fetch(ask: Ask) -> web.StreamResponse:
    return answer(as_json(ask.account, _known(ask)))


async def browse(ask: Ask) -> web.StreamResponse:
    """Newest first; the DateSent filters include their moment, and a date without time is the whole day (GMT)."""
    wanted = _filter(ask)
    rows = [row for row in reversed(ask.account.messages.values()) if row.logged and not row.deleted and wanted(row)]
    return answer(paging.page(ask, rows, "messages", lambda row: as_json(ask.account, row)))


async def update(ask: Ask) -> web.StreamResponse:
    """An empty Body redacts; Status=canceled cancels, but only a scheduled message (docs/errors/30409)."""
    message = _known(ask)
    if "Status" in ask.fields:
        if ask.text("Status") != "canceled":
            raise Refusal(20001, "Status must be canceled")
        if message.status != "scheduled":
            raise Refusal(30409)
        message.sent = None
        life.told(ask.world, ask.account, message, "canceled")
    if "Body" in ask.fields:
        if ask.text("Body"):
            raise Refusal(20001, "Body can only be updated to an empty string")
        message.body = ""
    return answer(as_json(ask.account, message))


async def delete(ask: Ask) -> web.StreamResponse:
    """204; 20009 while the message is on its way."""
    message = _known(ask)
    if message.status not in _DONE:
        raise Refusal(20009)
    message.deleted = True
    return web.Response(status=204)


async def browse_media(ask: Ask) -> web.StreamResponse:
    message = _known(ask)
    return answer(paging.page(ask, message.media, "media_list", lambda row: _media_json(ask, message, row)))


async def fetch_media(ask: Ask) -> web.StreamResponse:
    """The description with ``.json``, else the file itself."""
    message, media = _known_media(ask)
    if ask.request.path.endswith(".json"):
        return answer(_media_json(ask, message, media))
    return web.Response(body=media.data, content_type=media.content_type)


async def delete_media(ask: Ask) -> web.StreamResponse:
    message, media = _known_media(ask)
    message.media.remove(media)
    return web.Response(status=204)


def _known(ask: Ask) -> Message:
    message = ask.account.messages.get(ask.part("sid"))
    if message is None or message.deleted:
        raise Refusal(20404, f"The requested resource {ask.request.path} was not found")
    ask.crossing.destination = message.to
    return message


def _known_media(ask: Ask) -> tuple[Message, Media]:
    message = _known(ask)
    for media in message.media:
        if media.sid == ask.part("media"):
            return message, media
    raise Refusal(20404, f"The requested resource {ask.request.path} was not found")


def _media_json(ask: Ask, message: Message, media: Media) -> Json:
    uri = f"{API}/Accounts/{ask.account.sid}/Messages/{message.sid}/Media/{media.sid}.json"
    return {
        "sid": media.sid,
        "account_sid": ask.account.sid,
        "parent_sid": message.sid,
        "content_type": media.content_type,
        "date_created": rfc2822(media.created),
        "date_updated": rfc2822(media.created),
        "uri": uri,
    }


def _filter(ask: Ask) -> Callable[[Message], bool]:
    tests: list[Callable[[Message], bool]] = []
    if to := ask.text("To"):
        tests.append(lambda row: row.to == to)
    if from_ := ask.text("From"):
        tests.append(lambda row: row.from_ == from_)
    for name in ("DateSent", "DateSent<", "DateSent>"):
        if ask.text(name):
            tests.append(_by_date(name, ask.moment(name), len(ask.text(name)) == 10))
    return lambda row: all(test(row) for test in tests)


def _by_date(name: str, start: datetime, whole_day: bool) -> Callable[[Message], bool]:
    end = start + (timedelta(days=1) if whole_day else timedelta(seconds=1))
    if name == "DateSent>":
        return lambda row: _moment(row) >= start
    if name == "DateSent<":
        return lambda row: _moment(row) < end
    return lambda row: start <= _moment(row) < end


def _moment(message: Message) -> datetime:
    return message.sent or message.created
