"""Where the demo lives: its ports, its files, and the supervisor configuration made from the Procfile."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
GROUP = -1001000000001
NUMBER = "+15550001000"
SAMPLE = Path(__file__).parents[1] / "sample_studios.csv"


@dataclass(frozen=True)
class House:
    """One demo; ``sandbox`` and ``public`` are the addresses of the sandbox and of the product."""

    directory: Path
    sandbox: str
    public: str
    environment: dict[str, str]

    @classmethod
    def build(cls, directory: Path) -> "House":
        """A fresh house: the last demo's database and logs are thrown away."""
        directory = directory.resolve()
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        sandbox, public = f"http://127.0.0.1:{_port(9000)}", f"http://127.0.0.1:{_port(8000)}"
        house = cls(directory, sandbox, public, _environment(directory, sandbox, public))
        (directory / "sandbox.json").write_text(json.dumps(_world(public), indent=2))
        house.config.write_text(house.supervisor())
        return house

    @property
    def config(self) -> Path:
        return self.directory / "supervisord.conf"

    def tool(self, name: str) -> str:
        """A command of the environment this very Python runs in."""
        return str(Path(sys.executable).parent / name)

    def supervisor(self) -> str:
        """Sandbox, and the Procfile's own web and worker; each started again when it ends."""
        procfile = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines() if line)
        port = self.sandbox.rpartition(":")[2]
        sandbox = f"python -m sandbox --port {port} --config {self.directory}/sandbox.json"
        programs = {"sandbox": sandbox, "web": procfile["web"], "worker": procfile["worker"]}
        lines = [
            "[supervisord]",
            f"logfile={self.directory}/supervisord.log",
            f"pidfile={self.directory}/supervisord.pid",
            "[unix_http_server]",
            f"file={self.directory}/supervisor.sock",
            "[rpcinterface:supervisor]",
            "supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface",
            "[supervisorctl]",
            f"serverurl=unix://{self.directory}/supervisor.sock",
        ]
        for name, command in programs.items():
            lines += [f"[program:{name}]", *self._program(name, command)]
        return "\n".join(lines) + "\n"

    def _program(self, name: str, command: str) -> list[str]:
        given = ",".join(f'{key}="{value}"' for key, value in self.environment.items() if key != "PATH")
        return [
            f"command={self.tool(command.split(maxsplit=1)[0])} {command.partition(' ')[2]}",
            f"directory={ROOT}",
            f"environment={given}",
            f"stderr_logfile={self.directory}/{name}.log",
            f"stdout_logfile={self.directory}/{name}.out",
            f"autostart={'true' if name == 'sandbox' else 'false'}",
            "autorestart=true",
            "stopwaitsecs=40",
        ]

    def settle_in(self, keeper: subprocess.Popen[bytes]) -> None:
        """Waits for the sandbox, releases, imports the sample studios, starts web and worker, waits until ready."""
        self._wait(f"{self.sandbox}/sandbox/ledger", "the sandbox", keeper)
        self._run("flask", "release")
        self._run("flask", "studios", "import", str(SAMPLE))
        self._run("supervisorctl", "-c", str(self.config), "start", "web", "worker")
        self._wait(f"{self.public}/ready", "the product", keeper)

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [self.tool(name), *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{name} {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")

    def _wait(self, url: str, what: str, keeper: subprocess.Popen[bytes]) -> None:
        for _ in range(300):
            try:
                with urllib.request.urlopen(url, timeout=2):  # noqa: S310 (our own loopback address)
                    return
            except (urllib.error.URLError, OSError):
                if keeper.poll() is not None:
                    break
                time.sleep(0.1)
        raise SystemExit(f"{what} did not come up; see the logs in {self.directory}")

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """One call of the sandbox's control interface: POST with a body, GET without."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.sandbox}/sandbox/{path}", data, {"Content-Type": "application/json"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.load(answer)


def _port(wished: int) -> int:
    """The wished port if it is free, else any free one."""
    for port in (wished, 0):
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                taken.bind(("127.0.0.1", port))
            except OSError:
                continue
            found: int = taken.getsockname()[1]
            return found
    raise SystemExit("no free port on 127.0.0.1")


def _environment(directory: Path, sandbox: str, public: str) -> dict[str, str]:
    """The outside interface's variables; the tokens are the sandbox's, good for nothing else."""
    return {
        "PATH": os.environ["PATH"],
        "PORT": public.rpartition(":")[2],
        "DATABASE_URL": f"sqlite:///{directory}/backstop.sqlite3",
        "PUBLIC_URL": public,
        "SECRET_KEY": "only-for-the-demo",
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "sandbox-auth-token",
        "TWILIO_API_BASE": sandbox,
        "TWILIO_WHATSAPP_FROM": NUMBER,
        "TWILIO_SMS_FROM": NUMBER,
        "TWILIO_VOICE_FROM": NUMBER,
        "TELEGRAM_BOT_TOKEN": "123456:sandbox",
        "TELEGRAM_API_BASE": sandbox,
        "TELEGRAM_WEBHOOK_SECRET": "only-for-the-demo",
        "TELEGRAM_AGENT_CHAT_ID": str(GROUP),
    }


def _world(public: str) -> dict[str, Any]:
    url = f"{public}/webhooks/twilio"
    number = {"number": NUMBER, "whatsapp": True, "sms_url": f"{url}/messages", "voice_url": f"{url}/voice"}
    return {"twilio": {"numbers": [number]}}
