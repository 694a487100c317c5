"""The mail half: catches what the product sends, and posts what people mail in; see docs/sandbox.md."""

from aiohttp import web

from sandbox.mail import inbound, outbound


def attach(app: web.Application) -> None:
    """Adds the control routes, and the SMTP server when ``settings["mail"]["smtp_port"]`` is set."""
    outbound.attach(app)
    app.router.add_get("/sandbox/mail/messages", outbound.show)
    app.router.add_post("/sandbox/mail/parse", inbound.post)
