"""The index by which deliveries are claimed is for the claim's own walk alone (models/deliveries.py)."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_NAME = "ix_deliveries_pending"


def upgrade() -> None:
    where = sa.text("state IN ('queued', 'leased', 'unknown') AND lane < 100")
    op.drop_index(_NAME, table_name="deliveries")
    op.create_index(_NAME, "deliveries", ["lane", "id"], sqlite_where=where, postgresql_where=where)
