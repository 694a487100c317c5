"""What follows an inbound message: the keywords Twilio answers itself, and the TwiML of the webhook's answer."""

from xml.etree import ElementTree

from sandbox.twilio import life
from sandbox.twilio.account import Account, Message
from sandbox.twilio.webhooks import Answer, Webhook, complain
from sandbox.world import World

# Default English keywords and answers on long codes (docs/messaging/tutorials/advanced-opt-out; answers from memory).
_STOP = frozenset(["STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"])
_START = frozenset(["START", "UNSTOP", "YES"])
_HELP = frozenset(["HELP", "INFO"])
_ANSWERS = {
    "STOP": "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}


def keyword(account: Account, message: Message) -> str:
    """STOP, START, HELP or nothing; on WhatsApp only with Advanced Opt-Out. The whole text must be the keyword."""
    said = message.body.strip().upper()
    if message.whatsapp and not _advanced(account, message):
        return ""
    return next((name for name, words in (("STOP", _STOP), ("START", _START), ("HELP", _HELP)) if said in words), "")


def obey(world: World, account: Account, message: Message, word: str) -> dict[str, str]:
    """Opts out or in and answers; the fields it adds to the webhook.

    Advanced Opt-Out adds OptOutType and keeps its answers out of the message log (support.twilio.com 360034798533).
    """
    pair = (message.to, message.from_)
    if word == "STOP":
        account.opted_out.add(pair)
    elif word == "START":
        account.opted_out.discard(pair)
    advanced = _advanced(account, message)
    send(world, account, message, _ANSWERS[word]).logged = not advanced
    return {"OptOutType": word} if advanced else {}


def _advanced(account: Account, message: Message) -> bool:
    service = account.service_of(message.to.removeprefix("whatsapp:")) or {}
    return bool(service.get("advanced_opt_out"))


def send(world: World, account: Account, message: Message, text: str, media: tuple[str, ...] = ()) -> Message:
    """A message back to whoever wrote ``message``, of direction outbound-reply."""
    now = world.clock.now()
    reply = Message(
        sid=account.sid_of("MM" if media else "SM"),
        from_=message.to,
        to=message.from_,
        body=text,
        direction="outbound-reply",
        status="queued",
        created=now,
        updated=now,
        media_urls=list(media),
    )
    account.messages[reply.sid] = reply
    life.begin(world, account, reply, None)
    return reply


def read_answer(world: World, account: Account, message: Message, answer: Answer, webhook: Webhook) -> None:
    """Sends the <Message> verbs of the answer; 12300 for a type that is no TwiML, 12100 for broken TwiML.

    A text/plain answer is itself the reply (docs/messaging/twiml#response-formats, from memory).
    """
    if answer.error or not answer.text.strip():
        return
    if answer.content_type == "text/plain":
        send(world, account, message, answer.text)
    elif answer.content_type not in ("text/xml", "application/xml", "text/html"):
        complain(world, account, 12300, webhook)
    else:
        _obey_twiml(world, account, message, answer, webhook)


def _obey_twiml(world: World, account: Account, message: Message, answer: Answer, webhook: Webhook) -> None:
    try:
        root = ElementTree.fromstring(answer.text)  # noqa: S314  the product's own answer on loopback
    except ElementTree.ParseError:
        return complain(world, account, 12100, webhook)
    for verb in root:
        if verb.tag not in ("Message", "Sms"):
            world.ledger.append("twilio", "unmodelled", f"TwiML {verb.tag}", outcome="not a messaging verb here")
            continue
        text = (verb.text or "").strip() + "".join((part.text or "") for part in verb.findall("Body"))
        media = tuple((part.text or "").strip() for part in verb.findall("Media"))
        send(world, account, message, text, media)
    return None
