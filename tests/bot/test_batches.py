"""SEV3 cycles: told to the customer, listed as they begin, and what is left over is named and goes on."""

from datetime import timedelta

from bot import batches
from channels.wire import EditText
from models import Batch, Ticket
from tests.bot.house import CHARLIE, House
from tests.bot.recorder import NOON
from tests.bot.test_watch import passes

TO_CYCLE = 20 * 3600  # from Wednesday noon UTC to Thursday 10:00 in Madrid


def asked(house: House) -> int:
    thread = house.opened("how do I rename a gallery")
    passes(house, 30)
    return thread


def test_the_receipt_names_the_cycle_the_ticket_joined(house: House) -> None:
    asked(house)

    assert "It joins our fix round: Thu 10:00." in house.heard()[0]
    assert house.promise("BATCH").target_due == NOON + timedelta(seconds=TO_CYCLE)


def test_the_cycle_posts_one_card_of_all_its_tickets(house: House) -> None:
    asked(house)
    passes(house, TO_CYCLE)

    cards = [text for text in house.shown(None) if "Fix round until 18:00" in text]
    assert len(cards) == 1
    assert "#1 " in cards[0]
    assert house.one(Batch).closed_at is None


def test_the_card_follows_as_its_tickets_close_and_is_edited_only_for_news(house: House) -> None:
    thread = asked(house)
    house.opened("how do I change a cover", CHARLIE, studio="Other")
    passes(house, 30)
    passes(house, TO_CYCLE)

    for command in ("", "/resolve ours", ""):
        if command:
            house.writes(command, thread)
            house.works()
        batches.show(house.shell)
        house.works()

    (edit,) = [call for call in house.telegram.calls if isinstance(call, EditText) and "Fix round" in call.text]
    assert "1 of 2 done." in edit.text
    assert "#2 " in edit.text
    assert "#1 " not in edit.text


def test_what_is_closed_in_it_is_not_left_over(house: House) -> None:
    asked(house)
    passes(house, TO_CYCLE)
    house.writes("/next 17:00", house.topic().thread_id)
    house.works()

    passes(house, 9 * 3600)

    assert house.promise("BATCH").state == "met"
    assert not any("left" in text and "Fix" not in text for text in house.shown(None))


def test_left_overs_are_named_and_go_into_the_next_cycle_which_the_customer_is_told(house: House) -> None:
    asked(house)
    passes(house, TO_CYCLE)
    house.says("any news?")  # so that WhatsApp lets us write
    house.works()

    passes(house, 9 * 3600)

    assert any("The fix round is over, 1 left:\n#1 " in text for text in house.shown(None))
    assert "it goes first in the next, on Tue 10:00" in house.heard()[-1]
    assert (house.promise("BATCH").number, house.promise("BATCH").state) == (2, "running")
    assert house.one(Ticket).state == "open"
