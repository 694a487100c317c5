"""A day on which owners on three channels report, are answered, resolved and rate; the judges read its records."""

import csv
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from tests.contracts.proxy import Proxy
from tests.support.people import LENA, Owner, Story, Topic
from tests.support.sandbox import GROUP, eventually
from tests.support.stack import Stack

Json = dict[str, Any]
PATIENCE = 30.0  # seconds: everything of the day happens at once, on a machine that may be busy
PAVEL = 700001
STUDIOS = {
    "Adeyemi Photo": ("agency", "Tolu", "whatsapp", "+34700000001"),
    "Lund": ("pro", "Kim", "sms", "+34700000002"),
    "Foto Pavel": ("agency", "Pavel", "telegram", str(PAVEL)),
}


@dataclass
class Day:
    stack: Stack
    proxy: Proxy

    def ledger(self, flow: str, provider: str) -> list[Json]:
        """The entries of one flow and provider, oldest first."""
        return self.stack.sandbox.ledger(flow=flow, provider=provider)


def lived(stack: Stack, proxy: Proxy) -> Day:
    """The three at once."""
    introduce(stack)
    story = Story(stack, 1)
    with ThreadPoolExecutor() as pool:
        for told in [pool.submit(road, story) for road in (on_whatsapp, on_sms, on_telegram)]:
            told.result()
    return Day(stack, proxy)


def introduce(stack: Stack) -> None:
    """Puts the three into the directory in one go."""
    fields = ["studio", "tier", "timezone", "language", "branch", "contact", "role", "channel", "address"]
    rows = [
        (studio, tier, "Europe/Madrid", "en", "", name, "owner", channel, address)
        for studio, (tier, name, channel, address) in STUDIOS.items()
    ]
    file = stack.directory / "studios.csv"
    with file.open("w", newline="") as opened:
        csv.writer(opened).writerows([fields, *rows])
    stack.flask_alone("studios", "import", str(file))


def on_whatsapp(story: Story) -> None:
    """A report with a screenshot, a receipt, a claim, an answer that is read, a picture, the end and a rating."""
    box, owner = story.stack.sandbox, Owner(story, "+34700000001", "Tolu")
    owner.says("PAYMENT NOT WORKING brides dad card failed twice")
    owner.says(media=["screenshot"])
    topic = story.topic_of("Adeyemi Photo", PATIENCE)
    wait(lambda: any("photo" in message for message in topic.messages()), "the screenshot in the topic")
    owner.hears("A person answers by", PATIENCE)
    topic.taps("I take it")
    owner.hears("You're with Lena now", PATIENCE)

    reply = topic.writes("Tolu, Lena here. We see no charge for either try.", reply_to=topic.card())
    owner.hears("We see no charge", PATIENCE)
    wait(lambda: topic.reaction(reply) == "👌", "the reply shows as delivered")
    sid = next(message["sid"] for message in owner.messages() if "no charge" in message["body"])
    box.post("twilio/read", sid=sid)
    wait(lambda: topic.reaction(reply) == "👍", "the reply shows as read")
    shows_a_picture(box, topic)
    owner.hears("It looks like this.", PATIENCE)

    topic.resolves()
    owner.hears("Was it solved?", PATIENCE)
    owner.says("1")
    owner.hears("1 (bad) to 5 (great)", PATIENCE)
    owner.says("5")
    owner.hears("Thank you, Tolu", PATIENCE)
    topic.shows("rated 5/5", PATIENCE)


def shows_a_picture(box: Any, topic: Topic) -> None:
    where = {"message_thread_id": topic.thread, "reply_to_message_id": topic.card()["message_id"]}
    box.post("telegram/say", chat_id=GROUP, user_id=LENA, photo="screenshot", caption="It looks like this.", **where)


def on_sms(story: Story) -> None:
    """An answer whose acceptance is never told, nor its status, so that it is looked up; one that Twilio refuses."""
    box, owner = story.stack.sandbox, Owner(story, "+34700000002", "Kim", "sms")
    owner.says("booking page is blank")
    topic = story.topic_of("Lund", PATIENCE)
    owner.hears("A person answers by", PATIENCE)
    fault = {"provider": "twilio", "method": "Messages.create", "destination": owner.number}
    silence = fault | {"action": "silence", "flow": "webhook", "method": "status", "times": -1}
    silenced = box.post("faults", **silence)["id"]
    box.post("faults", action="drop_after_accept", **fault)
    topic.writes("/r Kim, Lena here. Looking now.")
    owner.hears("Looking now", PATIENCE)
    wait(lambda: box.ledger(action="Messages.list"), "the product looks its answer up")
    box.delete("faults", id=silenced)

    box.post("faults", action="code", code=21610, **fault)
    topic.writes("/r Kim, it is back.")
    topic.shows("NOT DELIVERED to Kim", PATIENCE)


def on_telegram(story: Story) -> None:
    """A report with a photo, an answer and its correction, and the end by a tap."""
    box = story.stack.sandbox
    box.post("telegram/say", chat_id=PAVEL, user_id=PAVEL, text="invoices show the wrong VAT since yesterday")
    box.post("telegram/say", chat_id=PAVEL, user_id=PAVEL, photo="screenshot", caption="see the total")
    topic = story.topic_of("Foto Pavel", PATIENCE)
    topic.taps("I take it")
    said = topic.writes("Pavel, Lena here. I see it on 2 invoices.", reply_to=topic.card())
    box.post("telegram/edit", chat_id=GROUP, message_id=said["message_id"], text="Pavel, Lena here. On 3 invoices.")
    topic.resolves()

    def question() -> Json | None:
        messages = box.get(f"telegram/chats/{PAVEL}")["messages"]
        return next((one for one in messages if "Was it solved?" in str(one.get("text"))), None)

    asked = wait(question, "Pavel is asked")
    box.post("telegram/tap", chat_id=PAVEL, message_id=asked["message_id"], user_id=PAVEL, text="Yes")
    topic.shows("solved: yes", PATIENCE)


def wait(found: Any, what: str) -> Any:
    return eventually(found, PATIENCE, what)
