"""What is told of incidents: several studios with one problem."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conversations.events import Facts


@dataclass(frozen=True, slots=True)
class WentClear:
    """A person said that the shared problem is over, and asked whether theirs works."""

    facts: "Facts"
