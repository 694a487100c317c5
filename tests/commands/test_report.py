"""``flask report``: the numbers of a period, each naming its tickets."""

import csv
import io

from tests.bot.house import CHARLIE, House
from tests.bot.incident import asks
from tests.commands.runner import run


def lived(house: House) -> None:
    """Two tickets: one answered after a minute, solved and rated 5; one never answered."""
    thread = house.opened("PAYMENT NOT WORKING")
    house.clock.passes(60)
    house.writes("/r Lena here, try again.", thread)
    house.works()
    house.clock.passes(540)
    house.taps("v1:resolve:1")
    for line in ("yes", "5"):
        house.says(line)
        house.works()
    house.says("uploads fail for everybody", CHARLIE)
    house.works()
    house.clock.passes(5 * 3600)


def rows(house: House) -> dict[tuple[str, str, str], dict[str, str]]:
    found = csv.DictReader(
        io.StringIO(run(house.shell, "report", "--from", "2026-06-10", "--to", "2026-06-10", "--csv").stdout)
    )
    return {(row["metric"], row["by"], row["group"]): row for row in found}


def test_each_number_has_n_median_p90_worst_and_its_tickets(house: House) -> None:
    lived(house)

    found = rows(house)

    answer = found["first human response", "all", "all"]
    assert (answer["n"], answer["median_seconds"], answer["p90_seconds"]) == ("1", "60", "60")
    assert (answer["worst"], answer["tickets"]) == ("#1=60", "#1")
    assert found["resolution", "tier", "agency"]["median_seconds"] == "600"
    assert found["longest silence", "all", "all"]["n"] == "2"
    assert found["rated 4 or 5", "all", "all"]["share"] == "1.0000"
    assert found["answered the question", "severity", "1"]["tickets"] == "#1"


def test_text_names_the_worst_and_says_so_when_there_is_nothing(house: House) -> None:
    lived(house)

    text = run(house.shell, "report", "--from", "2026-06-10", "--to", "2026-06-10").stdout
    nothing = run(house.shell, "report", "--from", "2026-06-01", "--to", "2026-06-02").stdout

    assert "first human response: median 01:00, p90 01:00; worst #1 01:00 (n 1)" in text
    assert "category payment" in text
    assert "reopened: 0% (n 1)" in text
    assert "no tickets were opened in these days" in nothing


def test_the_same_figures_are_told_during_incidents_against_calm(house: House) -> None:
    house.opened("PAYMENT NOT WORKING")
    asks(house, "new Payments are down", house.topic().thread_id)
    house.clock.passes(3600)
    asks(house, "1 close ours", None)
    house.clock.passes(3600)
    house.says("uploads fail for everybody", CHARLIE)
    house.works()

    found = rows(house)

    assert found["longest silence", "during", "incident"]["tickets"] == "#1"
    assert found["longest silence", "during", "calm"]["tickets"] == "#2"
