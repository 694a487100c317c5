"""What helps an agent write less and know more: canned replies, notes, snooze, calls, engineering, look-ups."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.desk import canned as replies
from bot.desk import snoozing, times
from models import Message, Ticket
from tests.bot.desk_words import answered, card, events, keys, told_in
from tests.bot.house import CHARLIE, LENA, TOMAS, House

MADRID = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)  # a Wednesday, 14:00 in Madrid


def test_a_canned_reply_goes_out_filled_in_for_this_customer(house: House) -> None:
    thread = house.opened("PAYMENT NOT WORKING")

    house.writes("/r payment", thread)
    house.works()

    assert house.heard()[-1].startswith("Tolu, Lena here. I'm checking with the payment partner")
    assert house.heard()[-1].endswith("You hear from me by 14:15.")


def test_a_canned_reply_speaks_the_customers_language(house: House) -> None:
    thread = house.opened("la tarjeta no pasa", language="es")

    house.writes("/r Payment", thread)
    house.works()

    assert house.heard()[-1].startswith("Tolu, soy Lena. Estoy comprobando")


def test_every_canned_reply_that_ships_is_in_both_languages_and_names_only_what_can_be_filled_in() -> None:
    names = {name for name, _ in replies.shipped()}

    assert {"payment", "booking", "upload", "access"} <= names
    assert {(name, language) for name in names for language in ("en", "es")} == set(replies.shipped())
    assert [text for text in replies.shipped().values() if replies._wrong(text)] == []


def test_agents_add_show_change_and_remove_their_own(house: House) -> None:
    thread = house.opened(language="es")
    house.writes("/canned add cdn Hello {name}, galleries load again.")
    house.writes("/canned add cdn.es Hola {name}, las galerías cargan de nuevo.")
    house.works()
    house.writes("/r cdn", thread)
    house.works()
    sent = house.heard()[-1]
    house.writes("/canned edit cdn Hello {name}, it is over.")
    house.writes("/canned remove cdn.es")
    house.works()

    house.writes("/canned cdn")

    assert sent == "Hola Tolu, las galerías cargan de nuevo."
    assert told_in(house, None).endswith("cdn.en: Hello {name}, it is over.")
    house.writes("/canned")
    assert "access (en, es), booking (en, es), cdn (en)" in told_in(house, None)


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("/canned add x", "/canned add refund Hello"),
        ("/canned add bad Hello {surname}", "Nothing can be filled in for {surname}"),
        ("/canned add bad Hello {name", "stands alone"),
        ("/canned add bad.xx Hello", "/canned add refund Hello"),
        ("/canned add payment Hello", "is there already; /canned edit changes it"),
        ("/canned edit nothing Hello", "There is no nothing.en"),
        ("/canned remove nothing", "There is no nothing.en"),
        ("/canned nothing", "There is no canned reply nothing"),
    ],
)
def test_a_canned_reply_that_would_not_go_out_right_is_refused(house: House, written: str, answer: str) -> None:
    house.opened()

    house.writes(written)

    assert answer in told_in(house, None)


def test_a_removed_canned_reply_that_ships_is_words_like_any_other(house: House) -> None:
    thread = house.opened()
    house.writes("/canned remove resume")
    house.works()

    house.writes("/r resume", thread)
    house.works()

    assert house.heard()[-1] == "resume"


def test_a_note_while_the_customer_waits_is_offered_once_and_sent_by_a_tap(house: House) -> None:
    thread = house.opened()
    house.writes("Please try it again now.", thread)
    house.writes("or not?", thread)
    house.works()
    offers = [text for text in house.shown(thread) if "Send this to them?" in text]
    key = answered(house, "Send this to them?").options[0].key

    query = house.taps(key, TOMAS)
    again = house.taps(key, TOMAS)
    house.works()

    assert len(offers) == 1
    assert house.heard() == ["Please try it again now."]
    assert (house.told(query), house.told(again)) == ("Sent to the customer.", "It has been sent already.")
    assert house.one(Ticket).owner_id == LENA["id"]


def test_a_note_while_nobody_waits_is_not_offered(house: House) -> None:
    thread = house.opened()
    house.writes("/r Done.", thread)
    house.works()

    house.writes("phew", thread)
    house.works()

    assert not any("Send this" in text for text in house.shown(thread))


def test_a_button_can_only_send_a_note_of_its_own_ticket(house: House) -> None:
    thread = house.opened()
    house.writes("only for us", thread)
    house.says("bookings are gone", CHARLIE)
    house.works()
    note = next(row for row in house.rows(Message) if row.author == "note")

    house.taps(f"v1:send:2:{note.id}")
    house.works()

    assert (house.heard(), house.heard(CHARLIE)) == ([], [])


def test_the_customer_is_asked_for_a_number_and_it_stands_on_the_card(house: House) -> None:
    thread = house.opened("PAYMENT NOT WORKING", language="es")
    house.taps("v1:take:1")
    house.works()

    house.writes("/call", thread)
    house.works()
    asked = house.heard()[-1]
    house.says("llámame al +34 600 111 222")
    house.works()

    assert asked.startswith("Lena quiere llamarte. ¿A qué número?")
    assert "Call back: +34600111222" in card(house).text
    assert house.heard()[-1] == "Gracias, Lena ya tiene tu número."
    assert events(house, "number_given") == [("customer", {})]


def test_engineering_is_asked_for_an_urgent_ticket_and_an_engineer_takes_it(house: House) -> None:
    thread = house.opened("PAYMENT NOT WORKING")
    house.writes("/escalate partner rejects tokens", thread)
    house.works()
    told = answered(house, "Lena asks engineering about #1 (SEV1): partner rejects tokens")
    asked = card(house).text

    refused = house.taps(told.options[0].key, TOMAS)
    house.works()
    house.writes("/role Tomas engineer")
    house.works()
    taken = house.taps(told.options[0].key, TOMAS)
    house.works()

    assert "Engineering: asked 14:00, nobody has it yet" in asked
    assert "Only an engineer" in str(house.told(refused))
    assert house.told(taken) == "#1 is yours."
    assert events(house, "escalated") == [("agent:501", {"why": "partner rejects tokens"})]
    assert events(house, "escalation_acknowledged") == [("agent:502", {"name": "Tomas", "by": "button"})]
    assert "Engineering: Tomas has it since 14:00" in card(house).text


def test_engineering_is_not_asked_for_a_small_matter_and_not_twice(house: House) -> None:
    thread = house.opened("how do I rename a gallery")
    house.writes("/escalate please", thread)
    refused = told_in(house, thread)
    house.writes("/sev 2 everybody asks", thread)
    house.writes("/escalate", thread)
    house.works()

    house.writes("/escalate", thread)

    assert "is SEV3: engineering is asked only for SEV1 and SEV2" in refused
    assert "Engineering was asked already" in told_in(house, thread)
    assert len(events(house, "escalated")) == 1


def test_a_snoozed_ticket_comes_back_with_a_notice(house: House) -> None:
    thread = house.opened()
    house.writes("/snooze 2h", thread)
    house.works()
    snoozed = card(house).text

    house.clock.passes(2 * 3600)
    snoozing.sweep(house.shell)
    house.works()

    assert "Snoozed until 16:00" in snoozed
    assert any("#1 is back: its snooze is over." in text for text in house.shown(thread))
    assert house.one(Ticket).snoozed_until is None


def test_a_snoozed_ticket_wakes_when_the_customer_writes(house: House) -> None:
    thread = house.opened()
    house.writes("/snooze tomorrow 9:00", thread)
    house.works()

    house.says("any news?")
    house.works()

    assert any("#1 is back: the customer wrote." in text for text in house.shown(thread))
    assert house.one(Ticket).snoozed_until is None


@pytest.mark.parametrize("written", ["/snooze", "/snooze later", "/snooze 0h", "/snooze 25:00", "/snooze 90d"])
def test_a_snooze_without_a_moment_is_refused_with_examples(house: House, written: str) -> None:
    thread = house.opened()

    house.writes(written, thread)

    assert "/snooze tomorrow 9:00" in told_in(house, thread)
    assert house.one(Ticket).snoozed_until is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2h", "2026-06-10T16:00"),
        ("30 min", "2026-06-10T14:30"),
        ("1d", "2026-06-11T14:00"),
        ("14:30", "2026-06-10T14:30"),
        ("9:00", "2026-06-11T09:00"),
        ("tomorrow", "2026-06-11T09:00"),
        ("Tomorrow 8:15", "2026-06-11T08:15"),
        ("mon 9:00", "2026-06-15T09:00"),
        ("mon", "2026-06-15T09:00"),
        ("Friday", "2026-06-12T09:00"),
        ("money", None),
        ("money 9:00", None),
        ("wed 13:00", "2026-06-17T13:00"),
        ("wed 15:00", "2026-06-10T15:00"),
        ("today 18:00", "2026-06-10T18:00"),
        ("today 9:00", None),
    ],
)
def test_a_moment_is_read_in_support_time(text: str, moment: str | None) -> None:
    found = times.read(text, NOW, MADRID)

    assert (found and found.at.astimezone(MADRID).strftime("%Y-%m-%dT%H:%M")) == moment


def test_a_studio_shows_its_people_tickets_and_ratings(house: House) -> None:
    thread = house.opened("PAYMENT NOT WORKING")
    house.taps("v1:resolve:1:ours:no")
    house.works()
    house.says("yes")
    house.says("4")
    house.says("now my bookings are gone <b>")
    house.works()

    house.writes("/studio", thread)
    house.works()
    told = answered(house, "<b>Adeyemi Photo</b> · agency · Europe/Madrid · en").text

    assert "Tolu (owner)" in told
    assert "Open: 1" in told
    assert "now my bookings are gone &lt;b&gt;" in told
    assert "#1</a> SEV1 payment, resolved 14:00, Lena · Adeyemi Photo: PAYMENT NOT WORKING" in told
    assert "Ratings: #1 4/5" in told


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("/studio ade", "Adeyemi Photo"),
        ("/studio photo", "Which one: Adeyemi Photo, Hale Photo?"),
        ("/studio nobody", "No studio is called nobody."),
        ("/studio", "Write the studio's name"),
        ("/studio %", "No studio is called %."),
    ],
)
def test_a_studio_is_found_by_a_part_of_its_name(house: House, written: str, answer: str) -> None:
    house.opened()
    house.studio("Hale Photo", "Ben", CHARLIE)

    house.writes(written)

    assert answer in told_in(house, None)


@pytest.mark.parametrize("words", ["1", "#1", "adeyemi", "card refused", "BRIDE", "payment tolu", "lena-said-this"])
def test_a_ticket_is_found_by_number_studio_person_and_any_words_of_it(house: House, words: str) -> None:
    thread = house.opened("my card was refused, the bride waits, payments fail")
    house.writes("/r lena-said-this", thread)
    house.says("uploads stop at 40%", CHARLIE)
    house.works()

    house.writes(f"/find {words}")
    told = told_in(house, None)

    assert "#1</a>" in told
    assert "#2</a>" not in told


@pytest.mark.parametrize(
    ("words", "answer"), [("", "Write what to look for"), ("zebra", "No ticket has zebra."), ("%", "%")]
)
def test_nothing_found_is_said(house: House, words: str, answer: str) -> None:
    house.opened("my card was refused")

    house.writes(f"/find {words}")

    assert answer in told_in(house, None)


def test_the_queues_buttons_take_the_ticket(house: House) -> None:
    house.opened()
    house.writes("/queue")
    house.works()

    house.taps(keys(answered(house, "waiting for somebody").options)[0], TOMAS)
    house.works()

    assert house.one(Ticket).owner_id == TOMAS["id"]
