"""A conversation is worked on by one at a time, and who waited for it reads what the other has left."""

import threading
import time

from bot.scene import BY_NUMBER, open_scene
from models import Topic
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
