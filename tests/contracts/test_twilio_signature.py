"""Twilio's own RequestValidator, unmodified, accepts what the sandbox signs, however odd the URL."""

from typing import Any

import pytest
from twilio.request_validator import RequestValidator

from tests.sandbox.twilio_client import OURS, TOKEN, Product, Received, say
from tests.support.sandbox import Sandbox

ODD = [
    "/in",
    "/in?a=b%20c&d=%2B1&e=",
    "/in?a=b+c&a=twice&flag",
    "/in?u=https%3A%2F%2Fx%3Fy%3D1&p=%5B1%5D&n=J%C3%BCrgen%20M~",
    "/in/?to=%D0%B0%2f",
    "/st%C3%BCdio%20a/b%2Fc/in",
    "/in//double/",
    "/in#rc=2&rp=5xx",
    "/in?x=%23#ct=500&rt=900",
]


def arrived(box: Sandbox, product: Product, tail: str, **more: Any) -> Received:
    """The webhook of a message full of oddities."""
    box.post("twilio/numbers", number=OURS, sms_url=product.base + tail)
    say(box, "Grüße, 100% & more = ñ\n👍", name=" Tolu\tA. ", **more)
    [row] = product.got(1)
    return row


def valid(url: str, row: Received, **changed: str) -> bool:
    told: bool = RequestValidator(TOKEN).validate(url, row.form | changed, row.headers["X-Twilio-Signature"])
    return told


@pytest.mark.parametrize("tail", ODD)
def test_the_signature_holds_for_the_url_as_it_was_set(box: Sandbox, product: Product, tail: str) -> None:
    row = arrived(box, product, tail)

    asked = tail.partition("#")[0]
    assert row.path == asked
    assert valid(product.base + asked, row)


@pytest.mark.parametrize("channel", ["whatsapp", "sms"])
@pytest.mark.parametrize("more", [{}, {"media": ["screenshot"]}, {"kind": "location"}], ids=["text", "media", "place"])
def test_the_signature_covers_every_kind_of_message(
    box: Sandbox, product: Product, channel: str, more: dict[str, Any]
) -> None:
    row = arrived(box, product, "/in", channel=channel, **more)

    assert valid(f"{product.base}/in", row)


def test_another_url_another_value_or_another_token_does_not_verify(box: Sandbox, product: Product) -> None:
    row = arrived(box, product, "/in?a=1")

    assert not valid(f"{product.base}/in?a=2", row)
    assert not valid(f"{product.base}/in?a=%31", row)
    assert not valid(f"{product.base}/in?a=1", row, Body="Other")
    assert not RequestValidator("other").validate(f"{product.base}/in?a=1", row.form, row.headers["X-Twilio-Signature"])
