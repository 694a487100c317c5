"""The heartbeat goes out behind ticks, once a minute, and no trouble with its address reaches the worker."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import structlog

from channels.heartbeat import Heartbeat
from tests.support.sandbox import eventually


class Check(HTTPServer):
    """An outside service: what was called, and how it answers."""

    def __init__(self) -> None:
        self.called: list[str] = []
        self.status = 200
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/secret-uuid"


class _Handler(BaseHTTPRequestHandler):
    server: Check

    def do_GET(self) -> None:
        self.server.called.append(self.path)
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def check() -> Iterator[Check]:
    server = Check()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def running(url: str, now: list[float]) -> tuple[Heartbeat, threading.Event]:
    heart, stop = Heartbeat(url, 60.0, lambda: now[0]), threading.Event()
    threading.Thread(target=heart.run, args=(stop,), daemon=True).start()
    return heart, stop


def test_ticks_of_one_minute_are_one_heartbeat_and_the_next_minute_has_its_own(check: Check) -> None:
    now = [0.0]
    heart, stop = running(check.url, now)

    for second in range(62):
        now[0] = float(second)
        heart.ticked()
        if second in (0, 60):
            count = second // 60 + 1
            eventually(lambda count=count: len(check.called) == count, 5, "a heartbeat")  # type: ignore[misc]
    stop.set()

    assert check.called == ["/secret-uuid", "/secret-uuid"]


def test_an_address_that_fails_is_logged_once_without_itself_and_the_next_one_goes_out(check: Check) -> None:
    now = [0.0]
    check.status = 500

    with structlog.testing.capture_logs() as logs:
        heart, stop = running(check.url, now)
        for minute in range(3):
            now[0] = minute * 60.0
            check.status = 500 if minute < 2 else 200
            heart.ticked()
            eventually(lambda minute=minute: len(check.called) == minute + 1, 5, "a heartbeat")  # type: ignore[misc]
        eventually(lambda: logs[-1]["event"] == "heartbeat_back", 5, "that it is back")
    stop.set()

    assert [line["event"] for line in logs] == ["heartbeat_lost", "heartbeat_back"]
    assert logs[0]["code"] == 500
    assert "secret" not in str(logs)


def test_without_an_address_nothing_is_ever_due() -> None:
    heart = Heartbeat("")

    heart.ticked()

    assert not heart._due.is_set()
