"""Small real media files for people to send: made here, so that nothing is downloaded or copied."""

import struct
import zlib
from dataclasses import dataclass
from functools import cache

from sandbox.ledger import Json


@dataclass(frozen=True, slots=True)
class Sample:
    """``kind`` is the Telegram message field it is sent as by default."""

    kind: str
    name: str
    mime: str
    data: bytes
    facts: tuple[tuple[str, int], ...] = ()

    def media(self) -> Json:
        return dict(self.facts)


@cache
def sample(name: str) -> Sample:
    """Raises ValueError with the list of names."""
    makers = {
        "screenshot": lambda: Sample("photo", "screenshot.png", "image/png", _png(320, 180)),
        "photo": lambda: Sample("photo", "photo.png", "image/png", _png(240, 240)),
        "voice": lambda: Sample("voice", "voice.ogg", "audio/ogg", _ogg(3), (("duration", 3),)),
        "audio": lambda: Sample("audio", "memo.wav", "audio/x-wav", _wav(1), (("duration", 1),)),
        "document": lambda: Sample("document", "contract.pdf", "application/pdf", _pdf()),
        "video": lambda: Sample("video", "video.mp4", "video/mp4", _mp4(), _film(2, 320, 180)),
        "sticker": lambda: Sample("sticker", "sticker.webp", "image/webp", _webp(), _film(None, 512, 512)),
    }
    if name not in makers:
        raise ValueError(f"unknown sample {name!r}; samples: {', '.join(makers)}")
    return makers[name]()


def _film(seconds: int | None, width: int, height: int) -> tuple[tuple[str, int], ...]:
    size = (("width", width), ("height", height))
    return size if seconds is None else (("duration", seconds), *size)


def _png(width: int, height: int) -> bytes:
    rows = b"".join(
        b"\0" + bytes((x * 255 // width, y * 255 // height, 160)[k] for x in range(width) for k in range(3))
        for y in range(height)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def _wav(seconds: int) -> bytes:
    sound = b"\x80" * (8000 * seconds)
    shape = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + len(sound))
        + b"WAVE"
        + shape
        + struct.pack("<4sI", b"data", len(sound))
        + sound
    )


def _ogg(seconds: int) -> bytes:
    """Opus in Ogg: head, tags and ``seconds`` of silence in 20 ms packets."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 7) + b"sandbox" + struct.pack("<I", 0)
    packets = [b"\xf8\xff\xfe"] * (50 * seconds)
    pages = [_page(0, 2, 0, [head]), _page(1, 0, 0, [tags])]
    for number, start in enumerate(range(0, len(packets), 50)):
        last = start + 50 >= len(packets)
        pages.append(_page(number + 2, 4 if last else 0, (start + 50) * 960, packets[start : start + 50]))
    return b"".join(pages)


def _page(number: int, flags: int, position: int, packets: list[bytes]) -> bytes:
    lacing = bytes(len(packet) for packet in packets)
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, position, 1, number, 0, len(lacing))
    page = head + lacing + b"".join(packets)
    return page[:22] + struct.pack("<I", _ogg_crc(page)) + page[26:]


def _ogg_crc(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = ((crc << 1) ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1) & 0xFFFFFFFF
    return crc


def _pdf() -> bytes:
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )


def _mp4() -> bytes:
    """File type and empty movie data: enough for a type check, not for a player."""
    kind = b"isom\0\0\2\0isomiso2mp41"
    return struct.pack(">I4s", 8 + len(kind), b"ftyp") + kind + struct.pack(">I4s", 8, b"mdat")


def _webp() -> bytes:
    """A 1x1 lossless WebP (the smallest valid VP8L file)."""
    body = bytes.fromhex("2f0000000007d0fffef7bfff8188eaff01")
    chunk = b"VP8L" + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk
