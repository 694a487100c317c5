"""A backup comes back, and nobody hears anything twice."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.engine import URL, make_url

from bot.claims import Database
from models import Inbound
from tests.support.databases import fresh
from tests.support.people import Story
from tests.support.sandbox import GROUP, eventually
from tests.support.stack import Stack, standing


def copied(source: URL, target: URL) -> None:
    """All of one database in another, as the operations manual has it: .backup, or a database made from a template."""
    if source.drivername == "sqlite":
        Path(str(target.database)).unlink(missing_ok=True)
        with (
            closing(sqlite3.connect(str(source.database))) as ours,
            closing(sqlite3.connect(str(target.database))) as other,
        ):
            ours.backup(other)
        return
    with psycopg.connect(source.set(database="postgres").render_as_string(False), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {target.database} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {target.database} TEMPLATE {source.database}")


def waits(url: URL) -> bool:
    """Whether a webhook was taken in that no worker has read."""
    database = Database(url.render_as_string(False))
    with database.reading() as session:
        found = session.scalar(select(Inbound.id).where(Inbound.state == "waiting"))
    database.close()
    return found is not None


def started(stack: Stack) -> None:
    stack.start_web()
    stack.start_worker()
    eventually(stack.ready, 30)


@pytest.mark.timeout(150)  # eight processes start one after another
def test_yesterdays_backup_goes_on_and_sends_nothing_twice(database_kind: str, tmp_path: Path) -> None:
    url = make_url(fresh(database_kind, tmp_path))
    backup = url.set(database=f"{url.database}_backup")
    with standing(tmp_path, url.render_as_string(False), {"telegram": {"flood_limits": False}}) as stack:
        story = Story(stack, 1)
        owner = story.owner()
        owner.says("PAYMENT NOT WORKING")
        topic = story.topic_of("Adeyemi Photo 1")
        owner.hears("A person answers by", 25)
        stack.stop("worker")
        topic.writes("/r Tolu, Lena here.")  # taken in, and not yet sent when the backup is made
        eventually(lambda: waits(url))
        stack.stop("web")
        copied(url, backup)
        stack.start_worker()
        owner.hears("Lena here", 30)  # in the day that is lost
        stack.stop("worker")
        copied(backup, url)

        told = stack.flask_alone("restored")
        started(stack)
        owner.says("it works again, thanks")

        topic.shows("it works again", 20)
        assert "1 calls are looked up at Twilio before they go" in told
        general = stack.sandbox.get(f"telegram/chats/{GROUP}")["topics"][0]["messages"]
        assert any("Restored from a backup" in message.get("text", "") for message in general)
        heard = owner.heard()
        assert (sum("Lena here" in text for text in heard), sum("A person answers" in text for text in heard)) == (1, 1)
