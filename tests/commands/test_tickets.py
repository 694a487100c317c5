"""``flask tickets``: what is open, and the whole history of one."""

import json

from tests.bot.house import CHARLIE, House
from tests.commands.runner import run


def test_nothing_open_is_said_in_words(house: House) -> None:
    assert run(house.shell, "tickets", "list").output == "no open tickets\n"
    assert run(house.shell, "tickets", "list", "--all").output == "no tickets\n"


def test_the_list_names_number_severity_category_owner_studio_and_promise(house: House) -> None:
    house.opened("PAYMENT NOT WORKING")
    house.taps("v1:take:1")
    house.works()

    done = run(house.shell, "tickets", "list")

    assert done.exit_code == 0
    assert done.output == "#1\tSEV1\tpayment\topen\tLena\tAdeyemi Photo\tFR running until 2026-06-10 12:15Z\n"


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
