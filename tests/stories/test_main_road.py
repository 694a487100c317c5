"""From a WhatsApp line to a rating, as the owner and the agents live it."""

from concurrent.futures import ThreadPoolExecutor

from tests.support.people import LENA, TOMAS, Story
from tests.support.sandbox import eventually


def test_failing_payments_are_reported_answered_resolved_and_rated(story: Story) -> None:
    tolu = story.owner("Tolu", "Adeyemi Photo", "agency")

    assert tolu.says("PAYMENT NOT WORKING brides dad card failed twice") == [200]
    assert tolu.says(media=["screenshot"]) == [200]

    topic = story.topic_of(f"Adeyemi Photo {story.number}")
    card = topic.card()["text"]
    assert "URGENT" in topic.name
    assert "payment" in topic.name
    assert "SEV1" in card
    assert "Why: payment" in card
    assert "PAYMENT NOT WORKING brides dad card failed twice" in card
    assert "Owner: nobody yet" in card
    eventually(lambda: any("photo" in message for message in topic.messages()), what="the screenshot in the topic")

    receipt = tolu.hears("A person answers by")
    assert receipt.startswith('Got it, Tolu: "PAYMENT NOT WORKING brides dad card failed twice", with 1 picture.')
    assert "Please don't run the card again" in receipt
    assert len(tolu.heard()) == 1

    assert "is yours" in topic.taps("I take it")
    tolu.hears("You're with Lena now")
    topic.shows("Owner: Lena")

    reply = topic.writes("Tolu, Lena here. We see no charge for either try. Next update 14:50.", reply_to=topic.card())
    tolu.hears("Tolu, Lena here. We see no charge")
    eventually(lambda: topic.reaction(reply) == "👌", what="the reply shows as delivered")
    sid = next(message["sid"] for message in tolu.messages() if "Lena here" in message["body"])
    story.stack.sandbox.post("twilio/read", sid=sid)
    eventually(lambda: topic.reaction(reply) == "👍", what="the reply shows as read")
    topic.shows("First answer:")

    assert "resolved" in topic.resolves()
    assert tolu.hears("Was it solved?").endswith("1 Yes\n2 Partly\n3 No")
    tolu.says("1")
    tolu.hears("1 (bad) to 5 (great)")
    tolu.says("5")
    tolu.hears("Thank you, Tolu")
    topic.shows("rated 5/5")


def test_the_agents_note_stays_in_the_group_and_the_command_goes_out(story: Story) -> None:
    owner = story.owner("Ana", "Reis", "pro")
    owner.says("my gallery link does not open")
    topic = story.topic_of(f"Reis {story.number}")

    topic.writes("Looks like the CDN again, asking Priya.")
    topic.writes("/r Ana, Tomas here. It opens again.", agent=TOMAS)

    owner.hears("Ana, Tomas here. It opens again.")
    assert not any("CDN" in text or "/r" in text for text in owner.heard())
    topic.shows("Owner: Tomas")


def test_two_agents_tap_at_once_and_exactly_one_has_it(story: Story) -> None:
    owner = story.owner("Ben", "Hale", "agency")
    owner.says("uploads fail for everybody")
    topic = story.topic_of(f"Hale {story.number}")

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(lambda agent: topic.taps("I take it", agent), (LENA, TOMAS)))

    assert sum("is yours" in text for text in told) == 1
    assert sum(text in ("Lena has it.", "Tomas has it.") for text in told) == 1


def test_follow_up_lines_reach_the_topic_once_and_in_order(story: Story) -> None:
    owner = story.owner("Ines", "Prado", "agency")
    owner.says("bookings are down")
    topic = story.topic_of(f"Prado {story.number}")

    for number in range(6):
        owner.says(f"detail {number}", copies=2)

    topic.shows("detail 5")
    relayed = [text for text in topic.texts() if "detail" in text and "Why:" not in text]
    assert relayed == [f"Ines: detail {number}" for number in range(6)]


def test_sixteen_first_lines_of_one_unknown_sender_make_one_ticket(story: Story) -> None:
    charlie = story.stranger(f"Charlie{story.number}")

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda number: charlie.says(f"my gallery is gone {number}"), range(16)))

    assert statuses == [[200]] * 16
    receipt = charlie.hears("A person answers by", 30)
    assert "Which studio are you with?" in receipt
    (topic,) = story.topics_of(charlie.name)
    for number in range(16):
        topic.shows(f"my gallery is gone {number}")
    assert sum("A person answers by" in text for text in charlie.heard()) == 1


def test_sixteen_copies_of_one_line_are_one_line(story: Story) -> None:
    owner = story.owner("Kofi", "Mensah", "pro")
    owner.says("uploads stop at 40%")
    topic = story.topic_of(f"Mensah {story.number}")

    statuses = owner.says("is anybody looking at it", copies=16)

    assert set(statuses) == {200}
    topic.shows("is anybody looking at it")
    topic.writes("/r we look at it", agent=TOMAS)
    owner.hears("we look at it")
    assert sum("is anybody looking" in text for text in topic.texts()) == 1


def test_a_reply_that_cannot_be_delivered_is_said_in_the_topic(story: Story) -> None:
    owner = story.owner("Rob", "Vance", "pro")
    owner.says("my export is stuck")
    topic = story.topic_of(f"Vance {story.number}")
    owner.hears("A person answers by", 25)
    refused = {"action": "status", "status": 400, "provider": "twilio", "method": "Messages.create"}
    story.stack.sandbox.post("faults", **refused, destination=f"whatsapp:{owner.number}")

    reply = topic.writes("Rob, try again please.", reply_to=topic.card())

    topic.shows("NOT DELIVERED to Rob")
    eventually(lambda: topic.reaction(reply) == "👎", what="no false tick")


def test_a_telegram_owner_is_served_the_same_way(story: Story) -> None:
    user = 700000 + story.number
    story.owner("Pavel", "Foto Pavel", "agency", channel="telegram", address=str(user))
    box = story.stack.sandbox

    def chat() -> list[str]:
        return [str(message.get("text")) for message in box.get(f"telegram/chats/{user}")["messages"]]

    def hears(words: str) -> None:
        eventually(lambda: any(words in text for text in chat()), what=f"Pavel hears {words!r}")

    box.post("telegram/say", chat_id=user, user_id=user, text="invoices show the wrong VAT since yesterday")
    topic = story.topic_of(f"Foto Pavel {story.number}")
    topic.taps("I take it")
    topic.writes("Pavel, Lena here. I can see it on 2 invoices.", reply_to=topic.card())
    hears("I can see it on 2 invoices")
    topic.resolves()
    hears("Was it solved?")
    messages = box.get(f"telegram/chats/{user}")["messages"]
    question = next(message for message in messages if "Was it solved?" in str(message.get("text")))
    box.post("telegram/tap", chat_id=user, message_id=question["message_id"], user_id=user, text="Yes")

    hears("1 (bad) to 5 (great)")
    topic.shows("solved: yes")
