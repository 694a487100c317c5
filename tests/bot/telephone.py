"""A call to our number, as Twilio carries it: the TwiML it is answered with is read and followed."""

from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from bot.phone import called
from channels.twiml import RINGS
from tests.bot.house import PUBLIC, SID, TOLU, House, twilio_form
from tests.bot.paging import looks
from tests.webhooks.doors import posts

HOTLINE = "+34910000001"
RECORDING = f"https://api.twilio.com/2010-04-01/Accounts/{SID}/Recordings/RE1"


@dataclass
class Telephone:
    """One call; ``document`` is what the caller's line was last told."""

    house: House
    caller: str = TOLU
    sid: str = "CA1"
    document: Element | None = None

    def rings(self) -> str:
        """They call; what they hear first."""
        return self._goes_on("/webhooks/twilio/voice", CallStatus="ringing", Direction="inbound")

    def hears(self) -> str:
        """What is said on the caller's line by its last document."""
        return " ".join("".join(said.itertext()) for said in self._now().iter("Say"))

    def dialled(self) -> str:
        """Whose telephone rings now, "" for nobody's."""
        number = self._now().find("Dial/Number")
        return number.text or "" if number is not None else ""

    def picks_up(self, key: str) -> tuple[str, bool]:
        """Who is rung picks up and presses a key: what they hear, and whether the two are connected."""
        number = self._now().find("Dial/Number")
        assert number is not None
        leg = {"CallSid": f"{self.sid}-{number.text}", "ParentCallSid": self.sid}
        whisper = self.house_answers(number.get("url", ""), **leg)
        gather = whisper.find("Gather")
        assert gather is not None
        after = self.house_answers(gather.get("action", ""), Digits=key, **leg)
        return "".join(whisper.itertext()), after.find("Hangup") is None

    def goes_on(self, **told: str) -> str:
        """The dialling is over: what the caller hears next."""
        dial = self._now().find("Dial")
        assert dial is not None
        assert dial.get("timeout") == str(RINGS)
        return self._goes_on(dial.get("action", ""), **{"CallStatus": "in-progress", **told})

    def nobody_answers(self) -> str:
        return self.goes_on(DialCallStatus="no-answer")

    def hangs_up(self, **told: str) -> str:
        """While a telephone rings."""
        return self.goes_on(CallStatus="completed", DialCallStatus="canceled", **told)

    def speaks(self, seconds: int, callback: bool = True) -> str:
        """Onto the tape, and hangs up; Twilio tells of it twice."""
        record = self._now().find("Record")
        assert record is not None
        tape = {"RecordingUrl": RECORDING, "RecordingSid": "RE1", "RecordingDuration": str(seconds)}
        heard = self._goes_on(record.get("action", ""), CallStatus="completed", Digits="hangup", **tape)
        if callback:
            told = record.get("recordingStatusCallback", "")
            self.house_answers(told, RecordingStatus="completed", CallSid=self.sid, **tape)
        return heard

    def says_nothing(self) -> str:
        following = self._now().find("Redirect")
        assert following is not None
        return self._goes_on(following.text or "", CallStatus="in-progress")

    def house_answers(self, url: str, **told: str) -> Element:
        """One signed request of Twilio's, and the document it gets."""
        path = url.removeprefix(PUBLIC)
        fields = {"CallSid": self.sid, "AccountSid": SID, "From": self.caller, "To": HOTLINE, **told}
        answer = posts(self.house.shell, twilio_form(path, fields))
        assert answer.status_code == 200
        assert answer.mimetype == "text/xml"
        return ElementTree.fromstring(answer.get_data(as_text=True))

    def _goes_on(self, url: str, **told: str) -> str:
        self.document = self.house_answers(url, **told)
        return self.hears()

    def _now(self) -> Element:
        assert self.document is not None
        return self.document


def works(house: House) -> None:
    """The worker looks at the calls, and delivers."""
    called.follow(house.shell)
    looks(house)
