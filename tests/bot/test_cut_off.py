"""A process cut off from PostgreSQL notices it, and what it held there is given back."""

from pathlib import Path

from sqlalchemy import text

from bot.claims import Database
from tests.support.databases import fresh


def test_both_ends_of_a_line_that_carries_nothing_any_more_notice_within_ten_seconds(tmp_path: Path) -> None:
    db = Database(fresh("postgresql", tmp_path), pool=1)

    with db.writing() as session:
        idle = session.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one()
        connection = session.connection().connection.driver_connection
        line = connection.info.get_parameters() if connection else {}
    db.close()

    assert idle == "10s"
    assert {"keepalives_idle": "5", "tcp_user_timeout": "10000"}.items() <= line.items()
