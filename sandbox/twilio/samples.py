"""Sample media that people send: small real files, made here."""

import base64
import struct
import zlib

_SECOND = 50  # Opus packets of 20 ms


def sample(name: str) -> tuple[str, bytes]:
    """Content type and bytes. Raises ValueError naming the samples there are."""
    if name not in _MAKERS:
        raise ValueError(f"no sample {name!r}; samples: {', '.join(_MAKERS)}")
    return _MAKERS[name]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(width: int, height: int) -> bytes:
    """A striped picture, so that it can be told from an empty one."""
    rows = b"".join(b"\0" + bytes((40, 90 + (y // 8 % 2) * 120, 160)) * width for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def _ogg_crc(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = ((crc << 1) ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1) & 0xFFFFFFFF
    return crc


def _ogg_page(flags: int, position: int, number: int, packets: list[bytes]) -> bytes:
    head = b"OggS" + struct.pack("<BBqIIIB", 0, flags, position, 1, number, 0, len(packets))
    page = bytearray(head + bytes(len(packet) for packet in packets) + b"".join(packets))
    page[22:26] = struct.pack("<I", _ogg_crc(bytes(page)))
    return bytes(page)


def _voice(seconds: int) -> bytes:
    """A mono Opus voice note of silence in Ogg (RFC 7845)."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 7) + b"sandbox" + struct.pack("<I", 0)
    pages = [_ogg_page(2, 0, 0, [head]), _ogg_page(0, 0, 1, [tags])]
    for second in range(1, seconds + 1):
        last = 4 if second == seconds else 0
        pages.append(_ogg_page(last, second * 48000, second + 1, [b"\xf8\xff\xfe"] * _SECOND))
    return b"".join(pages)


def _pdf() -> bytes:
    """One empty page with a correct cross-reference table."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
    ]
    text, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(text))
        text += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(text)
    return text + b"xref\n0 4\n0000000000 65535 f \n" + table + end


def _box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data) + 8) + kind + data


def _video() -> bytes:
    """An MP4 of one second without tracks: its boxes are right, there is nothing to see."""
    unity = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    header = struct.pack(">IIIIIIHHII", 0, 0, 0, 1000, 1000, 0x10000, 0x100, 0, 0, 0) + unity + bytes(24)
    brand = _box(b"ftyp", b"isom" + struct.pack(">I", 0x200) + b"isomiso2mp41")
    return brand + _box(b"moov", _box(b"mvhd", header + struct.pack(">I", 2))) + _box(b"mdat", bytes(64))


_JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////"
    "////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AKp//2Q=="
)
_VCARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Okafor;Tolu;;;\r\nFN:Tolu Okafor\r\nTEL;TYPE=CELL:+34600000009\r\nEND:VCARD\r\n"
)
_MAKERS: dict[str, tuple[str, bytes]] = {
    "screenshot": ("image/png", _png(120, 80)),
    "photo": ("image/jpeg", _JPEG),
    "voice": ("audio/ogg", _voice(2)),
    "document": ("application/pdf", _pdf()),
    "video": ("video/mp4", _video()),
    "vcard": ("text/vcard", _VCARD.encode()),
}
