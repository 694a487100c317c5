"""The parameters of a call, whichever of the four encodings they came in."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from sandbox.ledger import Json
from sandbox.telegram.errors import BOT_API, bad


@dataclass(slots=True)
class Upload:
    """A file sent in a multipart body."""

    name: str
    data: bytes
    mime: str


@dataclass(slots=True)
class Params:
    """Text fields and files by name; the getters follow Client.cpp's get_*_arg, lenient where it is lenient."""

    values: Json = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    def names(self) -> set[str]:
        return set(self.values)

    def has(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str) -> str:
        value = self.values.get(name, "")
        if isinstance(value, str):
            return value
        return json.dumps(value) if not isinstance(value, bool) else str(value).lower()

    def number(self, name: str, default: int = 0, low: int = -(2**63), high: int = 2**63) -> int:
        """Clamped to ``low``..``high``; what is no number counts as ``default`` (get_integer_arg)."""
        try:
            return min(max(int(self.text(name)), low), high)
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        return self.text(name).strip().lower() in ("true", "yes", "1")

    def data(self, name: str, what: str) -> Any:
        """A JSON value, None if absent. Raises Refused ``Can't parse <what> JSON object``."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad(f"Can't parse {what} JSON object", BOT_API) from None

    def shown(self) -> Json:
        """For the ledger: nested JSON decoded, files by name and size."""
        files = {name: {"file": file.name, "bytes": len(file.data)} for name, file in self.files.items()}
        return {name: _decoded(value) for name, value in self.values.items()} | files


def _decoded(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


async def read_params(request: web.Request) -> Params:
    """Query string, urlencoded, JSON or multipart body (core.telegram.org/bots/api#making-requests)."""
    params = Params(dict(request.query)) if request.query_string else Params()
    kind = request.content_type
    if kind == "application/json":
        await _read_json(request, params)
    elif kind == "multipart/form-data":
        await _read_multipart(request, params)
    elif kind == "application/x-www-form-urlencoded":
        params.values.update(await request.post())
    return params


async def _read_json(request: web.Request, params: Params) -> None:
    body = await request.read()
    if not body.strip():
        return
    try:
        data = json.loads(body)
    except ValueError:
        raise bad("can't parse JSON object", BOT_API) from None
    if not isinstance(data, dict):
        raise bad("object expected", BOT_API)
    params.values.update({name: value for name, value in data.items() if value is not None})


async def _read_multipart(request: web.Request, params: Params) -> None:
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            params.files[name] = Upload(value.filename, value.file.read(), value.content_type)
        elif isinstance(value, str):
            params.values[name] = value
        else:
            params.files[name] = Upload(name, bytes(value), "application/octet-stream")
