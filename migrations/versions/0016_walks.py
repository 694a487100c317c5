"""The indexes by which work is claimed are for the claim's own walk alone (models/deliveries.py)."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_PENDING = "state IN ('queued', 'leased', 'unknown') AND id > 0"
_WAITING = "state = 'waiting' AND id > 0"


def upgrade() -> None:
    for name, table, columns, where in (
        ("ix_deliveries_pending", "deliveries", ["lane", "id"], sa.text(_PENDING)),
        ("ix_inbox_waiting", "inbox", ["id"], sa.text(_WAITING)),
    ):
        op.drop_index(name, table_name=table)
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
