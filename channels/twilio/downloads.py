"""What may be downloaded of an attachment: from which hosts, and how much."""

from urllib.parse import urlsplit

import requests

from channels.wire import File, TransportError

MOST_BYTES = 20 * 2**20
# Where Twilio redirects downloads of media to (help.twilio.com 223183748: mms.twiliocdn.com, and without Basic
# authentication s3-external-1.amazonaws.com, of which only Twilio's own bucket is its).
_CDN = (".twilio.com", ".twiliocdn.com")
_BUCKET = "https://s3-external-1.amazonaws.com/media.twiliocdn.com/"


def stays(url: str, home: str | None) -> bool:
    """Whether a redirect stays with Twilio; there only over TLS. No way back out of the bucket's path is believed."""
    to = urlsplit(url)
    if to.hostname == home:
        return True
    return (to.scheme == "https" and f".{to.hostname}".endswith(_CDN)) or (
        url.startswith(_BUCKET) and ".." not in to.path and "%" not in to.path
    )


def file(found: requests.Response) -> File:
    if found.status_code >= 400:
        raise TransportError(
            f"Twilio answered {found.status_code} for the attachment",
            permanent=found.status_code in (404, 410) and "/Recordings/" not in found.url,  # those come a moment late
        )
    data = found.raw.read(MOST_BYTES + 1, decode_content=True)
    if len(data) > MOST_BYTES:
        raise TransportError("the attachment is larger than 20 MB", permanent=True)
    return File(data, found.headers.get("content-type", "application/octet-stream").partition(";")[0])
