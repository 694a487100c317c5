"""The ladders of the policy file: complete as they ship; what is wrong is named, with an example (sla.md section 6)."""

import copy
import tomllib
from datetime import timedelta
from importlib import resources
from typing import Any

import pytest

from oncall.bundles import Throttle, read_throttle
from oncall.ladders import read_ladders
from oncall.rules import read_rules
from sla import PolicyError

FILE = tomllib.loads(resources.files("sla").joinpath("default.toml").read_text())
SHIPPED: list[dict[str, Any]] = FILE["ladder"]
MINUTE = timedelta(minutes=1)


def changed(step: int | None = None, **parts: Any) -> list[dict[str, Any]]:
    """The shipped response ladder with some keys of it, or of one step, set anew; None takes a key away."""
    row = copy.deepcopy(SHIPPED[0])
    target = row if step is None else row["steps"][step]
    target.update(parts)
    for key in [key for key, value in target.items() if value is None]:
        del target[key]
    return [row]


def test_the_response_ladder_ships_as_section_6_says() -> None:
    response = read_ladders(SHIPPED)["response"]

    steps = [(step.after / MINUTE, step.roles, "voice" in step.channels) for step in response.steps]
    assert steps == [
        (0, ("primary",), False),
        (2, ("primary",), True),
        (5, ("backup",), True),
        (10, ("lead",), True),
        (15, ("everybody",), True),
    ]
    assert {"mention", "sms"} <= set(response.steps[0].channels)
    assert response.repeat == 15 * MINUTE


def test_the_engineering_ladder_climbs_in_five_minute_steps() -> None:
    engineering = read_ladders(SHIPPED)["engineering"]

    assert [(step.after / MINUTE, step.roles) for step in engineering.steps] == [
        (0, ("engineer",)),
        (5, ("backup_engineer",)),
        (10, ("lead",)),
    ]
    assert engineering.again.roles == ("engineer", "backup_engineer", "lead")


def test_a_file_that_names_no_ladder_or_one_gets_the_rest_as_it_ships() -> None:
    own = read_ladders(changed(repeat="20 min"))

    assert read_ladders([]) == read_ladders(SHIPPED)
    assert own["response"].repeat == 20 * MINUTE
    assert own["engineering"] == read_ladders([])["engineering"]


WRONG = [
    (changed(name="night"), "unknown ladder 'night'"),
    (changed(name=None), "name is missing"),
    (changed(repeat="soon"), "ladder 1 (response) repeat"),
    (changed(alarm="15 min"), "alarm: 15 min is not before repeat"),
    (changed(pause="1 min"), "unknown pause"),
    (changed(steps=[]), "ends in nobody"),
    (changed(steps="primary"), "ends in nobody"),
    (changed(0, after="1 min"), "step 1: the first is asked at once"),
    (changed(2, after="2 min"), "step 3: after 2 min does not come after 2 min"),
    (changed(1, after="0 min"), "step 2: after"),
    (changed(1, after="later"), "step 2 after"),
    (changed(1, roles=["boss"]), "step 2 roles: unknown 'boss'"),
    (changed(4, roles=[]), "step 5 roles: nobody"),
    (changed(1, channels=["fax"]), "step 2 channels: unknown 'fax'"),
    (changed(1, channels=None), "channels is missing"),
    (changed(1, roles="primary"), "step 2 roles"),
    (changed(4, channels=["mention"]), "ends in nobody"),
    ([*changed(), *changed()], "a second ladder 'response'"),
    ({"response": {}}, "each is a table under double brackets"),
    (["response"], "it is a table"),
]


@pytest.mark.parametrize(("rows", "what"), WRONG, ids=[what for _, what in WRONG])
def test_a_wrong_ladder_is_refused_with_its_place_and_an_example(rows: Any, what: str) -> None:
    with pytest.raises(PolicyError) as refused:
        read_ladders(rows)

    said = str(refused.value)
    assert said.startswith("ladder")
    assert what in said
    assert any(word in said for word in ("example", "write", "known: ", "keep one"))


def test_the_shipped_tables_say_what_is_meant_without_them() -> None:
    assert read_rules(FILE["hotline"]) == read_rules({})
    assert read_throttle(FILE["paging"]) == read_throttle({}) == Throttle(MINUTE, MINUTE / 4, 5)


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ({"opens": "friday"}, "[hotline] opens: 'friday'"),
        ({"closes": "mon 24:00"}, "[hotline] closes"),
        ({"opens": "mon 06:00"}, "[hotline] opens and closes"),
        ({"before": "two hours"}, "[hotline] before"),
        ({"tiers": ["gold"]}, "[hotline] tiers"),
        ({"roles": []}, "[hotline] roles"),
        ({"until": "x"}, "unknown hotline.until"),
        (3, "hotline: it is a table"),
    ],
)
def test_wrong_hotline_rules_are_refused_by_name(table: Any, what: str) -> None:
    with pytest.raises(PolicyError) as refused:
        read_rules(table)

    assert what in str(refused.value)
    assert any(word in str(refused.value) for word in ("example", "write it like"))


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ({"gap": 60}, "[paging] gap"),
        ({"alone": 0}, "[paging] alone"),
        ({"alone": True}, "[paging] alone"),
        ({"bundle": "2 min"}, "[paging] bundle"),
        ({"most": 1}, "unknown paging.most"),
        ({"links": "sms"}, "[paging] links"),
        ({"links": ["voice"]}, "[paging] links"),
        ([], "paging: it is a table"),
    ],
)
def test_a_wrong_throttle_is_refused_by_name(table: Any, what: str) -> None:
    with pytest.raises(PolicyError, match=r"example|write it like") as refused:
        read_throttle(table)

    assert what in str(refused.value)
