"""An SMTP server that keeps every mail, and refuses recipients when a fault says so."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from sandbox.faults import Crossing, Fault, note_fault
from sandbox.world import WORLD, World

# What a server says to 451 and 550 (RFC 5321, 4.2.3).
_SAID = {
    451: "451 4.3.0 Requested action aborted: local error in processing",
    550: "550 5.1.1 Requested action not taken: mailbox unavailable",
}


@dataclass
class Post:
    """The mail caught so far; ``port`` is 0 while no server runs."""

    world: World
    port: int = 0
    messages: list[dict[str, Any]] = field(default_factory=list)


POST = web.AppKey("post", Post)


class Catcher:
    """aiosmtpd's handler: one ledger entry for every recipient refused and every mail kept."""

    def __init__(self, post: Post) -> None:
        self.post = post

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        fault = self._fault("RCPT", address)
        if fault is None:
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
            return "250 2.1.5 OK"
        said = _refusal(fault)
        self._note("RCPT", address, {"from": envelope.mail_from}, said)
        return said

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keeps the mail; a fault refuses it first, or keeps it and leaves the sender without an answer."""
        to = ", ".join(envelope.rcpt_tos)
        fault, said = self._fault("DATA", to), "250 2.0.0 OK"
        if fault is not None and fault.action == "status":
            said = _refusal(fault)
            self._note("DATA", to, {"from": envelope.mail_from}, said)
            return said
        raw = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        kept = _readable(envelope.mail_from or "", list(envelope.rcpt_tos), raw)
        self.post.messages.append(kept)
        self._note("DATA", to, {key: kept[key] for key in ("from", "subject", "text")}, said)
        if fault is not None:
            await asyncio.sleep(fault.seconds)
            if fault.action in ("drop_after_accept", "timeout_after_accept"):
                assert isinstance(server.transport, asyncio.WriteTransport)
                server.transport.abort()
        return said

    def _fault(self, step: str, destination: str) -> Fault | None:
        fault = self.post.world.faults.take("mail", "call", step, destination)
        if fault is not None:
            note_fault(self.post.world, Crossing("mail", step, destination), fault)
        return fault

    def _note(self, action: str, destination: str, request: dict[str, Any], said: str) -> None:
        self.post.world.ledger.append(
            "mail", "call", action, destination=destination, request=request, outcome=int(said[:3]), response=said
        )


def attach(app: web.Application) -> None:
    app[POST] = Post(app[WORLD])
    app[WORLD].on_reset.append(app[POST].messages.clear)
    app.cleanup_ctx.append(_served)


async def show(request: web.Request) -> web.Response:
    """Mail caught, oldest first, all or only what went ``to`` one address; and the port to send to."""
    wanted, post = request.query.get("to", ""), request.app[POST]
    rows = [row for row in post.messages if not wanted or wanted in row["to"]]
    return web.json_response({"smtp_port": post.port, "messages": rows})


async def _served(app: web.Application) -> AsyncIterator[None]:
    """Runs the server in the sandbox's own loop; ``smtp_port`` 0 picks a free one."""
    port = app[WORLD].settings.get("mail", {}).get("smtp_port")
    if port is None:
        yield
        return
    loop, catcher = asyncio.get_running_loop(), Catcher(app[POST])

    def conversation() -> SMTP:
        return SMTP(
            catcher,
            hostname="sandbox",
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            authenticator=_let_in,
            loop=loop,
        )

    server = await loop.create_server(conversation, "127.0.0.1", port)
    app[POST].port = server.sockets[0].getsockname()[1]
    yield
    server.close()
    await server.wait_closed()


def _let_in(*_: Any) -> AuthResult:
    """Any name and password will do."""
    return AuthResult(success=True)


def _refusal(fault: Fault) -> str:
    status = fault.status if fault.action == "status" else 451
    return _SAID.get(status, f"{status} refused")


def _readable(sender: str, recipients: list[str], raw: bytes) -> dict[str, Any]:
    """A mail as JSON: envelope, headers, the plain text, file names, and the raw source."""
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    text = parsed.get_body(("plain", "html"))
    return {
        "from": sender,
        "to": recipients,
        "subject": str(parsed.get("Subject", "")),
        "headers": [[name, str(value)] for name, value in parsed.items()],
        "text": text.get_content().replace("\r\n", "\n") if text is not None else "",
        "attachments": [part.get_filename() for part in parsed.iter_attachments()],
        "raw": raw.decode(errors="replace"),
    }
