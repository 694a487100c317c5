"""The directory import: every wrong row is named by its line, and then nothing is imported; again is no harm."""

import pytest

from bot.directory import DirectoryError, Imported, import_directory
from models import Address, Contact, Studio
from tests.bot.house import HEADER, House

TOLU = "Adeyemi Photo,agency,Europe/Madrid,en,,Tolu,owner,whatsapp,+34600000001"
ANA = "Reis,pro,Europe/Lisbon,es,Porto,Ana,assistant,email,Ana@Reis.Example"


def imports(house: House, *lines: str, header: str = HEADER) -> Imported:
    return import_directory(house.shell, "\n".join((header, *lines, "")).encode())


def columns(**changed: str) -> str:
    """Tolu's row with some columns changed."""
    row = dict(zip(HEADER.split(","), TOLU.split(","), strict=True)) | changed
    return ",".join(row.values())


def test_rows_become_studios_contacts_and_addresses(house: House) -> None:
    done = imports(house, TOLU, ANA, columns(channel="sms"))

    assert done == Imported(rows=3, studios=2, contacts=2, addresses=3)
    assert [(row.name, row.tier, row.timezone, row.language) for row in house.rows(Studio)] == [
        ("Adeyemi Photo", "agency", "Europe/Madrid", "en"),
        ("Reis", "pro", "Europe/Lisbon", "es"),
    ]
    assert [(row.name, row.role, row.branch) for row in house.rows(Contact)] == [
        ("Tolu", "owner", ""),
        ("Ana", "assistant", "Porto"),
    ]
    assert [(row.channel, row.value) for row in house.rows(Address)] == [
        ("whatsapp", "+34600000001"),
        ("email", "ana@reis.example"),
        ("sms", "+34600000001"),
    ]


def test_importing_the_same_file_again_changes_nothing(house: House) -> None:
    first = imports(house, TOLU, ANA)
    second = imports(house, TOLU, ANA)

    assert first == second
    assert [len(house.rows(model)) for model in (Studio, Contact, Address)] == [2, 2, 2]


def test_what_is_known_is_updated(house: House) -> None:
    imports(house, TOLU)

    imports(house, columns(tier="free", timezone="Europe/Rome", language="", role="assistant", branch="Bilbao"))

    studio, contact = house.one(Studio), house.one(Contact)
    assert (studio.tier, studio.timezone, studio.language) == ("free", "Europe/Rome", "en")
    assert (contact.role, contact.branch) == ("assistant", "Bilbao")


def test_an_address_moves_to_the_contact_named_last(house: House) -> None:
    imports(house, TOLU)

    imports(house, columns(studio="Reis", contact="Ana"))

    address = house.one(Address)
    assert address.contact is not None
    assert (address.contact.name, address.contact.studio.name) == ("Ana", "Reis")
    assert len(house.rows(Contact)) == 2


def test_a_sender_we_did_not_know_becomes_known_with_their_open_conversation(house: House) -> None:
    house.says("uploads fail", "+34600000001")
    house.answers()

    imports(house, TOLU)

    address = house.one(Address)
    assert address.contact is not None
    assert (address.contact.name, address.profile_name) == ("Tolu", "Charlie")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("+34 600 00 00 01", "+34600000001"),
        ("+34 (600) 000-001", "+34600000001"),
        ("whatsapp:+34600000001", "+34600000001"),
        (" +34.600.000.001 ", "+34600000001"),
        ("ES.1234567890", "ES.1234567890"),
    ],
)
def test_a_number_is_kept_as_the_provider_writes_it(house: House, written: str, kept: str) -> None:
    imports(house, columns(address=written))

    assert house.one(Address).value == kept


def test_a_file_of_a_spreadsheet_with_its_mark_and_line_ends_is_read(house: House) -> None:
    done = import_directory(house.shell, f"\ufeff{HEADER}\r\n{TOLU}\r\n".encode())

    assert done.rows == 1


def test_columns_may_come_in_any_order_with_others_beside_them(house: House) -> None:
    header, row = HEADER.split(","), TOLU.split(",")

    done = imports(house, ",".join(["note", *reversed(row)]), header=",".join(["note", *reversed(header)]))

    assert done.rows == 1
    assert house.one(Studio).name == "Adeyemi Photo"


def test_a_comma_in_a_quoted_name_is_part_of_it(house: House) -> None:
    imports(house, columns(studio='"Hale, Ben & Co"'))

    assert house.one(Studio).name == "Hale, Ben & Co"


def test_an_empty_list_imports_nothing(house: House) -> None:
    assert imports(house) == Imported(0, 0, 0, 0)


@pytest.mark.parametrize("column", HEADER.split(","))
def test_a_missing_column_is_named(house: House, column: str) -> None:
    header = HEADER.replace(column, "other", 1) if column != "studio" else HEADER.replace("studio", "other")

    with pytest.raises(DirectoryError, match=rf"has no {column}; it is: {HEADER}"):
        imports(house, TOLU, header=header)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"studio": "  "}, "studio is empty"),
        ({"tier": "gold"}, "tier 'gold' is none of free, pro, agency"),
        ({"tier": ""}, "tier '' is none of"),
        ({"timezone": "Madrid"}, "timezone 'Madrid' is no IANA zone"),
        ({"timezone": "Europe"}, "timezone 'Europe' is no IANA zone"),
        ({"timezone": "../../etc/passwd"}, "is no IANA zone"),
        ({"timezone": ""}, "timezone '' is no IANA zone"),
        ({"contact": ""}, "contact is empty"),
        ({"role": "boss"}, "role 'boss' is neither owner nor assistant"),
        ({"channel": "fax"}, "channel 'fax' is none of whatsapp, sms, telegram, email"),
        ({"address": "600000001"}, "whatsapp address '600000001' is not a number with its country"),
        ({"address": "+34"}, "is not a number with its country"),
        ({"address": ""}, "is not a number with its country"),
        ({"channel": "sms", "address": "ES.123"}, "sms address"),
        ({"channel": "telegram", "address": "@tolu"}, "telegram address '@tolu' is not a Telegram user id"),
        ({"channel": "email", "address": "tolu"}, "email address 'tolu' is not a mail address"),
    ],
)
def test_a_wrong_row_is_named_by_line_and_nothing_is_imported(
    house: House, changed: dict[str, str], words: str
) -> None:
    with pytest.raises(DirectoryError) as told:
        imports(house, ANA, columns(**changed), TOLU)

    assert str(told.value).startswith("line 3: ")
    assert words in str(told.value)
    assert (house.rows(Studio), house.rows(Contact), house.rows(Address)) == ([], [], [])


def test_the_line_named_is_the_one_an_editor_shows(house: House) -> None:
    folded = columns(branch='"Madrid\ncentre"')

    with pytest.raises(DirectoryError, match=r"^line 6: tier"):
        imports(house, folded, "", "", columns(tier="gold"))


def test_a_row_with_too_few_columns_is_named(house: House) -> None:
    with pytest.raises(DirectoryError, match=r"^line 2: "):
        imports(house, "Adeyemi Photo,agency")


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", "studio,tíer".encode("latin-1")])
def test_a_file_that_is_no_utf_8_is_refused_with_the_place(house: House, data: bytes) -> None:
    with pytest.raises(DirectoryError, match=r"not UTF-8 text \(byte \d+\)"):
        import_directory(house.shell, data)


def test_a_cell_beyond_what_csv_reads_is_refused_in_our_words(house: House) -> None:
    with pytest.raises(DirectoryError):
        imports(house, columns(branch="x" * 200_000))
