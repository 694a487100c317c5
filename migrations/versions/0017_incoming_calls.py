"""Calls from studios."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "incoming_calls",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("called", sa.String(), nullable=False),
        sa.Column("contact_id", big, nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("told", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("legs", sa.JSON(), nullable=False),
        sa.Column("leg", big, server_default=sa.text("0"), nullable=False),
        sa.Column("begun_at", _MOMENT, nullable=False),
        sa.Column("taken_by", big, nullable=True),
        sa.Column("taken_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("seconds", big, nullable=True),
        sa.Column("recording", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("ticket_id", big, nullable=True),
        sa.Column("texted_at", _MOMENT, nullable=True),
        sa.Column("due_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_incoming_calls_contact_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["people.id"], name=op.f("fk_incoming_calls_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_calls")),
        sa.UniqueConstraint("account", "provider_id", name=op.f("uq_incoming_calls_account_provider_id")),
    )
    op.create_index(op.f("ix_incoming_calls_caller"), "incoming_calls", ["caller"])
    op.create_index(
        "ix_incoming_calls_due_at",
        "incoming_calls",
        ["due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
