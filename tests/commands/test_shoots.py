"""``flask shoots`` and ``flask hotline dry-run``: booked shoots, their windows, and what a weekend will bring."""

from datetime import UTC, datetime
from pathlib import Path

from models import HotlineWindow, Shoot
from tests.bot.house import House
from tests.commands.runner import run

HEADER = "studio,starts_at,ends_at,timezone,title"
SATURDAY = "Adeyemi Photo,2026-11-28T15:00,2026-11-28T23:00,Europe/Madrid,Wedding Ruiz"
WEDNESDAY = "Adeyemi Photo,2026-11-25T10:00,2026-11-25T12:00,Europe/Madrid,Portraits"
ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:test
BEGIN:VEVENT
UID:1
SUMMARY:Wedding Ruiz
DTSTART;TZID=Europe/Madrid:{day}T150000
DTEND;TZID=Europe/Madrid:{day}T230000
END:VEVENT
END:VCALENDAR
"""


def imported(house: House, folder: Path, *rows: str, name: str = "shoots.csv") -> str:
    file = folder / name
    file.write_text("\n".join([HEADER, *rows]) + "\n")
    return run(house.shell, "shoots", "import", str(file)).output


def spans(house: House) -> list[tuple[str, str]]:
    return [(f"{row.opens_at:%m-%d %H:%M}", f"{row.closes_at:%m-%d %H:%M}") for row in house.rows(HotlineWindow)]


def test_an_import_books_windows_and_may_be_repeated(house: House, tmp_path: Path) -> None:
    house.studio()

    said = [imported(house, tmp_path, SATURDAY, WEDNESDAY) for _ in range(2)]

    assert said == ["2 shoots of 1 studios known; 2 hotline windows ahead or open\n"] * 2
    assert spans(house) == [("11-25 07:00", "11-25 15:00"), ("11-27 17:00", "11-30 05:00")]
    assert len(house.rows(Shoot)) == 2


def test_only_agency_studios_have_windows(house: House, tmp_path: Path) -> None:
    house.studio(tier="pro")

    assert imported(house, tmp_path, SATURDAY) == "1 shoots of 1 studios known; 0 hotline windows ahead or open\n"
    assert spans(house) == []


def test_a_studio_that_becomes_agency_gets_its_windows(house: House, tmp_path: Path) -> None:
    house.studio(tier="pro")
    imported(house, tmp_path, SATURDAY)

    house.studio(tier="agency")
    assert spans(house) == [("11-27 17:00", "11-30 05:00")]

    house.studio(tier="free")
    assert spans(house) == []


def test_a_wrong_row_is_named_and_nothing_is_imported(house: House, tmp_path: Path) -> None:
    house.studio()

    said = imported(house, tmp_path, SATURDAY, WEDNESDAY.replace("Adeyemi Photo", "Nobody"))

    assert "line 3: no studio is called 'Nobody'" in said
    assert "Nothing was imported." in said
    assert (house.rows(Shoot), house.rows(HotlineWindow)) == ([], [])


def test_an_event_that_moved_moves_its_window_and_one_called_off_takes_it_away(house: House, tmp_path: Path) -> None:
    house.studio()
    file = tmp_path / "shoots.ics"
    for day in ("20261128", "20261202"):
        file.write_text(ICS.format(day=day))
        done = run(house.shell, "shoots", "import", str(file), "--studio", "Adeyemi Photo")
        assert done.exit_code == 0, done.output

    assert spans(house) == [("12-02 12:00", "12-03 02:00")]

    file.write_text(ICS.format(day="20261202").replace("SUMMARY", "STATUS:CANCELLED\nSUMMARY"))
    done = run(house.shell, "shoots", "import", str(file), "--studio", "Adeyemi Photo")
    assert done.output == "0 shoots of 1 studios known, 1 called off; 0 hotline windows ahead or open\n"
    assert spans(house) == []


def test_a_calendar_that_names_no_known_studio_says_how_to(house: House, tmp_path: Path) -> None:
    file = tmp_path / "shoots.ics"
    file.write_text(ICS.format(day="20261128"))

    done = run(house.shell, "shoots", "import", str(file))

    assert done.exit_code == 1
    assert "event 'Wedding Ruiz': no studio is called 'Wedding Ruiz'" in done.output
    assert "--studio" in done.output


def test_shoots_are_listed_in_their_own_zone_and_taken_out_by_number(house: House, tmp_path: Path) -> None:
    house.studio()
    imported(house, tmp_path, SATURDAY)

    listed = run(house.shell, "shoots", "list").output
    removed = [run(house.shell, "shoots", "remove", "1") for _ in range(2)]

    assert "Sat 2026-11-28 15:00 to Sat 2026-11-28 23:00 Europe/Madrid\tAdeyemi Photo (agency)\tWedding Ruiz" in listed
    assert [done.exit_code for done in removed] == [0, 1]
    assert spans(house) == []


def test_the_dry_run_lists_all_that_a_weekend_brings_in_order(house: House, tmp_path: Path) -> None:
    house.studio()
    house.studio(name="Prado", contact="Ana", address="+34600000002")
    imported(house, tmp_path, SATURDAY, WEDNESDAY, "Prado,2026-11-28T12:00,2026-11-28T20:00,America/New_York,Wedding")
    rota = tmp_path / "rota.toml"
    rota.write_text(
        '[[person]]\nname = "Lena"\nroles = ["primary", "backup"]\nphone = "+34600000011"\nverified = true\n'
        '[[person]]\nname = "Tomas"\nroles = ["primary"]\nphone = "+34600000012"\n'
        '[[rotation]]\nname = "primary"\nrole = "primary"\npeople = ["Lena", "Tomas"]\nevery = "week"\n'
        'starts = 2026-11-22\nat = "09:00"\n'
    )
    run(house.shell, "oncall", "import", str(rota))

    done = run(house.shell, "hotline", "dry-run", "--weekend", "2026-11-28")

    gap = "nobody is engineer from Fri 2026-11-27 18:00 to Mon 2026-11-30 12:00"
    mute = "Tomas is primary from Sun 2026-11-29 09:00 to Mon 2026-11-30 12:00 but has no verified channel"
    assert done.output.splitlines() == [
        f"Thu 2026-11-26 10:00\tcheck of the rota: {gap}; {mute}",
        f"Fri 2026-11-27 17:00\troll-call: Lena, Tomas asked to confirm; red: {gap}; {mute}",
        "Fri 2026-11-27 18:00\topens: Adeyemi Photo (Fri 18:00 Europe/Madrid, until Mon 06:00)",
        "Fri 2026-11-27 18:00\ton as backup: Lena",
        "Fri 2026-11-27 18:00\ton as engineer: NOBODY",
        "Fri 2026-11-27 18:00\ton as primary: Lena",
        "Sat 2026-11-28 00:00\topens: Prado (Fri 18:00 America/New_York, until Mon 06:00)",
        "Sun 2026-11-29 09:00\ton as primary: Tomas",
        "Mon 2026-11-30 06:00\tcloses: Adeyemi Photo (Mon 06:00 Europe/Madrid)",
        "Mon 2026-11-30 12:00\tcloses: Prado (Mon 06:00 America/New_York)",
    ]


def test_a_dry_run_of_a_quiet_weekend_says_so(house: House) -> None:
    assert "no hotline window" in run(house.shell, "hotline", "dry-run", "--weekend", "2026-11-28").output
    assert run(house.shell, "hotline", "dry-run", "--weekend", "saturday").exit_code == 2


def test_a_shoot_imported_while_its_window_should_be_open_is_due_at_once(house: House, tmp_path: Path) -> None:
    house.studio()
    house.clock.moment = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
    imported(house, tmp_path, SATURDAY)

    window = house.one(HotlineWindow)
    assert (window.due_at, window.known_at) == (window.opens_at, house.clock.now())
