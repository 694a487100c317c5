"""SEV1 wakes somebody: ladders climb by the clock, the first who has it silences them, nothing ends in silence."""

from dataclasses import replace

import pytest

from bot.hotline import rollcall
from channels.wire import SendText, TransportError
from models import Alarm, Page, Ring, Ticket
from tests.bot.desk_words import card, events
from tests.bot.house import LENA, TOMAS, House
from tests.bot.paging import (
    LENAS,
    MARCOS,
    PAYMENT,
    PRIYAS,
    TOMASS,
    group_lines,
    looks,
    on_call,
    pages_owed,
    passes,
    private,
    texts,
    urgent,
)


def test_a_new_sev1_rings_the_primary_at_once_outside_the_group(house: House) -> None:
    urgent(house)

    (said,) = texts(house, LENAS)
    assert said.startswith("URGENT #1 Adeyemi Photo: PAYMENT NOT WORKING")
    assert said.endswith("Reply 1a to take it.")
    assert [words.partition("\n")[0] for words in private(house, 501)] == [said]
    assert [line for line in group_lines(house) if "tg://user?id=501" in line]
    assert texts(house, TOMASS) == []


def test_a_ticket_that_is_no_sev1_rings_nobody_until_it_is_raised(house: House) -> None:
    on_call(house)
    house.opened("how do I rename a gallery")
    before = texts(house, LENAS)

    house.taps("v1:sev:1:1:shoot")
    house.works()

    assert before == []
    assert len(texts(house, LENAS)) == 1


def test_the_ladder_climbs_to_backup_lead_and_everybody_by_the_clock(house: House) -> None:
    urgent(house)

    found = []
    for minutes in (4.75, 0.25, 4.75, 0.25, 4.75, 0.25):
        passes(house, minutes)
        found.append([len(texts(house, number)) for number in (LENAS, TOMASS, MARCOS, PRIYAS)])

    assert found == [[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 0], [2, 2, 2, 1]]


def test_each_person_is_written_to_in_their_language(house: House) -> None:
    urgent(house)

    passes(house, 5)

    assert texts(house, TOMASS)[0].startswith("URGENTE #1 Adeyemi Photo: PAYMENT")


def test_taking_the_ticket_silences_everything(house: House) -> None:
    urgent(house)

    house.taps("v1:take:1")
    house.works()
    passes(house, 9)

    assert texts(house, TOMASS) == []
    assert "On call: Lena has it 14:00" in card(house).text
    assert house.one(Page).acknowledged_by == 1
    assert {ring.state for ring in house.rows(Ring)} == {"over"}


def test_an_acknowledgement_takes_back_what_waits_to_be_sent(house: House) -> None:
    on_call(house)
    house.twilio.when(lambda call: call.to == LENAS, TransportError("away", retry_after=60.0), times=9)
    house.opened(PAYMENT)
    waiting = pages_owed(house, "queued")

    house.taps("v1:ack:1:response")
    house.works()
    house.clock.passes(120)
    house.works()

    assert [row.channel for row in waiting] == ["sms"]
    assert [row.state for row in pages_owed(house, "queued", "superseded", "accepted") if row.channel == "sms"] == [
        "superseded"
    ]


def test_a_page_that_was_already_claimed_is_not_sent_once_somebody_has_it(house: House) -> None:
    from bot.deliver import carry, claim  # noqa: PLC0415

    on_call(house)
    house.studio()
    house.says(PAYMENT)
    house.answers()
    house.taps("v1:ack:1:response")
    house.answers()

    jobs = claim(house.shell, "worker", 20)
    for job in jobs:
        carry(house.shell, job)

    assert texts(house, LENAS) == []


def test_who_comes_late_is_told_who_has_it(house: House) -> None:
    urgent(house)
    house.taps("v1:ack:1:response")
    house.works()

    house.clock.passes(60)
    query = house.taps("v1:ack:1:response", TOMAS)
    house.works()

    assert house.told(query) == "Lena has #1 since 14:00."
    assert house.one(Page).acknowledged_by == 1


def test_who_has_it_and_does_nothing_is_rung_again(house: House) -> None:
    urgent(house)
    house.taps("v1:take:1")
    house.works()

    passes(house, 10)

    assert len(texts(house, LENAS)) == 2
    assert [line for line in group_lines(house) if "Lena had it and nothing followed" in line]


def test_an_answer_to_the_customer_ends_the_page(house: House) -> None:
    urgent(house)
    thread = house.topic().thread_id

    house.writes("/r We are on it, Tolu.", thread, sender=TOMAS)
    house.works()
    passes(house, 20)

    assert len(texts(house, LENAS)) == 1
    assert texts(house, MARCOS) == []
    assert house.one(Page).ended_at is not None


