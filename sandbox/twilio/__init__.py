"""The Twilio half: see docs/sandbox.md."""

from aiohttp import web


def attach(app: web.Application) -> None:
    """Adds this half's provider routes and its control routes to app."""
