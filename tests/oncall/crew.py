"""A cast with fixed meaning: Lena is primary, Tomas backup, Marco lead, Priya and Nils engineers."""

from datetime import UTC, datetime, timedelta

from oncall.kinds import Crew, Effect, Ring
from oncall.ladders import Ladder, read_ladders
from oncall.people import Person
from oncall.rota import Rota, crew

SATURDAY = datetime(2026, 11, 28, 14, 0, tzinfo=UTC)
ALL = ("telegram", "sms", "whatsapp", "voice")
LENA = Person(1, "Lena", frozenset({"primary"}), ("sms", "voice"))
TOMAS = Person(2, "Tomas", frozenset({"backup"}), ("sms", "voice"))
MARCO = Person(3, "Marco", frozenset({"lead"}), ("voice",))
PRIYA = Person(4, "Priya", frozenset({"engineer"}), ("sms",))
NILS = Person(5, "Nils", frozenset({"backup_engineer"}), ("telegram",))
EVERYONE = (LENA, TOMAS, MARCO, PRIYA, NILS)


def rota(*people: Person) -> Rota:
    return Rota({person.id: person for person in people or EVERYONE})


def on(*people: Person) -> Crew:
    return crew(rota(*people), SATURDAY)


def nobody() -> Crew:
    return crew(Rota(), SATURDAY)


def ladder(name: str = "response") -> Ladder:
    return read_ladders([])[name]


def minutes(number: float) -> datetime:
    return SATURDAY + timedelta(minutes=number)


def rung(effects: tuple[Effect, ...]) -> list[tuple[int, str]]:
    """Who was rung on what."""
    return [(effect.person, effect.channel) for effect in effects if isinstance(effect, Ring)]
