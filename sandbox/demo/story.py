"""The story one can watch: payments fail on a Saturday, and nobody is left alone."""

import time
from collections.abc import Callable
from typing import Any

from sandbox.demo.house import GROUP, NUMBER, House

TOLU, LENA = "+34600000001", 501
CAUSE = "A provider's fault"


def play(house: House) -> None:
    """Tolu reports, Lena takes it and answers, the answer is read, the ticket is resolved and rated."""
    began = time.monotonic()

    def tell(words: str) -> None:
        print(f"  {time.monotonic() - began:5.1f} s  {words}", flush=True)

    _says(house, "PAYMENT NOT WORKING brides dad card failed twice")
    _says(house, "", ["screenshot"])
    tell("Tolu -> WhatsApp   PAYMENT NOT WORKING brides dad card failed twice  [+ a screenshot]")
    topic = _until(lambda: _topic(house), "the ticket's topic")
    card = topic["messages"][_card(topic)]
    tell(f"Agent group        new topic: {topic['name']}")
    for line in card["text"].splitlines():
        tell(f"                     | {line}")
    _until(lambda: any("photo" in message for message in _topic(house)["messages"]), "the screenshot in the topic")
    tell("Agent group        the screenshot is in the topic")
    tell(f"Tolu reads         {_heard(house, 'A person answers by')}")

    at = {"chat_id": GROUP, "user_id": LENA}
    house.ask("telegram/tap", at | {"message_id": card["message_id"], "text": "I take it"})
    tell("Lena               taps [I take it]")
    tell(f"Tolu reads         {_heard(house, 'with Lena now')}")
    answer = "Tolu, Lena here. Our side shows no charge for either try. Keep shooting, nobody has to pay now."
    quoted = {"message_thread_id": topic["message_thread_id"], "reply_to_message_id": card["message_id"]}
    said = house.ask("telegram/say", at | quoted | {"text": answer})["message"]
    tell("Lena               replies to the card")
    tell(f"Tolu reads         {_heard(house, 'Lena here')}")
    tell(f"Agent group        Lena's reply shows {_reaction(house, said, '👌')} (delivered)")
    messages = house.ask(f"twilio/messages?address=whatsapp:%2B{TOLU[1:]}")["messages"]
    house.ask("twilio/read", {"sid": next(one["sid"] for one in messages if "Lena here" in one["body"])})
    tell(f"Agent group        Lena's reply shows {_reaction(house, said, '👍')} (read)")

    house.ask("telegram/tap", at | {"message_id": card["message_id"], "text": "Resolve"})
    _until(lambda: CAUSE in str(_topic(house)["messages"][_card(topic)].get("reply_markup")), "the causes")
    house.ask("telegram/tap", at | {"message_id": card["message_id"], "text": CAUSE})
    tell(f"Lena               taps [Resolve], [{CAUSE}]")
    tell(f"Tolu reads         {_heard(house, 'Was it solved?')}")
    _says(house, "1")
    tell("Tolu -> WhatsApp   1")
    tell(f"Tolu reads         {_heard(house, 'to 5 (great)')}")
    _says(house, "5")
    tell("Tolu -> WhatsApp   5")
    tell(f"Tolu reads         {_heard(house, 'Thank you')}")
    rated = _until(lambda: _rated(house), "the rating on the card")
    tell(f"Agent group        the card says: {rated}")


def _says(house: House, body: str, media: list[str] | None = None) -> None:
    message = {"from": TOLU, "to": NUMBER, "channel": "whatsapp", "body": body, "name": "Tolu", "media": media or []}
    house.ask("twilio/say", message)


def _topic(house: House) -> Any:
    """Tolu's topic once its card is there."""
    topics = house.ask(f"telegram/chats/{GROUP}")["topics"]
    return next((one for one in topics if "Adeyemi" in one["name"] and _card(one) is not None), None)


def _card(topic: Any) -> Any:
    texts = [message.get("text") or "" for message in topic["messages"]]
    return next((number for number, text in enumerate(texts) if "Why:" in text), None)


def _heard(house: House, words: str) -> str:
    def found() -> str | None:
        messages = house.ask(f"twilio/messages?address=whatsapp:%2B{TOLU[1:]}")["messages"]
        texts = [one["body"] for one in messages if one["direction"] != "inbound" and words in one["body"]]
        return texts[-1].replace("\n", " / ") if texts else None

    text: str = _until(found, f"Tolu reads {words!r}")
    return text


def _reaction(house: House, said: Any, wished: str) -> str:
    def found() -> str | None:
        messages = _topic(house)["messages"]
        mine = next(message for message in messages if message["message_id"] == said["message_id"])
        return wished if any(one["emoji"] == wished for one in mine.get("reactions", [])) else None

    shown: str = _until(found, f"the reaction {wished}")
    return shown


def _rated(house: House) -> str | None:
    topic = _topic(house)
    lines = topic["messages"][_card(topic)]["text"].splitlines()
    return next((line for line in lines if "rated" in line), None)


def _until(found: Callable[[], Any], what: str, seconds: float = 40) -> Any:
    """The first true value; ends the demo with a clear word when there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = found()
        if value:
            return value
        time.sleep(0.1)
    raise SystemExit(f"the demo waited {seconds:.0f} s for {what}; the logs are in .demo/")
