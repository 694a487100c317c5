"""This machine's clock against the one a provider shows in its answers."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from channels.findings import Finding

_APART = 10.0  # seconds; the header has whole seconds and is as old as the answer's way


def compared(provider: str, date: str) -> Finding:
    """``date`` is the Date header of an answer that came this moment."""
    leg = f"clock against {provider}"
    try:
        theirs = parsedate_to_datetime(date)
    except (TypeError, ValueError):
        return Finding(leg, False, "no time in the answer", "see what stands between us and the provider: a proxy?")
    apart = (datetime.now(UTC) - theirs.astimezone(UTC)).total_seconds()
    if abs(apart) <= _APART:
        return Finding(leg, True, "this machine's clock agrees")
    words = f"this machine's clock is {abs(apart):.0f} s {'ahead' if apart > 0 else 'behind'}"
    return Finding(leg, False, words, "switch time synchronisation on: timedatectl set-ntp true")
