"""Runs a TwiML document on a leg: fetches it, speaks, gathers keys, records, dials, goes on where it is sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from xml.etree import ElementTree

import aiohttp

from sandbox.twilio import dial, recordings
from sandbox.twilio.calls import Call, HungUp
from sandbox.twilio.webhooks import Webhook, complain, deliver

if TYPE_CHECKING:
    from sandbox.twilio.line import Line

Element = ElementTree.Element
_SORRY = "We are sorry, an application error has occurred. Goodbye."
_MOST_DOCUMENTS = 50


@dataclass(frozen=True)
class Goto:
    """The next document: a request to ``url`` with ``extra`` form fields."""

    url: str
    method: str = "POST"
    extra: tuple[tuple[str, str], ...] = ()
    fallback: str = ""


class Broken(Exception):
    """The document cannot be had or understood: the caller hears Twilio's apology."""


@dataclass
class Reader:
    """One leg reading TwiML. ``base`` is the address of the current document; ``whisper`` forbids Dial."""

    line: Line
    call: Call
    base: str = ""
    whisper: bool = False

    async def run(self, first: Goto | str) -> None:
        """From the first document (or its text) to the last. Raises HungUp when the line goes down."""
        following: Goto | None
        try:
            following = first if isinstance(first, Goto) else await self._read(first)
            for _ in range(_MOST_DOCUMENTS):
                if following is None:
                    return
                following = await self._read(await self.fetch(following))
        except Broken:
            self.call.note(by="twilio", say=_SORRY)

    async def fetch(self, goto: Goto) -> str:
        """The text of a document. Raises Broken after the fallback failed too."""
        fields = self.line.fields(self.call) | dict(goto.extra)
        self.base = urljoin(self.base, goto.url)
        fallback = urljoin(self.base, goto.fallback) if goto.fallback else ""
        webhook = Webhook(self.base, "voice", fields, fallback, goto.method)
        answers = await deliver(self.line.world, self.line.account, webhook)
        if not answers or answers[0].error:
            raise Broken
        if answers[0].content_type not in ("text/xml", "application/xml", "text/html"):
            complain(self.line.world, self.line.account, 12300, webhook)
            raise Broken
        return answers[0].text

    async def _read(self, text: str) -> Goto | None:
        """Runs the verbs of one document; the next one, or None at its end."""
        try:
            root = ElementTree.fromstring(text)  # noqa: S314  the product's own answer on loopback
        except ElementTree.ParseError as error:
            complain(self.line.world, self.line.account, 12100, Webhook(self.base, "voice", {"CallSid": self.call.sid}))
            raise Broken from error
        for verb in root:
            if self.call.hung.is_set():
                raise HungUp
            following = await self._do(verb)
            if following is not None:
                return following
        return None

    async def _do(self, verb: Element) -> Goto | None:
        if self.call.direction == "inbound" and verb.tag not in ("Reject", "Dial"):
            self.line.answer(self.call)
        match verb.tag:
            case "Say" | "Play":
                await self._sound(verb)
            case "Pause":
                await self.call.wait(self.line.real(float(verb.get("length", "1"))))
            case "Gather":
                return await self._gather(verb)
            case "Record":
                return await recordings.record(self, verb)
            case "Dial" if not self.whisper:
                return await dial.dial(self, verb)
            case "Redirect":
                return self.goto(verb, (verb.text or "").strip())
            case "Hangup":
                raise HungUp
            case "Reject":
                self.line.end(self.call, "busy" if verb.get("reason") == "busy" else "failed")
                raise HungUp
            case _:
                self.unmodelled(f"<{verb.tag}>")
        return None

    async def _sound(self, verb: Element) -> None:
        text = " ".join("".join(verb.itertext()).split())
        if verb.tag == "Say":
            self.call.note(by="twilio", say=text, language=verb.get("language", ""))
            return
        address = urljoin(self.base, text)
        self.call.note(by="twilio", play=address)
        try:
            limit = aiohttp.ClientTimeout(total=10)
            async with self.line.world.http.get(address, timeout=limit) as got:
                self.line.world.ledger.append("twilio", "webhook", "play", request={"url": address}, outcome=got.status)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            complain(self.line.world, self.line.account, 11200, Webhook(address, "voice", {"CallSid": self.call.sid}))

    async def _gather(self, verb: Element) -> Goto | None:
        """Keys until numDigits, finishOnKey or the timeout (https://www.twilio.com/docs/voice/twiml/gather)."""
        if "dtmf" not in verb.get("input", "dtmf"):
            self.unmodelled("<Gather> of speech")
        for part in verb:
            await self._do(part)
        self.call.prompt()
        finish, most, digits, last = verb.get("finishOnKey", "#"), int(verb.get("numDigits", "0")), "", ""
        while not most or len(digits) < most:
            key = await self.call.key(self.line.real(float(verb.get("timeout", "5"))))
            if key is None:
                break
            if finish and key in finish:
                last = key
                break
            digits += key
        if not digits and verb.get("actionOnEmptyResult", "false") != "true":
            return None
        extra = (("Digits", digits), ("FinishedOnKey", last), ("msg", "Gather End"))
        return replace(self.goto(verb, verb.get("action", "")), extra=extra)

    def goto(self, verb: Element, url: str) -> Goto:
        """``url`` seen from the current document, which is itself the default."""
        return Goto(urljoin(self.base, url) if url else self.base, verb.get("method", "POST"))

    def unmodelled(self, what: str) -> None:
        self.line.world.ledger.append("twilio", "unmodelled", f"TwiML {what}", destination=self.call.to, outcome=what)
