"""What ``flask doctor`` learns from a provider."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expected:
    """What a provider should know of us: our public address, our senders by channel, the agents (id to name), the
    leads' own chat, which needs no topics."""

    public_url: str
    senders: Mapping[str, str]
    agents: Mapping[int, str]
    leads: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One leg looked at: what was found, and if it is broken the ``next`` step to take. Never holds a secret."""

    leg: str
    ok: bool
    words: str
    next: str = ""
