"""``flask oncall``: the rota from a file, whole or not at all, and who is on."""

from pathlib import Path

import pytest

from models import Channel, Person, Rotation, Shift
from tests.bot.house import House
from tests.commands.runner import run

LENA = (
    '[[person]]\nname = "Lena"\nroles = ["primary", "lead"]\nphone = "+34 600 00 00 11"\ntelegram = 501\n'
    "verified = true\n"
)
TOMAS = '[[person]]\nname = "Tomas"\nroles = ["primary", "backup"]\nphone = "+34600000012"\nquiet = "22:00-07:00"\n'
WEEKLY = (
    '[[rotation]]\nname = "support"\nrole = "primary"\npeople = ["Lena", "Tomas"]\nevery = "week"\n'
    'starts = 2026-10-02\nat = 09:00:00\nzone = "Europe/Madrid"\n'
)
OVERRIDE = (
    '[[override]]\nrole = "primary"\nperson = "Tomas"\ninstead_of = "Lena"\n'
    "begins = 2026-11-28T12:00:00\nends = 2026-11-28T20:00:00\n"
)
SHIFT = '[[shift]]\nrole = "backup"\nperson = "Tomas"\nbegins = "2026-11-27T18:00"\nends = "2026-11-30T06:00"\n'


def imported(house: House, folder: Path, *tables: str) -> str:
    file = folder / "rota.toml"
    file.write_text("".join(tables))
    return run(house.shell, "oncall", "import", str(file)).output


def test_an_import_tells_what_is_known_and_what_is_not_verified(house: House, tmp_path: Path) -> None:
    known = (
        "2 people, 1 rotations, 1 shifts, 1 overrides known\n"
        "not verified, so not paged until a test page is answered: Tomas sms, Tomas voice\n"
    )
    said = [imported(house, tmp_path, LENA, TOMAS, WEEKLY, OVERRIDE, SHIFT) for _ in range(2)]

    assert said == [f"{known}test pages sent: Tomas sms\n", known]

    assert [(one.kind, one.address) for one in house.rows(Channel)] == [
        ("telegram", "501"),
        ("sms", "+34600000011"),
        ("voice", "+34600000011"),
        ("sms", "+34600000012"),
        ("voice", "+34600000012"),
    ]


def test_show_names_who_is_on_until_when_and_what_is_missing(house: House, tmp_path: Path) -> None:
    imported(house, tmp_path, LENA, TOMAS, WEEKLY, OVERRIDE, SHIFT)

    lines = run(house.shell, "oncall", "show", "--at", "2026-11-28T15:00").output.splitlines()

    assert lines[:6] == [
        "Sat 2026-11-28 15:00 Europe/Madrid",
        "primary\tTomas (no verified channel), until Sat 2026-11-28 20:00",
        "backup\tTomas (no verified channel), until Mon 2026-11-30 06:00",
        "lead\tLena (telegram sms)",
        "engineer\tNOBODY",
        "backup engineer\tNOBODY",
    ]
    assert "! Tomas holds primary, backup but has no verified channel" in lines
    assert "! voice is off here, so nobody is reached by it; set TWILIO_VOICE_FROM, like +34910000000" in lines
    assert "! Tomas has not confirmed being backup from Fri 2026-11-27 18:00 to Mon 2026-11-30 06:00: /confirm" in lines
    assert "! nobody is engineer from Sat 2026-11-28 15:00 to Sat 2026-12-05 15:00" in lines


@pytest.mark.parametrize(
    ("at", "name"),
    [("2026-11-28T20:00", "Lena"), ("2026-12-04T09:00", "Tomas"), ("2026-10-25T08:00+00:00", "Tomas")],
)
def test_show_asks_about_any_moment(house: House, tmp_path: Path, at: str, name: str) -> None:
    imported(house, tmp_path, LENA, TOMAS, WEEKLY, OVERRIDE)

    assert f"primary\t{name}" in run(house.shell, "oncall", "show", "--at", at).output


def test_an_empty_rota_is_said(house: House) -> None:
    assert "the rota is empty: nobody would be woken" in run(house.shell, "oncall", "show").output


def test_who_is_no_longer_in_the_file_is_off_and_keeps_nothing_of_the_rota(house: House, tmp_path: Path) -> None:
    imported(house, tmp_path, LENA, TOMAS, WEEKLY, SHIFT)
    imported(house, tmp_path, LENA)

    assert [(one.name, one.roles) for one in house.rows(Person)] == [("Lena", ["primary", "lead"]), ("Tomas", [])]
    assert (house.rows(Rotation), house.rows(Shift)) == ([], [])


