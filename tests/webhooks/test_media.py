"""Stored files by signed links."""

import time
from typing import Any

import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from bot.media import public_url, store
from bot.shell import Shell
from channels.wire import File
from models import Media
from tests.bot.house import PUBLIC, House
from tests.webhooks.doors import client

PICTURE = File(b"\xff\xd8 a picture", "image/jpeg")


class SixHoursAgo(TimestampSigner):
    """Signs as we did before a link's six hours were over, and a second."""

    def get_timestamp(self) -> int:
        return int(time.time()) - 6 * 3600 - 1


@pytest.fixture
def link(shell: Shell) -> str:
    """The path of a link to a stored picture."""
    with shell.db.writing() as session:
        digest = store(shell, session, PICTURE)
    return public_url(shell, digest).removeprefix(PUBLIC)


def token(shell: Shell, digest: Any, secret: str = "", salt: str = "media", signer: Any = TimestampSigner) -> str:
    made = URLSafeTimedSerializer(secret or shell.secret, salt=salt, signer=signer).dumps(digest)
    return f"/media/{made}"


def test_a_signed_link_gives_the_file_as_a_file(shell: Shell, link: str) -> None:
    answer = client(shell).get(link)

    assert (answer.status_code, answer.data, answer.content_type) == (200, PICTURE.data, "image/jpeg")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private"


def test_head_tells_the_same_without_the_bytes(shell: Shell, link: str) -> None:
    answer = client(shell).head(link)

    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(PICTURE.data))


@pytest.mark.parametrize(
    ("wanted", "part"), [("bytes=0-3", slice(0, 4)), ("bytes=4-", slice(4, None)), ("bytes=-5", slice(-5, None))]
)
def test_a_part_of_a_file_is_given_as_a_part(shell: Shell, link: str, wanted: str, part: slice) -> None:
    answer = client(shell).get(link, headers={"Range": wanted})

    assert (answer.status_code, answer.data, answer.content_type) == (206, PICTURE.data[part], "image/jpeg")
    assert answer.headers["Content-Range"].endswith(f"/{len(PICTURE.data)}")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_part_past_the_end_of_a_file_is_refused_and_the_whole_tells_that_parts_are_given(
    shell: Shell, link: str
) -> None:
    assert client(shell).get(link, headers={"Range": "bytes=999-"}).status_code == 416
    assert client(shell).get(link).headers["Accept-Ranges"] == "bytes"


def test_a_forged_or_altered_link_gives_nothing(shell: Shell, link: str) -> None:
    digest = shell.db.engine.name and "0" * 64

    for path in (
        link[:-1],
        link + "x",
        "/media/nonsense",
        token(shell, digest, secret="guessed"),
        token(shell, digest, salt="ack"),
    ):
        assert client(shell).get(path).status_code == 404, path


def test_a_link_is_dead_after_six_hours(house: House, link: str) -> None:
    digest = house.one(Media).sha256

    assert client(house.shell).get(token(house.shell, digest)).status_code == 200
    assert client(house.shell).get(token(house.shell, digest, signer=SixHoursAgo)).status_code == 404


def test_a_link_to_a_file_we_do_not_have_gives_nothing(shell: Shell) -> None:
    assert client(shell).get(token(shell, "0" * 64)).status_code == 404


def test_the_same_file_twice_is_one_row(house: House, link: str) -> None:
    with house.shell.db.writing() as session:
        store(house.shell, session, PICTURE)

    assert house.one(Media).size == len(PICTURE.data)
