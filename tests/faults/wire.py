"""The line between the product and a provider, as a TCP relay that can be held, slowed down, clogged or cut."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

_CHUNK = 65536


class Wire:
    """Relays ``base`` to ``upstream``. What was held when the hold ends is dropped: it never reached the provider."""

    def __init__(self, upstream: str, host: str = "127.0.0.1", port: int = 0) -> None:
        self._open: set[socket.socket] = set()
        self.lead_to(upstream)
        self._host = host
        self._changed = threading.Condition()
        self._mode = "pass"
        self._clogging: list[socket.socket] = []
        self._listener = socket.create_server((host, port), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self.held = 0  # requests on hold just now
        self.abandoned = 0  # answers the product did not wait for: on a machine with too much to do, a fault of its own
        self.asked_at = 0.0  # when the newest request came, by the monotonic clock
        self._listen()

    @property
    def base(self) -> str:
        return f"http://{self._host}:{self.port}"

    def lead_to(self, upstream: str) -> None:
        """Everything goes there from now on; what is open to another place ends."""
        parts = urlsplit(upstream)
        self._upstream = (str(parts.hostname), int(parts.port or 80))
        for one in list(self._open):
            _shut(one)

    @contextlib.contextmanager
    def holding(self) -> Iterator[None]:
        """Requests are taken from the product and not passed on; at the end they are dropped."""
        with self._in_mode("hold"):
            yield
        self.held = 0

    @contextlib.contextmanager
    def dripping(self) -> Iterator[None]:
        """Answers come a byte at a time, twenty a second."""
        with self._in_mode("drip"):
            yield

    @contextlib.contextmanager
    def cut(self) -> Iterator[None]:
        """Connections are refused."""
        self._close()
        try:
            yield
        finally:
            self._listener = socket.create_server((self._host, self.port), backlog=128)
            self._listen()

    @contextlib.contextmanager
    def clogged(self) -> Iterator[None]:
        """Connections are neither taken nor refused: the accept queue is full."""
        self._close()
        full = socket.create_server((self._host, self.port), backlog=0)
        for _ in range(4):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex((self._host, self.port))
            self._clogging.append(one)
        try:
            yield
        finally:
            for one in (*self._clogging, full):
                one.close()
            self._clogging.clear()
            self._listener = socket.create_server((self._host, self.port), backlog=128)
            self._listen()

    def close(self) -> None:
        self._close()

    @contextlib.contextmanager
    def _in_mode(self, mode: str) -> Iterator[None]:
        self._set(mode)
        try:
            yield
        finally:
            self._set("pass")

    def _set(self, mode: str) -> None:
        with self._changed:
            self._mode = mode
            self._changed.notify_all()

    def _close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in list(self._open):
            _shut(one)

    def _listen(self) -> None:
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                here, _ = listener.accept()
            except OSError:
                return
            try:
                there = socket.create_connection(self._upstream, 5)
            except OSError:
                _shut(here)
                continue
            there.settimeout(None)
            self._open |= {here, there}
            asked = threading.Event()
            threading.Thread(target=self._ask, args=(here, there, asked), daemon=True).start()
            threading.Thread(target=self._answer, args=(there, here, asked), daemon=True).start()

    def _ask(self, here: socket.socket, there: socket.socket, asked: threading.Event) -> None:
        """Requests, on their way to the provider."""
        with contextlib.suppress(OSError):
            while data := here.recv(_CHUNK):
                asked.set()
                self.asked_at = time.monotonic()
                self._wait_if_held()
                there.sendall(data)
        self.abandoned += asked.is_set()
        self._end(here, there)

    def _answer(self, there: socket.socket, here: socket.socket, asked: threading.Event) -> None:
        """Answers, on their way back."""
        with contextlib.suppress(OSError):
            while data := there.recv(_CHUNK):
                asked.clear()
                self._drip(data, here)
        self._end(here, there)

    def _wait_if_held(self) -> None:
        if self._mode == "hold":
            with self._changed:
                self.held += 1
                self._changed.wait_for(lambda: self._mode != "hold")
            raise ConnectionAbortedError

    def _drip(self, data: bytes, here: socket.socket) -> None:
        if self._mode != "drip":
            here.sendall(data)
            return
        for number in range(len(data)):
            here.sendall(data[number : number + 1])
            if self._mode == "drip":
                time.sleep(0.05)

    def _end(self, *both: socket.socket) -> None:
        for one in both:
            _shut(one)
            self._open.discard(one)


def _shut(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
