"""The card says what is going on at the studio, who has to move next, and always fits one message."""

import re
from datetime import timedelta
from html import unescape

from channels.wire import SendText
from models import Shoot, Studio
from tests.bot.desk_words import card
from tests.bot.house import House
from tests.bot.recorder import NOON


def first_card(house: House) -> str:
    return next(call.text for call in house.telegram.calls if isinstance(call, SendText) and "Why:" in call.text)


def shoot(house: House, begins: float, ends: float) -> None:
    """A shoot of the only studio, in hours from noon."""
    times = {"begins_at": NOON + timedelta(hours=begins), "ends_at": NOON + timedelta(hours=ends)}
    row = Shoot(studio_id=1, uid=f"shoot-{begins}", title="Wedding", zone="Europe/Madrid", **times)
    house.changes(lambda session: session.add(row))


def test_the_card_says_that_a_shoot_is_running(house: House) -> None:
    house.studio()
    shoot(house, -2, 4)
    shoot(house, 20, 24)

    house.says("uploads fail")
    house.works()

    assert "🎥 <b>Shoot running until 18:00</b>" in first_card(house)


def test_the_card_says_that_the_hotline_is_open_between_shoots(house: House) -> None:
    house.studio()
    shoot(house, -4, -1)
    house.changes(lambda session: setattr(session.get(Studio, 1), "hotline_until", NOON + timedelta(hours=3)))

    house.says("uploads fail")
    house.works()

    assert "🎥 <b>Hotline until 17:00</b>" in first_card(house)


def test_the_card_says_who_has_to_move_next(house: House) -> None:
    thread = house.opened("uploads fail")
    ours = first_card(house)
    house.writes("/r Tolu, which browser?", thread)
    house.works()
    house.writes("/wait", thread)
    house.works()

    theirs = card(house).text

    assert "Waiting for our answer since 14:00" in ours
    assert "Waiting for the customer" in theirs
    assert "Waiting for our answer" not in theirs


def test_the_card_fits_one_message_however_long_all_is_that_it_tells(house: House) -> None:
    long = "very & <long> " * 500

    thread = house.opened(long, contact=long, name=long, branch=long)
    house.writes(f"/sev 1 {long[:3000]}", thread)
    house.works()

    for text in (first_card(house), card(house).text):
        assert len(unescape(re.sub("<[^>]+>", "", text))) <= 4096
