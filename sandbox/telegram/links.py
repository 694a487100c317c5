"""Links behind a text: to a page, or to a person by tg://user?id=."""

import re

from sandbox.ledger import Json

_USER = re.compile(r"tg://user\?id=(\d+)$", re.IGNORECASE)
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?([/?#].*)?$")


def link_entity(url: str) -> Json | None:
    """The entity fields of a link; None if it is none and the text stays plain (LinkManager::get_checked_link)."""
    if person := _USER.match(url):
        return {"type": "text_mention", "user": {"id": int(person.group(1)), "is_bot": False, "first_name": ""}}
    if url.startswith(("http://", "https://", "tg://", "ton://", "tonsite://", "ftp://")):
        host = url.split("://", 1)[1]
        if not host or host.startswith(("/", "?")):
            return None
        return {"type": "text_link", "url": url if "/" in host or "://" not in url else url + "/"}
    return {"type": "text_link", "url": f"http://{url}" + ("" if "/" in url else "/")} if _HOST.match(url) else None
