"""``flask studios import``: what was imported is counted, what is wrong is named."""

from pathlib import Path

from models import Studio
from tests.bot.house import HEADER, House
from tests.commands.runner import run

ROW = "Adeyemi Photo,agency,Europe/Madrid,en,,Tolu,owner,whatsapp,+34600000001"


def test_an_import_tells_what_is_known_now(house: House, tmp_path: Path) -> None:
    file = tmp_path / "studios.csv"
    file.write_text(f"{HEADER}\n{ROW}\n{ROW.replace('whatsapp', 'sms')}\n")

    for _ in range(2):
        done = run(house.shell, "studios", "import", str(file))
        assert (done.exit_code, done.output) == (0, "2 rows: 1 studios, 1 contacts, 2 addresses known\n")

    assert house.one(Studio).name == "Adeyemi Photo"


def test_a_wrong_row_ends_in_one_sentence_and_imports_nothing(house: House, tmp_path: Path) -> None:
    file = tmp_path / "studios.csv"
    file.write_text(f"{HEADER}\n{ROW}\n{ROW.replace('agency', 'gold')}\n")

    done = run(house.shell, "studios", "import", str(file))

    assert done.exit_code == 1
    assert f"{file}: line 3: tier 'gold' is none of free, pro, agency" in done.output
    assert "Nothing was imported." in done.output
    assert "Traceback" not in done.output
    assert house.rows(Studio) == []


def test_a_file_that_is_not_there_is_said(house: House, tmp_path: Path) -> None:
    done = run(house.shell, "studios", "import", str(tmp_path / "none.csv"))

    assert done.exit_code == 2
    assert "does not exist" in done.output
