"""Pictures both ways, and what cannot be shown is said."""

from tests.support.people import LENA, Story
from tests.support.sandbox import GROUP, eventually


def test_a_screenshot_in_the_middle_of_a_case_carries_its_words_as_caption(story: Story) -> None:
    owner = story.owner("Ana", "Reis", "pro")
    owner.says("uploads fail")
    topic = story.topic_of(f"Reis {story.number}")

    owner.says("this is what I see", media=["screenshot"])

    shown = topic.shows("this is what I see")
    assert "photo" in shown
    assert shown["caption"] == "Ana: this is what I see"


def test_an_agents_picture_reaches_the_owner_by_a_signed_link(story: Story) -> None:
    owner = story.owner("Ben", "Hale", "agency")
    owner.says("where is the export button")
    topic = story.topic_of(f"Hale {story.number}")

    story.stack.sandbox.post(
        "telegram/say",
        chat_id=GROUP,
        user_id=LENA,
        photo="screenshot",
        caption="Ben, it is here.",
        message_thread_id=topic.thread,
        reply_to_message_id=topic.card()["message_id"],
    )

    owner.hears("Ben, it is here.")
    message = next(one for one in owner.messages() if one["body"] == "Ben, it is here.")
    assert message["num_media"] == "1"
    eventually(lambda: message["status"] != "failed", what="Twilio could fetch it")


def test_round_films_and_animations_of_a_telegram_customer_stay_what_they_are(story: Story) -> None:
    user = 810000 + story.number
    story.owner("Nadia", "Said Foto", "agency", channel="telegram", address=str(user))
    box = story.stack.sandbox
    box.post("telegram/say", chat_id=user, user_id=user, text="the gallery page stays white")
    topic = story.topic_of(f"Said Foto {story.number}")

    box.post("telegram/say", chat_id=user, user_id=user, video_note="video")
    box.post("telegram/say", chat_id=user, user_id=user, animation="video", caption="it blinks like this")
    box.post("telegram/say", chat_id=user, user_id=user, text="do you see it?")

    topic.shows("do you see it?")
    assert [kind for one in topic.messages() for kind in ("video_note", "animation", "video") if kind in one] == [
        "video_note",
        "animation",
    ]
    assert not any("could not be shown" in text for text in topic.texts())


def test_an_attachment_that_is_gone_is_said_with_its_words(story: Story) -> None:
    owner = story.owner("Ines", "Prado", "agency")
    owner.says("bookings are down")
    topic = story.topic_of(f"Prado {story.number}")
    gone = {"action": "status", "status": 404, "provider": "twilio", "method": "Media.fetch"}
    story.stack.sandbox.post("faults", **gone)

    owner.says("look at the total", media=["screenshot"])

    said = topic.shows("could not be")["text"]
    assert "look at the total" in said
