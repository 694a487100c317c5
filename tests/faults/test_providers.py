"""F12-F17: the provider delays, fails, breaks off, refuses, and reports in any order. Nothing is lost or sent twice."""

from contextlib import AbstractContextManager

import pytest

from tests.faults.ground import Ground
from tests.faults.invariants import Case
from tests.faults.wire import Wire
from tests.support.sandbox import GROUP, eventually


def test_f12_too_many_requests_delay_their_destination_and_fail_nothing(ground: Ground) -> None:
    owner, topic = ground.case()
    judge = ground.judge()
    ground.group_fault("status", status=429, retry_after=1)
    ground.fault("status", "twilio", "Messages.create", status=429)

    owner.says("said into the 429")
    topic.writes("/r Lena answers into the 429")

    owner.hears("Lena answers into the 429")
    topic.shows("said into the 429")
    ground.holds(judge, Case("F12 429 with Retry-After, 20429", faults=2, outage=1))
    told = ground.row("said into the 429", "accepted")
    assert (told.attempts, told.doubt) == (2, False)


@pytest.mark.parametrize("action", ["status", "status_after_accept", "drop_before", "drop_after_accept"])
def test_f13_a_500_is_tried_again_and_at_twilio_never_sent_twice(ground: Ground, action: str) -> None:
    owner, topic = ground.case()
    judge = ground.judge()
    ground.group_fault(action, status=500)
    ground.fault(action, "twilio", "Messages.create", status=503)

    owner.says("said into the 500")
    topic.writes("/r Lena answers into the 503")

    ground.row("said into the 500", "accepted")
    ground.row("Lena answers into the 503", "accepted", "sent", "delivered")
    ground.holds(judge, Case(f"F13 500 at both, {action}", faults=2, outage=2))
    assert owner.heard().count("Lena answers into the 503") == 1
    assert sum("said into the 500" in text for text in topic.texts()) == (1 if "after" not in action else 2)


@pytest.mark.parametrize("way", ["clogged", "cut", "dripping"])
def test_f14_a_line_to_the_provider_that_is_bad_only_delays(ground: Ground, way: str) -> None:
    owner, topic = ground.case()
    judge = ground.judge()

    topic.writes("/r Lena answers before it")  # and is known as a member: nobody need ask Telegram on the bad line
    owner.hears("Lena answers before it")
    with _bad(ground.telegram, way), _bad(ground.twilio, way):
        owner.says("said into the bad line")
        topic.writes("/r Lena answers into the bad line")
        ground.row("answers into the bad line", "queued", "unknown", "leased", "accepted", "sent", "delivered", "read")
        eventually(lambda: ground.row("said into the bad line", "queued", "unknown", "accepted", "leased").attempts)

    topic.shows("said into the bad line")
    owner.hears("Lena answers into the bad line")
    ground.holds(judge, Case(f"F14 {way}", faults=2, outage=2))
    assert owner.heard().count("Lena answers into the bad line") == 1


def _bad(wire: Wire, way: str) -> AbstractContextManager[None]:
    ways = {"clogged": wire.clogged, "cut": wire.cut, "dripping": wire.dripping}
    return ways[way]()


def test_f14_an_acceptance_that_never_comes_is_looked_up_or_repeated_with_the_flag(ground: Ground) -> None:
    owner, topic = ground.case()
    judge = ground.judge()
    ground.stack.sandbox.post("faults", action="silence", provider="twilio", flow="webhook", method="status", times=-1)
    ground.group_fault("timeout_after_accept", seconds=1)
    ground.fault("timeout_after_accept", "twilio", "Messages.create", seconds=1)

    owner.says("said and never confirmed")
    topic.writes("/r Lena answers and is never told")

    ground.row("said and never confirmed", "accepted")
    ground.row("answers and is never told", "accepted")
    ground.holds(judge, Case("F14 read time-out after it was taken", faults=2, outage=2))
    assert owner.heard().count("Lena answers and is never told") == 1
    assert ground.row("said and never confirmed", "accepted").doubt


@pytest.mark.parametrize("base", ["http://provider.invalid", "https"], ids=["dns", "tls"])
def test_f14_a_provider_without_a_name_or_with_broken_tls_is_waited_for(ground: Ground, base: str) -> None:
    owner, topic = ground.case()
    judge = ground.judge()
    ground.stack.kill("worker")
    wrong = base if base != "https" else ground.twilio.base.replace("http:", "https:")
    ground.stack.start_worker(TWILIO_API_BASE=wrong)
    topic.writes("/r Lena answers nobody yet")
    row = ground.row("Lena answers nobody yet", "queued", "unknown")
    eventually(lambda: ground.row("Lena answers nobody yet", "queued", "unknown", "leased").fault)

    ground.stack.kill("worker")
    ground.stack.start_worker()

    owner.hears("Lena answers nobody yet")
    ground.holds(judge, Case(f"F14 no {base.partition(':')[0]}", faults=2, outage=4))
    assert row.state in ("queued", "unknown")
    assert owner.heard().count("Lena answers nobody yet") == 1


