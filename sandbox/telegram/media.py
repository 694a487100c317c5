"""Media objects of messages, from uploaded bytes or from a file that Telegram has already."""

import mimetypes
from pathlib import PurePath

from sandbox.ledger import Json
from sandbox.telegram.errors import DOCS, SERVER, TDLIB, Refused, bad
from sandbox.telegram.files import PHOTO_LIMIT, UPLOAD_LIMIT, File, Files
from sandbox.telegram.images import image_size
from sandbox.telegram.params import Upload

NOUNS = {
    "photo": "photos",
    "video": "videos",
    "animation": "animations",
    "audio": "music",
    "document": "documents",
    "voice": "voice notes",
    "video_note": "video notes",
    "sticker": "stickers",
}
NAMES = {kind: "".join(part.title() for part in kind.split("_")) for kind in NOUNS} | {"voice": "VoiceNote"}
SUFFIXES = {"photo": ".jpg", "voice": ".oga", "sticker": ".webp", "video_note": ".mp4", "animation": ".mp4"}
NUMBERS = ("duration", "width", "height", "length")
TEXTS = ("performer", "title", "emoji")


def keep_upload(files: Files, kind: str, upload: Upload, facts: Json) -> Json:
    """Stores an upload and returns the message field of it, as {"photo": [...]}. Raises Refused."""
    if len(upload.data) > UPLOAD_LIMIT:
        raise Refused(413, "Request Entity Too Large", f"bots upload at most 50 MB ({DOCS})")
    if not upload.data:
        raise bad("file must be non-empty", TDLIB)
    if kind == "photo":
        return {"photo": _photo(files, upload)}
    suffix = SUFFIXES.get(kind) or PurePath(upload.name).suffix or ".bin"
    file = files.keep(kind, upload.data, suffix)
    file.media = _described(kind, upload, facts) | file.as_json()
    return shown(file)


def shown(file: File) -> Json:
    """The message field of a stored file; an animation is shown as a document too (Client.cpp)."""
    if file.kind == "animation":
        names = ("file_name", "mime_type", "file_id", "file_unique_id", "file_size")
        return {"animation": file.media, "document": {k: file.media[k] for k in names if k in file.media}}
    return {file.kind: file.media}


def known_file(files: Files, kind: str, file_id: str) -> Json:
    """A file sent again by its id; it keeps its kind. Raises Refused."""
    if file_id.startswith(("http://", "https://")):
        raise bad("the sandbox does not model media by HTTP URL", "sandbox")
    file = files.by_id(file_id)
    if file is None:
        raise bad("wrong remote file identifier specified: Wrong string length", TDLIB)
    if file.kind != kind:
        raise bad(f"can't use file of type {NAMES[file.kind]} as {NAMES[kind]}", TDLIB)
    return shown(file)


def _photo(files: Files, upload: Upload) -> list[Json]:
    """A small size and the full one, each with its own file id."""
    if len(upload.data) > PHOTO_LIMIT:
        size = len(upload.data)
        raise bad(f"file of size {size} bytes is too big for a photo; the maximum size is {PHOTO_LIMIT} bytes", TDLIB)
    dimensions = image_size(upload.data)
    if dimensions is None:
        raise bad("IMAGE_PROCESS_FAILED", SERVER)
    width, height = dimensions
    if width + height > 10000 or max(width, height) > 20 * min(width, height):
        raise bad("PHOTO_INVALID_DIMENSIONS", f"{SERVER}; {DOCS}, sendPhoto")
    sizes = []
    for scale in (min(1.0, 90 / max(width, height)), 1.0):
        file = files.keep("photo", upload.data, ".jpg")
        box = {"width": max(1, round(width * scale)), "height": max(1, round(height * scale))}
        sizes.append(file.as_json() | box)
        file.media = sizes
    return sizes


def _described(kind: str, upload: Upload, facts: Json) -> Json:
    """The kind's own fields; what the bot did not tell is 0, as for a file Telegram could not read."""
    mime = upload.mime if "/" in upload.mime and "octet" not in upload.mime else ""
    mime = mime or mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
    told: Json = {name: int(facts.get(name) or 0) for name in NUMBERS}
    match kind:
        case "sticker":
            size = {"width": told["width"] or 512, "height": told["height"] or 512}
            emoji = {"emoji": facts["emoji"]} if facts.get("emoji") else {}
            return {"type": "regular", "is_animated": False, "is_video": False} | size | emoji
        case "video_note":
            return {"length": told["length"] or 240, "duration": told["duration"]}
        case "voice":
            return {"duration": told["duration"], "mime_type": "audio/mpeg" if "mpeg" in mime else "audio/ogg"}
        case "document":
            return {"file_name": upload.name, "mime_type": mime}
        case "audio":
            texts = {name: facts[name] for name in ("performer", "title") if facts.get(name)}
            return {"duration": told["duration"], "file_name": upload.name, "mime_type": mime} | texts
    box = {name: told[name] for name in ("duration", "width", "height")}
    return box | {"file_name": upload.name, "mime_type": mime}
