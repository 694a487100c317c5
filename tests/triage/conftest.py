"""The shipped model, loaded once."""

import pytest

from triage import Model, load


@pytest.fixture(scope="session")
def model() -> Model:
    """Give the model that ships."""
    return load()
