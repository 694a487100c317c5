"""Three studios with one problem: proposed, decided by a person, one card and one page (issue 7)."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest

from bot import overview
from bot.answer import answer
from bot.incidents import deciding
from bot.scene import Scene
from channels.wire import SendText
from models import Incident, IncidentTicket, Page
from tests.bot.desk_words import events, keys
from tests.bot.house import GROUP, LENA, TOMAS, House
from tests.bot.incident import BEN, INES, KOFI, OLGA, asks, card, grouped, incident, linked, looks, reports, ticket
from tests.bot.paging import LENAS, PRIYAS, on_call, passes, texts

PAY = "nobody can pay, checkout fails with error 4021"


def test_three_studios_in_a_quarter_of_an_hour_are_proposed_on_one_card(house: House) -> None:
    for number in (BEN, INES):
        reports(house, number)
    before = house.rows(Incident)

    reports(house, KOFI)

    assert before == []
    assert card(house).text.startswith(
        "🔥 <b>Looks like ONE incident: delivery: galleries</b> (I-1)\n3 studios, 3 tickets"
    )
    assert "Why: 3 studios in" in card(house).text
    assert keys(card(house).options) == ["v1:incident:1:1:sev1", "v1:incident:1:1:sev2", "v1:incident:1:1:refuse"]
    assert [ticket(house, number).incident_id for number in (1, 2, 3)] == [None, None, None]


def test_one_studio_that_writes_three_times_is_no_incident(house: House) -> None:
    house.studio("Ben Studio", "Ben", BEN)
    for number in (BEN, "+34600000111", "+34600000112"):
        house.studio("Ben Studio", f"Ben {number[-1]}", number)
        house.says("galleries don't load", number)

    looks(house)

    assert house.rows(Incident) == []


def test_a_fourth_report_joins_the_proposal_and_the_card_counts_it(house: House) -> None:
    for number in (BEN, INES, KOFI):
        reports(house, number)

    reports(house, OLGA, "my client can't open the gallery")

    assert linked(house) == [1, 2, 3, 4]
    assert "4 studios, 4 tickets" in card(house).text


def test_not_the_same_takes_it_apart_and_nobody_asks_again(house: House) -> None:
    for number in (BEN, INES, KOFI):
        reports(house, number)

    house.taps("v1:incident:1:1:refuse")
    looks(house)

    assert incident(house).state == "refused"
    assert linked(house) == []
    assert len(house.rows(Incident)) == 1
    assert "not one incident, by Lena" in card(house).text
    assert card(house).options == ()


def test_a_person_groups_them_and_each_ticket_keeps_its_own_clocks_and_topic(house: House) -> None:
    grouped(house)

    assert (incident(house).state, incident(house).severity, incident(house).confirmed_by) == ("open", 1, 501)
    assert [ticket(house, n).severity for n in (1, 2, 3)] == [1, 1, 1]
    assert [ticket(house, n).incident_id for n in (1, 2, 3)] == [1, 1, 1]
    assert len({house.topic(n).thread_id for n in (1, 2, 3)}) == 3
    assert len({house.promise("FR", n).started_at for n in (1, 2, 3)}) == 3
    assert "<b>I-1 delivery: galleries</b> · SEV1, by Lena" in card(house).text


def test_two_taps_at_once_make_one_decision(house: House) -> None:
    for number in (BEN, INES, KOFI):
        reports(house, number)

    house.taps("v1:incident:1:1:sev2")
    late = house.taps("v1:incident:1:1:refuse", TOMAS)
    looks(house)

    assert house.told(late) == "I-1 stands, confirmed by Lena."
    assert incident(house).state == "open"


def test_an_incident_pages_once_and_asks_engineering_once(house: House) -> None:
    on_call(house)

    grouped(house)
    passes(house, 1)

    assert [(page.ticket_id, page.ladder) for page in house.rows(Page)] == [(1, "response"), (1, "engineering")]
    assert len(texts(house, LENAS)) == 1
    assert "Ben Studio and 2 more" in texts(house, LENAS)[0]
    assert len(texts(house, PRIYAS)) == 1


def test_pages_that_rang_before_become_one_and_who_had_one_keeps_it(house: House) -> None:
    on_call(house)
    for number in (BEN, INES, KOFI):
        reports(house, number, PAY)
    house.taps("v1:ack:2:response")
    looks(house)

    house.taps("v1:incident:1:1:sev1")
    looks(house)
    looks(house)

    assert incident(house).lead_id == 2
    standing = [(page.ticket_id, page.ladder) for page in house.rows(Page) if page.ended_at is None]
    assert standing == [(2, "response"), (2, "engineering")]
    assert "On call: Lena has it" in card(house).text


def test_a_further_report_joins_a_confirmed_incident_wakes_nobody_and_its_customer_is_asked(house: House) -> None:
    on_call(house)
    grouped(house)
    rung = len(texts(house, LENAS))

    reports(house, OLGA, "my client can't open the gallery")

    assert ticket(house, 4).incident_id == 1
    assert ticket(house, 4).severity == 1
    assert len(texts(house, LENAS)) == rung
    assert house.heard(OLGA)[0].startswith('Thanks, Olga: "my client can\'t open the gallery". Several studios tell us')
    assert "4 studios, 4 tickets" in card(house).text


def test_yes_puts_them_on_the_list_and_no_makes_it_a_ticket_of_its_own_that_rings(house: House) -> None:
    on_call(house)
    grouped(house)
    reports(house, OLGA, "our gallery is down, nobody can upload photos to the gallery")
    before = len(texts(house, LENAS))

    house.says("2", OLGA)
    looks(house)

    assert "A person answers here by" in house.heard(OLGA)[-1]
    assert linked(house) == [1, 2, 3]
    assert events(house, "incident_left") == [("customer", {"incident": 1, "why": "another problem"})]
    assert (ticket(house, 4).severity == 1) == (len(texts(house, LENAS)) > before)


def test_yes_the_same_is_answered_with_the_next_update(house: House) -> None:
    grouped(house)
    asks(house, "1 status 30m Galleries don't load right now. It's our side.")
    reports(house, OLGA, "my client can't open the gallery")

    house.says("1", OLGA)
    looks(house)

    assert house.heard(OLGA)[-1].startswith("Then you're on the list, Olga: you get each update here, the next by 14:")
    assert [row.linked_by for row in house.rows(IncidentTicket)][-1] == "customer"
    assert house.promise("UP", 4).limit_due == incident(house).next_at


def test_a_safety_topic_never_hides_in_an_incident(house: House) -> None:
    on_call(house)
    grouped(house)
    before = len(texts(house, LENAS))

    reports(house, OLGA, "a stranger's photos are visible in my gallery")

    assert ticket(house, 4).incident_id is None
    assert len(texts(house, LENAS)) > before


def test_when_the_lead_leaves_unheard_the_next_one_rings(house: House) -> None:
    on_call(house)
    grouped(house)

    asks(house, "1 drop 1")
    looks(house)

    assert incident(house).lead_id == 2
    assert [page.ticket_id for page in house.rows(Page) if page.ladder == "response" and not page.ended_at] == [2]
    assert ticket(house, 1).severity == 2


def test_when_somebody_had_the_page_the_next_lead_does_not_ring(house: House) -> None:
    on_call(house)
    grouped(house)
    house.taps("v1:ack:1:response")
    looks(house)
    rung = len(texts(house, LENAS))

    asks(house, "1 drop 1")
    looks(house)

    assert incident(house).lead_id == 2
    assert len(texts(house, LENAS)) == rung


def test_an_incident_by_hand_takes_tickets_in_by_their_numbers(house: House) -> None:
    for number in (BEN, INES):
        reports(house, number)

    told = asks(house, "new Galleries don't load", house.topic(1).thread_id)
    asks(house, "1 add #2 7")

    assert "I-1 stands, with #1." in told
    assert linked(house) == [1, 2]
    assert ticket(house, 2).incident_id == 1
    assert incident(house).title == "Galleries don't load"


def test_raising_an_incident_raises_its_tickets(house: House) -> None:
    on_call(house)
    grouped(house, 2)
    before = texts(house, LENAS)

    asks(house, "1 sev 1")

    assert before == []
    assert [ticket(house, n).severity for n in (1, 2, 3)] == [1, 1, 1]
    assert len(texts(house, LENAS)) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("9 status hello", "There is no such incident"),
        ("1 dance", "/incident lists them"),
        ("1 status", "What is the news?"),
        ("1 close", "What was wrong? One of ours"),
        ("1 sev 9", "Write the level: /incident 1 sev 1"),
        ("1 drop 77", "#77 is not in I-1."),
        ("1 add 77", "#77 is no open ticket."),
        ("new", "Write it in the topic of a ticket"),
        ("1 status 13:00 too late", "must lie ahead"),
    ],
)
def test_what_cannot_be_is_said_with_an_example(house: House, words: str, told: str) -> None:
    grouped(house)

    assert told in asks(house, words)


def test_branches_of_one_studio_that_are_stopped_are_one_urgent_incident_that_lists_them(house: House) -> None:
    on_call(house)
    house.studio("Casa Rey", "Ines", INES, branch="Centro")
    house.studio("Casa Rey", "Pablo", BEN, branch="Norte")
    house.says(PAY, INES)
    looks(house)
    rung = len(texts(house, LENAS))

    house.says("payments are down here too", BEN)
    looks(house)

    assert (incident(house).title, incident(house).severity) == ("Casa Rey: payment", 1)
    assert [ticket(house, n).incident_id for n in (1, 2)] == [1, 1]
    assert len(texts(house, LENAS)) == rung
    assert "Branches: Casa Rey: Centro, Norte" in card(house).text
    assert [page.ticket_id for page in house.rows(Page) if page.ladder == "response"] == [1]


def test_branches_that_write_in_the_same_instant_find_each_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.studio("Casa Rey", "Ines", INES, branch="Centro")
    house.studio("Casa Rey", "Pablo", BEN, branch="Norte")
    house.says(PAY, INES)
    house.says("payments are down here too", BEN)
    both, look = Barrier(2), deciding.branches

    def at_once(scene: Scene) -> None:
        """Each has opened its ticket and not committed; SQLite lets one come after the other."""
        with suppress(BrokenBarrierError):
            both.wait(1)
        look(scene)

    monkeypatch.setattr(deciding, "branches", at_once)
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(answer, house.shell) for _ in range(2)]:
            done.result()
    looks(house)

    assert len(house.rows(Incident)) == 1
    assert [ticket(house, n).incident_id for n in (1, 2)] == [1, 1]


def test_the_cards_of_its_tickets_name_the_incident(house: House) -> None:
    grouped(house)

    shown = [one.text for one in house.telegram.calls if not isinstance(one, SendText) and hasattr(one, "text")]

    assert any("#2 delivery" in text and "Incident I-1</b> delivery: galleries, paged by #1" in text for text in shown)
    assert LENA["id"] == incident(house).confirmed_by


def test_the_overview_names_what_stands(house: House) -> None:
    for number in (BEN, INES, KOFI):
        reports(house, number)
    before = overview.words(house.shell, house.shell.db.reading(), GROUP)

    house.taps("v1:incident:1:1:sev1")
    looks(house)
    asks(house, "1 status 15:00 We are on it.")

    after = overview.words(house.shell, house.shell.db.reading(), GROUP)
    assert "🔥 I-1 delivery: galleries · SEV2: 3 tickets of 3 studios, perhaps one incident" in before
    assert "🔥 I-1 delivery: galleries · SEV1: 3 tickets of 3 studios, next update by 15:00" in after
