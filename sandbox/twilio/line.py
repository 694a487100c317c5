"""What a leg goes through: initiated, ringing, answered, completed; each told to the status callback."""

import asyncio
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any

from sandbox.twilio.account import Account
from sandbox.twilio.calls import ENDS, SIP_CODES, Call, HungUp, Instructions, Phone
from sandbox.twilio.webhooks import Webhook, deliver
from sandbox.world import World

_STATUS_OF = {"initiated": "initiated", "ringing": "ringing", "answered": "in-progress"}
# A callee who declines with 603 is shown as busy (not read: from memory).
_REFUSED = {"busy": "busy", "reject": "busy", "no-answer": "no-answer"}


@dataclass(frozen=True)
class Line:
    """The telephone network of one account."""

    world: World
    account: Account

    def real(self, seconds: float) -> float:
        """Real seconds for so many seconds on the phone; ``voice_seconds`` shortens calls for tests."""
        return seconds * float(self.account.settings.get("voice_seconds", 1.0))

    def leg(self, ends: tuple[str, str], direction: str, how: Instructions, parent: Call | None = None) -> Call:
        """A new leg between ``ends`` (from, to), known to the account."""
        caller, called = ends
        far = caller if direction == "inbound" else called
        known = self.account.phones.get(far, Phone(far))
        phone = Phone(far, known.behaviour, list(known.keys), known.delay, known.talk, known.says)
        call = Call(
            self.account.sid_of("CA"), caller, called, direction, self.world.clock.now(), how, phone, parent=parent
        )
        self.account.calls[call.sid] = call
        return call

    async def ring(self, call: Call) -> bool:
        """Rings until the phone reacts or the time is over; True: answered."""
        self.tell(call, "initiated")
        call.status = "ringing"
        self.tell(call, "ringing")
        if call.phone.behaviour not in ("ring", "no-answer"):
            later = asyncio.get_running_loop().call_later(call.phone.delay, call.decide, call.phone.behaviour)
            call.decided.add_done_callback(lambda _: later.cancel())
        down = asyncio.ensure_future(call.hung.wait())
        either: list[asyncio.Future[Any]] = [down, call.decided]
        await asyncio.wait(either, timeout=self.real(call.how.timeout), return_when=asyncio.FIRST_COMPLETED)
        down.cancel()
        what = "canceled" if call.hung.is_set() else call.decided.result() if call.decided.done() else "no-answer"
        call.sip = SIP_CODES[what]
        if what not in ("answer", "voicemail"):
            self.end(call, _REFUSED.get(what, "canceled"))
            return False
        self.answer(call, machine=what == "voicemail")
        return True

    def answer(self, call: Call, machine: bool = False) -> None:
        if call.status == "in-progress":
            return
        call.status, call.started = "in-progress", self.world.clock.now()
        if call.how.detect_machine:
            call.answered_by = "machine_start" if machine else "human"
        self.tell(call, "answered")

    def end(self, call: Call, status: str = "completed") -> None:
        """Takes the line down, once."""
        if call.over:
            return
        call.status, call.ended = status, self.world.clock.now()
        call.hung.set()
        self.tell(call, "completed")

    def tell(self, call: Call, event: str) -> None:
        """Posts one call progress event if it was asked for (docs/voice/api/call-resource#statuscallbackevent)."""
        number, call.sequence = call.sequence, call.sequence + 1
        if not call.how.callback or event not in call.how.events:
            return
        status = _STATUS_OF.get(event, call.status)
        fields = self.fields(call) | {
            "CallStatus": status,
            "Timestamp": format_datetime(self.world.clock.now().replace(microsecond=0)),
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(number),
        }
        if status in ENDS:
            fields |= {"CallDuration": str(call.seconds), "Duration": "1" if call.seconds else "0"}
            if call.sip:
                fields["SipResponseCode"] = call.sip
        if call.answered_by:
            fields["AnsweredBy"] = call.answered_by
        kind = f"call-status:{status}"
        webhook = Webhook(call.how.callback, kind, fields, verb=call.how.callback_method)
        self.world.spawn(deliver(self.world, self.account, webhook))

    def fields(self, call: Call) -> dict[str, str]:
        """The parameters of every voice request (https://www.twilio.com/docs/voice/twiml#request-parameters)."""
        fields = {
            "CallSid": call.sid,
            "AccountSid": self.account.sid,
            "From": call.from_,
            "To": call.to,
            "Caller": call.from_,
            "Called": call.to,
            "CallStatus": call.status,
            "ApiVersion": "2010-04-01",
            "Direction": call.direction,
        }
        if call.parent is not None:
            fields["ParentCallSid"] = call.parent.sid
        if call.answered_by:
            fields["AnsweredBy"] = call.answered_by
        return fields

    async def listen(self, call: Call, seconds: float | None) -> None:
        """Keeps the line open until somebody hangs up, or for ``seconds`` real ones."""
        try:
            await call.wait(seconds if seconds is not None else 4 * 3600)
        except HungUp:
            return
