"""A conversation is worked on by one at a time, and who waited for it reads what the other has left."""

import threading
import time

import pytest
from sqlalchemy import and_, select, text

from bot.scene import BY_NUMBER, open_scene
from models import Address, Conversation, Ticket, Topic
from tests.bot.house import House


def test_who_waited_for_a_conversation_sees_its_ticket_and_topic_as_they_are_now(house: House) -> None:
    house.opened()
    seen: list[tuple[str, int | None]] = []

    def waits() -> None:
        with house.shell.db.writing() as session:
            scene = open_scene(house.shell, session, BY_NUMBER, number=1)
            assert scene is not None
            assert scene.ticket is not None
            seen.append((scene.ticket.state, session.get_one(Topic, scene.ticket.id).thread_id))

    with house.shell.db.writing() as session:
        scene = open_scene(house.shell, session, BY_NUMBER, number=1)
        assert scene is not None
        assert scene.ticket is not None
        other = threading.Thread(target=waits)
        other.start()
        time.sleep(0.3)
        scene.ticket.state = "resolved"
        session.get_one(Topic, scene.ticket.id).thread_id = 77
    other.join(10)

    assert seen == [("resolved", 77)]


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_what_is_committed_between_a_look_and_its_lock_is_seen(house: House) -> None:
    """SQLite has no such moment: its one writer begins before it looks."""
    house.opened()
    gated = and_(BY_NUMBER, text("(SELECT pg_advisory_xact_lock_shared(7)) IS NOT NULL"))
    seen: list[tuple[str, str]] = []

    def looks() -> None:
        with house.shell.db.writing() as session:
            scene = open_scene(house.shell, session, gated, number=1)
            assert scene is not None
            assert scene.ticket is not None
            seen.append((scene.ticket.state, scene.address.profile_name))

    with house.shell.db.writing() as session:
        session.execute(text("SELECT pg_advisory_xact_lock(7)"))
        other = threading.Thread(target=looks)
        other.start()
        time.sleep(0.3)
        session.get_one(Conversation, 1).language = "es"
        session.scalars(select(Ticket)).one().state = "resolved"
        session.scalars(select(Address)).one().profile_name = "Tolu A."
    other.join(10)

    assert seen == [("resolved", "Tolu A.")]
