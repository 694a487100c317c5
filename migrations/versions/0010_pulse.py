"""Sweeps that fail, by worker; what a machine's time since boot stands for."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("workers", sa.Column("failing", sa.String(), server_default=sa.text("''"), nullable=False))
    op.create_table(
        "anchors",
        sa.Column("boot", sa.String(), nullable=False),
        sa.Column("offset", big, nullable=False),
        sa.Column("followed_at", big, nullable=False),
        sa.PrimaryKeyConstraint("boot", name=op.f("pk_anchors")),
    )