@pytest.mark.parametrize("tap", ["v1:resolve:1:ours:no", "v1:sev:1:2:work"])
def test_a_page_without_a_reason_is_over(house: House, tap: str) -> None:
    urgent(house)

    house.taps(tap)
    house.works()
    passes(house, 6)

    assert texts(house, TOMASS) == []
    assert house.one(Page).due_at is None


def test_a_channel_that_fails_for_good_moves_to_the_next_person_at_once(house: House) -> None:
    on_call(house)
    house.twilio.when(lambda call: call.to == LENAS, TransportError("landline", code="21614", permanent=True), times=9)
    house.telegram.when(
        lambda call: isinstance(call, SendText) and call.to == "501", TransportError("blocked", permanent=True), times=9
    )

    house.opened(PAYMENT)
    looks(house)
    looks(house)

    assert len(texts(house, TOMASS)) == 1


def test_without_a_rota_and_alarm_to_one_alarm_stands_for_all_tickets(house: House) -> None:
    house.opened(PAYMENT)
    house.says(PAYMENT, "+34600000077")
    house.works()
    rollcall.look(house.shell)
    passes(house, 31)

    assert [line for line in group_lines(house) if "no rota" in line] == [house.shown(None)[0]]
    assert [row.key for row in house.rows(Alarm) if row.key.startswith("page")] == ["page-nobody"]
    assert len(house.rows(Page)) == 2
    assert all(page.due_at for page in house.rows(Page))


def test_an_exhausted_ladder_is_an_alarm_that_also_goes_as_a_text_until_somebody_has_it(house: House) -> None:
    house.shell = replace(house.shell, alarm_to="+34600000099")
    urgent(house)

    passes(house, 20)
    raised = texts(house, "+34600000099")
    house.taps("v1:ack:1:response", LENA)
    house.works()

    assert raised == ["🚨 #1 Adeyemi Photo (SEV1, support): nobody on call has taken it."]
    assert texts(house, "+34600000099")[1].startswith("✅ Over: #1")


def test_with_alarm_to_alone_the_text_goes_at_once_and_those_on_duty_are_named(house: House) -> None:
    house.shell = replace(house.shell, alarm_to="+34600000099")
    house.writes("/on")
    house.works()

    house.opened(PAYMENT)

    assert len(texts(house, "+34600000099")) == 1
    assert [line for line in group_lines(house) if "tg://user?id=501" in line and "nobody on call has #1" in line]


def test_escalate_rings_the_engineers_and_neither_page_acknowledges_the_other(house: House) -> None:
    urgent(house)
    thread = house.topic().thread_id

    house.writes("/escalate the card provider refuses", thread)
    house.works()
    house.taps("v1:ack:1:response")
    house.works()

    assert texts(house, PRIYAS)[0].startswith("ENGINEERING #1")
    assert [(page.ladder, bool(page.acknowledged_at)) for page in house.rows(Page)] == [
        ("response", True),
        ("engineering", False),
    ]


def test_an_engineers_acknowledgement_is_in_the_history(house: House) -> None:
    on_call(house)
    thread = house.opened("nobody can sign contracts, the sign button does nothing")
    house.changes(lambda session: setattr(session.get(Ticket, 1), "severity", 2))
    house.writes("/escalate", thread)
    house.works()

    query = house.taps("v1:ack:1:engineering", LENA)
    house.works()

    assert house.told(query) == "#1 is yours."
    assert events(house, "escalation_acknowledged") == [("agent:501", {"name": "Lena", "by": "button"})]
    assert "Engineering: Lena has it since 14:00" in card(house).text


def test_ack_in_the_topic_takes_what_rings(house: House) -> None:
    urgent(house)
    thread = house.topic().thread_id

    house.writes("/ack", thread, sender=TOMAS)
    house.works()

    assert house.shown(thread)[-1].endswith("#1 is yours.")
    assert house.one(Ticket).owner_id == 502


def test_many_first_pages_of_one_person_go_alone_five_times_and_then_together(house: House) -> None:
    on_call(house)
    house.studio()
    for number in range(9):
        house.clock.passes(0.5)
        house.says(PAYMENT, f"+3460001{number:04d}")
        house.works()
    alone = len(texts(house, LENAS))

    house.clock.passes(20)
    house.works()

    assert alone == 5
    assert len(texts(house, LENAS)) == 6
    assert texts(house, LENAS)[-1].startswith("4 urgent tickets wait: #6")


def test_of_a_bundle_only_what_still_rings_is_said(house: House) -> None:
    on_call(house)
    house.studio()
    for number in range(8):
        house.clock.passes(0.5)
        house.says(PAYMENT, f"+3460001{number:04d}")
        house.works()

    house.taps("v1:ack:7:response")
    house.works()
    house.clock.passes(20)
    house.works()

    assert texts(house, LENAS)[-1].startswith("2 urgent tickets wait: #6 ")
    assert "#7" not in texts(house, LENAS)[-1]
