"""The queue, duty, hand-over and the return timer: every ticket has somebody, and nobody is surprised by one."""

import pytest

from bot.desk import returning
from models import Agent, Audit, Ticket
from tests.bot.desk_words import answered, events, keys, told_in
from tests.bot.house import CHARLIE, LENA, TOLU, TOMAS, House


def known(house: House) -> int:
    """A ticket, and both agents have written once."""
    thread = house.opened()
    house.writes("a note", thread, sender=LENA)
    house.writes("a note", thread, sender=TOMAS)
    house.works()
    return thread


def test_the_queue_lists_unowned_tickets_the_worst_first_with_a_button_for_each(house: House) -> None:
    house.opened("how do I rename a gallery")
    house.studio("Hale", "Ben", CHARLIE, tier="free")
    house.says("PAYMENT NOT WORKING", CHARLIE)
    house.works()

    house.writes("/queue")
    house.works()

    told = answered(house, "2 waiting for somebody")
    first, second = told.text.splitlines()[1:3]
    assert "#2</a> SEV1 payment · Hale · free · by 18:00" in first
    assert "#1</a> SEV3" in second
    assert first.startswith('<a href="https://t.me/c/1000000001/')
    assert keys(told.options) == ["v1:take:2", "v1:take:1"]
    assert told.text.endswith("Nobody is on duty (/on).")


def test_an_owned_or_snoozed_ticket_is_not_in_the_queue_but_in_mine(house: House) -> None:
    thread = house.opened()
    house.taps("v1:take:1")
    house.writes("/snooze 2h", thread)
    house.writes("/queue")
    house.writes("/mine")
    house.works()

    assert "Nobody waits" in answered(house, "Nobody waits").text
    assert "snoozed until 16:00" in answered(house, "1 of yours").text


def test_who_is_on_duty_is_shown_with_the_queue(house: House) -> None:
    house.opened()
    house.writes("/on")
    house.writes("/on", sender=TOMAS)
    house.works()
    house.writes("/queue")
    house.works()
    both = answered(house, "waiting for somebody").text

    house.writes("/off", sender=TOMAS)

    assert "On duty: Lena, Tomas" in both
    assert "You are off duty. On duty: Lena" in told_in(house, None)


def test_a_handover_is_done_only_when_the_other_accepts(house: House) -> None:
    thread = known(house)
    house.taps("v1:take:1")
    house.works()

    house.writes("/handover Tomas", thread)
    house.works()
    offer = answered(house, "hands #1 over to you")
    before = house.one(Ticket).owner_id
    query = house.taps(offer.options[0].key, TOMAS)
    house.works()

    assert (before, house.one(Ticket).owner_id) == (LENA["id"], TOMAS["id"])
    assert 'tg://user?id=502">Tomas' in offer.text
    assert house.told(query) == "#1 is yours."
    assert events(house, "handed_over") == [("agent:502", {"from": 501, "to": 502})]
    assert "Tomas takes over from here" in house.heard()[-1]


@pytest.mark.parametrize("to", ["Tomas", "@tomas:", "502,"])
def test_a_handover_says_in_the_words_of_who_goes_what_is_next(house: House, to: str) -> None:
    thread = known(house)
    house.taps("v1:take:1")
    house.works()

    house.writes(f"/handover {to} tried another region\nnext: check at 21:00 <sharp>", thread)
    house.works()

    offer = answered(house, "hands #1 over to you")
    assert "#1</a> SEV" in offer.text or "#1 SEV" in offer.text
    assert offer.text.endswith("“tried another region\nnext: check at 21:00 &lt;sharp&gt;”")
    (told,) = events(house, "handover_offered")
    assert told[1] == {"to": 502, "form": "tried another region\nnext: check at 21:00 <sharp>"}


def test_off_duty_says_it_too(house: House) -> None:
    known(house)
    house.writes("/on")
    house.taps("v1:take:1")
    house.works()

    house.writes("/off Tomas Mood: tired, shoot until 23:00, text only")
    house.works()

    offer = answered(house, "goes off duty and hands you #1")
    assert offer.text.endswith("“Mood: tired, shoot until 23:00, text only”")
    assert [row.outcome for row in house.rows(Audit) if row.what == "/off"] == ["answered"]


