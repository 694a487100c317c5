"""WhatsApp's window of a conversation, and what took a delivery's place."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    moment = sa.DateTime(timezone=True)
    op.add_column("conversations", sa.Column("window_expires_at", moment, nullable=True))
    op.add_column("conversations", sa.Column("window_warn_at", moment, nullable=True))
    op.add_column("deliveries", sa.Column("successor_id", big, nullable=True))
    _partial("ix_conversations_window_warn_at", "conversations", ["window_warn_at"], "window_warn_at IS NOT NULL")
    _partial("ix_deliveries_held", "deliveries", ["thread", "id"], "state = 'held'")
    _partial("ix_deliveries_successor_id", "deliveries", ["successor_id"], "successor_id IS NOT NULL")


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
