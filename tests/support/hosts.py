"""Hosts of our own on one machine: network namespaces, each with one line to the database and one to the world."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.stack import Stack

_LINES = ("d", "w")  # database, world


@dataclass(frozen=True)
class Host:
    """``number`` tells its addresses apart from those of other hosts and other runs."""

    number: int

    @property
    def name(self) -> str:
        return f"bs{os.getpid()}h{self.number}"

    def ours(self, line: str) -> str:
        """The host's own address on a line."""
        return f"{self._net(line)}.2"

    def theirs(self, line: str) -> str:
        """The address at the other end, where database and providers are."""
        return f"{self._net(line)}.1"

    def runs(self, stack: Stack, name: str, *command: str, **changed: str) -> None:
        """Starts a process of the product on this host."""
        program = str(Path(sys.executable).parent / command[0])
        stack.start(name, str(shutil.which("ip")), "netns", "exec", self.name, program, *command[1:], **changed)

    def cut(self, line: str) -> None:
        """Nothing crosses the line any more, and nobody is told."""
        _ip("link", "set", self._end(line), "down")

    def up(self) -> None:
        _ip("netns", "add", self.name)
        _ip("-n", self.name, "link", "set", "lo", "up")
        for line in _LINES:
            far = self._end(line) + "i"
            _ip("link", "add", self._end(line), "type", "veth", "peer", "name", far, "netns", self.name)
            _ip("addr", "add", f"{self.theirs(line)}/24", "dev", self._end(line))
            _ip("link", "set", self._end(line), "up")
            _ip("-n", self.name, "addr", "add", f"{self.ours(line)}/24", "dev", far)
            _ip("-n", self.name, "link", "set", far, "up")

    def down(self) -> None:
        for line in _LINES:
            with contextlib.suppress(subprocess.CalledProcessError):
                _ip("link", "del", self._end(line))
        _ip("netns", "del", self.name)

    def _net(self, line: str) -> str:
        return f"10.{64 + os.getpid() % 64 + 64 * _LINES.index(line)}.{self.number}"

    def _end(self, line: str) -> str:
        return f"b{os.getpid()}{line}{self.number}"


@contextlib.contextmanager
def hosts(count: int) -> Iterator[list[Host]]:
    """So many hosts, gone at the end; skips the test where this machine does not let us make them."""
    found = [Host(number) for number in range(1, count + 1)]
    with contextlib.ExitStack() as made:
        for one in found:
            why = _refused(one, made)
            if why:
                pytest.skip(f"network namespaces cannot be made here: {why}")
        yield found


def _refused(host: Host, made: contextlib.ExitStack) -> str:
    if os.geteuid() or not shutil.which("ip"):
        return "that takes root and the command `ip` (iproute2)"
    try:
        host.up()
    except subprocess.CalledProcessError as error:
        return str(error.stderr).strip()
    made.callback(host.down)
    return ""


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)
