"""The pinned overview of each agent group."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "overviews",
        sa.Column("chat_id", big, autoincrement=False, nullable=False),
        sa.Column("message_id", big, nullable=True),
        sa.Column("delivery_id", big, nullable=True),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name="pk_overviews"),
    )
