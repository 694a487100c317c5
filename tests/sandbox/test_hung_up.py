"""A client that drops its connection in the middle is counted, and nothing is printed."""

import socket
import struct
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.support.sandbox import Sandbox, eventually

HALF = b'POST /sandbox/faults HTTP/1.1\r\nHost: sandbox\r\nContent-Length: 500\r\n\r\n{"action"'


def test_a_dropped_connection_is_counted_and_prints_no_trace(
    start_sandbox: Callable[..., Sandbox], capfd: pytest.CaptureFixture[str]
) -> None:
    sandbox = start_sandbox()
    where = urlsplit(sandbox.base)
    with socket.create_connection((where.hostname, where.port)) as client:
        client.sendall(HALF)
        eventually(lambda: sandbox.get("faults") is not None)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset, not an end

    eventually(lambda: sandbox.get("ledger")["hung_up"] == 1, what="the hang-up is counted")

    assert "Traceback" not in capfd.readouterr().err
