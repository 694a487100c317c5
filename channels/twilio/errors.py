"""Twilio's error codes in words an agent can act on (twilio.com/docs/api/errors and the WhatsApp map, 2026)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meaning:
    """``permanent``: the same text to the same address will not get through."""

    words: str
    permanent: bool = True


CODES: dict[str, Meaning] = {
    "20003": Meaning("Twilio refuses our credentials; the operator must renew TWILIO_AUTH_TOKEN", permanent=False),
    "20404": Meaning("Twilio does not know our account; the operator must check TWILIO_ACCOUNT_SID", permanent=False),
    "20429": Meaning("Twilio asked us to slow down", permanent=False),
    "21211": Meaning("the number is not valid"),
    "21408": Meaning("sending to this country is switched off in Twilio"),
    "21606": Meaning("our sender number cannot send this"),
    "21610": Meaning("the customer has sent STOP and gets no messages here; use another channel"),
    "21611": Meaning("our number's queue is full", permanent=False),
    "21612": Meaning("our sender cannot reach this number"),
    "21614": Meaning("the number cannot receive SMS"),
    "21617": Meaning("the text is longer than 1600 characters"),
    "21635": Meaning("the number is a landline"),
    "30001": Meaning("our number's queue is full", permanent=False),
    "30003": Meaning("the phone is off or out of reach; try later or another channel"),
    "30005": Meaning("the number does not exist"),
    "30006": Meaning("a landline or an unreachable carrier"),
    "30007": Meaning("the carrier filtered the text; word it differently"),
    "30008": Meaning("the carrier gives no reason; try once more"),
    "30034": Meaning("our number is not registered with the carriers"),
    "30036": Meaning("it could not be delivered in time"),
    "63003": Meaning("this address is not on WhatsApp"),
    "63005": Meaning("WhatsApp rejected the content"),
    "63014": Meaning("the customer has blocked us"),
    "63016": Meaning(
        "the 24 hours after their last WhatsApp message are over, so free text does not arrive; "
        "use another channel or an approved template"
    ),
    "63017": Meaning("WhatsApp's rate limit", permanent=False),
    "63018": Meaning("WhatsApp's messaging limit is used up for now", permanent=False),
    "63019": Meaning("the attachment could not be fetched or is too large"),
    "63021": Meaning("WhatsApp does not support this content"),
    "63024": Meaning("not a valid WhatsApp recipient"),
    "63027": Meaning("the template does not exist in this language"),
    "63028": Meaning("the template's number of values does not fit"),
    "63029": Meaning("the template's text came out too long"),
    "63030": Meaning("the template was sent a value it does not have"),
    "63032": Meaning("WhatsApp excludes this user for now; use another channel"),
    "63038": Meaning("our account's daily limit is used up"),
}


def meaning(code: str, status: int = 400) -> Meaning:
    """What a code means; an unknown one is permanent for a 4xx and says so."""
    return CODES.get(code, Meaning(f"Twilio error {code or status}", permanent=400 <= status < 500))
