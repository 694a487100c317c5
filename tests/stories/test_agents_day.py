"""An agent's quarter of an hour in the group (users.md 1.2), and two agents who tap at once."""

from concurrent.futures import ThreadPoolExecutor

from tests.support.people import LENA, TOMAS, Story
from tests.support.sandbox import GROUP, eventually


def test_lena_takes_asks_engineering_answers_hands_over_and_it_is_resolved(story: Story) -> None:
    tolu = story.owner("Tolu", "Adeyemi Photo", "agency")
    tolu.says("PAYMENT NOT WORKING brides dad card failed twice")
    topic = story.topic_of(f"Adeyemi Photo {story.number}")
    tolu.hears("A person answers by")

    assert "is yours" in topic.taps("I take it")
    topic.writes("/escalate the partner refuses our tokens")
    topic.shows("nobody has it yet")
    assert "Only an engineer" in press(story, topic.shows("asks engineering"), "Engineer has it", TOMAS)
    assert "is yours" in press(story, topic.shows("asks engineering"), "Engineer has it", LENA)

    topic.writes("/r payment")
    tolu.hears("I'm checking with the payment partner")

    topic.writes("asking Priya about the tokens")
    topic.writes("/handover @tomas", agent=LENA)
    assert "is yours" in press(story, topic.shows("hands #"), "I take it over", TOMAS)
    tolu.hears("Tomas takes over from here")
    topic.shows("Owner: Tomas")

    topic.writes("/resolve provider Payments work again since 15:01; nothing was charged twice.", agent=TOMAS)
    tolu.hears("Payments work again since 15:01")
    assert "Was it solved?" in tolu.hears("A service we depend on had a fault")
    assert not any("Priya" in text for text in tolu.heard())


def test_two_agents_accept_and_resolve_at_once_and_one_outcome_stands(story: Story) -> None:
    ben = story.owner("Ben", "Hale", "agency")
    ben.says("uploads fail for everybody")
    topic = story.topic_of(f"Hale {story.number}")
    topic.taps("Resolve")
    eventually(lambda: "Explained" in str(topic.card().get("reply_markup")), what="the causes")

    with ThreadPoolExecutor(2) as pool:
        choices = (("Our fault, fixed", LENA), ("Explained", TOMAS))
        told = list(pool.map(lambda choice: topic.taps(*choice), choices))

    assert sum("resolved. The customer is asked" in text for text in told) == 1
    assert sum("is already resolved" in text for text in told) == 1
    ben.hears("Was it solved?")
    assert len([text for text in ben.heard() if "Was it solved?" in text]) == 1


def press(story: Story, message: dict[str, object], button: str, agent: int) -> str:
    """Presses a button under this message; what the agent is told."""
    box = story.stack.sandbox
    tap = box.post("telegram/tap", chat_id=GROUP, message_id=message["message_id"], user_id=agent, text=button)
    query = tap["callback_query_id"]
    answered = eventually(lambda: box.get(f"telegram/taps/{query}")["answer"])
    told: str = answered.get("text", "")
    return told
