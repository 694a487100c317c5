"""What a laptop may lack and CI may not."""

import os

import pytest


def needs(there: bool, what: str) -> None:
    """Skips the test by name where ``what`` is missing; fails it in CI, where nothing may be skipped."""
    if there:
        return
    if os.environ.get("BACKSTOP_CI") == "1":
        pytest.fail(f"missing in CI: {what}")
    pytest.skip(what)
