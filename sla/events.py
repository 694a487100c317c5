"""What happened to a ticket, as its clocks are folded from it. Source: sla.md section 2, rules 1 and 2.

The kinds that move a clock, with their data; any other kind is history and moves none:

- ``opened`` {tier, severity, line?, mail?, hotline?}: the customer's first line.
- ``said`` {line}: a later line that wants an answer; ``courtesy``: one that does not (S7).
- ``receipted``: a bot's receipt was accepted by the provider.
- ``replied`` {delivery, written_at}: a person's public message was accepted; ``reply_failed`` {delivery}: it was not.
- ``waiting``, ``waiting_over``: for the customer.
- ``promised`` {due_at}: a person names the next update; ``held_over`` {due_at}: the bot's holding message does.
- ``severity_changed`` {to}, ``tier_changed`` {to}, ``hotline_opened``, ``hotline_closed``, ``rebased``: new terms.
- ``escalated``, ``escalation_acknowledged``; ``batch_left``: the SEV3 cycle ended without it.
- ``told`` {clock, number, mark}: a mark that came due was told; of a limit it is when the breach was detected.
- ``merged_from`` {severity, clocks, ticket}, ``merged_into``, ``split_off`` {lines}.
- ``resolved``; ``reopened`` {line?}: by the customer's line, which asks for an answer, or by an agent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

_BELIEVED = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Happened:
    """One event: ``occurred_at`` by the provider's word, ``ingested_at`` when we kept it, both aware UTC; ``policy``
    is the version of the policy in force then, empty for the running one."""

    kind: str
    occurred_at: datetime
    ingested_at: datetime
    actor: str = "bot"
    data: Mapping[str, Any] = field(default_factory=dict)
    policy: str = ""

    @property
    def at(self) -> datetime:
        """The provider's time, believed within the 24 h before ingestion (rule 2)."""
        return min(max(self.occurred_at, self.ingested_at - _BELIEVED), self.ingested_at)
