"""The whole product as an operator starts it, against a sandbox: web, worker, database, real HTTP."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from bot.directory import import_directory
from bot.hotline.enrol import import_roster
from bot.shell import Shell
from parts import assemble
from settings import Settings
from tests.commands.runner import run
from tests.support.bound import bound
from tests.support.sandbox import GROUP, ROOT, WHATSAPP, Sandbox, eventually, running

BIN = Path(sys.executable).parent
SHIPPED = "the budgets that ship"
# Tokens are taken as in operation, and there are always some: stories do not wait for them.
GENEROUS = """[budgets]
telegram = { calls = 500, per = "1 s" }
telegram_group = { calls = 500, per = "1 s", urgent = 6, edits = 8 }
telegram_private = { calls = 500, per = "1 s" }
whatsapp = { calls = 500, per = "1 s" }
whatsapp_customer = { burst = 500, refill = "0.01 s" }
sms = { calls = 500, per = "1 s" }
voice = { calls = 500, per = "1 s" }
digest = 1000
ticks = "0.1 s"
overview = "1 s"
"""
LIFTED = "[budgets]\n" + "".join(
    f'{name} = "unlimited"\n'
    for name in (
        *("telegram", "telegram_group", "telegram_private"),
        *("whatsapp", "whatsapp_customer", "sms", "voice"),
    )
)


@dataclass
class Stack:
    """``public`` is where webhooks reach us; the people of the stories act through ``sandbox``."""

    sandbox: Sandbox
    environment: dict[str, str]
    directory: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    odd: set[str] = field(default_factory=set)  # those that run with settings of their own

    @property
    def public(self) -> str:
        return self.environment["PUBLIC_URL"]

    def start(self, name: str, *command: str, **changed: str) -> None:
        """Starts a process of the product in a group of its own; ``changed`` are settings of this one alone."""
        log = (self.directory / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            [str(BIN / command[0]), *command[1:]],
            cwd=ROOT,
            env=self.environment | changed,
            stdout=log,
            stderr=log,
            process_group=0,
            preexec_fn=bound,  # noqa: PLW1509 (it makes one system call)
        )
        log.close()
        (self.odd.add if changed else self.odd.discard)(name)

    def start_web(self, name: str = "web", **changed: str) -> None:
        """Several may listen at the one address; the kernel shares the connections out."""
        self.start(
            name, "gunicorn", "--reuse-port", "-b", self.public.removeprefix("http://"), "app:create_app()", **changed
        )

    def start_worker(self, name: str = "worker", **changed: str) -> None:
        self.start(name, "python", "-m", "worker", **changed)

    def stop(self, name: str, with_signal: int = signal.SIGTERM) -> int:
        process = self.processes.pop(name)
        process.send_signal(with_signal)
        return process.wait(30)

    def end(self) -> None:
        """All at once; the web process does not linger for connections somebody keeps open."""
        for name, process in self.processes.items():
            process.send_signal(signal.SIGQUIT if name.startswith("web") else signal.SIGTERM)
        for process in self.processes.values():
            process.wait(30)
        self.processes.clear()

    def kill(self, name: str) -> None:
        """kill -9 of the process and of those it started, as when a machine loses its power."""
        with contextlib.suppress(ProcessLookupError):  # it has ended by itself
            self.signal(name, signal.SIGKILL)
        self.processes.pop(name).wait(30)

    def signal(self, name: str, number: int) -> None:
        """Sends a signal to the process and those it started."""
        os.killpg(self.processes[name].pid, number)

    def flask(self, *arguments: str) -> str:
        """``flask <arguments>`` in this process: to start one takes longer than most commands do."""
        shell = self.assembled()
        try:
            done = run(shell, *arguments)
        finally:
            shell.db.close()
        assert done.exit_code == 0, done.output
        return done.stdout

    def flask_alone(self, *arguments: str) -> str:
        """The same as an operator types it, in a process of its own."""
        done = subprocess.run(
            [str(BIN / "flask"), *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def assembled(self, **changed: str) -> Shell:
        """The program's parts by the stack's own environment and what a test changes in it."""
        wanted = self.environment | changed
        return assemble(Settings.model_validate({name.lower(): value for name, value in wanted.items() if value}))

    def knows(self, rows: str) -> None:
        """Imports directory rows as ``flask studios import`` does, without starting a process for each cast."""
        with self.shell() as shell:
            import_directory(shell, rows.encode())

    def wakes(self, rota: str) -> None:
        """Imports a rota as ``flask oncall import`` does."""
        with self.shell() as shell:
            import_roster(shell, rota.encode())

    @contextlib.contextmanager
    def shell(self) -> Iterator[Shell]:
        """The product's parts in this process, on the stack's database and without channels."""
        shell = assemble(Settings.model_validate({"database_url": self.environment["DATABASE_URL"]}))
        try:
            yield shell
        finally:
            shell.db.close()

    def ready(self) -> bool:
        try:
            return requests.get(f"{self.public}/ready", timeout=5).status_code == 200
        except requests.RequestException:  # not listening yet, or listening and still loading
            return False


@contextlib.contextmanager
def standing(
    directory: Path,
    database_url: str,
    sandbox_settings: dict[str, Any] | None = None,
    budgets: str = GENEROUS,
    bursts: tuple[str, str] = ("2 s", "5 s"),
    *,
    ladders: str = "",
    wired: Callable[[str], dict[str, str]] = lambda _: {},
    **extra: str,
) -> Iterator[Stack]:
    """A stack that is ready: migrated, webhooks set, studios known, a policy of these ``budgets``, ``bursts`` and
    ``ladders`` (with ``[paging]``). ``wired`` are settings that depend on where the sandbox is."""
    public = f"http://127.0.0.1:{free_port()}"
    clock = ("--clock", extra["CLOCK_FILE"]) if "CLOCK_FILE" in extra else ()
    with running(directory, _pointed(sandbox_settings or {}, public), *clock) as sandbox:
        policy = quicker(directory, budgets, bursts, ladders)
        environment = _environment(database_url, public, sandbox.base) | {"POLICY_FILE": policy} | extra
        stack = Stack(sandbox, environment, directory)
        try:
            stack.flask("release")
            stack.environment |= wired(sandbox.base)
            stack.start_web()
            stack.start_worker()
            eventually(stack.ready, 30, "the web process is ready")
            yield stack
        finally:
            stack.end()


def quicker(
    directory: Path, budgets: str = GENEROUS, bursts: tuple[str, str] = ("2 s", "5 s"), ladders: str = ""
) -> str:
    """The policy that ships, with bursts that end sooner, so that a suite of stories stays short."""
    text = (ROOT / "sla" / "default.toml").read_text()
    if ladders:
        before, _, rest = text.partition("[[ladder]]")
        text = before + ladders + rest[rest.index("\n[hotline]") :]
    if budgets != SHIPPED:
        before, _, rest = text.partition("[budgets]")
        text = before + budgets + rest[rest.index("\n\n") :]
    quiet, burst = bursts
    for name, shipped, quick in (("quiet", "8 s", quiet), ("burst", "20 s", burst), ("urgent", "8 s", quiet)):
        assert f'{name} = "{shipped}"' in text
        text = text.replace(f'{name} = "{shipped}"', f'{name} = "{quick}"')
    file = directory / "policy.toml"
    file.write_text(text)
    return str(file)


def _pointed(settings: dict[str, Any], public: str) -> dict[str, Any]:
    url = f"{public}/webhooks/twilio/messages"
    numbers = [{"number": WHATSAPP, "whatsapp": True, "sms_url": url}]
    twilio = {"numbers": numbers, "callback_delays": {"sent": [0.02, 0.1], "delivered": [0.1, 0.3], "read": None}}
    return {**settings, "twilio": twilio | settings.get("twilio", {}), "telegram": settings.get("telegram", {})}


def _environment(database_url: str, public: str, base: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database_url,
        "PUBLIC_URL": public,
        "SECRET_KEY": "not-a-secret-in-a-test-but-as-long-as-one",
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "sandbox-auth-token",
        "TWILIO_API_BASE": base,
        "TWILIO_WHATSAPP_FROM": WHATSAPP,
        "TWILIO_SMS_FROM": WHATSAPP,
        "TELEGRAM_BOT_TOKEN": "123456:sandbox",
        "TELEGRAM_API_BASE": base,
        "TELEGRAM_WEBHOOK_SECRET": "sandbox-secret",
        "TELEGRAM_AGENT_CHAT_ID": str(GROUP),
    }


def free_port() -> int:
    """One that nobody listens at this moment."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
