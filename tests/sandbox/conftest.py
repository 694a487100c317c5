"""Fixtures of the sandbox's tests: real sandbox processes and somewhere for their webhooks to go."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from twilio.rest import Client

from tests.sandbox.twilio_client import SID, TOKEN, Product, RewritingHttpClient, listening
from tests.support.sandbox import Sandbox, running


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One process for the whole run: the default world, but callbacks come within 0.1 s."""
    delays = {"sent": [0.01, 0.05], "delivered": [0.02, 0.1], "read": None}
    with running(tmp_path_factory.mktemp("sandbox"), {"twilio": {"callback_delays": delays}}) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_process: Sandbox) -> Sandbox:
    """The default world as it is at the start."""
    sandbox_process.post("reset")
    return sandbox_process


@pytest.fixture(scope="session")
def quick_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One in which a voice second takes 20 ms."""
    with running(tmp_path_factory.mktemp("quick"), {"twilio": {"voice_seconds": 0.02}}) as sandbox:
        yield sandbox


@pytest.fixture
def start_sandbox(tmp_path: Path) -> Iterator[Callable[..., Sandbox]]:
    """``start_sandbox(settings, *arguments)`` starts one of its own."""
    with contextlib.ExitStack() as stack:
        yield lambda settings=None, *arguments: stack.enter_context(running(tmp_path, settings, *arguments))


@pytest.fixture
def connect(request: pytest.FixtureRequest) -> Callable[..., Client]:
    def connected(sandbox: Sandbox, token: str = TOKEN) -> Client:
        http = RewritingHttpClient(sandbox.base)
        request.addfinalizer(http.close)
        return Client(SID, token, http_client=http)

    return connected


@pytest.fixture
def twilio(sandbox: Sandbox, connect: Callable[..., Client]) -> Client:
    """Twilio's SDK, talking to the sandbox."""
    return connect(sandbox)


@pytest.fixture
def product() -> Iterator[Product]:
    """Where webhooks go."""
    with listening() as product:
        yield product
