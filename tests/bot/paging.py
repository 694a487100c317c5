"""A rota in a house, and who was rung."""

from bot.hotline.enrol import import_roster
from bot.pager import rungs
from channels.wire import SendText
from models import Delivery
from tests.bot.house import GROUP, House

LENAS, TOMASS, MARCOS, PRIYAS = "+34600000011", "+34600000012", "+34600000013", "+34600000014"
ROTA = f"""
[[person]]
name = "Lena"
roles = ["primary"]
phone = "{LENAS}"
telegram = 501
verified = true

[[person]]
name = "Tomas"
roles = ["backup"]
phone = "{TOMASS}"
telegram = 502
verified = true
language = "es"

[[person]]
name = "Marco"
roles = ["lead"]
phone = "{MARCOS}"
verified = true

[[person]]
name = "Priya"
roles = ["engineer", "backup_engineer"]
phone = "{PRIYAS}"
verified = true
"""
PAYMENT = "PAYMENT NOT WORKING brides dad card failed twice"


def on_call(house: House, rota: str = ROTA) -> None:
    import_roster(house.shell, rota.encode())


def urgent(house: House, rota: str = ROTA) -> None:
    """A SEV1 of an Agency studio, with people on call."""
    on_call(house, rota)
    house.opened(PAYMENT)


def passes(house: House, minutes: float) -> None:
    """Time goes by in steps, and the worker looks after each."""
    for _ in range(round(minutes * 4)):
        house.clock.passes(15)
        looks(house)


def looks(house: House) -> None:
    for _ in range(3):
        rungs.climb(house.shell)
        house.works()


def texts(house: House, number: str) -> list[str]:
    """What was sent to a number as a text message."""
    return [call.text for call in house.twilio.calls if isinstance(call, SendText) and call.to == number]


def private(house: House, user: int) -> list[str]:
    return [call.text for call in house.telegram.calls if isinstance(call, SendText) and call.to == str(user)]


def group_lines(house: House) -> list[str]:
    return [call.text for call in house.telegram.calls if isinstance(call, SendText) and call.to == str(GROUP)]


def pages_owed(house: House, *states: str) -> list[Delivery]:
    return [row for row in house.rows(Delivery) if row.thread.startswith("page:") and row.state in states]
