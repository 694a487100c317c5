"""The policy file: complete as it ships; what is wrong in it is named, with an example of right (sla.md section 1)."""

import copy
import tomllib
from datetime import timedelta
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla import PolicyError, read
from sla.durations import duration
from sla.policies import SEVERITIES, TIERS

SHIPPED = tomllib.loads(resources.files("sla").joinpath("default.toml").read_text())
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def changed(row: int = 0, **parts: Any) -> dict[str, Any]:
    """The shipped file with some keys of one policy set anew; None takes a key away."""
    data = copy.deepcopy(SHIPPED)
    data["policy"][row].update(parts)
    data["policy"][row] = {key: value for key, value in data["policy"][row].items() if value is not None}
    return data


@pytest.mark.parametrize(
    ("tier", "severity", "target", "limit"),
    [
        ("free", 3, 24 * HOUR, 72 * HOUR),
        ("free", 2, 10 * HOUR, 24 * HOUR),
        ("free", 1, 4 * HOUR, 24 * HOUR),
        ("pro", 3, 8 * HOUR, 24 * HOUR),
        ("pro", 2, 4 * HOUR, 24 * HOUR),
        ("pro", 1, 1 * HOUR, 24 * HOUR),
        ("agency", 3, 8 * HOUR, 24 * HOUR),
        ("agency", 2, 2 * HOUR, 24 * HOUR),
        ("agency", 1, 15 * MINUTE, 4 * HOUR),
    ],
)
def test_the_shipped_file_promises_what_the_table_says(
    tier: str, severity: int, target: timedelta, limit: timedelta
) -> None:
    promised = read(SHIPPED, "v1").terms[(tier, severity)].first_response

    assert (promised.target, promised.limit) == (target, limit)


def test_the_shipped_file_has_the_grace_the_zone_and_its_version() -> None:
    policies = read(SHIPPED, "v1")

    assert (policies.grace, policies.support_zone.key, policies.version) == (15 * MINUTE, "Europe/Madrid", "v1")


@pytest.mark.parametrize(("tier", "severity"), [(tier, severity) for tier in TIERS for severity in SEVERITIES])
def test_a_missing_promise_is_named(tier: str, severity: int) -> None:
    data = copy.deepcopy(SHIPPED)
    data["policy"] = [row for row in data["policy"] if (row["tier"], row["severity"]) != (tier, severity)]

    with pytest.raises(PolicyError, match=f"{tier} SEV{severity}.*example: "):
        read(data, "v1")


def test_a_file_without_any_policy_names_all_nine() -> None:
    with pytest.raises(PolicyError) as refused:
        read({}, "v1")

    assert all(f"{tier} SEV{severity}" in str(refused.value) for tier in TIERS for severity in SEVERITIES)


WRONG = [
    (changed(3, tier=None), "policy 4", "tier"),
    (changed(3, severity=None), "policy 4", "severity"),
    (changed(3, first_response=None), "policy 4", "first_response"),
    (changed(3, first_response={"target": "1 h"}), "policy 4", "limit"),
    (changed(3, first_response="1 h"), "policy 4", "example"),
    (changed(3, tier="gold"), "policy 4", "gold"),
    (changed(3, tier=["pro"]), "policy 4", "pro"),
    (changed(3, severity=4), "policy 4", "4"),
    (changed(3, severity="SEV1"), "policy 4", "SEV1"),
    (changed(3, first_response={"target": "2 h", "limit": "1 h"}), "policy 4", "past its limit"),
    (changed(3, first_response={"target": "soon", "limit": "1 h"}), "policy 4 target", "soon"),
    (changed(3, first_response={"target": "1 h", "limit": "0 h"}), "policy 4 limit", "0 h"),
    (changed(3, first_response={"target": 60, "limit": "1 h"}), "policy 4 target", "60"),
    (changed(3, tier="free", severity=1), "policy 4", "second policy for free SEV1"),
    ({**SHIPPED, "policy": SHIPPED["policy"][0]}, "policy", "example"),
    ({**SHIPPED, "policy": 3}, "policy", "example"),
    ({**SHIPPED, "grace": "a while"}, "grace", "a while"),
    ({**SHIPPED, "grace": 15}, "grace", "15"),
    ({**SHIPPED, "support_zone": "Madrid"}, "support_zone", "Madrid"),
    ({**SHIPPED, "support_zone": "Europe"}, "support_zone", "Europe"),
    ({**SHIPPED, "support_zone": ""}, "support_zone", "Europe/Madrid"),
    ({**SHIPPED, "support_zone": "../../etc/passwd"}, "support_zone", "passwd"),
    ({**SHIPPED, "support_zone": 1}, "support_zone", "1"),
]


@pytest.mark.parametrize(("data", "place", "what"), WRONG, ids=[f"{place}: {what}" for _, place, what in WRONG])
def test_what_is_wrong_is_said_with_its_place_and_an_example(data: dict[str, Any], place: str, what: str) -> None:
    with pytest.raises(PolicyError) as refused:
        read(data, "v1")

    said = str(refused.value)
    assert said.startswith(place)
    assert what in said
    assert "example" in said or "write it like" in said or "keep one" in said


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90 s", timedelta(seconds=90)),
        ("15 min", 15 * MINUTE),
        ("15min", 15 * MINUTE),
        ("4 h", 4 * HOUR),
        ("1.5 h", 90 * MINUTE),
        ("3 d", 72 * HOUR),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, length: timedelta) -> None:
    assert duration(text, "grace") == length


@pytest.mark.parametrize(
    "text",
    [
        *("", "15", "min", "-4 h", "+4 h", "4 hours", "4h30", "1,5 h", " 4 h", "4 h ", "0 s", "0.0 d", "4 H", "inf h"),
        *("nan s", "1e3 s", "99999999999999 d", "9" * 400 + " s", 15, 1.5, None, True, ["4 h"], {"h": 4}),
    ],
)
def test_anything_else_is_no_duration_and_says_how_to_write_one(text: object) -> None:
    with pytest.raises(PolicyError, match=r"^the place: .* write it like"):
        duration(text, "the place")


@given(st.text() | st.integers() | st.floats() | st.none())
def test_a_duration_is_read_or_refused_by_name_and_never_anything_else(text: object) -> None:
    try:
        said = str(duration(text, "grace") > timedelta(0))
    except PolicyError as refused:
        said = str(refused)

    assert said == "True" or said.startswith("grace")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["free", "4 h", 1]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["tier", "severity", "first_response", "target", "limit"]), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["support_zone", "grace", "policy"]), values))
def test_any_file_that_parses_is_taken_or_refused_with_a_policy_error(data: dict[str, Any]) -> None:
    with pytest.raises(PolicyError):
        read(data, "v1")  # never complete, so never right
