"""The signed link of a page: opening it takes nothing, its button does, and late or wrong ones are told so."""

import re
from datetime import timedelta

import pytest
from itsdangerous import URLSafeSerializer
from werkzeug.test import TestResponse

from bot.pager.ack_link import LASTS, link
from models import Page, Person
from tests.bot.house import PUBLIC, House
from tests.bot.paging import LENAS, ROTA, TOMASS, looks, on_call, passes, private, texts, urgent
from tests.webhooks.doors import client


@pytest.fixture
def rung(house: House) -> House:
    """A SEV1 whose primary has been written to, and five minutes later the backup."""
    urgent(house)
    passes(house, 5)
    return house


def path(house: House, name: str = "Lena") -> str:
    (person,) = [row for row in house.rows(Person) if row.name == name]
    return link(house.shell, house.rows(Page)[0], person).removeprefix(PUBLIC)


def words(answer: TestResponse) -> str:
    """What is read on the page."""
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", answer.get_data(as_text=True), flags=re.DOTALL).split())


def test_a_private_message_carries_the_link_and_a_text_does_not(rung: House) -> None:
    said = private(rung, 501)[0]

    found = re.search(rf"Or take it here: {re.escape(PUBLIC)}(/ack/\S+)$", said)
    assert found is not None
    assert client(rung.shell).get(found[1]).status_code == 200
    assert "/ack/" not in "".join(texts(rung, LENAS))


def test_opening_it_shows_what_it_is_about_and_takes_nothing(rung: House) -> None:
    for method in ("get", "head", "get"):
        answer = getattr(client(rung.shell), method)(path(rung))

    assert answer.status_code == 200
    assert "URGENT #1 Adeyemi Photo, since 14:00" in words(answer)
    assert "PAYMENT NOT WORKING brides dad card failed twice Nobody has it yet. I take it" in words(answer)
    assert rung.one(Page).acknowledged_at is None


def test_its_button_takes_the_page_and_everything_is_silent(rung: House) -> None:
    pressed = client(rung.shell).post(path(rung))
    looks(rung)
    before = (len(texts(rung, LENAS)), len(texts(rung, TOMASS)))
    passes(rung, 4)

    assert pressed.status_code == 303
    assert "#1 is yours since 14:05." in words(client(rung.shell).get(pressed.headers["Location"]))
    assert rung.one(Page).acknowledged_by == 1
    assert "Lena has it 14:05." in "".join(rung.shown(rung.topic().thread_id))
    assert (len(texts(rung, LENAS)), len(texts(rung, TOMASS))) == before


def test_a_second_press_changes_nothing_and_who_comes_late_reads_who_has_it(rung: House) -> None:
    client(rung.shell).post(path(rung))
    for name in ("Lena", "Tomas"):
        client(rung.shell).post(path(rung, name))

    late = client(rung.shell).get(path(rung, "Tomas"))

    assert "Lena tiene #1 desde 14:05." in words(late)
    assert "<button" not in late.get_data(as_text=True)
    assert rung.one(Page).acknowledged_by == 1


def test_the_link_of_a_page_that_is_over_says_so(rung: House) -> None:
    address = path(rung)
    rung.writes("/sev 3 minor", rung.topic().thread_id)
    rung.works()

    answer = client(rung.shell).get(address)

    assert "#1 needs nobody any more." in words(answer)


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_old_link_says_that_it_is_old(rung: House, method: str) -> None:
    address = path(rung)
    rung.clock.passes((LASTS + timedelta(seconds=1)).total_seconds())

    answer = getattr(client(rung.shell), method)(address)

    assert answer.status_code == 410
    assert "This link is too old." in words(answer)
    assert rung.one(Page).acknowledged_at is None


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_forged_or_cut_link_says_so_in_the_readers_language(rung: House, method: str) -> None:
    good = path(rung)
    forged = URLSafeSerializer("guessed", salt="ack").dumps([1, 1, 9_999_999_999])
    other = URLSafeSerializer(rung.shell.secret, salt="link").dumps([1, 1, 9_999_999_999])

    for address in (good[:-1], "/ack/nonsense", f"/ack/{forged}", f"/ack/{other}"):
        answer = getattr(client(rung.shell), method)(address, headers={"Accept-Language": "es-MX,es;q=0.9"})
        assert answer.status_code == 404, address
        assert "Este enlace no es nuestro" in words(answer)
    assert rung.one(Page).acknowledged_at is None


def test_who_is_not_on_call_any_more_takes_nothing(rung: House) -> None:
    address = path(rung)
    on_call(rung, ROTA.replace("Lena", "Mara"))

    answer = client(rung.shell).post(address)

    assert answer.status_code == 404
    assert rung.one(Page).acknowledged_at is None


def test_the_page_runs_nothing_loads_nothing_and_tells_nobody_its_address(rung: House) -> None:
    answer = client(rung.shell).get(path(rung))

    assert "<script" not in answer.get_data(as_text=True)
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert (answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]) == ("no-referrer", "no-store")
