"""A running sandbox process, and its control interface."""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.support.bound import bound

ROOT = Path(__file__).parents[2]
GROUP = -1001000000001
WHATSAPP = "+15550001000"


@dataclass
class Sandbox:
    """``base`` is its address; get and post speak its control interface."""

    base: str

    def get(self, path: str, **query: Any) -> Any:
        return self._checked(requests.get(f"{self.base}/sandbox/{path}", params=query, timeout=20))

    def post(self, path: str, **body: Any) -> Any:
        return self._checked(requests.post(f"{self.base}/sandbox/{path}", json=body, timeout=20))

    def delete(self, path: str, **query: Any) -> Any:
        return self._checked(requests.delete(f"{self.base}/sandbox/{path}", params=query, timeout=20))

    def ledger(self, after: int = 0, **wanted: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get("ledger", after=after, **wanted)["entries"]
        return found

    @property
    def last(self) -> int:
        number: int = self.get("ledger", after=10**9)["last"]
        return number

    @staticmethod
    def _checked(answer: requests.Response) -> Any:
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextlib.contextmanager
def running(directory: Path, settings: dict[str, Any] | None = None, *arguments: str) -> Iterator[Sandbox]:
    """Starts ``python -m sandbox`` on a free port and stops it at the end."""
    config = directory / "sandbox.json"
    config.write_text(json.dumps(settings or {}))
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--config", str(config), *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, preexec_fn=bound)  # noqa: PLW1509 (it makes one system call)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("sandbox ready on "), line
        yield Sandbox(line.split()[-1])
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout:
            process.stdout.close()


def eventually(found: Callable[[], Any], seconds: float = 15, what: str = "") -> Any:
    """The first true value ``found`` gives; fails the test when there is none in time."""
    end = time.monotonic() + seconds
    while True:
        value = found()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"nothing in {seconds} s: {what or found!r}")
        time.sleep(0.05)
