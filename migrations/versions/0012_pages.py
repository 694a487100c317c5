"""Pages and their rings; until when a person's WhatsApp takes free text."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("channels", sa.Column("window_expires_at", _MOMENT, nullable=True))
    op.create_table(
        "pages",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("ticket_id", big, nullable=False),
        sa.Column("ladder", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("begun_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=True),
        sa.Column("acknowledged_at", _MOMENT, nullable=True),
        sa.Column("acknowledged_by", big, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_pages_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pages")),
    )
    op.create_index(op.f("ix_pages_ticket_id"), "pages", ["ticket_id"])
    op.create_index(op.f("ix_pages_code"), "pages", ["code"])
    _partial("ix_pages_due_at", "pages", ["due_at"], "due_at IS NOT NULL")
    _partial("ix_pages_open", "pages", ["ticket_id", "ladder"], "ended_at IS NULL", unique=True)
    op.create_table(
        "rings",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("page_id", big, nullable=False),
        sa.Column("person_id", big, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("rung", big, nullable=False),
        sa.Column("goes_at", _MOMENT, nullable=False),
        sa.Column("delivery_id", big, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name=op.f("fk_rings_page_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_rings_person_id")),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_rings_delivery_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rings")),
    )
    op.create_index("ix_rings_person_id_channel_goes_at", "rings", ["person_id", "channel", "goes_at"])
    op.create_index(op.f("ix_rings_delivery_id"), "rings", ["delivery_id"])
    _partial("ix_rings_failed", "rings", ["page_id"], "state = 'failed'")
    _partial("ix_rings_ringing", "rings", ["page_id"], "state = 'ringing'")


def _partial(name: str, table: str, columns: list[str], where: str, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
