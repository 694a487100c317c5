"""The Twilio channel: the sync client with a time-out, every Twilio host replaced by the configured base."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests
from twilio.request_validator import RequestValidator
from urllib3.exceptions import HTTPError

from channels.findings import Expected, Finding
from channels.meanings import Meaning, Review
from channels.ringing import Rang
from channels.telephone import HangUp, RingUp
from channels.twilio import downloads, lookup, parse, templates, verify, voice
from channels.twilio import missed as twilio_list
from channels.twilio.check import check, other_token
from channels.twilio.errors import meaning
from channels.wire import (
    Call,
    Envelope,
    Fetch,
    File,
    Missed,
    Receipt,
    Request,
    SendMedia,
    SendTemplate,
    SendText,
    TransportError,
)
from conversations.events import Parsed

if TYPE_CHECKING:
    from twilio.rest import Client


@dataclass(frozen=True, slots=True)
class Account:
    """``api_base`` replaces every Twilio host, paths kept; ``public_url`` is where Twilio reaches us.

    Calls are made with ``token``; what ``other_token`` signed is believed too, while one takes the other's place.
    """

    sid: str
    token: str
    api_base: str
    public_url: str
    timeout: float = 10.0
    other_token: str = ""


class Twilio:
    """WhatsApp and SMS, both directions; calls from us."""

    def __init__(self, account: Account) -> None:
        self._account = account
        tokens = (account.token, account.other_token)
        self._validators = [RequestValidator(token) for token in tokens if token]
        self._client: Client | None = None
        self._session = requests.Session()

    def verify(self, request: Request) -> None:
        verify.check(self._validators, self._account.public_url, request)

    def identify(self, request: Request) -> Envelope:
        return parse.identify(request, self._account.sid)

    def parse(self, request: Request) -> Parsed:
        return parse.parse(request, self._account.sid)

    def open(self) -> None:
        self._connected()

    def send(self, call: Call, delivery_id: int) -> Receipt:
        match call:
            case Fetch():
                return Receipt(file=self._fetch(call.media.ref))
            case RingUp() | HangUp():
                return voice.made(self._asked, call, self._account.public_url, delivery_id)
            case SendText() | SendTemplate() | SendMedia():
                return self._create(_form(call), delivery_id)
        raise TransportError(f"Twilio has no {type(call).__name__}", permanent=True)

    def find(self, call: Call, since: datetime) -> list[Receipt]:
        """Looks in Twilio's own list for the same words to the same address (there is no idempotency key)."""
        if isinstance(call, RingUp):
            return voice.found(self._asked, call, since)
        if not isinstance(call, SendText | SendTemplate | SendMedia):
            return []
        wanted = _form(call)
        after = since - timedelta(seconds=60)
        listed = self._asked(
            lambda client: client.messages.list(to=wanted["to"], from_=wanted["from_"], date_sent_after=after, limit=50)
        )
        return lookup.alike(call, wanted.get("body"), listed)

    def same(self, call: Call, among: Sequence[Receipt]) -> Receipt | None:
        return lookup.same(call, among, self._kept)

    def standing(self, chat: int, person: int) -> str:
        """There are no groups here."""
        return "gone"

    def missed(self, to: str, since: datetime) -> list[Missed]:
        """What customers wrote to ``to`` by Twilio's own list: a webhook that failed is not posted again."""
        found: list[Missed] = self._asked(
            lambda client: twilio_list.since(client.messages.stream(to=to, date_sent_after=since, page_size=200), since)
        )
        return found

    def rang(self, to: str, since: datetime) -> list[Rang]:
        """A call whose webhook failed was answered by the number's fallback, which tells us nothing."""
        found: list[Rang] = self._asked(
            lambda client: twilio_list.rang(client.calls.stream(to=to, page_size=200), since)
        )
        return found

    def recover(self, missed: Missed) -> Request:
        if not missed.attachments:
            return missed.request
        files = self._asked(lambda client: client.messages(missed.provider_id).media.list(limit=10))
        return twilio_list.with_media(missed, files)

    def explain(self, code: str) -> Meaning:
        return meaning(code)

    def review(self, sid: str) -> Review:
        found = self._asked(lambda client: client.content.v1.contents(sid).fetch())
        approval = self._asked(lambda client: client.content.v1.contents(sid).approval_fetch().fetch())
        return templates.review(found.types or {}, approval.whatsapp or {})

    def check(self, expected: Expected) -> list[Finding]:
        findings = check(self._asked, self._account.sid, expected)
        if self._account.other_token:
            other = Twilio(replace(self._account, token=self._account.other_token, other_token=""))
            findings.append(other_token(other._asked, self._account.sid))
        return findings

    def close(self) -> None:
        self._session.close()

    def _kept(self, sid: str) -> bytes | None:
        """The file that Twilio keeps of a message of ours; None if there is none, or no more."""
        try:
            listed = self._asked(lambda client: client.messages(sid).media.list(limit=1))
            return self._fetch(twilio_list.HOST + listed[0].uri.removesuffix(".json")).data if listed else None
        except TransportError as error:
            if error.permanent or error.code == "20404":
                return None
            raise

    def _create(self, form: dict[str, Any], delivery_id: int) -> Receipt:
        form["status_callback"] = f"{self._account.public_url}{parse.STATUS}{delivery_id}"
        sid = self._asked(lambda client: client.messages.create(**form)).sid
        if not sid:
            raise TransportError("Twilio's answer was not understood", unknown=True)
        return Receipt(sid)

    def _asked(self, work: Any) -> Any:
        """Runs one SDK call and turns its errors into ours (the SDK does not wrap those of requests)."""
        from twilio.base.exceptions import TwilioException, TwilioRestException  # noqa: PLC0415 (the web process needs no client)

        try:
            return work(self._connected())
        except TwilioRestException as error:
            raise _refused(str(error.code or ""), error.status) from error
        except requests.ConnectTimeout as error:
            raise TransportError("Twilio could not be reached") from error
        except requests.RequestException as error:
            raise _broken(error) from error
        except (TwilioException, ValueError) as error:  # ValueError: a 2xx whose body is no JSON
            raise TransportError("Twilio's answer was not understood", unknown=True) from error

    def _connected(self) -> "Client":
        if self._client is None:
            from channels.twilio.client import connect  # noqa: PLC0415 (loads 200 modules; only workers call out)

            self._client = connect(
                self._account.sid, self._account.token, self._account.api_base, self._account.timeout
            )
        return self._client

    def _fetch(self, url: str) -> File:
        try:
            return self._downloaded(url)
        except (requests.RequestException, HTTPError) as error:  # HTTPError: urllib3's, while the body is read
            raise TransportError("the attachment could not be fetched") from error
        except ValueError as error:
            raise TransportError("the attachment's address cannot be read", permanent=True) from error

    def _downloaded(self, url: str) -> File:
        """Downloads an attachment with our credentials from Twilio alone; redirects lose them and stay with Twilio."""
        home = urlsplit(self._account.api_base)
        if urlsplit(url).hostname not in ("api.twilio.com", home.hostname):
            raise TransportError("the attachment is not on Twilio's host", permanent=True)
        here = urlunsplit(
            (home.scheme, home.netloc, home.path.rstrip("/") + urlsplit(url).path, urlsplit(url).query, "")
        )
        auth: tuple[str, str] | None = (self._account.sid, self._account.token)
        for _ in range(4):
            with self._session.get(
                here, auth=auth, timeout=self._account.timeout, stream=True, allow_redirects=False
            ) as found:
                if not found.is_redirect:
                    return downloads.file(found)
                here, auth = urljoin(here, found.headers["location"]), None
                if not downloads.stays(here, home.hostname):
                    raise TransportError("the attachment redirects away from Twilio", permanent=True)
        raise TransportError("the attachment redirects without end", permanent=True)


def _form(call: SendText | SendTemplate | SendMedia) -> dict[str, Any]:
    """The Messages.create parameters; options without a template become lines, as every phone can answer a number."""
    form: dict[str, Any] = {"to": call.to, "from_": call.sender}
    if isinstance(call, SendTemplate):
        return form | templates.content(call.sid, *call.values)
    if isinstance(call, SendMedia):
        return form | {"body": call.caption, "media_url": [call.url]}
    if call.template:
        return form | templates.content(call.template, call.text)
    numbered = [f"{number} {option.label}" for number, option in enumerate(call.options, 1)]
    return form | {"body": "\n".join([call.text, *numbered])}


def _refused(code: str, status: int) -> TransportError:
    told = meaning(code, status)
    if status == 429:
        return TransportError(told.words, code=code, retry_after=1.0)
    return TransportError(told.words, code=code, permanent=told.permanent, unknown=status >= 500)


def _broken(error: requests.RequestException) -> TransportError:
    """A refused connection was surely not taken; a time-out or a dropped connection may have been."""
    unsent = any(sign in str(error) for sign in ("NewConnectionError", "NameResolutionError", "CERTIFICATE_VERIFY"))
    return TransportError("the connection to Twilio broke", unknown=not unsent)
