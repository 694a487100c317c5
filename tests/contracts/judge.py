"""Twilio's own OpenAPI files as a judge of what crosses the wire: every request and every answer."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from tests.support.needs import needs
from tests.support.sandbox import ROOT

Json = dict[str, Any]
FILES = ROOT / "node_modules/@twilio-alpha/mcp/twilio-oai/spec/json"
FORM = "application/x-www-form-urlencoded"
# The first part of a path tells the host Twilio would be asked at, so one address can stand for all of them.
HOSTS = {
    "/2010-04-01/": "api_v2010",
    "/v1/Content": "content_v1",
    "/v1/Services": "messaging_v1",
    "/v2/Channels": "messaging_v2",
}
# What these files do not describe though Twilio has it, with who says so.
UNDESCRIBED = {
    r"/v2/Indicators/Typing\.json": "public beta: docs/whatsapp/api/typing-indicators-resource, SDK 9.13",
    r".*/Media/ME[0-9a-f]{32}": "the file itself, without .json: docs/messaging/api/media-resource",
}
# Fields the SDK 9.13 knows and these files of April 2026 do not.
SKEW = frozenset({("Messages", "MessageIntent"), ("Messages", "FallbackFrom"), ("IncomingPhoneNumbers", "type")})


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call as it crossed the wire; header names are lower case. ``status`` 0: nobody answered."""

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    status: int = 0
    answer_headers: dict[str, str] = field(default_factory=dict)
    answer: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", FORM).partition(";")[0]

    @property
    def sent(self) -> Any:
        """The body as data."""
        if self.kind == FORM:
            return dict(parse_qsl(self.body.decode(), keep_blank_values=True))
        return json.loads(self.body or b"{}")


class Judge:
    """``faults`` names everything Twilio's files object to in one exchange.

    openapi-core sees wrong values, missing fields and missing credentials; fields that no file knows it drops
    without a word, so they are looked for here. Of a 4xx the files say nothing: it must be Twilio's error body.
    """

    def __init__(self) -> None:
        needs(FILES.is_dir(), "Twilio's OpenAPI files: npm install @twilio-alpha/mcp@0.7.0, .ci/run does it")
        config = Config(
            spec_validator_cls=None,  # Twilio's files are what they are
            response_properties_default_policy="required",  # Twilio's answers name every property
            extra_format_validators={"date-time-rfc-2822": _rfc2822},
        )
        self.files: dict[str, Json] = {
            name: json.loads((FILES / f"twilio_{name}.json").read_text(encoding="utf-8")) for name in HOSTS.values()
        }
        self._apis = {name: OpenAPI.from_dict(file, config=config) for name, file in self.files.items()}

    def faults(self, seen: Exchange) -> list[str]:
        return [f"{seen.method} {seen.path}: {fault}" for fault in self._found(seen)]

    def _found(self, seen: Exchange) -> Iterator[str]:
        if any(re.fullmatch(path, seen.path) for path in UNDESCRIBED):
            return
        name = next((file for start, file in HOSTS.items() if seen.path.startswith(start)), None)
        if name is None:
            yield "no file of Twilio's describes this path"
            return
        request = self._request(name, seen)
        yield from map(_words, self._apis[name].iter_request_errors(request))
        yield from self._unknown_sent(name, seen)
        if 200 <= seen.status <= 299:
            answer_kind = seen.answer_headers.get("content-type", "").partition(";")[0]
            answer = MockResponse(seen.answer, seen.status, seen.answer_headers, answer_kind)
            yield from map(_words, self._apis[name].iter_response_errors(request, answer))
            yield from self._unknown_answered(name, seen)
        elif 400 <= seen.status <= 499:
            yield from _refusal_faults(seen)

    def _request(self, name: str, seen: Exchange) -> MockRequest:
        host: str = self.files[name]["servers"][0]["url"]
        return MockRequest(
            host,
            seen.method.lower(),
            seen.path,
            args=dict(seen.query),
            headers=seen.headers,
            content_type=seen.kind,
            data=seen.body,
        )

    def _unknown_sent(self, name: str, seen: Exchange) -> Iterator[str]:
        operation = self._operation(name, seen)
        queries = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
        unknown = [query for query, _ in seen.query if query not in queries]
        for content in operation.get("requestBody", {}).get("content", {}).values():
            unknown += _strangers(self.files[name], content["schema"], seen.sent)
        yield from (f"unknown field {one}" for one in unknown if not _skewed(seen, one))

    def _unknown_answered(self, name: str, seen: Exchange) -> Iterator[str]:
        described = self._operation(name, seen).get("responses", {}).get(str(seen.status), {})
        for content in described.get("content", {}).values():
            for one in _strangers(self.files[name], content["schema"], json.loads(seen.answer)):
                if not _skewed(seen, one):
                    yield f"unknown field {one} in the answer"

    def _operation(self, name: str, seen: Exchange) -> Json:
        """The file's words about this call; empty where it has none (openapi-core has said so then)."""
        parts = seen.path.split("/")
        for template, resource in self.files[name]["paths"].items():
            if _fits(template.split("/"), parts):
                operation: Json = resource.get(seen.method.lower(), {})
                return operation
        return {}


def _rfc2822(value: Any) -> bool:
    try:
        return parsedate_to_datetime(value).utcoffset() is not None
    except (ValueError, TypeError):
        return False


def _words(error: Exception) -> str:
    """The error with its cause: openapi-core names the wrong value there."""
    return f"{error} {error.__cause__ or ''}".rstrip()


def _refusal_faults(seen: Exchange) -> Iterator[str]:
    """docs/usage/twilios-response: code, message, more_info and status, the last as in the status line."""
    said = json.loads(seen.answer)
    if sorted(said) != ["code", "message", "more_info", "status"] or said["status"] != seen.status:
        yield f"no error body of Twilio's: {said}"


def _skewed(seen: Exchange, place: str) -> bool:
    return any(f"/{resource}" in seen.path and place.endswith(name) for resource, name in SKEW)


def _fits(template: list[str], parts: list[str]) -> bool:
    def fit(wanted: str, part: str) -> bool:
        return wanted == part or (wanted.startswith("{") and part.endswith(wanted.partition("}")[2]))

    return len(template) == len(parts) and all(map(fit, template, parts))


def _strangers(file: Json, schema: Json, value: Any, place: str = "") -> Iterable[str]:
    """Every property, however deep, that the schema does not name; a schema without properties takes any."""
    while "$ref" in schema:
        schema = file["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if isinstance(value, list):
        for item in value:
            yield from _strangers(file, schema.get("items", {}), item, place)
    if isinstance(value, dict) and schema.get("properties"):
        for name, item in value.items():
            if name in schema["properties"]:
                yield from _strangers(file, schema["properties"][name], item, f"{place}{name}.")
            else:
                yield place + name
