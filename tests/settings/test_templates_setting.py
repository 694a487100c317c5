"""``[templates]`` of the policy file: a wrong line stops the start with the place, what is wrong and an example."""

from importlib import resources
from pathlib import Path

import pytest

from bot.policy import read_policy
from sla import PolicyError

SHIPPED = resources.files("sla").joinpath("default.toml").read_text()
ENGLISH, SPANISH = "HX" + "1" * 32, "HX" + "2" * 32


def written(tmp_path: Path, table: str) -> Path:
    file = tmp_path / "policy.toml"
    file.write_text(f"{SHIPPED}\n{table}\n")
    return file


def test_a_template_is_found_by_name_and_language_and_english_stands_in(tmp_path: Path) -> None:
    table = f'[templates]\nanswer_ready = {{ en = "{ENGLISH}", es = "{SPANISH}" }}'

    templates = read_policy(written(tmp_path, table)).templates

    found = [templates.sid("answer_ready", language) for language in ("en", "es-MX", "ES_ar", "de", "")]
    assert found == [ENGLISH, SPANISH, SPANISH, ENGLISH, ENGLISH]
    assert templates.sid("closed", "en") == ""


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("templates = 3", "templates: it is a table"),
        (f'[templates]\nanswer = {{ en = "{ENGLISH}" }}', "unknown templates.answer; the table knows answer_ready"),
        (f'[templates]\nclosed = "{ENGLISH}"', "templates.closed: it names one Content SID a language"),
        (f'[templates]\nclosed = {{ xx = "{ENGLISH}" }}', "templates.closed.xx: 'xx' is no language we speak"),
        ('[templates]\nclosed = { en = "HX123" }', "templates.closed.en: 'HX123' is no Content SID of Twilio; example"),
        ("[templates]\nclosed = { en = 5 }", "templates.closed.en: 5 is no Content SID of Twilio"),
    ],
)
def test_a_wrong_template_is_named_with_an_example(tmp_path: Path, table: str, said: str) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(f"{table}\n{SHIPPED}" if table.startswith("templates") else f"{SHIPPED}\n{table}\n")

    with pytest.raises(PolicyError) as error:
        read_policy(file)

    assert said in str(error.value)
