"""When who closed a topic was asked what was wrong."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ASKED = sa.text("asked_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("topics", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_topics_asked_at", "topics", ["asked_at"], sqlite_where=_ASKED, postgresql_where=_ASKED)
