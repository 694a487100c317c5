"""``flask outbox``: what is owed and why not yet, made once more or left by a person."""

import json

from channels.wire import React, SendText, TransportError
from models import TicketEvent
from tests.bot.house import TOLU, House
from tests.commands.runner import run

GONE = TransportError("the phone is off", code="30003", permanent=True)
LOST = TransportError("the connection broke", unknown=True)
NO = TransportError("not now")


def to_tolu(call: object) -> bool:
    return isinstance(call, SendText) and call.to.endswith(TOLU)


def replied(house: House, *outcomes: TransportError) -> int:
    """Lena's reply and what Twilio said to each attempt; its number in the outbox."""
    thread = house.opened("PAYMENT NOT WORKING")
    for outcome in outcomes:
        house.twilio.when(to_tolu, outcome)
    house.writes("/r Lena here.", thread)
    for _ in outcomes:
        house.works()
        house.clock.passes(70)
    return house.owed(thread=f"whatsapp:{TOLU}")[-1].id


def test_nothing_owed_is_said_in_words(house: House) -> None:
    assert run(house.shell, "outbox", "list").output == "nothing\n"


def test_the_list_tells_what_waits_how_long_and_why(house: House) -> None:
    number = replied(house, NO)

    (line,) = run(house.shell, "outbox", "list").output.splitlines()

    told = f"{number}\tqueued\tPAGE\twhatsapp SendText\t#1\twhatsapp:{TOLU}"
    assert line == f"{told}\t70 s old\t1 tries, next in 0 s\tnot now"


def test_the_list_is_narrowed_by_state_ticket_and_thread(house: House) -> None:
    number = replied(house, GONE)

    def listed(*options: str) -> list[int]:
        return [
            json.loads(line)["id"]
            for line in run(house.shell, "outbox", "list", "--json", *options).output.splitlines()
        ]

    assert listed() == listed("--state", "failed") == listed("--ticket", "1") == [number]
    assert listed("--thread", f"whatsapp:{TOLU}", "--state", "failed") == [number]
    assert listed("--state", "queued") == listed("--ticket", "2") == listed("--thread", "topic:1") == []
    assert "the newest 1 of" in run(house.shell, "outbox", "list", "--state", "accepted", "--limit", "1").output


def test_an_unknown_state_is_refused_with_those_there_are(house: House) -> None:
    done = run(house.shell, "outbox", "list", "--state", "lost")

    assert done.exit_code == 2
    assert "'superseded'" in done.output


def test_a_failed_reply_is_sent_once_more_and_its_tick_follows(house: House) -> None:
    number = replied(house, GONE)

    done = run(house.shell, "outbox", "retry", str(number))
    house.works()

    assert (done.exit_code, done.output) == (
        0,
        f"{number}: queued anew as {house.owed(thread=f'whatsapp:{TOLU}')[-1].id}\n",
    )
    assert house.heard().count("Lena here.") == 2
    assert house.delivery(number).state == "superseded"
    assert "the phone is off; sent again as" in house.delivery(number).fault
    assert [call.emoji for call in house.telegram.calls if isinstance(call, React)][-1] == "👀"


def test_a_retry_of_what_may_have_been_taken_asks_the_provider_from_the_first_attempt_on(house: House) -> None:
    number = replied(house, LOST, GONE)
    began = house.delivery(number).begun_at
    house.twilio.asked.clear()

    run(house.shell, "outbox", "retry", str(number))
    house.works()

    ((call, since),) = house.twilio.asked
    assert (call.text, since) == ("Lena here.", began)  # type: ignore[union-attr]


def test_a_cancelled_reply_stays_unsent_and_says_so_with_who_and_why(house: House) -> None:
    number = replied(house, NO)

    done = run(house.shell, "outbox", "cancel", str(number), "--why", "wrong studio")
    house.works()

    assert (done.exit_code, done.output) == (0, f"{number}: cancelled\n")
    assert house.heard().count("Lena here.") == 1  # the attempt that was refused
    assert house.delivery(number).fault.endswith(": wrong studio")
    event = house.last(TicketEvent)
    assert (event.kind, event.data["why"]) == ("delivery_cancelled", "wrong studio")
    assert "NOT SENT to Tolu: the operator cancelled it (wrong studio)" in house.shown(house.topic().thread_id)[-1]


def test_what_cannot_be_changed_is_named_with_the_reason_and_the_rest_is_done(house: House) -> None:
    number = replied(house, GONE)
    sent = house.owed(state="accepted")[0].id

    done = run(house.shell, "outbox", "retry", str(sent), "999", str(number))

    assert done.exit_code == 1
    assert f"{sent}: not changed, accepted: the provider has taken it" in done.output
    assert "999: not changed, there is no such delivery; `flask outbox list` names them" in done.output
    assert f"{number}: queued anew" in done.output


def test_what_is_in_flight_is_left_alone(house: House) -> None:
    number = replied(house, NO)
    house.changes(lambda session: setattr(session.get_one(type(house.delivery(1)), number), "state", "leased"))

    for verb in (("retry",), ("cancel", "--why", "late")):
        done = run(house.shell, "outbox", verb[0], str(number), *verb[1:])
        assert (done.exit_code, "in flight this moment" in done.output) == (1, True)


def test_a_cancel_without_a_reason_is_refused(house: House) -> None:
    done = run(house.shell, "outbox", "cancel", "1")

    assert done.exit_code == 2
    assert "--why" in done.output
