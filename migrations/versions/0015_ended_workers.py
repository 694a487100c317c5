"""When a worker ended by itself, so that it is not counted among those that tick."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workers", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
