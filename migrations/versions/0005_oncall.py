"""People who can be woken, their rota, shoots and hotline windows."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big, moment = sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.DateTime(timezone=True)
    due = sa.text("due_at IS NOT NULL")
    op.create_table(
        "people",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("agent_id", big, nullable=True),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("quiet", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("agent_id", name=op.f("uq_people_agent_id")),
        sa.UniqueConstraint("name", name=op.f("uq_people_name")),
    )
    op.create_table(
        "rotations",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("every", sa.String(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rotations")),
        sa.UniqueConstraint("name", name=op.f("uq_rotations_name")),
    )
    op.create_table(
        "channels",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("person_id", big, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("verified_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_channels_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channels")),
        sa.UniqueConstraint("person_id", "kind", name=op.f("uq_channels_person_id_kind")),
    )
    op.create_index(op.f("ix_channels_address"), "channels", ["address"])
    op.create_table(
        "confirmations",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("person_id", big, nullable=False),
        sa.Column("begins_at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.Column("said_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_confirmations_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
    )
    op.create_index(op.f("ix_confirmations_ends_at"), "confirmations", ["ends_at"])
    op.create_table(
        "hotline_windows",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("studio_id", big, nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("opens_at", moment, nullable=False),
        sa.Column("closes_at", moment, nullable=False),
        sa.Column("known_at", moment, nullable=False),
        sa.Column("opened_at", moment, nullable=True),
        sa.Column("closed_at", moment, nullable=True),
        sa.Column("due_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["studio_id"], ["studios.id"], name=op.f("fk_hotline_windows_studio_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotline_windows")),
    )
    op.create_index("ix_hotline_windows_due_at", "hotline_windows", ["due_at"], sqlite_where=due, postgresql_where=due)
    op.create_index(op.f("ix_hotline_windows_studio_id"), "hotline_windows", ["studio_id"])
    op.create_table(
        "overrides",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("person_id", big, nullable=False),
        sa.Column("instead_of_id", big, nullable=True),
        sa.Column("begins_at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["instead_of_id"], ["people.id"], name=op.f("fk_overrides_instead_of_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_overrides_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overrides")),
    )
    op.create_index(op.f("ix_overrides_ends_at"), "overrides", ["ends_at"])
    op.create_table(
        "shifts",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("person_id", big, nullable=False),
        sa.Column("begins_at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_shifts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
    )
    op.create_index(op.f("ix_shifts_ends_at"), "shifts", ["ends_at"])
    op.create_table(
        "shoots",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("studio_id", big, nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("begins_at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["studio_id"], ["studios.id"], name=op.f("fk_shoots_studio_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shoots")),
        sa.UniqueConstraint("studio_id", "uid", name=op.f("uq_shoots_studio_id_uid")),
    )
    op.create_index(op.f("ix_shoots_ends_at"), "shoots", ["ends_at"])
    op.add_column("studios", sa.Column("hotline_until", moment, nullable=True))
