"""Roll-calls that have begun, the test pages they send, and who has said STOP on call."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("channels", sa.Column("stopped_at", _MOMENT, nullable=True))
    op.add_column("channels", sa.Column("filed", sa.String(), server_default=sa.text("''"), nullable=False))
    op.add_column("people", sa.Column("filed", sa.String(), server_default=sa.text("''"), nullable=False))
    op.create_table(
        "musters",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("opens_at", _MOMENT, nullable=False),
        sa.Column("closes_at", _MOMENT, nullable=False),
        sa.Column("rung", big, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("shown", sa.String(), nullable=False),
        sa.Column("delivery_id", big, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_musters")),
        sa.UniqueConstraint("opens_at", name=op.f("uq_musters_opens_at")),
    )
    op.create_table(
        "trials",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("channel_id", big, nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("muster_id", big, nullable=True),
        sa.Column("delivery_id", big, nullable=True),
        sa.Column("sent_at", _MOMENT, nullable=False),
        sa.Column("answered_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name=op.f("fk_trials_channel_id")),
        sa.ForeignKeyConstraint(["muster_id"], ["musters.id"], name=op.f("fk_trials_muster_id")),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_trials_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trials")),
    )
    op.create_index(op.f("ix_trials_channel_id"), "trials", ["channel_id"])
    op.create_index(op.f("ix_trials_muster_id"), "trials", ["muster_id"])
    op.create_index(op.f("ix_trials_delivery_id"), "trials", ["delivery_id"])
