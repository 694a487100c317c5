"""POLICY_FILE: a copy of the shipped file with any wrong line stops the start, with the place and an example."""

from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest

from bot.budgets import Budgets
from bot.policy import read_policy
from parts import assemble
from settings import Settings, SettingsError

SHIPPED = resources.files("sla").joinpath("default.toml").read_text()


def complaint(tmp_path: Path, text: str) -> str:
    file = tmp_path / "policy.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as stopped:
        assemble(Settings.model_validate({"policy_file": file}))
    assert str(file) in str(stopped.value)
    return str(stopped.value)


def test_the_shipped_file_and_a_copy_of_it_say_the_same(tmp_path: Path) -> None:
    copied = tmp_path / "policy.toml"
    copied.write_text(SHIPPED)

    assert read_policy(copied) == read_policy(None)


def test_another_text_is_another_version(tmp_path: Path) -> None:
    copied = tmp_path / "policy.toml"
    copied.write_text(SHIPPED.replace('grace = "15 min"', 'grace = "10 min"'))

    assert read_policy(copied).policies.version != read_policy(None).policies.version


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('grace = "15 min"', 'grace = "15 minutes"', "grace"),
        ('grace = "15 min"', 'grace = "15 min', "line"),
        ('grace = "15 min"', 'graze = "15 min"', "graze"),
        ('quiet = "8 s"', 'quiet = "8"', "[conversation] quiet"),
        ('quiet = "8 s"', 'quite = "8 s"', "quite"),
        ("calls = 20,", "calls = 0,", "[budgets] telegram_group calls: 0"),
        ("calls = 20,", 'calls = "20",', "write it like 20"),
        ("calls = 20,", "call = 20,", "[budgets] telegram_group: {'call': 20"),
        ("urgent = 6", "urgent = 20", "[budgets] telegram_group urgent: 20 of 20 leave none"),
        ("edits = 8", "edits = 21", "[budgets] telegram_group edits"),
        ("edits = 8", "edit = 8", 'write it like { calls = 20, per = "60 s" }'),
        ('per = "60 s"', 'per = "a minute"', "[budgets] telegram_group per"),
        ('refill = "6 s"', "refill = 6", "[budgets] whatsapp_customer refill"),
        ("burst = 5", "burst = -5", "[budgets] whatsapp_customer burst"),
        ('sms = { calls = 1, per = "1 s" }', 'sms = "none"', "[budgets] sms: 'none' is no budget"),
        ('sms = { calls = 1, per = "1 s" }', 'sms = { calls = 1, per = "1 s", urgent = 1 }', "[budgets] sms"),
        (
            'voice = { calls = 1, per = "1 s" }',
            'fax = { calls = 1, per = "1 s" }',
            "unknown budgets.fax; the table knows",
        ),
        ("digest = 15", "digest = true", "[budgets] digest: True"),
        ('ticks = "2 s"', "ticks = 2", "[budgets] ticks"),
        ("[budgets]", "budgets = 20\n[conversation2]", "conversation2"),
        ('support_zone = "Europe/Madrid"', 'support_zone = "Madrid"', "support_zone"),
        ('target = "15 min"', 'target = "15 h"', "past its limit"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, before: str, after: str, said: str) -> None:
    assert SHIPPED.count(before) >= 1

    assert said in complaint(tmp_path, SHIPPED.replace(before, after))


def test_any_budget_can_be_lifted_and_what_the_table_leaves_out_is_as_shipped(tmp_path: Path) -> None:
    copied = tmp_path / "policy.toml"
    before, _, rest = SHIPPED.partition("[budgets]")
    copied.write_text(before + '[budgets]\nsms = "unlimited"' + rest[rest.index("\n\n") :])

    budgets = read_policy(copied).budgets

    assert budgets == replace(read_policy(None).budgets, sms=None)
    assert not budgets.lifted
    assert Budgets().lifted


def test_a_nudge_that_comes_after_the_return_is_refused_with_an_example(tmp_path: Path) -> None:
    told = complaint(tmp_path, SHIPPED.replace('nudge = "20 min"', 'nudge = "40 min"'))

    assert '[desk] nudge comes before returns; example: nudge = "5 min", returns = "10 min"' in told
