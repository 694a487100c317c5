"""The desk: members, roles, audit, canned replies, duty; what agents say of a ticket."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("agents", sa.Column("on_duty_since", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "members",
        sa.Column("chat_id", BIG, autoincrement=False, nullable=False),
        sa.Column("agent_id", BIG, autoincrement=False, nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "agent_id", name=op.f("pk_members")),
    )
    op.create_table(
        "roles",
        sa.Column("agent_id", BIG, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("given_by", BIG, nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_roles_agent_id")),
        sa.PrimaryKeyConstraint("agent_id", "name", name=op.f("pk_roles")),
    )
    op.create_table(
        "canned",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("changed_by", BIG, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned")),
        sa.UniqueConstraint("name", "language", name=op.f("uq_canned_name_language")),
    )
    op.create_table(
        "audit",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", BIG, nullable=False),
        sa.Column("chat_id", BIG, nullable=False),
        sa.Column("ticket_id", BIG, nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_ticket_id", "audit", ["ticket_id"])
    op.create_index("ix_audit_agent_id", "audit", ["agent_id"])
    _tickets()


def _tickets() -> None:
    op.add_column("tickets", sa.Column("cause", sa.String(), nullable=True))
    op.add_column("tickets", sa.Column("affected", sa.Boolean(), nullable=True))
    op.add_column("tickets", sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tickets", sa.Column("nudged_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("tickets", sa.Column("call_back", sa.String(), nullable=True))
    for name, column, rule in (
        ("ix_tickets_snoozed_until", "snoozed_until", "snoozed_until IS NOT NULL"),
        ("ix_tickets_owned", "owner_id", "state = 'open' AND owner_id IS NOT NULL"),
    ):
        op.create_index(name, "tickets", [column], sqlite_where=sa.text(rule), postgresql_where=sa.text(rule))
