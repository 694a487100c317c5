"""Every clock of a ticket, the policies they were promised under, and the batch cycles."""

import sqlalchemy as sa
from alembic import op

from models.base import NAMES

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    for column in ("due_at", "awaited_since", "silent_at"):
        op.add_column("tickets", sa.Column(column, _MOMENT, nullable=True))
    silent = sa.text("silent_at IS NOT NULL")
    op.create_index("ix_tickets_silent_at", "tickets", ["silent_at"], sqlite_where=silent, postgresql_where=silent)
    op.add_column("ticket_events", sa.Column("policy", sa.String(), server_default=sa.text("''"), nullable=False))
    with op.batch_alter_table("clocks", naming_convention=NAMES) as clocks:
        clocks.add_column(sa.Column("number", big, server_default="1", nullable=False))
        clocks.add_column(sa.Column("calendar", sa.String(), server_default=sa.text("''"), nullable=False))
        clocks.add_column(sa.Column("pauses", sa.JSON(), nullable=True))
        clocks.add_column(sa.Column("alarm", sa.String(), server_default=sa.text("''"), nullable=False))
        clocks.add_column(sa.Column("claimed_until", _MOMENT, nullable=True))
        clocks.alter_column("target_due", existing_type=_MOMENT, nullable=True)
        clocks.alter_column("limit_due", existing_type=_MOMENT, nullable=True)
        clocks.drop_constraint(op.f("uq_clocks_ticket_id_name"), type_="unique")
        clocks.create_unique_constraint(op.f("uq_clocks_ticket_id_name_number"), ["ticket_id", "name", "number"])
    op.create_table(
        "policies",
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("kept_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_policies")),
    )
    op.create_table(
        "batches",
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("delivery_id", big, nullable=True),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("starts_at", name=op.f("pk_batches")),
    )
