"""<Record> and the Recording resource: what a caller says is kept as silence of the right length."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from aiohttp import web

from sandbox.twilio import paging, sounds
from sandbox.twilio.account import API, Account, Json, rfc2822
from sandbox.twilio.calls import HungUp, Recording
from sandbox.twilio.door import Ask, answer
from sandbox.twilio.rules import Refusal
from sandbox.twilio.webhooks import Webhook, deliver

if TYPE_CHECKING:
    from sandbox.twilio.twiml import Goto, Reader

_WORDS_A_SECOND = 2.5


async def record(reader: Reader, verb: Element) -> Goto | None:
    """Until a key, silence or the hang-up; an empty recording goes on with the next verb (docs/voice/twiml/record)."""
    call, line = reader.call, reader.line
    if verb.get("playBeep", "true") == "true":
        call.note(by="twilio", play="beep")
    call.prompt()
    if call.phone.says:
        call.spoken.append(call.phone.says)
        call.phone.says = ""
    key, heard = await _listen(reader, verb)
    words = " ".join(call.spoken)
    call.spoken.clear()
    if not words:
        if call.hung.is_set():
            raise HungUp
        return None
    call.note(by=call.phone.number, say=words)
    seconds = max(1, min(round(len(words.split()) / _WORDS_A_SECOND), int(verb.get("maxLength", "3600"))))
    kept = Recording(line.account.sid_of("RE"), call.sid, line.world.clock.now(), seconds)
    line.account.recordings[kept.sid] = kept
    _tell(reader, verb, kept)
    said = {"RecordingUrl": _url(line.account, kept), "RecordingSid": kept.sid, "RecordingDuration": str(kept.seconds)}
    extra = tuple({**said, "Digits": key}.items())
    following = replace(reader.goto(verb, verb.get("action", "")), extra=extra)
    if heard:
        return following
    line.end(call)
    await reader.fetch(following)
    raise HungUp


async def _listen(reader: Reader, verb: Element) -> tuple[str, bool]:
    """The key that ended it (``hangup`` if the caller left) and whether the caller is still there."""
    finish, silence = verb.get("finishOnKey", "1234567890*#"), reader.line.real(float(verb.get("timeout", "5")))
    heard = -1
    while heard != len(reader.call.spoken):
        heard = len(reader.call.spoken)
        try:
            key = await reader.call.key(silence)
        except HungUp:
            return "hangup", False
        if key is not None and key in finish:
            return key, True
    return "", True


def _tell(reader: Reader, verb: Element, kept: Recording) -> None:
    """Posts recordingStatusCallback (https://www.twilio.com/docs/voice/twiml/record#recordingstatuscallback)."""
    address = verb.get("recordingStatusCallback", "")
    if not address:
        return
    fields = {
        "AccountSid": reader.line.account.sid,
        "CallSid": kept.call_sid,
        "RecordingSid": kept.sid,
        "RecordingUrl": _url(reader.line.account, kept),
        "RecordingStatus": "completed",
        "RecordingDuration": str(kept.seconds),
        "RecordingChannels": "1",
        "RecordingStartTime": rfc2822(kept.created) or "",
        "RecordingSource": "RecordVerb",
        "RecordingTrack": "inbound",
    }
    webhook = Webhook(
        urljoin(reader.base, address),
        "recording:completed",
        fields,
        verb=verb.get("recordingStatusCallbackMethod", "POST"),
    )
    reader.line.world.spawn(deliver(reader.line.world, reader.line.account, webhook))


async def browse(ask: Ask) -> web.StreamResponse:
    call = ask.request.match_info.get("call")
    wanted, shape = call or ask.text("CallSid"), _json_of_call if call else _json
    rows = [row for row in reversed(ask.account.recordings.values()) if wanted in ("", row.call_sid)]
    return answer(paging.page(ask, rows, "recordings", lambda row: shape(ask.account, row)))


async def fetch(ask: Ask) -> web.StreamResponse:
    """The description with ``.json``, the sound as MP3 with ``.mp3``, else as WAV."""
    kept = _known(ask)
    if ask.request.path.endswith(".json"):
        return answer(_json(ask.account, kept))
    if ask.request.path.endswith(".mp3"):
        return web.Response(body=sounds.mp3(kept.seconds), content_type="audio/mpeg")
    return web.Response(body=sounds.wav(kept.seconds), content_type="audio/x-wav")


async def delete(ask: Ask) -> web.StreamResponse:
    del ask.account.recordings[_known(ask).sid]
    return web.Response(status=204)


def _known(ask: Ask) -> Recording:
    kept = ask.account.recordings.get(ask.part("sid"))
    if kept is None:
        raise Refusal(20404, f"The requested resource {ask.request.path} was not found")
    return kept


def _url(account: Account, kept: Recording) -> str:
    return f"https://api.twilio.com{API}/Accounts/{account.sid}/Recordings/{kept.sid}"


def _json(account: Account, kept: Recording) -> Json:
    """The Recording resource (https://www.twilio.com/docs/voice/api/recording)."""
    base = f"{API}/Accounts/{account.sid}/Recordings/{kept.sid}"
    parts = {"add_on_results": f"{base}/AddOnResults.json", "transcriptions": f"{base}/Transcriptions.json"}
    return {
        "account_sid": account.sid,
        "api_version": "2010-04-01",
        "call_sid": kept.call_sid,
        "conference_sid": None,
        "channels": 1,
        "date_created": rfc2822(kept.created),
        "date_updated": rfc2822(kept.created),
        "start_time": rfc2822(kept.created),
        "price": None,
        "price_unit": "USD",
        "duration": str(kept.seconds),
        "sid": kept.sid,
        "source": "RecordVerb",
        "status": "completed",
        "error_code": None,
        "uri": f"{base}.json",
        "subresource_uris": parts,
        "encryption_details": None,
        "media_url": _url(account, kept),
    }


def _json_of_call(account: Account, kept: Recording) -> Json:
    """Behind a call the same resource has a track and no links (api.v2010.account.call.call_recording)."""
    shown = _json(account, kept) | {"track": "inbound"}
    return {name: value for name, value in shown.items() if name not in ("media_url", "subresource_uris")}