def test_a_proven_channel_stays_proven_until_its_address_changes(house: House, tmp_path: Path) -> None:
    imported(house, tmp_path, LENA)
    imported(house, tmp_path, LENA.replace("verified = true\n", ""))
    assert all(channel.verified_at for channel in house.rows(Channel))

    imported(house, tmp_path, LENA.replace("verified = true\n", "").replace("00 11", "00 19"))

    assert [channel.kind for channel in house.rows(Channel) if channel.verified_at] == ["telegram"]


@pytest.mark.parametrize(
    ("tables", "what"),
    [
        ("", "it names nobody"),
        ("people = 3", "unknown people; the file knows [[person]], [[rotation]], [[shift]], [[override]]"),
        ("person = 3", "each is a table under double brackets"),
        ("[[person]", "it is no TOML"),
        (LENA.replace("+34 600 00 00 11", "600 11 22"), "person 1 (Lena): phone '600 11 22' is no number"),
        (LENA.replace('"primary"', '"boss"'), "person 1 (Lena): roles: 'boss' is none of primary"),
        (LENA.replace("501", '"lena"'), "person 1 (Lena): telegram 'lena'"),
        (LENA.replace("true", '"yes"'), "person 1 (Lena): verified 'yes'"),
        (LENA + 'zone = "Madrid"\n', "person 1 (Lena): zone 'Madrid'"),
        (LENA + 'quiet = "at night"\n', "quiet 'at night'"),
        (LENA + 'fax = "1"\n', "unknown fax"),
        (LENA + '[[person]]\nname = "Ana"\n', "person 2 (Ana): roles is missing"),
        (LENA + LENA, "two are called 'Lena'"),
        (LENA + WEEKLY, "rotation 1 (support): nobody is called 'Tomas'"),
        (LENA + TOMAS + WEEKLY.replace('role = "primary"', 'role = "lead"'), "Tomas has not the role 'lead'"),
        (LENA + TOMAS + WEEKLY.replace('"week"', '"month"'), "every 'month' is none of day, week"),
        (LENA + TOMAS + WEEKLY.replace("09:00:00", '"9 am"'), "at '9 am'"),
        (LENA + TOMAS + WEEKLY.replace("2026-10-02", '"Friday"'), "starts 'Friday'"),
        (LENA + TOMAS + WEEKLY.replace('["Lena", "Tomas"]', "[]"), "nobody takes turns"),
        (LENA + TOMAS + OVERRIDE.replace("T20:00", "T12:00"), "override 1: it ends before it begins"),
        (LENA + TOMAS + SHIFT.replace("2026-11-27T18:00", "noon"), "shift 1: begins 'noon'"),
        (
            LENA + TOMAS + SHIFT + SHIFT.replace("2026-11-27", "2026-11-29"),
            "shift 2: it overlaps shift 1 in the role 'backup', from 2026-11-29T17:00Z to 2026-11-30T05:00Z",
        ),
        (LENA + TOMAS + OVERRIDE + OVERRIDE.replace("Tomas", "Lena"), "override 2: it overlaps override 1 in the role"),
        (LENA + TOMAS + SHIFT.replace("Tomas", "Lena"), "shift 1: Lena has not the role 'backup'"),
    ],
)
def test_a_wrong_entry_is_named_with_an_example_and_nothing_is_imported(
    house: House, tmp_path: Path, tables: str, what: str
) -> None:
    said = imported(house, tmp_path, tables)

    assert what in said
    assert any(word in said for word in ("example: ", "the file knows", "a name of its own"))
    assert "Nothing was imported." in said
    assert house.rows(Person) == []


def test_spans_that_touch_two_people_on_one_shift_and_a_stand_in_for_a_part_are_no_overlap(
    house: House, tmp_path: Path
) -> None:
    lena = LENA.replace('"lead"', '"lead", "backup"')
    part = OVERRIDE.replace('"primary"', '"backup"').replace('instead_of = "Lena"', 'instead_of = "Tomas"')
    after = SHIFT.replace("2026-11-30T06", "2026-12-01T06").replace("2026-11-27T18", "2026-11-30T06")

    said = imported(
        house,
        tmp_path,
        *(lena, TOMAS, SHIFT, after, SHIFT.replace("Tomas", "Lena")),
        part.replace('person = "Tomas"', 'person = "Lena"'),
    )

    assert "3 shifts, 1 overrides" in said


def test_a_moment_nobody_can_read_is_refused(house: House) -> None:
    done = run(house.shell, "oncall", "show", "--at", "tomorrow")

    assert done.exit_code == 2
    assert "write it like 2026-11-28T15:00" in done.output
