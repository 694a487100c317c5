"""A status line goes to everybody in an incident, once, each with its promise; the all-clear asks each (issue 7)."""

from collections.abc import Callable
from random import Random

import pytest

from bot.incidents import telling
from bot.incidents.turn import turn
from bot.lanes import Lane
from channels.wire import SendText
from models import Delivery, Message, Page, Rating, StatusLine, TicketEvent
from tests.bot.desk_words import answered, events
from tests.bot.house import House
from tests.bot.incident import (
    BEN,
    INES,
    KOFI,
    OLGA,
    asks,
    card,
    copies,
    grouped,
    incident,
    linked,
    looks,
    reports,
    ticket,
)
from tests.bot.paging import LENAS, on_call, texts

NEWS = "Galleries don't load right now, for you and other studios. It's our side; your photos are safe."


def cleared(house: House) -> None:
    """Grouped, told, and the all-clear said."""
    grouped(house)
    asks(house, f"1 status 30m {NEWS}")
    asks(house, "1 clear Most galleries open again since 13:54.")


def test_a_status_line_reaches_each_in_their_own_thread_with_its_own_promise(house: House) -> None:
    grouped(house)

    told = asks(house, f"1 status 15:00 {NEWS}")

    assert "It goes to 3 (3 whatsapp; 0 outside the window, 0 opted out)." in told
    for number in (BEN, INES, KOFI):
        assert house.heard(number)[-1] == f"{NEWS} Next update here by 15:00."
    assert [house.promise("UP", n).limit_due for n in (1, 2, 3)] == [incident(house).next_at] * 3
    assert [house.promise("FR", n).state for n in (1, 2, 3)] == ["met"] * 3
    assert copies(house) == ["queued"] * 3
    assert house.last(StatusLine).done_at is not None
    assert "Told 14:" in card(house).text
    assert "3 of 3" in card(house).text


def test_the_first_update_is_one_tap_in_each_customers_language(house: House) -> None:
    grouped(house, language="es")

    query = house.taps("v1:incident:1:1:first")
    looks(house)

    assert (house.told(query) or "").startswith("It goes to 3 ")
    assert house.heard(BEN)[-1].startswith("Otros estudios ven ahora mismo el mismo problema")
    assert "Send the first update" not in str(card(house).options)


def test_each_reads_the_words_of_their_language(house: House) -> None:
    for number, language in ((BEN, "en"), (INES, "es"), (KOFI, "en")):
        reports(house, number, language=language)
    house.taps("v1:incident:1:1:sev1")
    looks(house)

    asks(house, "1 status 15:00 Galleries come back.\nes: Las galerías vuelven.")

    assert house.heard(BEN)[-1] == "Galleries come back. Next update here by 15:00."
    assert house.heard(INES)[-1].startswith("Las galerías vuelven. Próxima noticia aquí antes de: 15:00")


def test_a_crash_in_the_middle_of_the_fan_out_repeats_nothing_and_forgets_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    grouped(house)
    whole, falls = telling._say, iter([False, True, False])

    def breaks(*scene: object) -> object:
        if next(falls, False):
            raise RuntimeError("the process is gone")
        return whole(*scene)  # type: ignore[arg-type]

    monkeypatch.setattr(telling, "_say", breaks)
    house.writes(f"/incident 1 status 15:00 {NEWS}")
    house.answers()
    turn(house.shell)
    between = copies(house)
    looks(house)

    assert sorted(between) == ["owed", "queued", "queued"]
    assert copies(house) == ["queued"] * 3
    for number in (BEN, INES, KOFI):
        assert sum(NEWS in one for one in house.heard(number)) == 1


def test_two_workers_at_one_line_say_it_once(house: House) -> None:
    grouped(house)
    house.writes(f"/incident 1 status 15:00 {NEWS}")
    house.answers()

    telling._tell(house.shell, 1, 1)
    telling._tell(house.shell, 1, 1)
    looks(house)

    assert sum(NEWS in one for one in house.heard(BEN)) == 1


