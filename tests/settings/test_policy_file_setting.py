"""POLICY_FILE: a copy of the shipped file with any wrong line stops the start, with the place and an example."""

from importlib import resources
from pathlib import Path

import pytest

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
        ('support_zone = "Europe/Madrid"', 'support_zone = "Madrid"', "support_zone"),
        ('target = "15 min"', 'target = "15 h"', "past its limit"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, before: str, after: str, said: str) -> None:
    assert SHIPPED.count(before) >= 1

    assert said in complaint(tmp_path, SHIPPED.replace(before, after))