def test_only_the_one_it_was_offered_to_can_accept_and_only_once(house: House) -> None:
    thread = known(house)
    house.taps("v1:take:1")
    house.writes("/handover 502", thread)
    house.works()
    key = answered(house, "hands #1 over").options[0].key

    wrong = house.taps(key, LENA)
    house.taps(key, TOMAS)
    again = house.taps(key, TOMAS)
    house.works()

    assert house.told(wrong) == "This is for Tomas."
    assert house.told(again) == "You already have it."
    assert len(events(house, "handed_over")) == 1


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        ("/handover @nobody", "nobody called @nobody"),
        ("/handover", "Name somebody, like @lena."),
        ("/handover 501", "Only its owner hands #1 over: nobody has it yet."),
    ],
)
def test_a_handover_that_cannot_be_is_refused_in_words(house: House, written: str, answer: str) -> None:
    thread = known(house)

    house.writes(written, thread)

    assert answer in told_in(house, thread)


def test_nobody_goes_off_duty_with_open_tickets_unless_they_are_accepted(house: House) -> None:
    known(house)
    house.writes("/on")
    house.taps("v1:take:1")
    house.works()

    house.writes("/off")
    refused = told_in(house, None)
    house.writes("/off Tomas")
    house.works()
    offer = answered(house, "goes off duty and hands you #1")
    still = next(agent for agent in house.rows(Agent) if agent.id == LENA["id"]).on_duty_since
    query = house.taps(offer.options[0].key, TOMAS)
    house.works()

    assert "You still have #1." in refused
    assert still is not None
    assert "SEV" in offer.text.splitlines()[1]
    assert "Adeyemi Photo · " in offer.text.splitlines()[1]
    assert house.told(query) == "#1 yours; Lena is off duty."
    duty = {agent.id: agent.on_duty_since is not None for agent in house.rows(Agent)}
    assert duty == {LENA["id"]: False, TOMAS["id"]: True}
    assert house.one(Ticket).owner_id == TOMAS["id"]


def test_a_silent_owner_is_nudged_and_then_the_ticket_is_free_again(house: House) -> None:
    thread = house.opened("how do I rename a gallery")
    house.taps("v1:take:1")
    house.works()

    house.clock.passes(20 * 60)
    returning.sweep(house.shell)
    house.works()
    nudge = answered(house, "is waiting for you on #1")
    owner = house.one(Ticket).owner_id
    house.clock.passes(10 * 60)
    returning.sweep(house.shell)
    house.works()

    assert 'tg://user?id=501">Lena' in nudge.text
    assert "At 14:30 it is free for others again." in nudge.text
    assert (owner, house.one(Ticket).owner_id) == (LENA["id"], None)
    assert events(house, "returned") == [("bot", {"from": 501})]
    assert "#1 is free again: Lena has been silent" in house.shown(thread)[-1]
    assert not any("silent" in text for text in house.heard())


def test_a_silent_owner_of_an_urgent_ticket_is_nudged_sooner(house: House) -> None:
    house.opened("PAYMENT NOT WORKING")
    house.taps("v1:take:1")
    house.works()

    house.clock.passes(5 * 60)
    returning.sweep(house.shell)
    house.works()

    assert "At 14:10" in answered(house, "is waiting for you").text


@pytest.mark.parametrize("act", ["answers", "notes", "customer thanks"])
def test_who_acts_is_not_nudged_and_one_nudge_is_enough(house: House, act: str) -> None:
    thread = house.opened("how do I rename a gallery")
    house.taps("v1:take:1")
    house.works()
    if act == "customer thanks":
        house.writes("/r It works again.", thread)
        house.works()
        house.says("thanks", TOLU)
    house.clock.passes(19 * 60)
    if act == "answers":
        house.writes("/r I see it.", thread)
    if act == "notes":
        house.writes("asking Priya", thread)
    house.works()

    house.clock.passes(5 * 60)
    for _ in range(2):
        returning.sweep(house.shell)
    house.works()

    assert not any("waiting for you" in text for text in house.shown(thread))
    assert house.one(Ticket).owner_id == LENA["id"]


def test_after_a_gap_of_the_worker_the_nudge_still_comes_first(house: House) -> None:
    thread = house.opened("how do I rename a gallery")
    house.taps("v1:take:1")
    house.works()

    house.clock.passes(3 * 3600)
    for _ in range(3):
        returning.sweep(house.shell)
    house.works()

    assert len([text for text in house.shown(thread) if "waiting for you" in text]) == 1
    assert house.one(Ticket).owner_id == LENA["id"]
