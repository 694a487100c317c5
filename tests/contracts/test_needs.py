"""A judge may be missing on a laptop, never in CI."""

import pytest

from tests.support.needs import needs


def test_a_missing_judge_is_skipped_by_name_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BACKSTOP_CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match="a browser"):
        needs(False, "a browser")


def test_a_missing_judge_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKSTOP_CI", "1")

    with pytest.raises(pytest.fail.Exception, match="missing in CI: a browser"):
        needs(False, "a browser")


def test_a_judge_that_is_there_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKSTOP_CI", "1")

    needs(True, "a browser")
