"""Calls to Twilio by the real SDK against a server on loopback: receipts, refusals, look-ups, files."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from channels.twilio import Twilio
from channels.twilio.channel import Account
from channels.twilio.downloads import MOST_BYTES, stays
from channels.twilio.errors import codes
from channels.wire import Call, Fetch, OpenTopic, Option, React, SendMedia, SendText, TransportError
from conversations.events import Media
from tests.channels.loopback import Provider, Reply, nobody, provider, told

SID = "AC0123456789abcdef0123456789abcdef"
PUBLIC = "https://support.studio.example"
HELLO = SendText("whatsapp:+34600111222", "hello", "whatsapp:+34910000000")
SENT = told(201, {"sid": "SM77", "status": "queued", "error_code": None, "num_segments": "0", "from": None})
FILE = f"https://api.twilio.com/2010-04-01/Accounts/{SID}/Messages/MM1/Media/ME1"


@pytest.fixture(scope="module")
def server() -> Iterator[Provider]:
    with provider() as running:
        yield running


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Provider]:
    with provider() as running:
        yield running


@pytest.fixture(scope="module")
def twilio(server: Provider) -> Iterator[Twilio]:
    channel = Twilio(Account(SID, "token", server.base, PUBLIC, timeout=0.5))
    yield channel
    channel.close()


def refusal(status: int, code: int | None = None) -> Reply:
    return told(status, {"code": code, "message": "no", "more_info": "https://www.twilio.com/docs", "status": status})


def refused(twilio: Twilio, call: Call = HELLO) -> TransportError:
    with pytest.raises(TransportError) as error:
        twilio.send(call, 42)
    return error.value


def fetch(url: str = FILE) -> Fetch:
    return Fetch(Media("picture", url, "image/jpeg"))


def test_a_text_is_created_once_with_our_number_in_its_status_callback(server: Provider, twilio: Twilio) -> None:
    server.answers(SENT)

    receipt = twilio.send(HELLO, 42)

    assert receipt.provider_id == "SM77"
    assert [asked.path for asked in server.asked] == [f"/2010-04-01/Accounts/{SID}/Messages.json"]
    assert server.asked[0].form == {
        "To": ["whatsapp:+34600111222"],
        "From": ["whatsapp:+34910000000"],
        "Body": ["hello"],
        "StatusCallback": [f"{PUBLIC}/webhooks/twilio/status/42"],
    }


def test_our_credentials_travel_as_basic_authorization(server: Provider, twilio: Twilio) -> None:
    server.answers(SENT)

    twilio.send(HELLO, 42)

    wanted = "Basic " + base64.b64encode(f"{SID}:token".encode()).decode()
    assert server.asked[0].headers["authorization"] == wanted


def test_a_path_in_the_address_of_the_api_is_kept(server: Provider) -> None:
    channel = Twilio(Account(SID, "token", f"{server.base}/twilio/api", PUBLIC, timeout=0.5))
    server.answers(SENT)

    channel.send(HELLO, 42)
    channel.close()

    assert server.asked[0].path == f"/twilio/api/2010-04-01/Accounts/{SID}/Messages.json"
    assert server.asked[0].headers["x-twilio-host"] == "api.twilio.com"


def test_options_become_numbered_lines_that_every_phone_can_answer(server: Provider, twilio: Twilio) -> None:
    server.answers(SENT)
    options = (Option("say:yes", "Yes"), Option("say:partly", "Partly"), Option("say:no", "No"))

    twilio.send(SendText("+34600111222", "Was it solved?", "+34910000000", options=options), 42)

    assert server.asked[0].form["Body"] == ["Was it solved?\n1 Yes\n2 Partly\n3 No"]


def test_an_attachment_goes_by_its_signed_link(server: Provider, twilio: Twilio) -> None:
    server.answers(SENT)
    call = SendMedia("+34600111222", "picture", "+34910000000", caption="look", url=f"{PUBLIC}/media/abc")

    twilio.send(call, 42)

    form = server.asked[0].form
    assert (form["MediaUrl"], form["Body"]) == ([f"{PUBLIC}/media/abc"], ["look"])


@pytest.mark.parametrize("call", [OpenTopic("-100", "x"), React("1", 2, "👀")])
def test_what_twilio_does_not_have_is_refused_for_good(twilio: Twilio, call: Call) -> None:
    assert refused(twilio, call).permanent


PERMANENT, LATER, UNKNOWN = (True, False), (False, False), (False, True)


@pytest.mark.parametrize(
    ("reply", "fate", "code"),
    [
        (refusal(400, 21211), PERMANENT, "21211"),
        (refusal(400, 21610), PERMANENT, "21610"),
        (refusal(400, 21617), PERMANENT, "21617"),
        (refusal(400, 99999), PERMANENT, "99999"),
        (refusal(400, 21611), LATER, "21611"),
        (refusal(401, 20003), LATER, "20003"),
        (refusal(404, 20404), LATER, "20404"),
        (refusal(429, 20429), LATER, "20429"),
        (refusal(429, 63038), LATER, "63038"),
        (Reply(429, b"slow down"), LATER, None),
        (refusal(500, 20500), UNKNOWN, "20500"),
        (refusal(503, 20503), UNKNOWN, "20503"),
        (Reply(503, b""), UNKNOWN, None),
        (Reply(502, b"<html>bad gateway</html>"), UNKNOWN, None),
        (told(201, {"nothing": "we know"}), UNKNOWN, None),
        (told(201, {"sid": None}), UNKNOWN, None),
        (Reply(201, b"<html>hello</html>"), UNKNOWN, None),
        (Reply(201, b'{"sid": "SM7'), UNKNOWN, None),
        (Reply(hangs_up=True), UNKNOWN, None),
        (Reply(201, b"{}", after=1.0), UNKNOWN, None),
        (Reply(201, b'{"sid"', claims=900), UNKNOWN, None),
    ],
)
def test_each_answer_says_what_it_means_for_sending_again(
    server: Provider, twilio: Twilio, reply: Reply, fate: tuple[bool, bool], code: str | None
) -> None:
    server.answers(reply)

    error = refused(twilio)

    assert (error.permanent, error.unknown) == fate
    assert code is None or error.code == code
    assert len(server.asked) == 1


def test_too_many_requests_is_waited_for_and_a_time_out_is_not(server: Provider, twilio: Twilio) -> None:
    server.answers(refusal(429, 20429), Reply(201, b"{}", after=1.0))

    waits = [refused(twilio).retry_after, refused(twilio).retry_after]

    assert (waits[0] is not None, waits[1]) == (True, None)


def test_a_refused_connection_was_surely_not_taken() -> None:
    channel = Twilio(Account(SID, "token", nobody(), PUBLIC, timeout=0.5))

    error = refused(channel)
    channel.close()

    assert (error.unknown, error.permanent) == (False, False)


def test_an_error_says_nothing_of_the_number_the_text_or_the_token(server: Provider, twilio: Twilio) -> None:
    server.answers(refusal(400, 21211), Reply(hangs_up=True))

    said = f"{refused(twilio)} {refused(twilio)}"

    assert not any(private in said for private in ("34600111222", "hello", "token", "\033"))


@pytest.mark.parametrize("code", ["63016", "21610", "30003", "63003", "30007"])
def test_an_agent_reads_what_a_code_means_in_words_to_act_on(twilio: Twilio, code: str) -> None:
    words = twilio.explain(code).words

    assert len(words.split()) >= 4
    assert code not in words


@pytest.mark.parametrize(
    "code",
    [
        *("20003", "20429", "21211", "21408", "21606", "21610", "21611", "21612", "21614", "21617", "21635", "30001"),
        *("30003", "30005", "30006", "30007", "30008", "30034", "30036", "63003", "63005", "63014", "63016", "63017"),
        *("63018", "63019", "63021", "63024", "63032", "63038"),
    ],
)
def test_every_code_of_the_facts_is_in_the_table(code: str) -> None:
    assert code in codes()


def test_a_code_nobody_has_seen_is_still_said(twilio: Twilio) -> None:
    assert "12345" in twilio.explain("12345").words


def listed(*messages: tuple[str, str]) -> Reply:
    rows = [{"sid": sid, "body": body, "status": "sent"} for sid, body in messages]
    return told(200, {"messages": rows, "next_page_uri": None, "page": 0, "page_size": 50})


def test_after_a_time_out_the_same_text_to_the_same_address_is_found(server: Provider, twilio: Twilio) -> None:
    server.answers(listed(("SM1", "something else"), ("SM2", "hello"), ("SM3", "hello ")))

    found = twilio.find(HELLO, datetime(2026, 6, 13, 12, tzinfo=UTC))

    assert [receipt.provider_id for receipt in found] == ["SM2"]
    assert "whatsapp%3A%2B34600111222" in server.asked[0].target


def test_what_was_sent_as_numbered_lines_is_found_as_numbered_lines(server: Provider, twilio: Twilio) -> None:
    server.answers(listed(("SM1", "Solved?\n1 Yes")))
    call = SendText("+34600111222", "Solved?", "+34910000000", options=(Option("say:yes", "Yes"),))

    found = twilio.find(call, datetime(2026, 6, 13, 12, tzinfo=UTC))

    assert [receipt.provider_id for receipt in found] == ["SM1"]


@pytest.mark.parametrize(
    "reply", [refusal(503, 20503), Reply(200, b"<html>"), Reply(hangs_up=True), refusal(401, 20003)]
)
def test_a_look_up_that_fails_is_a_transport_error(server: Provider, twilio: Twilio, reply: Reply) -> None:
    server.answers(reply)

    with pytest.raises(TransportError):
        twilio.find(HELLO, datetime(2026, 6, 13, 12, tzinfo=UTC))


def test_a_file_cannot_be_looked_up(twilio: Twilio) -> None:
    assert twilio.find(fetch(), datetime(2026, 6, 13, 12, tzinfo=UTC)) == []


def test_a_file_is_fetched_with_our_credentials_from_the_base(server: Provider, twilio: Twilio) -> None:
    server.answers(Reply(200, b"jpeg bytes", (("Content-Type", "image/jpeg; charset=x"),)))

    receipt = twilio.send(fetch(), 42)

    assert receipt.file is not None
    assert (receipt.file.data, receipt.file.content_type) == (b"jpeg bytes", "image/jpeg")
    assert server.asked[0].path == f"/2010-04-01/Accounts/{SID}/Messages/MM1/Media/ME1"
    assert server.asked[0].headers["authorization"].startswith("Basic ")


def test_a_file_without_a_type_is_a_plain_file(server: Provider, twilio: Twilio) -> None:
    server.answers(Reply(200, b"x"))

    receipt = twilio.send(fetch(), 42)

    assert receipt.file is not None
    assert receipt.file.content_type == "application/octet-stream"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/2010-04-01/Accounts",
        "https://api.twilio.com.evil.example/x",
        "https://api.twilio.com@evil.example/x",
        "https://evil.example#api.twilio.com",
        "https://evil.example?api.twilio.com",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "//evil.example/x",
        "not a url",
        "https://[::1",
        "",
    ],
)
def test_our_credentials_go_to_no_other_host(server: Provider, twilio: Twilio, url: str) -> None:
    server.answers(Reply(200, b"x"))

    error = refused(twilio, fetch(url))

    assert error.permanent
    assert server.asked == []


def test_a_redirect_loses_our_credentials(server: Provider, twilio: Twilio) -> None:
    server.answers(Reply(307, headers=(("Location", "/cdn/file"),)), Reply(200, b"bytes"))

    receipt = twilio.send(fetch(), 42)

    assert receipt.file is not None
    assert receipt.file.data == b"bytes"
    assert [("authorization" in asked.headers, asked.path) for asked in server.asked][1] == (False, "/cdn/file")


@pytest.mark.parametrize(
    "host", ["localhost", "evil.example", "x.s3.amazonaws.com", "twilio.com.evil.example", "eviltwilio.com", "[::1]"]
)
def test_a_redirect_away_from_twilio_is_not_followed(
    server: Provider, elsewhere: Provider, twilio: Twilio, host: str
) -> None:
    port = elsewhere.base.rpartition(":")[2]
    elsewhere.answers(Reply(200, b"x"))
    server.answers(Reply(302, headers=(("Location", f"http://{host}:{port}/x"),)))

    error = refused(twilio, fetch())

    assert error.permanent
    assert elsewhere.asked == []


@pytest.mark.parametrize(
    ("url", "trusted"),
    [
        ("https://mms.twiliocdn.com/AC0/9f?Expires=1", True),
        ("https://media.twilio.com/x", True),
        ("https://s3-external-1.amazonaws.com/media.twiliocdn.com/AC0/9f", True),
        ("https://s3-external-1.amazonaws.com/somebody-elses-bucket/9f", False),
        ("https://s3-external-1.amazonaws.com/media.twiliocdn.com/../somebody-elses-bucket/9f", False),
        ("https://s3-external-1.amazonaws.com/media.twiliocdn.com/%2e%2e/somebody-elses-bucket/9f", False),
        ("https://somebody-elses-bucket.s3.amazonaws.com/media.twiliocdn.com/9f", False),
        ("https://ec2-1-2-3-4.compute-1.amazonaws.com/x", False),
        ("http://mms.twiliocdn.com/AC0/9f", False),
        ("https://mms.twiliocdn.com@evil.example/9f", False),
        ("https:///9f", False),
    ],
)
def test_only_twilios_own_stores_are_trusted(url: str, trusted: bool) -> None:
    assert stays(url, "api.twilio.com") == trusted


def test_redirects_without_end_are_given_up(server: Provider, twilio: Twilio) -> None:
    server.answers(Reply(302, headers=(("Location", "/again"),)))

    assert refused(twilio, fetch()).permanent
    assert len(server.asked) < 10


@pytest.mark.parametrize(
    ("reply", "permanent"),
    [
        (Reply(404), True),
        (Reply(410), True),
        (Reply(401), False),
        (Reply(429), False),
        (Reply(500), False),
        (Reply(hangs_up=True), False),
        (Reply(200, b"x", after=1.0), False),
        (Reply(200, b"only the beginning", claims=90_000), False),
        (Reply(200, b"no gzip at all", (("Content-Encoding", "gzip"),)), False),
    ],
)
def test_a_file_that_does_not_come_is_a_transport_error(
    server: Provider, twilio: Twilio, reply: Reply, permanent: bool
) -> None:
    server.answers(reply)

    assert refused(twilio, fetch()).permanent == permanent


@pytest.mark.parametrize(("size", "taken"), [(MOST_BYTES, True), (MOST_BYTES + 1, False)])
def test_twenty_megabytes_are_taken_and_a_byte_more_is_not(
    server: Provider, twilio: Twilio, size: int, taken: bool
) -> None:
    server.answers(Reply(200, b"\0" * size))

    try:
        found: Any = twilio.send(fetch(), 42).file
    except TransportError as error:
        found = error

    assert (isinstance(found, TransportError), getattr(found, "permanent", None)) == (
        not taken,
        None if taken else True,
    )
