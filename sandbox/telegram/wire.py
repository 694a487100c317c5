"""What setWebhook fixed: where updates are posted to, with which headers."""

import base64
import ssl
from dataclasses import dataclass

from yarl import URL


@dataclass(frozen=True, slots=True)
class Wire:
    """A webhook's settings; two equal ones make setWebhook a no-op ("Webhook is already set")."""

    url: URL
    secret: str = ""
    max_connections: int = 40
    certificate: bytes | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The headers of send_update in WebhookActor.cpp."""
        headers = {"Content-Type": "application/json", "Connection": "keep-alive", "Accept-Encoding": "gzip, deflate"}
        if self.url.user:
            pair = f"{self.url.user}:{self.url.password or ''}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        if self.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.secret
        return headers

    @property
    def target(self) -> URL:
        return self.url.with_user(None)

    @property
    def tls(self) -> ssl.SSLContext | bool:
        """The system's authorities, or the certificate uploaded with setWebhook."""
        if self.url.scheme == "https" and self.certificate:
            return ssl.create_default_context(cadata=self.certificate.decode())
        return True
