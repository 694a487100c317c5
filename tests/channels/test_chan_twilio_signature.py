"""Twilio's signature, checked against our own computation of it and never against the SDK's (facts/twilio.md A2)."""

import base64
import hashlib
import hmac
import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.twilio import Twilio
from channels.twilio.channel import Account
from channels.wire import Forged, Request

TOKEN = "12345"
ORIGIN = "https://support.studio.example"
MESSAGES = "/webhooks/twilio/messages"
FORM = "application/x-www-form-urlencoded"
FIELDS = [("From", "whatsapp:+34600111222"), ("To", "whatsapp:+34910000000"), ("Body", "hello"), ("MessageSid", "SM1")]


def signature(url: str, fields: list[tuple[str, str]] | None = None, token: str = TOKEN, digest: str = "sha1") -> str:
    """By the document: the URL, then each name and value, sorted; a repeated name counts each value once."""
    text = url + "".join(name + value for name, value in sorted(set(fields or [])))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), digest).digest()).decode()


def channel(origin: str = ORIGIN, token: str = TOKEN, other: str = "") -> Twilio:
    return Twilio(Account("AC1", token, "https://api.twilio.com", origin, other_token=other))


def request(
    target: str = MESSAGES, signed: str = "", body: bytes = b"", content_type: str = FORM, **headers: str
) -> Request:
    own = {"content-type": content_type, "x-twilio-signature": signed}
    return Request(target, {**own, **{name.replace("_", "-"): value for name, value in headers.items()}}, body)


def posted(
    target: str = MESSAGES, fields: list[tuple[str, str]] | None = None, url: str | None = None, **headers: str
) -> Request:
    """A form posted to ``target`` and signed as Twilio signs ``url``."""
    fields = FIELDS if fields is None else fields
    signed = signature(ORIGIN + target if url is None else url, fields)
    return request(target, signed, urlencode(fields).encode(), **headers)


def test_the_vector_of_the_documents_is_accepted() -> None:
    fields = [
        *(("CallSid", "CA1234567890ABCDE"), ("Caller", "+14158675309"), ("Digits", "1234")),
        *(("From", "+14158675309"), ("To", "+18005551212")),
    ]
    theirs = request("/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", urlencode(fields).encode())

    channel("https://mycompany.com").verify(theirs)

    assert signature("https://mycompany.com/myapp.php?foo=1&bar=2", fields) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


@pytest.mark.parametrize(
    "target",
    [
        MESSAGES,
        f"{MESSAGES}?n=J%C3%BCrgen%20M",
        f"{MESSAGES}?u=https%3A%2F%2Fx",
        f"{MESSAGES}?s=a%2Fb",
        f"{MESSAGES}?p=%5B1%5D",
        f"{MESSAGES}?n=a%7Eb",
        f"{MESSAGES}?n=a~b",
        f"{MESSAGES}?n=a+b",
        f"{MESSAGES}?b=2&a=1",
        f"{MESSAGES}?a=1&a=2",
        f"{MESSAGES}?",
        f"{MESSAGES}?a=",
        f"{MESSAGES}?a;b",
        f"{MESSAGES}/",
        "//double/slash",
        "/webhooks/twilio/status/42",
        "/with%23hash?and=%23",
        "/caf%C3%A9/%e2%82%ac",
    ],
)
def test_the_raw_target_is_what_was_signed(target: str) -> None:
    channel().verify(posted(target))


@pytest.mark.parametrize(
    ("origin", "signed"),
    [
        ("https://support.studio.example:8443", "https://support.studio.example:8443"),
        ("https://support.studio.example:8443", "https://support.studio.example"),
        ("https://support.studio.example", "https://support.studio.example:443"),
        ("http://127.0.0.1:4010", "http://127.0.0.1:4010"),
        ("https://support.studio.example/backstop", "https://support.studio.example/backstop"),
    ],
)
def test_the_url_counts_with_and_without_its_port(origin: str, signed: str) -> None:
    channel(origin).verify(posted(url=signed + MESSAGES))


