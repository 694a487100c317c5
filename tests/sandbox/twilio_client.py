"""A stand-in for the product that records webhooks, and Twilio's SDK bent to the sandbox."""

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from tests.support.sandbox import Sandbox

SID, TOKEN = "AC" + "0" * 32, "sandbox-auth-token"
OURS, ALICE, BOB = "+15550001000", "+34600000001", "+34600000002"
WHATSAPP = {"from_": f"whatsapp:{OURS}", "to": f"whatsapp:{ALICE}"}
SMS = {"from_": OURS, "to": ALICE}


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    form: dict[str, str]
    raw: bytes


@dataclass
class Product:
    """Where the sandbox's webhooks go. ``answers`` maps a path to (status, content type, body)."""

    base: str = ""
    received: list[Received] = field(default_factory=list)
    answers: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    delays: dict[str, float] = field(default_factory=dict)

    def got(self, count: int, path: str = "", within: float = 2.0) -> list[Received]:
        """Waits until ``count`` requests have come to ``path`` (any, if empty)."""
        end = time.monotonic() + within
        while True:
            found = [row for row in self.received if row.path.startswith(path)]
            if len(found) >= count or time.monotonic() > end:
                assert len(found) >= count, f"{len(found)} of {count} requests to {path!r}"
                return found
            time.sleep(0.005)


@contextlib.contextmanager
def listening() -> Iterator[Product]:
    """An HTTP server that answers every webhook with an empty TwiML document."""
    product = Product()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            form = dict(parse_qsl(raw.decode(errors="replace"), keep_blank_values=True))
            product.received.append(Received(self.path, dict(self.headers), form, raw))
            self._answer()

        def do_GET(self) -> None:
            product.received.append(Received(self.path, dict(self.headers), {}, b""))
            self._answer()

        def do_HEAD(self) -> None:
            self._answer()

        def _answer(self) -> None:
            bare = self.path.partition("?")[0]
            time.sleep(product.delays.get(bare, 0))
            status, kind, body = product.answers.get(bare, (200, "text/xml", "<Response/>"))
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body.encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    product.base = f"http://127.0.0.1:{server.server_port}"
    yield product
    server.shutdown()
    server.server_close()


class RewritingHttpClient(TwilioHttpClient):  # type: ignore[misc]  # twilio ships no types
    """Sends every Twilio host to the sandbox."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=10)
        self.base = urlsplit(base)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        parts = urlsplit(url)
        moved = urlunsplit((self.base.scheme, self.base.netloc, parts.path, parts.query, ""))
        return super().request(method, moved, *args, **kwargs)

    def close(self) -> None:
        self.session.close()


def say(sandbox: Sandbox, body: str = "Hello", **more: Any) -> Any:
    """Alice writes on WhatsApp."""
    return sandbox.post("twilio/say", **{"from": ALICE, "body": body, **more})


def settled(twilio: Client, sid: str) -> Any:
    """The message once it has failed or arrived."""
    for _ in range(300):
        message = twilio.messages(sid).fetch()
        if message.status not in ("queued", "accepted", "sending", "sent"):
            return message
        time.sleep(0.01)
    raise AssertionError(message.status)
