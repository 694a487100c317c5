"""Two tickets become one, and one becomes two; a new tier, an edited policy (sla.md rules 7 to 9)."""

from datetime import timedelta

from sqlalchemy import update

from bot.rebase import rebase
from models import Conversation, Message, Page, Person, Ticket, TicketEvent
from tests.bot.house import CHARLIE, House
from tests.bot.paging import LENAS, PRIYAS, TOMASS, on_call, pages_owed, texts
from tests.bot.recorder import NOON
from tests.bot.test_phoned import sends

MINUTE = timedelta(minutes=1)


def two(house: House) -> tuple[int, int]:
    """Tolu's uploads at noon, and, resolved in between for the machine, a payment ten minutes later."""
    first = house.opened("uploads fail for everybody")
    house.clock.passes(600)
    idle = {"kind": "Idle", "version": 1, "data": {}}
    house.changes(lambda session: session.execute(update(Conversation).values(state=idle)))
    house.says("PAYMENT NOT WORKING")
    house.works()
    second = house.topic(2).thread_id
    assert second is not None
    return first, second


def test_a_merged_ticket_ends_and_the_other_keeps_the_earliest_start_and_strictest_due(house: House) -> None:
    _, second = two(house)

    house.writes("/merge 1", second)
    house.works()

    gone, kept = house.rows(Ticket)[1], house.rows(Ticket)[0]
    assert (gone.state, gone.linked_id, kept.state) == ("resolved", 1, "open")
    assert {row.state for row in house.ledger(2)} == {"cancelled"}
    merged = house.promise("FR", 1)
    assert merged.started_at == NOON
    assert merged.limit_due == NOON + timedelta(hours=4)
    assert any("Merged into #1" in text for text in house.shown(second))


def test_what_engineering_was_asked_for_is_asked_for_the_ticket_that_stays(house: House) -> None:
    on_call(house)
    _, second = two(house)
    house.writes("/escalate the card provider refuses", second)
    house.works()

    house.writes("/merge 1", second)
    house.works()

    rung = [text.split(":")[0] for text in texts(house, PRIYAS)]
    asked = [(row.ticket_id, row.ended_at is None) for row in house.rows(Page) if row.ladder == "engineering"]
    assert (rung, asked) == (["ENGINEERING #2 Adeyemi Photo", "ENGINEERING #1 Adeyemi Photo"], [(2, False), (1, True)])
    assert house.promise("EACK", 1).limit_due == house.promise("EACK", 2).limit_due
    assert (house.promise("EACK", 2).state, house.promise("EACK", 1).state) == ("cancelled", "running")


def test_who_had_the_pages_of_a_merged_ticket_has_those_of_the_one_that_stays(house: House) -> None:
    on_call(house)
    _, second = two(house)
    house.writes("/escalate the card provider refuses", second)
    house.works()
    for number, said in ((PRIYAS, "2e"), (TOMASS, "2a"), (LENAS, "1a")):
        sends(house, said, number)

    house.writes("/merge 1", second)
    house.works()

    names = {person.id: person.name for person in house.rows(Person)}
    held = {row.code: (row.acknowledged_by, row.ended_at) for row in house.rows(Page) if row.ticket_id == 1}
    assert {code: (names[by or 0], ends) for code, (by, ends) in held.items()} == {
        "1a": ("Lena", None),
        "1e": ("Priya", None),
    }
    assert "EACK" not in [clock.name for clock in house.ledger(1)]
    assert pages_owed(house, "queued", "leased") == []


def test_after_a_merge_the_customer_goes_on_in_the_ticket_that_stayed(house: House) -> None:
    first, second = two(house)
    house.writes("/merge 1", second)
    house.works()

    house.says("still waiting here")
    house.works()

    assert any("still waiting here" in text for text in house.shown(first))
    assert not any("still waiting here" in text for text in house.shown(second))


def test_tickets_of_different_people_stay_apart(house: House) -> None:
    house.opened("uploads fail")
    house.says("uploads fail too", CHARLIE)
    house.works()

    house.writes("/merge 1", house.topic(2).thread_id)
    house.works()

    assert [row.state for row in house.rows(Ticket)] == ["open", "open"]
    assert any("of somebody else" in text for text in house.shown(house.topic(2).thread_id))


def test_a_ticket_is_not_merged_into_itself_or_into_nothing(house: House) -> None:
    thread = house.opened()

    for line in ("/merge 1", "/merge 99", "/merge"):
        house.writes(line, thread)
        house.works()

    told = house.shown(thread)
    assert any("This is #1 itself" in text for text in told)
    assert any("no other ticket #99" in text for text in told)
    assert any("Into which ticket?" in text for text in told)


def shown_as(house: House, words: str) -> int:
    """The message in the group that carries these words of the customer."""
    return next(int(row.provider_id) for row in house.owed(channel="telegram") if words in str(row.payload))


def test_a_line_split_off_is_a_ticket_from_its_own_time_and_the_old_one_keeps_the_rest(house: House) -> None:
    thread = house.opened("uploads fail for everybody")
    house.writes("/r Looking.", thread)
    house.works()
    house.clock.passes(600)
    house.says("and the payout is missing")
    house.works()
    house.clock.passes(600)

    house.writes("/split", thread, reply_to=shown_as(house, "the payout is missing"))
    house.works()

    child = house.rows(Ticket)[1]
    assert (child.category, child.opened_at) == ("payment", NOON + 10 * MINUTE)
    assert house.promise("FR", 2).started_at == NOON + 10 * MINUTE
    assert house.promise("NR", 1).state == "cancelled"
    assert house.rows(Message)[-1].ticket_id is not None
    assert any("are #2 now" in text for text in house.shown(thread))


def test_the_only_line_of_a_ticket_cannot_be_split_off(house: House) -> None:
    thread = house.opened("uploads fail for everybody " * 40)

    house.writes("/split", thread, reply_to=shown_as(house, "Tolu: uploads fail"))
    house.works()

    assert len(house.rows(Ticket)) == 1
    assert any("left without a line" in text for text in house.shown(thread))


def test_split_needs_the_customers_line(house: House) -> None:
    thread = house.opened()

    house.writes("/split", thread)
    house.works()

    assert any("Reply with /split" in text for text in house.shown(thread))


def test_a_new_tier_takes_the_stricter_of_old_and_new_from_the_original_start(house: House) -> None:
    house.opened("PAYMENT NOT WORKING", tier="pro")
    house.clock.passes(60)

    house.studio(tier="agency")

    assert house.one(Ticket).tier == "agency"
    assert house.promise().target_due == NOON + 15 * MINUTE
    assert house.promise().limit_due == NOON + timedelta(hours=4)
    assert house.promise().reason == "rebased"


def test_a_lower_tier_loosens_no_promise_that_runs(house: House) -> None:
    house.opened("PAYMENT NOT WORKING", tier="agency")

    house.studio(tier="free")

    assert house.promise().target_due == NOON + 15 * MINUTE


def test_a_rebase_by_hand_is_kept_with_who_and_why(house: House) -> None:
    house.opened("PAYMENT NOT WORKING")

    done = rebase(house.shell, (), "the calendar of Christmas", "operator:ana")

    (event,) = [row for row in house.rows(TicketEvent) if row.kind == "rebased"]
    assert done == [1]
    assert (event.actor, event.data["why"]) == ("operator:ana", "the calendar of Christmas")
    assert event.data["policy"] == house.shell.policies.version
