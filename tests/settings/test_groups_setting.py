"""``[[groups]]`` of the policy file: further agent groups, each line checked by name."""

from pathlib import Path

import pytest

from bot.policy import read_policy
from bot.routes import Route, read_groups
from parts import assemble
from settings import Settings
from sla import PolicyError
from tests.settings.test_policy_file_setting import SHIPPED

PAGOS = {"name": "pagos", "chat": -1001234567891, "languages": ["es"], "categories": ["payment"]}


def test_a_ticket_fits_a_group_if_it_fits_each_of_its_lists() -> None:
    (route,) = read_groups([PAGOS])

    assert route.takes("free", "payment", "es")
    assert not route.takes("free", "upload", "es")
    assert not route.takes("free", "payment", "en")


def test_nothing_goes_by_itself_to_a_group_without_a_list() -> None:
    assert not Route("night", -100).takes("agency", "payment", "en")


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ({}, "double brackets"),
        (["pagos"], "groups 1: it is a table"),
        ([{"name": "pagos"}], "groups 1: chat is missing"),
        ([PAGOS | {"tier": "pro"}], "groups 1: unknown tier"),
        ([PAGOS | {"name": "Pagos!"}], "groups 1 name: 'Pagos!'"),
        ([PAGOS | {"name": "main"}], "groups 1 name: 'main'"),
        ([PAGOS | {"chat": "-100"}], "groups 1 (pagos) chat: '-100'"),
        ([PAGOS | {"chat": 7}], "groups 1 (pagos) chat: 7"),
        ([PAGOS | {"tiers": "pro"}], "groups 1 (pagos) tiers: write a list"),
        ([PAGOS | {"languages": ["xx"]}], "groups 1 (pagos) languages: unknown 'xx'"),
        ([PAGOS | {"categories": ["money"]}], "groups 1 (pagos) categories: unknown 'money'"),
        ([PAGOS, PAGOS | {"name": "other"}], "groups 2 (other): a second group"),
    ],
)
def test_a_wrong_group_is_refused_with_its_place_and_an_example(rows: object, told: str) -> None:
    with pytest.raises(PolicyError) as refused:
        read_groups(rows)

    assert told in str(refused.value)
    assert "example" in str(refused.value) or "known" in str(refused.value) or "keep one" in str(refused.value)


def test_telegram_takes_updates_from_every_group_of_the_policy_file(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(f'{SHIPPED}\n[[groups]]\nname = "pagos"\nchat = -1001234567891\nlanguages = ["es"]\n')

    shell = assemble(
        Settings.model_validate(
            {
                "policy_file": file,
                "telegram_agent_chat_id": -1001234567890,
                "database_url": f"sqlite:///{tmp_path}/a.sqlite3",
            }
        )
    )

    assert shell.desk.known == {-1001234567890, -1001234567891}
    assert shell.desk.chats == (-1001234567890, -1001234567891)
    assert read_policy(None).groups == ()
