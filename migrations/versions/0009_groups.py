"""Agent groups that moved to another id, and topics that a person closed."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("topics", sa.Column("closed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "groups",
        sa.Column("chat_id", big, autoincrement=False, nullable=False),
        sa.Column("moved_to", big, nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rebuilt", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name="pk_groups"),
    )