def test_who_said_stop_gets_nothing_and_the_card_says_so(house: House) -> None:
    grouped(house)
    house.says("STOP", INES)
    looks(house)

    asks(house, f"1 status 15:00 {NEWS}")

    assert sorted(copies(house)) == ["queued", "queued", "stopped"]
    assert not any(NEWS in one for one in house.heard(INES))
    assert "1 opted out" in card(house).text


def test_outside_whatsapps_window_the_line_is_kept_like_any_answer(house: House) -> None:
    grouped(house)
    house.clock.passes(25 * 3600)

    told = asks(house, f"1 status 30m {NEWS}")

    assert "3 outside the window" in told
    assert {row.state for row in house.rows(Delivery) if row.message_id and NEWS in str(row.payload)} == {"held"}


def test_a_line_to_many_leaves_the_lane_of_pages_to_pages(house: House) -> None:
    grouped(house)

    house.writes(f"/incident 1 status 15:00 {NEWS}")
    house.answers()
    turn(house.shell)

    assert {row.lane for row in house.rows(Delivery) if NEWS in str(row.payload)} == {Lane.TO_CUSTOMER}


def test_a_status_line_is_the_answer_the_page_asked_for(house: House) -> None:
    on_call(house)
    grouped(house)

    asks(house, f"1 status 15:00 {NEWS}")

    (page,) = [page for page in house.rows(Page) if page.ladder == "response"]
    assert page.ended_at is not None


def test_a_promise_of_an_incident_is_called_in_once_and_every_customer_hears_if_it_is_late(house: House) -> None:
    grouped(house)
    asks(house, f"1 status 20m {NEWS}")

    for _ in range(14):
        house.clock.passes(90)
        looks(house)

    nudges = [one for one in house.telegram.calls if isinstance(one, SendText) and "everybody in I-1" in one.text]
    assert 1 <= len(nudges) <= 2
    for number in (BEN, INES, KOFI):
        assert sum("We promised you news by now" in one for one in house.heard(number)) == 1


def test_the_all_clear_asks_each_studio_whether_theirs_works(house: House) -> None:
    cleared(house)

    assert house.heard(INES)[-1] == "Most galleries open again since 13:54. Does yours work again?"
    call = [one for one in house.twilio.calls if isinstance(one, SendText)][-1]
    assert [option.label for option in call.options] == ["It works", "Still not", "I'll try later"]
    assert "all-clear said" in card(house).text


def test_it_works_closes_their_ticket_and_asks_for_the_stars_only(house: House) -> None:
    cleared(house)

    house.says("1", BEN)
    looks(house)

    assert (ticket(house, 1).state, ticket(house, 1).cause) == ("resolved", "ours")
    assert house.heard(BEN)[-1].startswith("Good to hear. How did we handle it")
    assert house.one(Rating).solved == "yes"
    assert [ticket(house, n).state for n in (2, 3)] == ["open", "open"]


def test_still_not_leaves_the_group_as_a_ticket_of_its_own_with_its_own_level(house: House) -> None:
    cleared(house)

    house.says("2", INES)
    looks(house)

    assert linked(house) == [1, 3]
    assert (ticket(house, 2).state, ticket(house, 2).severity, ticket(house, 2).incident_id) == ("open", 2, None)
    assert house.heard(INES)[-1].startswith("Thanks, Ines. We look at yours now, on its own: a person writes by")
    assert house.promise("NR", 2).state == "running"
    assert answered(house, "has left I-1 (still not)")
    assert "still not: 1" in card(house).text


def test_a_sev1_that_still_does_not_work_rings_by_itself(house: House) -> None:
    on_call(house)
    for number in (BEN, INES, KOFI):
        reports(house, number, "nobody can pay, checkout fails with error 4021")
    house.taps("v1:incident:1:1:sev1")
    looks(house)
    asks(house, f"1 status 30m {NEWS}")
    asks(house, "1 clear Payments work again.")
    before = len(texts(house, LENAS))

    house.says("still not working", INES)
    house.clock.passes(60)
    looks(house)

    assert ticket(house, 2).severity == 1
    assert len(texts(house, LENAS)) == before + 1


