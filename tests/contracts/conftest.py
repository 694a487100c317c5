"""What the judges look at: a sandbox to drive, and a whole day of the product behind a listener."""

from collections.abc import Iterator

import pytest
from twilio.rest import Client

from tests.contracts.day import Day, lived
from tests.contracts.judge import Judge
from tests.contracts.proxy import Proxy, between
from tests.sandbox.telegram_client import GROUP, LENA
from tests.sandbox.twilio_client import OURS, SID, TOKEN, Product, RewritingHttpClient, listening
from tests.support.databases import fresh
from tests.support.sandbox import Sandbox, running
from tests.support.stack import standing

SMALL = -4000000001  # a basic group
SERVED = "+15550002000"  # our number in a Messaging Service
NUMBERS = [{"number": OURS, "whatsapp": True}, {"number": SERVED, "whatsapp": True}]
SERVICE = {"sid": "MG" + "1" * 32, "numbers": [SERVED]}
LEADS = [{"id": LENA, "first_name": "Lena", "username": "lena", "status": "administrator"}]
CHATS = [
    {"id": GROUP, "type": "supergroup", "is_forum": True, "title": "Support", "members": LEADS},
    {"id": SMALL, "type": "group", "title": "Small"},
]
QUICK = {"callback_delays": {"sent": [0.01, 0.02], "delivered": [0.03, 0.04], "read": None}}


@pytest.fixture(scope="session")
def judge() -> Judge:
    return Judge()


@pytest.fixture(scope="session")
def day(judge: Judge, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """The stack as an operator starts it, a listener between it and Twilio, and a day that has passed."""
    directory = tmp_path_factory.mktemp("contracts")
    settings = {"telegram": {"flood_limits": False}, "twilio": QUICK}
    database = fresh("sqlite", directory)
    with (
        between(judge) as proxy,
        standing(directory, database, settings, TWILIO_API_BASE=proxy.base, UNKNOWN_SECONDS="1") as stack,
    ):
        proxy.forwards_to(stack.sandbox.base)
        yield lived(stack, proxy)


@pytest.fixture(scope="session")
def box_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    twilio = QUICK | {"numbers": NUMBERS, "messaging_services": [SERVICE], "voice_seconds": 0.02}
    with running(tmp_path_factory.mktemp("box"), {"twilio": twilio, "telegram": {"chats": CHATS}}) as box:
        yield box


@pytest.fixture
def box(box_process: Sandbox) -> Sandbox:
    """A sandbox as it is at the start."""
    box_process.post("reset")
    return box_process


@pytest.fixture
def proxy(judge: Judge, box: Sandbox) -> Iterator[Proxy]:
    """The listener in front of ``box``."""
    with between(judge) as proxy:
        proxy.forwards_to(box.base)
        yield proxy


@pytest.fixture
def twilio(proxy: Proxy) -> Iterator[Client]:
    """Twilio's SDK, talking to the sandbox through the listener."""
    http = RewritingHttpClient(proxy.base)
    yield Client(SID, TOKEN, http_client=http)
    http.close()


@pytest.fixture
def product() -> Iterator[Product]:
    """Where webhooks go."""
    with listening() as product:
        yield product
