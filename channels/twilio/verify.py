"""Twilio's request signature (twilio.com/docs/usage/webhooks/webhooks-security)."""

from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import parse_qsl

from twilio.request_validator import SIGNATURE_SETTINGS_HEADER, RequestValidator, compare, get_signature_algorithm

from channels.wire import Forged, Request


class Form(dict[str, list[str]]):
    """Form fields in the shape the validator reads: every value of a repeated field counts."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


def form(body: bytes) -> Form:
    """The fields of a form-encoded body. Raises UnicodeDecodeError when it is no text."""
    fields = Form()
    for name, value in parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=False):
        fields.setdefault(name, []).append(value)
    return fields


def check(validators: Sequence[RequestValidator], origin: str, request: Request) -> None:
    """Checks against the configured public origin and the raw target, never against Host. Raises Forged.

    There are two validators while one auth token takes another's place, one otherwise.
    """
    *others, last = validators
    for validator in others:
        with suppress(Forged):
            return _check(validator, origin, request)
    return _check(last, origin, request)


def _check(validator: RequestValidator, origin: str, request: Request) -> None:
    """The SDK tries the URL with and without its port; it normalises the URL on the way, so the exact one is tried
    too."""
    signature = request.headers.get("x-twilio-signature", "")
    algorithm = get_signature_algorithm(request.headers.get(SIGNATURE_SETTINGS_HEADER.lower(), ""))
    url = origin + request.target
    try:
        signature.encode("ascii")
        if request.headers.get("content-type", "").startswith("application/json"):
            if "bodySHA256=" not in request.target:
                raise Forged("a JSON body without bodySHA256")
            valid = validator.validate(url, request.body.decode(), signature, algorithm)
        else:
            fields = form(request.body)
            exact = validator.compute_signature(url, fields, algorithm)
            valid = compare(exact, signature) or validator.validate(url, fields, signature, algorithm)
    except (ValueError, TypeError) as error:  # an odd URL, body, signature or algorithm is no signature of Twilio's
        raise Forged(str(error)) from error
    if not signature or not valid:
        raise Forged("the X-Twilio-Signature does not match")
