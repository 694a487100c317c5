"""How far a provider's list was compared, and what an outage kept from us."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "watermarks",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("seen_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_watermarks")),
    )
    op.add_column("tickets", sa.Column("found_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("conversations", sa.Column("late_told_at", sa.DateTime(timezone=True), nullable=True))
