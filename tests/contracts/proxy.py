"""A listener on the wire: forwards every request and answer byte for byte and keeps both."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.contracts.judge import Exchange, Judge


@dataclass
class Proxy:
    """``base`` is where to send to; where it forwards to may be named later, requests wait for it."""

    judge: Judge
    base: str = ""
    seen: list[Exchange] = field(default_factory=list)
    _upstream: str = ""
    _named: threading.Event = field(default_factory=threading.Event)

    def forwards_to(self, base: str) -> None:
        self._upstream = urlsplit(base).netloc
        self._named.set()

    def violations(self) -> list[str]:
        """What Twilio's files object to in everything that crossed."""
        return [fault for seen in self.seen for fault in self.judge.faults(seen)]

    def ask(self, asked: Exchange, headers: list[tuple[str, str]]) -> tuple[HTTPResponse, bytes] | None:
        """Asks upstream and keeps the exchange; None when nobody answered."""
        assert self._named.wait(20), "nobody said where to forward to"
        with contextlib.closing(HTTPConnection(self._upstream, timeout=30)) as connection:
            try:
                connection.putrequest(asked.method, asked.target, skip_host=True, skip_accept_encoding=True)
                for name, value in headers:
                    connection.putheader(name, value)
                connection.endheaders(asked.body or None)
                answer = connection.getresponse()
                body = answer.read()
            except (OSError, HTTPException):
                self.seen.append(asked)
                return None
        told = {name.lower(): value for name, value in answer.getheaders()}
        self.seen.append(
            Exchange(asked.method, asked.target, asked.headers, asked.body, answer.status, told, body),
        )
        return answer, body


@contextlib.contextmanager
def between(judge: Judge) -> Iterator[Proxy]:
    """A proxy on a free port, threaded, closed at the end."""
    proxy = Proxy(judge)

    class Handler(_Handler):
        def asked(self) -> Exchange:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            return Exchange(self.command, self.path, headers, body)

        def do_GET(self) -> None:
            answered = proxy.ask(self.asked(), self.headers.items())
            self.close_connection = answered is None
            if answered is not None:
                self.pass_back(*answered)

        do_POST = do_DELETE = do_HEAD = do_GET

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    proxy.base = f"http://127.0.0.1:{server.server_port}"
    yield proxy
    server.shutdown()
    server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def pass_back(self, answer: HTTPResponse, body: bytes) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.send_response_only(answer.status, answer.reason)
            for name, value in answer.getheaders():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""