def test_behind_a_tls_proxy_the_public_address_counts_and_not_the_host_header() -> None:
    proxied = posted(host="10.0.0.7:8000", x_forwarded_proto="http", x_forwarded_host="evil.example")

    channel().verify(proxied)


@pytest.mark.parametrize("url", ["http://support.studio.example", "https://evil.example", "https://10.0.0.7:8000"])
def test_a_signature_for_another_address_is_forged(url: str) -> None:
    with pytest.raises(Forged):
        channel().verify(posted(url=url + MESSAGES, host="evil.example"))


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [("Body", "")],
        [("Body", ""), ("ButtonText", "")],
        [("Body", "ñandú 👍🏽 שלום नमस्ते")],
        [("Body", "a&b=c+d %20 ;"), ("ProfileName", "Zoë & Søn")],
        [("Body", "one\r\ntwo\n\tthree")],
        [("MediaUrl", "b"), ("MediaUrl", "a")],
        [("MediaUrl", "same"), ("MediaUrl", "same")],
        [("b", "1"), ("B", "2"), ("a", "3")],
        [("SomethingNew2027", "added without notice")],
    ],
)
def test_any_fields_twilio_may_send_verify(fields: list[tuple[str, str]]) -> None:
    channel().verify(posted(fields=fields))


text = st.text(st.characters(codec="utf-8"), max_size=20)


@given(st.lists(st.tuples(text, text), max_size=8))
def test_any_text_in_any_field_verifies(fields: list[tuple[str, str]]) -> None:
    signed = [(name, value) for name, value in fields if name or value]

    channel().verify(posted(fields=signed))


def wrong(found: Request, **change: str | bytes) -> Request:
    headers = {**found.headers, **{key: str(value) for key, value in change.items() if key not in ("target", "body")}}
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(
        str(change.get("target", found.target)),
        headers,
        bytes(change.get("body", found.body)),  # type: ignore[arg-type]
    )


FORGERIES = {
    "no header": Request(MESSAGES, {"content-type": FORM}, b"Body=x"),
    "nothing at all": Request("", {}, b""),
    "empty signature": wrong(posted(), x_twilio_signature=""),
    "no base64": wrong(posted(), x_twilio_signature="%%%"),
    "not ascii": wrong(posted(), x_twilio_signature="ñ" * 28),
    "surrogates": wrong(posted(), x_twilio_signature="\udc80" * 28),
    "another token": request(signed=signature(ORIGIN + MESSAGES, FIELDS, "other"), body=urlencode(FIELDS).encode()),
    "a space more": wrong(posted(), x_twilio_signature=posted().headers["x-twilio-signature"] + " "),
    "a changed value": wrong(posted(), body=posted().body.replace(b"hello", b"hullo")),
    "a field more": wrong(posted(), body=posted().body + b"&NumMedia=1"),
    "a value more": wrong(posted(), body=posted().body + b"&Body=again"),
    "a field less": wrong(posted(), body=urlencode(FIELDS[1:]).encode()),
    "another path": wrong(posted(), target="/webhooks/twilio/status/1"),
    "a query more": wrong(posted(), target=f"{MESSAGES}?x=1"),
    "re-encoded query": wrong(posted(f"{MESSAGES}?n=%32"), target=f"{MESSAGES}?n=2"),
    "body is no text": wrong(posted(), body=b"\xff\xfe\xfd"),
    "unknown algorithm": wrong(posted(), x_twilio_webhooks_signature_settings="key=k,algorithm=MD5"),
    "odd algorithm": wrong(posted(), x_twilio_webhooks_signature_settings="algorithm==,,=\udc80"),
    "odd url": wrong(posted(), target="//[::1"),
    "odd port": wrong(posted(), target=":99999999/x"),
}