def test_what_is_no_answer_goes_to_the_people_and_the_question_stands(house: House) -> None:
    cleared(house)

    house.says("let me look at it in a minute", INES)
    looks(house)
    house.says("works", INES)
    looks(house)

    assert ticket(house, 2).state == "resolved"


def test_closing_resolves_what_is_left_and_asks_the_usual_question(house: House) -> None:
    cleared(house)
    house.says("2", INES)
    looks(house)

    asks(house, "1 close provider All clear since 14:30. No photos lost.")

    assert incident(house).state == "closed"
    assert [ticket(house, n).state for n in (1, 2, 3)] == ["resolved", "open", "resolved"]
    assert house.heard(BEN)[-2:][0] == "All clear since 14:30. No photos lost."
    assert "Was it solved?" in house.heard(BEN)[-1]
    assert "over" in card(house).text.splitlines()[0]


def test_a_button_of_the_all_clear_tapped_after_the_end_opens_the_ticket_by_itself(house: House) -> None:
    cleared(house)
    asks(house, "1 close ours")

    house.says("Still not", BEN, ButtonPayload="say:still_not")
    looks(house)

    assert (ticket(house, 1).state, ticket(house, 1).incident_id) == ("open", None)
    assert linked(house) == [2, 3]


def test_after_the_all_clear_it_ends_with_its_last_ticket(house: House) -> None:
    cleared(house)

    for number in (BEN, INES, KOFI):
        house.says("1", number)
    looks(house)

    assert incident(house).state == "closed"


@pytest.mark.parametrize("seed", range(12))
def test_in_any_order_each_hears_each_line_once_and_no_ticket_is_lost(house: House, seed: int) -> None:
    dice = Random(seed)
    on_call(house)
    grouped(house)
    acts: list[Callable[[], object]] = [
        lambda: asks(house, f"1 status 30m {NEWS}"),
        lambda: asks(house, "1 clear It is over."),
        lambda: house.says("still not", INES),
        lambda: house.says("it works", BEN),
        lambda: asks(house, "1 drop 3"),
        lambda: reports(house, OLGA, "my client can't open the gallery"),
        lambda: house.taps("v1:resolve:1:ours:no"),
        lambda: asks(house, "1 close ours All is well."),
        lambda: house.says("still not", KOFI),
    ]

    for act in dice.sample(acts, len(acts)):
        act()
        if dice.random() < 0.7:
            looks(house)
    looks(house)

    messages = {row.id: row for row in house.rows(Message)}
    said = [(row.ticket_id, messages[row.message_id].text) for row in house.rows(Delivery) if row.message_id]
    for words in (NEWS, "It is over.", "All is well."):
        told = [number for number, text in said if words in text]
        assert len(told) == len(set(told))
    assert "owed" not in copies(house)
    lost = [row.id for row in house.rows(type(ticket(house, 1))) if row.incident_id and row.id not in linked(house)]
    assert lost == []
    rings = [page.ticket_id for page in house.rows(Page) if page.ladder == "response" and page.ended_at is None]
    for one in house.rows(type(ticket(house, 1))):
        alone = one.incident_id is None or incident(house).closed_at is not None
        if one.state == "open" and one.severity == 1 and alone:
            assert one.id in rings or events_of(house, one.id, "replied")


def events_of(house: House, number: int, kind: str) -> list[TicketEvent]:
    return [row for row in house.rows(TicketEvent) if row.ticket_id == number and row.kind == kind]


def test_the_history_of_a_ticket_tells_of_its_incident(house: House) -> None:
    cleared(house)
    house.says("2", INES)
    looks(house)

    assert events(house, "incident_joined") == [("bot", {"incident": 1})] * 3
    assert events(house, "incident_left") == [("customer", {"incident": 1, "why": "still not"})]
