"""The people of the stories: studio owners on their phones, Lena and Tomas in the agent group."""

import csv
import io
from dataclasses import dataclass
from typing import Any

from tests.support.sandbox import GROUP, WHATSAPP, eventually
from tests.support.stack import Stack

Json = dict[str, Any]
LENA, TOMAS = 501, 502


@dataclass
class Owner:
    """A studio owner on WhatsApp or SMS."""

    story: "Story"
    number: str
    name: str
    channel: str = "whatsapp"

    def says(self, body: str = "", **more: Any) -> list[int | None]:
        """Writes; the HTTP statuses our webhook answered."""
        told = self.story.stack.sandbox.post(
            "twilio/say",
            **{"from": self.number, "to": WHATSAPP, "channel": self.channel, "body": body, "name": self.name, **more},
        )
        statuses: list[int | None] = told["statuses"]
        return statuses

    def messages(self) -> list[Json]:
        prefix = "whatsapp:" if self.channel == "whatsapp" else ""
        found: list[Json] = self.story.stack.sandbox.get("twilio/messages", address=prefix + self.number)["messages"]
        return found

    def heard(self) -> list[str]:
        """What reached them, oldest first."""
        return [message["body"] for message in self.messages() if message["direction"] != "inbound"]

    def hears(self, words: str, seconds: float = 15) -> str:
        """Waits for a message holding ``words``."""
        what = f"{self.name} hears {words!r}"
        text: str = eventually(lambda: next((body for body in self.heard() if words in body), None), seconds, what)
        return text


@dataclass
class Topic:
    """A ticket's topic as the agents see it."""

    story: "Story"
    thread: int

    def state(self) -> Json:
        topics = self.story.group()["topics"]
        return next(topic for topic in topics if topic["message_thread_id"] == self.thread)

    @property
    def name(self) -> str:
        name: str = self.state()["name"]
        return name

    @property
    def number(self) -> int:
        return int(self.name.split("#")[1].split()[0])

    def messages(self) -> list[Json]:
        found: list[Json] = self.state()["messages"]
        return found

    def texts(self) -> list[str]:
        return [message.get("text") or message.get("caption") or "" for message in self.messages()]

    def shows(self, words: str, seconds: float = 15) -> Json:
        """Waits for a message of the topic that holds ``words``."""

        def found() -> Json | None:
            for message in self.messages():
                if words in (message.get("text") or message.get("caption") or ""):
                    return message
            return None

        shown: Json = eventually(found, seconds, f"the topic shows {words!r}; it has {self.texts()}")
        return shown

    def card(self) -> Json:
        return self.shows(f"#{self.number} ")

    def taps(self, button: str, agent: int = LENA) -> str:
        """Presses a button of the card; what the agent is told."""
        tap = self.story.stack.sandbox.post(
            "telegram/tap", chat_id=GROUP, message_id=self.card()["message_id"], user_id=agent, text=button
        )
        query = tap["callback_query_id"]
        answered = eventually(lambda: self.story.stack.sandbox.get(f"telegram/taps/{query}")["answer"])
        told: str = answered.get("text", "")
        return told

    def resolves(self, cause: str = "Our fault, fixed", agent: int = LENA) -> str:
        """Resolve, then the cause as soon as the card offers it; what the agent is told."""
        self.taps("Resolve", agent)
        eventually(lambda: cause in str(self.card().get("reply_markup")), what=f"the card offers {cause!r}")
        return self.taps(cause, agent)

    def writes(self, text: str, reply_to: Json | None = None, agent: int = LENA, **more: Any) -> Json:
        """An agent writes in the topic, perhaps as a reply."""
        quoted = {"reply_to_message_id": reply_to["message_id"]} if reply_to else {}
        said = self.story.stack.sandbox.post(
            "telegram/say", chat_id=GROUP, user_id=agent, text=text, message_thread_id=self.thread, **quoted, **more
        )
        message: Json = said["message"]
        return message

    def reaction(self, message: Json) -> str:
        """Our reaction on a message, if any."""
        found = next(one for one in self.messages() if one["message_id"] == message["message_id"])
        return next((reaction["emoji"] for reaction in found.get("reactions", [])), "")


@dataclass
class Story:
    """One story's cast on a running stack."""

    stack: Stack
    number: int

    def owner(self, name: str = "Tolu", studio: str = "Adeyemi Photo", tier: str = "agency", **more: str) -> Owner:
        """An owner nobody has heard of before, put into the directory."""
        owner = self.stranger(name, more.pop("channel", "whatsapp"))
        row = {
            "studio": f"{studio} {self.number}",
            "tier": tier,
            "timezone": "Europe/Madrid",
            "language": "en",
            "branch": "",
            "contact": name,
            "role": "owner",
            "channel": owner.channel,
            "address": owner.number,
        } | more
        text = io.StringIO()
        writer = csv.DictWriter(text, row)
        writer.writeheader()
        writer.writerow(row)
        self.stack.knows(text.getvalue())
        return owner

    def stranger(self, name: str = "Charlie", channel: str = "whatsapp") -> Owner:
        return Owner(self, f"+3470{self.number:07d}", name, channel)

    def group(self) -> Json:
        found: Json = self.stack.sandbox.get(f"telegram/chats/{GROUP}")
        return found

    def topics_of(self, studio: str) -> list[Topic]:
        return [Topic(self, topic["message_thread_id"]) for topic in self.group()["topics"] if studio in topic["name"]]

    def topic_of(self, studio: str, seconds: float = 15) -> Topic:
        """Waits for the one topic that names the studio and shows its card."""

        def found() -> Topic | None:
            shown = (topic for topic in self.topics_of(studio) if any("Why:" in text for text in topic.texts()))
            return next(shown, None)  # a topic Telegram was slow to confirm may stand twice; one has the card

        topic: Topic = eventually(found, seconds, f"a topic of {studio}")
        return topic