@pytest.mark.parametrize("code", [21211, 21610, 30003, 30005, 30007])
def test_f15_a_refusal_for_good_is_not_tried_again_and_is_said_in_the_topic(ground: Ground, code: int) -> None:
    _, topic = ground.case()
    judge = ground.judge()
    ground.fault("code", "twilio", "Messages.create", code=code)

    topic.writes("/r Lena answers in vain")

    topic.shows("NOT DELIVERED to Ana")
    ground.holds(judge, Case(f"F15 {code}", faults=1))
    assert ground.row("Lena answers in vain", "failed").attempts == 1


@pytest.mark.parametrize(("fault", "code"), [("F15 refused at once", 21211), ("F16 accepted, then failed", 63003)])
def test_f15_f16_what_one_channel_cannot_carry_goes_by_the_next_and_is_said(
    ground: Ground, fault: str, code: int
) -> None:
    owner, topic = ground.case()
    telephone = owner.story.owner("Ana", "Ana Studio", channel="sms")
    judge = ground.judge()
    ground.fault("code", "twilio", "Messages.create", code=code, destination=f"whatsapp:{owner.number}")

    topic.writes(f"/r Lena answers by another way than {code}")

    topic.shows("It goes to Ana by SMS instead", 60)
    carried = ground.row(f"by another way than {code}", "delivered")
    ground.holds(judge, Case(f"{fault}, then by SMS", faults=1))
    assert ground.row(f"by another way than {code}", "failed").attempts == 1
    assert (carried.channel, carried.destination) == ("sms", telephone.number)
    arrived = [one for one in telephone.messages() if one["to"] == telephone.number]  # not by WhatsApp
    assert [one["body"] for one in arrived] == [f"Lena answers by another way than {code}"]


def test_f15_an_answer_after_whatsapps_24_hours_is_kept_and_that_is_said(ground: Ground) -> None:
    _, topic = ground.case()
    judge = ground.judge()
    ground.fault("code", "twilio", "Messages.create", code=63016)

    topic.writes("/r Lena answers too late")

    topic.shows("Your text is kept")
    ground.holds(judge, Case("F15 63016", faults=1))
    assert ground.row("Lena answers too late", "failed").attempts == 1
    assert ground.row("Lena answers too late", "held").attempts == 0


def test_f16_accepted_and_never_reported_is_neither_repeated_nor_called_delivered(ground: Ground) -> None:
    owner, topic = ground.case()
    judge = ground.judge()
    ground.stack.sandbox.post("faults", action="silence", provider="twilio", flow="webhook", method="status", times=-1)

    reply = topic.writes("/r Lena answers without an echo")

    owner.hears("Lena answers without an echo")
    eventually(lambda: topic.reaction(reply) == "👀", what="seen as accepted")
    ground.holds(judge, Case("F16 no callback at all", faults=0))
    assert ground.row("Lena answers without an echo", "accepted").attempts == 1


def test_f17_reports_doubled_out_of_order_unknown_and_before_our_commit_end_as_delivered(ground: Ground) -> None:
    owner, topic = ground.case()
    judge = ground.judge()
    box = ground.stack.sandbox
    box.post("faults", action="duplicate", provider="twilio", flow="webhook", method="status", times=1, times_each=3)
    box.post("faults", action="reorder", provider="twilio", flow="webhook", method="status", times=-1, seconds=0.3)
    ground.fault("timeout_after_accept", "twilio", "Messages.create", seconds=1)
    stranger = {"MessageSid": "SM" + "f" * 32, "MessageStatus": "delivered", "AccountSid": "AC" + "0" * 32}

    told = box.post("twilio/webhook", fields=stranger, url=f"{ground.stack.public}/webhooks/twilio/status/999999")
    reply = topic.writes("/r Lena answers through the noise")

    assert set(told["statuses"]) == {200}
    ground.row("Lena answers through the noise", "delivered")
    eventually(lambda: topic.reaction(reply) == "👌", what="seen as delivered")
    ground.holds(judge, Case("F17 reports doubled, reordered, unknown, early", faults=1))
    assert owner.heard().count("Lena answers through the noise") == 1


def test_a_refused_topic_line_goes_to_the_group_under_its_number(ground: Ground) -> None:
    owner, topic = ground.case()
    judge = ground.judge()
    ground.group_fault("status", status=400)

    owner.says("still here, is anybody?")

    def general() -> bool:
        chat = ground.stack.sandbox.get(f"telegram/chats/{GROUP}")
        root = next(one for one in chat["topics"] if one["name"] == "General")
        texts = [str(message.get("text")) for message in root["messages"]]
        return any(text == f"#{topic.number} Ana: still here, is anybody?" for text in texts)

    eventually(general, 20, "the line in the group itself")
    ground.holds(judge, Case("F15 a topic's line refused", faults=1))
