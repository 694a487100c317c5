"""What a fetched file is by its own bytes, whatever its sender's header says; what runs in disguise is not taken in."""

import re
from dataclasses import replace

from channels.wire import File, Receipt, TransportError

UNKNOWN = "application/octet-stream"
# (where, bytes, type), the closer ones first: what WhatsApp, MMS and a phone's gallery carry, and what holds papers.
_SIGNS = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (8, b"WEBPVP8", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (8, b"AVI ", "video/x-msvideo"),
    (0, b"OggS", "audio/ogg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"ID3", "audio/mpeg"),
    *((0, start, "audio/mpeg") for start in (b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2")),
    *((0, start, "audio/aac") for start in (b"\xff\xf1", b"\xff\xf9")),
    *((4, b"ftyp" + brand, "image/heic") for brand in (b"heic", b"heix", b"mif1", b"msf1")),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp3g", "video/3gpp"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)
# A container does not tell what it holds: what begins so is believed of it.
_HOLDS = {
    "audio/ogg": ("audio/", "video/ogg", "application/ogg"),
    "audio/mpeg": ("audio/",),
    "video/3gpp": ("audio/3gpp", "video/"),
    "video/mp4": ("audio/", "video/"),
    "video/quicktime": ("video/",),
    "video/webm": ("audio/", "video/"),
    "application/zip": ("application/vnd.", "application/epub"),
    "application/gzip": ("application/x-tgsticker",),
    "application/x-ole-storage": ("application/vnd.", "application/msword"),
}
_PROGRAMS = (
    *(b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa\xce"),
    *(b"\xfe\xed\xfa\xcf", b"\0asm", b"dex\n"),
)
_PAGE = re.compile(
    rb"\s*(<\?xml[^>]*>\s*|<!--.*?-->\s*)*"
    rb"<(!doctype html|html|head|body|script|iframe|svg|!doctype svg|title|style|meta|div|table)\b",
    re.IGNORECASE | re.DOTALL,
)
_SCRIPT = re.compile(rb"\s*(#!\s*/|<\?php|<%@)", re.IGNORECASE)
# Under these a page or script hides nothing; it is kept as a plain file all the same.
_HONEST = ("text/", "image/svg", "application/x-", "application/xhtml", "application/xml", "application/javascript")
_KINDS = {"picture": "image/", "video": "video/", "video_note": "video/", "audio": "audio/", "voice": "audio/"}


def checked(receipt: Receipt) -> Receipt:
    """The receipt with its file's true type. Raises TransportError, in words, for what must not be stored."""
    if receipt.file is None:
        return receipt
    return replace(receipt, file=replace(receipt.file, content_type=_judged(receipt.file)))


def kind(told: str, content_type: str) -> str:
    """How a file is shown: what is no picture, sound or film by its bytes goes as a document."""
    return told if content_type.startswith(_KINDS.get(told, "")) else "document"


def _judged(file: File) -> str:
    told = file.content_type.partition(";")[0].strip().casefold()
    runs = _runs(file.data)
    if runs == "a program":
        raise TransportError("it is a program, and programs are not taken in", permanent=True)
    if runs:
        if told not in ("", UNKNOWN) and not told.startswith(_HONEST):
            raise TransportError(f"it says that it is {_readable(told)} and is {runs}", permanent=True)
        return UNKNOWN
    found = next((name for at, sign, name in _SIGNS if file.data.startswith(sign, at)), "")
    if not found:
        return told if told.startswith("text/") and b"\0" not in file.data else UNKNOWN
    return told if told.startswith(_HOLDS.get(found, (found,))) else found


def _runs(data: bytes) -> str:
    """What of this would run where it is opened; empty if nothing would."""
    head = data[:1024]
    if head.startswith(_PROGRAMS) or (head.startswith(b"MZ") and b"\0" in head[:64]):
        return "a program"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "ignore").encode()
    head = head.removeprefix(b"\xef\xbb\xbf")
    if _PAGE.match(head):
        return "a web page"
    return "a script" if _SCRIPT.match(head) else ""


def _readable(content_type: str) -> str:
    """The header is the sender's own text: only what a type is made of is repeated."""
    return content_type if re.fullmatch(r"[a-z0-9.+/-]{1,80}", content_type) else "something else"
