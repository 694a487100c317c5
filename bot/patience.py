"""The policy file's ``[desk]``: how long an owner may let a customer wait."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an owner may be silent while the customer waits: until the nudge, and until the ticket is free again."""

    nudge: timedelta = timedelta(minutes=20)
    returns: timedelta = timedelta(minutes=30)
    urgent_nudge: timedelta = timedelta(minutes=5)
    urgent_returns: timedelta = timedelta(minutes=10)

    def of(self, severity: int) -> tuple[timedelta, timedelta]:
        return (self.urgent_nudge, self.urgent_returns) if severity == 1 else (self.nudge, self.returns)
