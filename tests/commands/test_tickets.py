"""``flask tickets``: what is open, and the whole history of one."""

import json
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Delivery, Studio, Ticket
from tests.bot.house import CHARLIE, House
from tests.bot.incident import asks
from tests.commands.runner import run


def test_nothing_open_is_said_in_words(house: House) -> None:
    assert run(house.shell, "tickets", "list").output == "no open tickets\n"
    assert run(house.shell, "tickets", "list", "--all").output == "no tickets\n"


def test_the_list_names_number_severity_category_owner_studio_and_what_is_due(house: House) -> None:
    house.opened("PAYMENT NOT WORKING")
    house.taps("v1:take:1")
    house.works()

    house.clock.passes(180)

    done = run(house.shell, "tickets", "list")

    assert done.exit_code == 0
    due = "due in 12 min, waits 3 min"
    assert done.output == f"#1\tSEV1\tpayment\topen\tLena\tAdeyemi Photo\tagency\t{due}\n"


def test_the_worst_ticket_comes_first_and_a_resolved_one_only_when_asked_for(house: House) -> None:
    house.opened("how do I rename a gallery")
    house.says("PAYMENT NOT WORKING", CHARLIE)
    house.works()
    both = run(house.shell, "tickets", "list").output
    house.taps("v1:resolve:1")
    house.works()

    assert [line.split("\t")[0] for line in both.splitlines()] == ["#2", "#1"]
    assert "#1\t" not in run(house.shell, "tickets", "list").output
    assert "#1\tSEV3\t" in run(house.shell, "tickets", "list", "--all").output


def test_open_tickets_come_in_queue_order_hotline_first_and_the_one_due_first_of_equals(house: House) -> None:
    house.studio("Late Photo", "Kim", "+34600000002", tier="pro")
    house.studio("Soon Photo", "Ana", "+34600000003", tier="pro")
    house.opened("PAYMENT NOT WORKING", tier="agency")
    for number in ("+34600000002", "+34600000003"):
        house.says("PAYMENT NOT WORKING", number)
    house.works()
    house.changes(lambda session: setattr(session.get_one(Ticket, 3), "due_at", house.clock.now()))
    house.changes(lambda session: hotline(session, "Soon Photo", house.clock.now() + timedelta(hours=2)))
    hot = run(house.shell, "tickets", "list").output.splitlines()
    house.changes(lambda session: hotline(session, "Soon Photo", None))

    plain = run(house.shell, "tickets", "list").output.splitlines()

    assert [line.split("\t")[0] for line in hot] == ["#3", "#1", "#2"]
    assert "hotline" in hot[0]
    assert [line.split("\t")[0] for line in plain] == ["#1", "#3", "#2"]


def hotline(session: Session, name: str, until: datetime | None) -> None:
    session.scalars(select(Studio).where(Studio.name == name)).one().hotline_until = until


def test_what_a_limit_hides_is_counted_and_what_is_snoozed_says_so(house: House) -> None:
    house.opened("how do I rename a gallery")
    house.says("PAYMENT NOT WORKING", CHARLIE)
    house.works()
    later = house.clock.now() + timedelta(minutes=40)
    house.changes(lambda session: setattr(session.get_one(Ticket, 1), "snoozed_until", later))

    short = run(house.shell, "tickets", "list", "--limit", "1").output.splitlines()
    whole = run(house.shell, "tickets", "list").output.splitlines()

    assert (len(short), short[1]) == (2, "1 more open; `--limit 2` shows all")
    assert whole[1].endswith("snoozed for 40 min")


def test_a_resolved_ticket_says_since_when(house: House) -> None:
    house.opened()
    house.taps("v1:resolve:1")
    house.works()
    house.clock.passes(7500)

    assert run(house.shell, "tickets", "list", "--all").output.endswith("resolved 2 h 05 min ago\n")


def test_showing_one_says_what_is_due_and_where_to_look_when_calls_did_not_go_through(house: House) -> None:
    house.opened("PAYMENT NOT WORKING")
    fine = run(house.shell, "tickets", "show", "1").output.splitlines()
    house.changes(lambda session: setattr(session.get_one(Delivery, 1), "state", "failed"))

    broken = run(house.shell, "tickets", "show", "1").output.splitlines()

    assert fine[-1].startswith("now: due in ")
    assert broken[-1] == "next: 1 calls have not gone through; `flask outbox list --ticket 1` says why"


def test_showing_one_tells_its_whole_history(house: House) -> None:
    thread = house.opened("PAYMENT NOT WORKING")
    house.writes("/r Lena here, we see it.", thread)
    house.works()

    done = run(house.shell, "tickets", "show", "1", "--json")

    facts = json.loads(done.output)
    assert (facts["number"], facts["studio"], facts["severity"], facts["owner"]) == (1, "Adeyemi Photo", "SEV1", "Lena")
    assert [event["kind"] for event in facts["events"]] == ["opened", "taken", "replied"]
    assert [(said["author"], said["text"]) for said in facts["messages"]] == [
        ("customer", "PAYMENT NOT WORKING"),
        ("agent", "Lena here, we see it."),
    ]
    assert (facts["clocks"][0]["state"], facts["clocks"][0]["met_at"]) == ("met", "2026-06-10T12:00:00.000+00:00")
    assert {row["state"] for row in facts["deliveries"]} == {"accepted"}
    assert len(facts["deliveries"]) == len(house.owed(ticket_id=1))


def test_showing_one_as_text_tells_the_same_for_people(house: House) -> None:
    house.opened("PAYMENT NOT WORKING")

    done = run(house.shell, "tickets", "show", "1")

    assert done.exit_code == 0
    for words in ("number: 1", "studio: Adeyemi Photo", "reasons: payment:", "kind=opened", "text=PAYMENT NOT WORKING"):
        assert words in done.output


def test_a_rating_is_shown(house: House) -> None:
    house.opened()
    house.taps("v1:resolve:1")
    house.works()
    house.says("yes")
    house.says("5")
    house.works()

    facts = json.loads(run(house.shell, "tickets", "show", "1", "--json").output)

    assert facts["rating"] == {"solved": "yes", "stars": 5}
    assert facts["state"] == "resolved"


def test_a_ticket_that_is_not_there_is_an_error_that_says_what_to_do(house: House) -> None:
    done = run(house.shell, "tickets", "show", "7")

    assert done.exit_code == 1
    assert "there is no ticket 7; `flask tickets list --all` names them" in done.output


def test_a_ticket_names_its_incident(house: House) -> None:
    house.opened("PAYMENT NOT WORKING")
    asks(house, "new Payments are down", house.topic().thread_id)

    shown = run(house.shell, "tickets", "show", "1").stdout

    assert "incident: I-1 Payments are down (open)" in shown
