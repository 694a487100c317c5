"""STOP binds at once, is confirmed once, and one word brings us back."""

from tests.support.people import Story


def test_stop_is_confirmed_once_and_nothing_follows_until_they_write_again(story: Story) -> None:
    owner = story.owner("Rob", "Vance", "pro")
    owner.says("my export is stuck")
    topic = story.topic_of(f"Vance {story.number}")
    owner.hears("A person answers by", 25)

    owner.says("STOP")
    owner.hears("no more messages from us here")
    topic.shows("has sent STOP")
    topic.writes("/r Rob, try again please.")

    topic.shows("NOT DELIVERED to Rob: the customer has sent STOP")
    assert not any("try again" in text for text in owner.heard())

    owner.says("ok it is really broken, please answer")
    topic.shows("may be written to again")
    topic.writes("/r Rob, Lena here again.")
    owner.hears("Lena here again")


def test_an_upload_that_stops_is_no_stop(story: Story) -> None:
    owner = story.owner("Jonas", "Nordlicht", "pro")

    owner.says("The upload stops at 40%")

    assert "upload" in story.topic_of(f"Nordlicht {story.number}").name
    owner.hears("A person answers by", 25)