@pytest.mark.parametrize("forged", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forgery_is_forged_and_nothing_else(forged: Request) -> None:
    with pytest.raises(Forged):
        channel().verify(forged)


def test_a_webhook_signed_with_a_shared_key_by_sha256_is_accepted() -> None:
    signed = signature(ORIGIN + MESSAGES, FIELDS, digest="sha256")
    settings = {"x_twilio_webhooks_signature_settings": "key=k1,algorithm=HMAC_SHA256"}

    channel().verify(request(signed=signed, body=urlencode(FIELDS).encode(), **settings))

    with pytest.raises(Forged):
        channel().verify(request(signed=signed, body=urlencode(FIELDS).encode()))


def in_json(body: bytes, digest: str | None, content_type: str = "application/json") -> Request:
    target = MESSAGES if digest is None else f"{MESSAGES}?bodySHA256={digest}"
    return request(target, signature(ORIGIN + target), body, content_type)


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8"])
@pytest.mark.parametrize("body", [b'{"a": 1}', '{"a": "ñ"}'.encode(), b"{}", b"[]"])
def test_json_with_the_hash_of_its_body_is_accepted(body: bytes, content_type: str) -> None:
    channel().verify(in_json(body, hashlib.sha256(body).hexdigest(), content_type))


@pytest.mark.parametrize(
    ("body", "digest"),
    [
        (b'{"a": 2}', hashlib.sha256(b'{"a": 1}').hexdigest()),
        (b"", hashlib.sha256(b'{"a": 1}').hexdigest()),
        (b'{"a": 1}', None),
        (b'{"a": 1}', ""),
        (b'{"a": 1}', "0" * 64),
        (b"\xff", hashlib.sha256(b"\xff").hexdigest()),
    ],
)
def test_json_without_the_hash_of_its_own_body_is_forged(body: bytes, digest: str | None) -> None:
    with pytest.raises(Forged):
        channel().verify(in_json(body, digest))


def test_a_hash_in_the_value_of_another_parameter_is_no_hash() -> None:
    body = b'{"a": 1}'
    target = f"{MESSAGES}?x=bodySHA256={hashlib.sha256(body).hexdigest()}"

    with pytest.raises(Forged):
        channel().verify(request(target, signature(ORIGIN + target), body, "application/json"))


@pytest.mark.parametrize("content_type", ["Application/JSON", "text/plain", "", "multipart/form-data"])
def test_another_content_type_does_not_carry_a_json_body_past_its_hash(content_type: str) -> None:
    good = b'{"a": 1}'
    target = f"{MESSAGES}?bodySHA256={hashlib.sha256(good).hexdigest()}"

    with pytest.raises(Forged):
        channel().verify(request(target, signature(ORIGIN + target), json.dumps({"a": 2}).encode(), content_type))


anything = st.text(max_size=60)
headers = st.fixed_dictionaries(
    {},
    optional={
        "x-twilio-signature": anything | st.just(signature(ORIGIN + MESSAGES)),
        "x-twilio-webhooks-signature-settings": anything | st.just("key=k,algorithm=HMAC_SHA256"),
        "content-type": anything | st.sampled_from([FORM, "application/json", "application/json; charset=x"]),
    },
)
targets = anything | st.just(MESSAGES) | st.builds(lambda text: f"{MESSAGES}?bodySHA256={text}", anything)


@given(targets, headers, st.binary(min_size=1, max_size=80))
def test_a_stranger_is_forged_whatever_they_send(target: str, headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(Forged):
        channel(token="nobody knows this").verify(Request(target, headers, body))


def test_while_a_token_is_rotated_what_either_signed_is_believed_and_nothing_else_is() -> None:
    rotating = channel(token="new-token", other=TOKEN)
    by_the_new = request(signed=signature(ORIGIN + MESSAGES, FIELDS, "new-token"), body=urlencode(FIELDS).encode())
    by_nobody = request(signed=signature(ORIGIN + MESSAGES, FIELDS, "third-token"), body=urlencode(FIELDS).encode())
    without = request(signed=signature(ORIGIN + MESSAGES, FIELDS, ""), body=urlencode(FIELDS).encode())

    for honest in (posted(), by_the_new):
        rotating.verify(honest)
    for forged in (by_nobody, without):
        with pytest.raises(Forged):
            rotating.verify(forged)
