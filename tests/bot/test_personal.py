"""People on call set how they are reached; a number counts only after its test page was answered."""

import pytest

from bot.hotline.enrol import import_roster
from models import Channel, Person, Ticket
from tests.bot.house import LENA, ROBOT, TOMAS, House
from tests.bot.paging import LENAS, PAYMENT, ROTA, on_call, private, texts
from tests.bot.test_phoned import sends

NEW = "+34600000077"


def me(house: House, words: str) -> str:
    """What Lena is told in the group."""
    house.writes(f"/me {words}".strip())
    house.works()
    return house.shown(None)[-1].removeprefix("ℹ️ ")  # noqa: RUF001 (the sign is meant)


def proven(house: House) -> dict[str, bool]:
    return {row.kind: row.verified_at is not None for row in house.rows(Channel) if row.person_id == 1}


def test_me_shows_how_somebody_is_reached_and_no_whole_number(house: House) -> None:
    on_call(house)

    told = me(house, "")

    assert "On call as primary; telegram (proven); sms ending in 011 (proven); voice ending in 011 (proven)" in told
    assert LENAS not in told.partition("\n/me")[0]


def test_a_new_number_is_rung_only_after_its_test_page_was_answered(house: House) -> None:
    on_call(house)

    told = me(house, "phone +34 600 000 077")
    before = proven(house)
    sends(house, "1t", NEW)
    house.opened(PAYMENT)

    assert told == "Test page by sms: it counts once you have answered."
    assert (before["sms"], before["telegram"]) == (False, True)
    assert proven(house)["sms"]
    assert texts(house, NEW)[:2] == [
        "Backstop test page for Lena. Reply 1t to say that it reached you.",
        "Thank you, Lena: this way to you works.",
    ]
    assert texts(house, NEW)[2].startswith("URGENT #1")
    assert texts(house, LENAS) == []


def test_until_it_is_answered_a_page_goes_past_the_new_number(house: House) -> None:
    on_call(house)
    me(house, f"phone {NEW}")

    house.opened(PAYMENT)

    assert len(texts(house, NEW)) == 1
    assert private(house, 501)


def test_whatsapp_that_we_may_not_write_to_first_is_proven_by_a_code_from_there(house: House) -> None:
    on_call(house)

    told = me(house, f"whatsapp {NEW}")
    sends(house, "1t", LENAS)
    before = proven(house)
    house.says("1t", NEW)
    house.works()

    assert told == "From that WhatsApp write 1t to +34910000000: it counts once you have."
    assert not before["whatsapp"]
    assert proven(house)["whatsapp"]
    assert house.rows(Ticket) == []


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("phone 600 000 077", "'600 000 077' is no number with its country; write it like /me phone +34600000011"),
        ("whatsapp lena", "'lena' is no number with its country; write it like /me whatsapp +34600000011"),
        ("language xx", "xx is no language pages are written in; they are en, es. /me phone"),
        ("quiet 22-7", "'22-7' is no span like 22:00-07:00. /me phone"),
        ("colour blue", "/me phone +34600000011, /me whatsapp"),
    ],
)
def test_what_cannot_be_meant_is_said_with_an_example(house: House, words: str, answer: str) -> None:
    on_call(house)

    assert me(house, words).startswith(answer)
    assert all(proven(house).values())


def test_language_quiet_hours_and_numbers_set_here_survive_the_next_import_of_the_same_file(house: House) -> None:
    on_call(house)
    told = [me(house, words) for words in ("language es", "quiet 22:00-07:00", f"phone {NEW}")]

    on_call(house)
    kept = house.rows(Person)[0]
    numbers = {row.address for row in house.rows(Channel) if row.person_id == 1}
    import_roster(house.shell, ROTA.replace(LENAS, "+34600000088").encode())
    house.works()

    assert "language es; quiet 22:00-07:00 Europe/Madrid (pages ring all the same)" in told[1]
    assert (kept.language, kept.quiet) == ("es", "22:00-07:00")
    assert numbers == {"501", NEW}
    assert {row.address for row in house.rows(Channel) if row.person_id == 1} == {"501", "+34600000088"}
    assert not proven(house)["sms"]  # the file has changed, so this number is asked
    assert texts(house, "+34600000088") == [
        "Aviso de prueba de Backstop para Lena. Responde 2t para decir que ha llegado."
    ]


def test_a_private_message_to_the_bot_does_the_same_and_outside_the_rota_it_says_so(house: House) -> None:
    on_call(house)

    house.updates(message=house.private("/me quiet off", LENA))
    house.works()
    house.writes("/me quiet 22:00-07:00", sender=TOMAS | {"id": 577})
    house.admits({"id": 577, **{key: ROBOT[key] for key in ("first_name",)}})
    house.works()

    assert private(house, 501)[-1].endswith("language en; no quiet hours.")
    assert house.shown(None)[-1].endswith(
        "You are not in the rota: `flask oncall import` names people by telegram = 577."
    )
    assert house.rows(Ticket) == []
