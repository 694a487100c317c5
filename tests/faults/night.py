"""Who is on call while a fault happens: people with telephones of their own, and what reached them."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update

from models import Channel
from tests.faults.ground import Ground
from tests.support.sandbox import WHATSAPP, eventually

_phones = itertools.count(1)


@dataclass(frozen=True)
class Sleeper:
    """Somebody on call; ``telegram`` is their user id, 0 without."""

    ground: Ground
    name: str
    roles: tuple[str, ...]
    phone: str
    telegram: int = 0
    verified: bool = True

    def phone_is(self, behaviour: str, *keys: str, **more: Any) -> None:
        """How their telephone reacts from now on."""
        self.ground.stack.sandbox.post("twilio/phones", number=self.phone, behaviour=behaviour, keys=list(keys), **more)

    def texts(self, code: str) -> str:
        """Writes from their telephone, and waits for nothing; the SMS's own id."""
        said = {"from": self.phone, "to": WHATSAPP, "channel": "sms", "body": code}
        told: str = self.ground.stack.sandbox.post("twilio/say", **said)["sid"]
        return told

    def read(self) -> list[str]:
        """The texts that reached them."""
        found = self.ground.stack.sandbox.get("twilio/messages", address=self.phone)["messages"]
        return [message["body"] for message in found if message["direction"] != "inbound"]

    def reads(self, words: str, seconds: float = 15) -> str:
        def found() -> str | None:
            return next((body for body in self.read() if words in body), None)

        text: str = eventually(found, seconds, f"{self.name} reads {words!r}; has {self.read()}")
        return text

    def hears_back(self, ticket: int) -> str:
        """What their code was answered with."""
        known = (f"#{ticket} is yours", f"has #{ticket} ")
        found = lambda: next((body for body in self.read() if any(words in body for words in known)), None)  # noqa: E731
        text: str = eventually(found, 15, f"{self.name} is answered; has {self.read()}")
        return text

    def calls(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ground.stack.sandbox.get("twilio/calls", address=self.phone)["calls"]
        return found

    def is_called(self, status: str = "", seconds: float = 15) -> dict[str, Any]:
        """Waits for a call, in this state."""

        def found() -> dict[str, Any] | None:
            return next((call for call in self.calls() if status in ("", call["status"])), None)

        call: dict[str, Any] = eventually(found, seconds, f"{self.name} is called {status}; {self.calls()}")
        return call

    def heard(self) -> list[str]:
        """What their newest call said."""
        return [line["say"] for line in self.calls()[-1]["transcript"] if "say" in line]


def on_call(ground: Ground, *people: tuple[str, str], verified: bool = True) -> list[Sleeper]:
    """Nobody but these (name, roles) from now on, with telephones that nobody has called before."""
    telegram = {"Lena": 501, "Tomas": 502}
    found = [
        Sleeper(ground, name, tuple(roles.split()), f"+346100{next(_phones):05}", telegram.get(name, 0), verified)
        for name, roles in people
    ]
    ground.stack.wakes("\n".join(_entry(one) for one in found))
    if verified:  # each has answered the test page of their new telephone
        mine = update(Channel).where(Channel.address.in_([one.phone for one in found]))
        with ground.witness.engine.begin() as connection:
            connection.execute(mine.values(verified_at=datetime.now(UTC)))
    return found


def _entry(one: Sleeper) -> str:
    roles = ", ".join(f'"{role}"' for role in one.roles)
    telegram = f"telegram = {one.telegram}\n" if one.telegram else ""
    verified = "true" if one.verified else "false"
    return (
        f'[[person]]\nname = "{one.name}"\nroles = [{roles}]\nphone = "{one.phone}"\n{telegram}verified = {verified}\n'
    )
