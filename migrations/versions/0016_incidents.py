"""Incidents, their tickets and the status lines of their customers."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("tickets", sa.Column("incident_id", _BIG, nullable=True))
    _partial("ix_tickets_in_incident", "tickets", "incident_id", "incident_id IS NOT NULL")
    op.create_index("ix_tickets_opened_at", "tickets", ["opened_at"])
    _incidents()
    _tickets()
    _lines()


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("title", "category")),
        sa.Column("severity", _BIG, nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("lead_id", _BIG, nullable=True),
        *(sa.Column(name, _MOMENT, nullable=False) for name in ("began_at", "proposed_at")),
        sa.Column("confirmed_at", _MOMENT, nullable=True),
        sa.Column("confirmed_by", _BIG, nullable=True),
        *(sa.Column(name, _MOMENT, nullable=True) for name in ("clear_at", "closed_at", "next_at")),
        *(sa.Column(name, _BIG, nullable=True) for name in ("chat_id", "message_id", "delivery_id")),
        sa.Column("shown", sa.String(), nullable=False),
        sa.Column("shown_at", _MOMENT, nullable=True),
        *_keys("incidents", lead_id="tickets", confirmed_by="agents", delivery_id="deliveries"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    _partial("ix_incidents_standing", "incidents", "state", "closed_at IS NULL")


def _tickets() -> None:
    op.create_table(
        "incident_tickets",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        *(sa.Column(name, _BIG, nullable=False) for name in ("incident_id", "ticket_id")),
        sa.Column("linked_at", _MOMENT, nullable=False),
        sa.Column("linked_by", sa.String(), nullable=False),
        sa.Column("severity", _BIG, nullable=True),
        *(sa.Column(name, _MOMENT, nullable=True) for name in ("joined_at", "left_at")),
        *(
            sa.Column(name, sa.String(), server_default=sa.text("''"), nullable=False)
            for name in ("left_why", "answer")
        ),
        *_keys("incident_tickets", incident_id="incidents", ticket_id="tickets"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_tickets")),
    )
    op.create_index(op.f("ix_incident_tickets_incident_id"), "incident_tickets", ["incident_id"])
    op.create_index(op.f("ix_incident_tickets_ticket_id"), "incident_tickets", ["ticket_id"])
    joining = "joined_at IS NULL AND left_at IS NULL"
    _partial("ix_incident_tickets_joining", "incident_tickets", "incident_id", joining)
    _partial("ix_incident_tickets_linked", "incident_tickets", "ticket_id", "left_at IS NULL")


def _lines() -> None:
    op.create_table(
        "status_lines",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("incident_id", _BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("cause", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("agent_id", _BIG, nullable=False),
        sa.Column("said_at", _MOMENT, nullable=False),
        *(sa.Column(name, _MOMENT, nullable=True) for name in ("next_at", "done_at")),
        *_keys("status_lines", incident_id="incidents", agent_id="agents"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_lines")),
    )
    op.create_index(op.f("ix_status_lines_incident_id"), "status_lines", ["incident_id"])
    _partial("ix_status_lines_owed", "status_lines", "incident_id", "done_at IS NULL")
    op.create_table(
        "status_copies",
        *(sa.Column(name, _BIG, autoincrement=False, nullable=False) for name in ("line_id", "ticket_id")),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("message_id", _BIG, nullable=True),
        sa.Column("told_at", _MOMENT, nullable=True),
        *_keys("status_copies", line_id="status_lines", ticket_id="tickets"),
        sa.PrimaryKeyConstraint("line_id", "ticket_id", name=op.f("pk_status_copies")),
    )
    _partial("ix_status_copies_owed", "status_copies", "line_id", "outcome = 'owed'")


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_{table}_{name}")) for name, to in columns.items()
    ]


def _partial(name: str, table: str, column: str, where: str) -> None:
    op.create_index(name, table, [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
