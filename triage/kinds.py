"""What triage says about a line: category, severity, how sure, and why (conversations.md, Triage)."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Category(StrEnum):
    """StudioVault's four (support-model.md section 4) and four more (conversations.md, Triage)."""

    PAYMENT = "payment"
    BOOKING = "booking"
    UPLOAD = "upload"
    ACCESS = "access"
    DELIVERY = "delivery"
    NOTIFICATION = "notification"
    COMPLIANCE = "compliance"
    OTHER = "other"


class Severity(IntEnum):
    """The levels of sla.md section 1: 1 is the worst."""

    SEV1 = 1
    SEV2 = 2
    SEV3 = 3

    def __str__(self) -> str:
        """Read as agents and reports write it, "SEV1"."""
        return self.name


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known beside the words; only `media` moves this first model."""

    tier: str = "free"
    language: str = "en"
    media: int = 0


@dataclass(frozen=True, slots=True)
class Triage:
    """The guess, with confidences from 0 to 1, reasons for the agent's card, and sla.md's safety topics as a flag.

    ``blocked``: something the studio works with is said to be stopped, whatever its severity.
    """

    category: Category
    severity: Severity
    category_confidence: float
    severity_confidence: float
    reasons: tuple[str, ...]
    safety: bool
    blocked: bool = False


def worse(a: Severity, b: Severity) -> Severity:
    """Return the one that is more urgent, since severity only rises (conversations.md section 1)."""
    return min(a, b)
