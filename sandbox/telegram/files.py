"""Files at Telegram: ids, sizes, and the bytes to download again."""

import base64
import random
from dataclasses import dataclass
from typing import Any

from sandbox.ledger import Json

DOWNLOAD_LIMIT = 20 * 2**20
UPLOAD_LIMIT = 50 * 2**20
PHOTO_LIMIT = 10 * 2**20
FOLDERS = {"voice": "voice", "audio": "music"}


@dataclass(slots=True)
class File:
    """``path`` is what getFile tells; ``media`` is the object a message shows for it (a list for a photo)."""

    kind: str
    id: str
    unique_id: str
    path: str
    data: bytes
    media: Any = None

    def as_json(self) -> Json:
        """The fields every file object has."""
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": len(self.data)}


class Files:
    """All files ever sent, by file id and by download path."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._by_id: dict[str, File] = {}
        self._by_path: dict[str, File] = {}

    def keep(self, kind: str, data: bytes, suffix: str) -> File:
        """Stores the bytes under a new file id and a path like ``photos/file_3.jpg``."""
        path = f"{FOLDERS.get(kind, kind + 's')}/file_{len(self._by_path)}{suffix}"
        file = File(kind, self._random(36), self._random(12), path, data)
        self._by_id[file.id] = self._by_path[path] = file
        return file

    def by_id(self, file_id: str) -> File | None:
        return self._by_id.get(file_id)

    def by_path(self, path: str) -> File | None:
        return self._by_path.get(path)

    def _random(self, size: int) -> str:
        return "AgAC" + base64.urlsafe_b64encode(self._dice.randbytes(size)).decode().rstrip("=")
