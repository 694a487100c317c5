"""Calls of unknown fate, looked up in the sandbox's list: each picture is told from the others by its own bytes."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from channels.twilio import Twilio
from channels.twilio.channel import Account
from channels.wire import Receipt, SendMedia, SendText, TransportError
from sandbox.twilio.samples import sample
from tests.support.sandbox import WHATSAPP, Sandbox, eventually, running

PICTURES = {"/one": sample("screenshot"), "/two": sample("photo")}


class _Files(BaseHTTPRequestHandler):
    """Our own door: serves the two pictures, and takes every callback."""

    def do_GET(self) -> None:
        content_type, data = PICTURES.get(self.path, ("text/plain", b""))
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)

    do_HEAD = do_GET

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@dataclass
class Bench:
    sandbox: Sandbox
    twilio: Twilio
    public: str

    def picture(self, path: str, to: str) -> SendMedia:
        content_type, data = PICTURES[path]
        ours = f"whatsapp:{WHATSAPP}"
        return SendMedia(
            f"whatsapp:{to}", "picture", ours, content_type=content_type, url=self.public + path, data=data
        )

    def writes(self, number: str) -> None:
        """The customer, whose 24 hours begin."""
        self.sandbox.post("twilio/say", **{"from": number, "to": WHATSAPP, "channel": "whatsapp", "body": "hello"})

    def lost(self, call: SendMedia | SendText, action: str) -> None:
        """The call is made, and its answer never comes."""
        self.sandbox.post("faults", action=action, provider="twilio", method="Messages.create")
        with pytest.raises(TransportError):
            self.twilio.send(call, 1)

    def found(self, call: SendMedia | SendText, besides: tuple[Receipt | None, ...] = ()) -> Receipt | None:
        began = datetime.now(UTC)
        return self.twilio.same(call, [one for one in self.twilio.find(call, began) if one not in besides])

    def kept(self, number: str) -> list[str]:
        """The names of what was made to a number, oldest first, once Twilio has fetched its files."""

        def fetched() -> list[str] | None:
            listed = self.sandbox.get("twilio/messages", address=f"whatsapp:{number}")["messages"]
            made = [one for one in listed if one["direction"] != "inbound"]
            return [one["sid"] for one in made] if all(one["media"] for one in made) else None

        names: list[str] = eventually(fetched, what="the files are fetched")
        return names


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Files)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    settings = {"twilio": {"numbers": [{"number": WHATSAPP, "whatsapp": True}]}}
    public = f"http://127.0.0.1:{server.server_address[1]}"
    with running(tmp_path_factory.mktemp("lookup"), settings) as sandbox:
        twilio = Twilio(Account("AC" + "0" * 32, "sandbox-auth-token", sandbox.base, public, timeout=5))
        with contextlib.closing(twilio):
            yield Bench(sandbox, twilio, public)
    server.shutdown()
    server.server_close()
    thread.join(5)


def test_two_captionless_pictures_of_unknown_fate_are_each_found_as_themselves(bench: Bench) -> None:
    number = "+34700000001"
    one, two = bench.picture("/one", number), bench.picture("/two", number)
    bench.writes(number)
    bench.lost(one, "drop_after_accept")
    bench.lost(two, "drop_after_accept")
    names = bench.kept(number)

    found = [bench.found(two), bench.found(one)]

    assert [receipt and receipt.provider_id for receipt in found] == names[::-1]


def test_a_picture_that_was_never_taken_is_not_found_in_another_one(bench: Bench) -> None:
    number = "+34700000002"
    one, two = bench.picture("/one", number), bench.picture("/two", number)
    bench.writes(number)
    bench.lost(one, "drop_before")
    bench.lost(two, "drop_after_accept")
    (name,) = bench.kept(number)

    assert bench.found(one) is None
    assert bench.found(two) == Receipt(name)


def test_one_picture_sent_twice_is_found_twice_in_the_order_of_the_calls(bench: Bench) -> None:
    number = "+34700000003"
    one = bench.picture("/one", number)
    bench.writes(number)
    bench.lost(one, "drop_after_accept")
    bench.lost(one, "drop_after_accept")
    names = bench.kept(number)

    first = bench.found(one)
    second = bench.found(one, besides=(first,))

    assert [receipt and receipt.provider_id for receipt in (first, second)] == names


def test_words_alone_are_not_found_in_a_picture_that_carries_them(bench: Bench) -> None:
    number = "+34700000004"
    captioned = replace(bench.picture("/one", number), caption="look")
    bench.writes(number)
    bench.lost(captioned, "drop_after_accept")
    bench.kept(number)

    assert bench.found(SendText(f"whatsapp:{number}", "look", f"whatsapp:{WHATSAPP}")) is None
    assert bench.found(captioned) is not None
