"""Every error code the sandbox answers with: at once or by callback, and the page that says so."""

from dataclasses import dataclass

_PAGE = "https://www.twilio.com/docs/errors/{code}"
_MEMORY = "not read"
_AT_ONCE, _BY_CALLBACK = "sync", "async"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. ``status`` is the HTTP status of a ``sync`` error, ``ends`` the message status of an ``async`` one.

    ``read`` is the month in which the page was read, or ``not read`` where it rests on memory.
    """

    code: int
    when: str
    status: int
    ends: str
    text: str
    read: str

    @property
    def document(self) -> str:
        return _PAGE.format(code=self.code)

    @property
    def cited(self) -> str:
        """The rule as the ledger names it."""
        return f"{self.code} {self.text} ({self.document}, {self.read})"


def _sync(code: int, text: str, status: int = 400, read: str = _MEMORY) -> Rule:
    return Rule(code, _AT_ONCE, status, "", text, read)


def _async(code: int, text: str, ends: str = "failed", read: str = _MEMORY) -> Rule:
    return Rule(code, _BY_CALLBACK, 0, ends, text, read)


_ROWS = (
    _sync(20001, "Invalid parameter"),
    _sync(20003, "Authenticate", 401),
    _sync(20004, "Method not allowed", 405),
    _sync(20009, "Cannot delete this resource before it is complete.", 409),
    _sync(20404, "The requested resource was not found", 404),
    _sync(20429, "Too Many Requests", 429, "2026-11"),
    _sync(20503, "Service is unavailable. Please try again.", 503),
    _sync(21201, "No 'To' number is specified"),
    _sync(21205, "Url is not a valid URL"),
    _sync(21210, "'From' phone number not verified"),
    _sync(21211, "Invalid 'To' Phone Number"),
    _sync(21212, "Invalid 'From' Number"),
    _sync(21213, "'From' phone number is required"),
    _sync(21214, "'To' phone number cannot be reached"),
    _sync(21215, "Geo Permission configuration is not permitting call"),
    _sync(21216, "Call blocked by Twilio blocklist"),
    _sync(21217, "Phone number does not appear to be valid"),
    _sync(21218, "Invalid ApplicationSid"),
    _sync(21220, "Invalid call state"),
    _sync(21408, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number"),
    _sync(21603, "A 'From' phone number is required."),
    _sync(21604, "A 'To' phone number is required."),
    _sync(21606, "The 'From' phone number provided is not a valid message-capable Twilio phone number"),
    _sync(21609, "Invalid 'StatusCallback' URL"),
    _sync(21610, "Attempt to send to unsubscribed recipient"),
    _sync(21611, "This 'From' number has exceeded the maximum number of queued messages", read="2026-11"),
    _sync(21612, "The 'To' phone number is not currently reachable using the 'From' phone number via SMS"),
    _sync(21614, "'To' number is not a valid mobile number"),
    _sync(21617, "The concatenated message body exceeds the 1600 character limit"),
    _sync(21619, "A text message body or media urls must be specified."),
    _sync(21620, "Invalid media URL(s)"),
    _sync(21623, "Number of media files exceeds allowed limit"),
    _sync(21635, "'To' number cannot be a landline", read="2026-11"),
    _sync(21655, "The ContentSid is Invalid"),
    _sync(21656, "The ContentVariables Parameter is invalid"),
    _sync(21701, "The Messaging Service does not exist"),
    _sync(21910, "Invalid 'From' and 'To' pair. 'From' and 'To' should be of the same channel"),
    _sync(30409, "This message cannot be canceled", 409, "2026-11"),
    _sync(35111, "SendAt must be between 300 seconds and 35 days in the future"),
    _sync(63007, "Twilio could not find a Channel with the specified From address"),
    _sync(63038, "Account exceeded the daily messages limit", 429, "2026-11"),
    _async(11200, "HTTP retrieval failure"),
    _async(11751, "Media exceeds messaging channel size limit", read="2026-11"),
    _async(30001, "Queue overflow", read="2026-11"),
    _async(30003, "Unreachable destination handset", "undelivered", "2026-11"),
    _async(30004, "Message blocked", "undelivered"),
    _async(30005, "Unknown destination handset", "undelivered"),
    _async(30006, "Landline or unreachable carrier", "undelivered", "2026-11"),
    _async(30007, "Message filtered", "undelivered"),
    _async(30008, "Unknown error", "undelivered"),
    _async(30034, "US A2P 10DLC - Message from an Unregistered Number", "undelivered"),
    _async(30036, "Validity Period Expired", "failed", "2026-11"),
    _async(63003, "Channel could not find To address", read="2026-11"),
    _async(63005, "Channel did not accept given content", "undelivered"),
    _async(63014, "Failed to send message because the recipient has blocked the sender", "undelivered", "2026-11"),
    _async(63016, "Failed to send freeform message because you are outside the allowed window", read="2026-11"),
    _async(63017, "Account exceeded rate limits", read="2026-11"),
    _async(63018, "Rate limit exceeded for Channel", "undelivered", "2026-11"),
    _async(63019, "Media failed to download", "failed"),
    _async(63021, "Channel invalid content error", read="2026-11"),
    _async(63024, "Invalid message recipient", "undelivered"),
    _async(63027, "Template does not exist for a language and locale"),
    _async(63028, "Number of parameters provided does not match the expected number of parameters"),
    _async(63032, "We cannot send this message to this user because of a WhatsApp limitation", "undelivered"),
)
RULES = {rule.code: rule for rule in _ROWS}


class Refusal(Exception):
    """Twilio refuses the call with this code; ``detail`` replaces the table's text in the answer."""

    def __init__(self, code: int, detail: str = "") -> None:
        super().__init__(code, detail)
        self.rule = RULES[code]
        self.detail = detail or self.rule.text

    @property
    def body(self) -> dict[str, object]:
        """The REST error body (https://www.twilio.com/docs/usage/twilios-response)."""
        return {
            "code": self.rule.code,
            "message": self.detail,
            "more_info": self.rule.document,
            "status": self.rule.status,
        }


# Twilio's test numbers (https://www.twilio.com/docs/iam/test-credentials), not read: from memory.
MESSAGE_FROM_MAGIC = {"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}
MESSAGE_TO_MAGIC = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}
CALL_FROM_MAGIC = {"+15005550001": 21212, "+15005550007": 21210}
CALL_TO_MAGIC = {"+15005550001": 21217, "+15005550002": 21214, "+15005550003": 21215, "+15005550004": 21216}
ALWAYS_OURS = "+15005550006"
