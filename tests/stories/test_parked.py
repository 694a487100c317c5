"""A webhook nobody understands is kept, named, and can be worked on again."""

from tests.support.people import Story
from tests.support.sandbox import eventually


def test_an_authentic_body_that_is_not_understood_is_parked_and_can_be_replayed(story: Story) -> None:
    told = story.stack.sandbox.post("twilio/webhook", fields={"Odd": "one", "Number": str(story.number)})

    assert told["statuses"] == [200]
    listed = eventually(
        lambda: [line for line in story.stack.flask("inbox", "list").splitlines() if "no MessageSid" in line]
    )
    number = listed[-1].split("\t")[0]
    assert "1 taken back" in story.stack.flask("inbox", "replay", number)
    eventually(lambda: any(line.startswith(f"{number}\t") for line in story.stack.flask("inbox", "list").splitlines()))


def test_a_line_behind_a_parked_one_goes_on(story: Story) -> None:
    owner = story.owner("Ana", "Reis", "pro")
    story.stack.sandbox.post("twilio/webhook", fields={"From": f"whatsapp:{owner.number}", "Body": "no sid"})

    owner.says("uploads fail")

    story.topic_of(f"Reis {story.number}")
