"""F4, F7, F18, F20, F24: the doors and the database killed, the same thing at once, and poison among the healthy."""

import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from sqlalchemy import insert, select

from models import Delivery, Inbound
from tests.faults.ground import Ground
from tests.faults.invariants import Case
from tests.faults.webhooks import line, post, raw
from tests.support.people import LENA, TOMAS
from tests.support.sandbox import WHATSAPP, eventually


def test_f4_a_web_process_killed_between_commit_and_answer_takes_the_repetition_as_the_same(ground: Ground) -> None:
    owner, topic = ground.case()
    judge = ground.judge()
    webhook = line(ground.stack, owner, "committed and never answered")
    unheard = socket.create_connection(("127.0.0.1", int(ground.stack.public.rpartition(":")[2])))
    unheard.sendall(raw(webhook))
    kept = select(Inbound.id).where(Inbound.provider_id == webhook.sid)
    eventually(lambda: ground.witness.rows(kept), 5, "the row is committed")
    ground.stack.kill("web")
    unheard.close()

    ground.stack.start_web()
    eventually(lambda: post(webhook) == 200, 10, "Twilio's second try is answered")

    topic.shows("committed and never answered")
    ground.holds(judge, Case("F4 kill -9 of web before its answer", faults=1, outage=2), {webhook.sid: 200})
    assert topic.texts().count("Ana: committed and never answered") == 1


def test_f18_five_copies_at_once_over_two_processes_have_one_effect(ground: Ground) -> None:
    owner, topic = ground.case()
    judge = ground.judge()
    ground.stack.start_web("second")
    ground.stack.start_worker("second worker")
    log = ground.stack.directory / "second.log"
    eventually(lambda: b"Booting worker" in log.read_bytes(), 30, "two web processes listen")

    webhook = line(ground.stack, owner, "five times the same words")
    with ThreadPoolExecutor(5) as pool:
        statuses = list(pool.map(lambda _: post(webhook), range(5)))

    topic.shows("five times the same words")
    ground.holds(judge, Case("F18 one webhook five times over two processes"), {webhook.sid: 200})
    assert statuses == [200] * 5
    assert topic.texts().count("Ana: five times the same words") == 1


def test_f20_two_agents_and_two_workers_at_once_and_one_has_it(ground: Ground) -> None:
    _, topic = ground.case()
    judge = ground.judge()
    ground.stack.start_worker("second worker")

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(lambda agent: topic.taps("I take it", agent), (LENA, TOMAS)))

    ground.holds(judge, Case("F20 two acknowledge at once"))
    assert sum("is yours" in text for text in told) == 1
    assert sum(text in ("Lena has it.", "Tomas has it.") for text in told) == 1


def test_f20_what_is_answered_after_a_stop_does_not_go_out(ground: Ground) -> None:
    owner, topic = ground.case()
    judge = ground.judge()
    ground.fault("latency", "twilio", "Messages.create", seconds=0.3, times=2)

    with ThreadPoolExecutor(2) as pool:
        pool.map(lambda say: say(), (lambda: owner.says("STOP"), lambda: topic.writes("/r Lena answers into the STOP")))
    topic.shows("has sent STOP")
    topic.writes("/r Lena answers after the STOP")

    topic.shows("NOT DELIVERED")
    ground.holds(judge, Case("F20 STOP against an answer", faults=0))
    assert not any("after the STOP" in text for text in owner.heard())


def test_f24_a_poisoned_row_among_a_hundred_is_said_and_the_others_go(ground: Ground) -> None:
    _, topic = ground.case()
    judge = ground.judge()
    rows = [_owed(topic.number, number) for number in range(100)]
    rows[37] |= {"payload": {"to": None}, "kind": "SendPigeon"}
    with ground.witness.engine.begin() as connection:
        connection.execute(insert(Delivery), rows)

    topic.shows("did not reach", 40)

    ground.holds(judge, Case("F24 poison among a hundred deliveries", faults=0))
    states = [
        row.state for row in ground.witness.rows(select(Delivery.state).where(Delivery.destination.like("+3469%")))
    ]
    assert states.count("failed") == 1
    assert len(states) == 100


def test_f24_a_poisoned_webhook_is_parked_and_those_behind_it_go_on(ground: Ground) -> None:
    owner, topic = ground.case()
    judge = ground.judge()

    ground.stack.sandbox.post("twilio/webhook", fields={"From": f"whatsapp:{owner.number}", "Body": "no sid"})
    owner.says("said behind the poison")

    topic.shows("said behind the poison")
    ground.holds(judge, Case("F24 poison among webhooks", faults=0))
    assert ground.witness.rows(
        select(Inbound.id).where(Inbound.state == "parked", Inbound.reason.contains("MessageSid"))
    )


def _owed(ticket: int, number: int) -> dict[str, object]:
    address = f"+3469{ticket:03}{number:04}"
    return {
        "kind": "SendText",
        "channel": "sms",
        "destination": address,
        "thread": f"sms:{address}",
        "lane": 1,
        "payload": {"to": address, "text": f"news {number}", "sender": WHATSAPP},
        "ticket_id": ticket,
        "created_at": datetime.now(UTC),
    }
