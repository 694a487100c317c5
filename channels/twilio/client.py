"""The SDK's client, its hosts replaced and its time-out set (its default waits for ever)."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client


class _Rebased(TwilioHttpClient):
    """Sends every request to one base; the host Twilio meant travels in X-Twilio-Host."""

    def __init__(self, base: str, timeout: float) -> None:
        super().__init__(timeout=timeout)
        self._base = urlsplit(base)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        meant, base = urlsplit(url), self._base
        if base.netloc != "api.twilio.com":
            kwargs["headers"] = {**(kwargs.get("headers") or {}), "X-Twilio-Host": meant.netloc}
            url = urlunsplit((base.scheme, base.netloc, base.path.rstrip("/") + meant.path, meant.query, ""))
        return super().request(method, url, *args, **kwargs)


def connect(sid: str, token: str, base: str, timeout: float) -> Client:
    """A sync client with pooled connections (the SDK's async one ignores its time-out)."""
    return Client(sid, token, http_client=_Rebased(base, timeout))
