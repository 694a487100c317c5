"""Twilio's error codes in words an agent can act on; the codes are rows of errors.toml."""

import tomllib
from functools import cache
from importlib import resources

from channels.meanings import Meaning


def meaning(code: str, status: int = 400) -> Meaning:
    """What a code means; an unknown one is permanent for a 4xx and says so."""
    known = codes().get(code)
    return known or Meaning(f"Twilio error {code or status}", permanent=400 <= status < 500)


@cache
def codes() -> dict[str, Meaning]:
    """Every code we know."""
    text = resources.files("channels.twilio").joinpath("errors.toml").read_text(encoding="utf-8")
    return {code: Meaning(**row) for code, row in tomllib.loads(text).items()}
