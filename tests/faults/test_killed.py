"""F1-F3, F5, F6: workers killed, frozen and without a ticker. What they had begun is taken over, once."""

import signal
import time

from tests.faults.ground import LEASE, Ground
from tests.faults.invariants import Case


def test_f1_a_worker_killed_after_the_claim_loses_nothing(ground: Ground) -> None:
    owner, topic = ground.case()
    judge = ground.judge()
    with ground.telegram.holding():
        owner.says("said before the kill")
        ground.row("said before the kill", "leased")
        ground.stack.kill("worker")

    ground.stack.start_worker()

    topic.shows("said before the kill")
    ground.holds(judge, Case("F1 kill -9 after the claim", faults=1, outage=2))
    assert sum("said before the kill" in text for text in topic.texts()) == 1


def test_f2_a_worker_killed_after_telegram_took_it_repeats_at_most_once_and_says_so(ground: Ground) -> None:
    owner, topic = ground.case()
    judge = ground.judge()
    ground.group_fault("timeout_after_accept", seconds=0.4)
    owner.says("taken before the kill")
    topic.shows("taken before the kill")
    ground.stack.kill("worker")

    ground.stack.start_worker()

    ground.row("taken before the kill", "accepted")
    ground.holds(judge, Case("F2 kill -9 after Telegram took it", faults=1, outage=2))
    assert sum("taken before the kill" in text for text in topic.texts()) <= 2


def test_f2_a_worker_killed_after_twilio_took_it_finds_it_there(ground: Ground) -> None:
    owner, topic = ground.case()
    judge = ground.judge()
    ground.stack.sandbox.post("faults", action="silence", provider="twilio", flow="webhook", method="status", times=-1)
    ground.fault("timeout_after_accept", "twilio", "Messages.create", seconds=0.4)
    topic.writes("/r Lena here before the kill")
    owner.hears("Lena here before the kill")
    ground.stack.kill("worker")

    ground.stack.start_worker()

    ground.row("Lena here before the kill", "accepted")
    ground.holds(judge, Case("F2 kill -9 after Twilio took it", faults=1, outage=2))
    assert owner.heard().count("Lena here before the kill") == 1


def test_f3_a_worker_killed_after_the_commit_repeats_nothing(ground: Ground) -> None:
    owner, topic = ground.case()
    judge = ground.judge()
    owner.says("settled before the kill")
    ground.row("settled before the kill", "accepted")
    ground.stack.kill("worker")

    ground.stack.start_worker()
    owner.says("said after the kill")

    topic.shows("said after the kill")
    ground.holds(judge, Case("F3 kill -9 after the commit", faults=1, outage=2))
    assert sum("settled before the kill" in text for text in topic.texts()) == 1


def test_f5_a_frozen_worker_that_wakes_up_does_not_send_what_another_has_sent(ground: Ground) -> None:
    owner, topic = ground.case()
    judge = ground.judge()
    with ground.telegram.holding():
        owner.says("claimed by the frozen one")
        ground.row("claimed by the frozen one", "leased")
        ground.freeze("worker")
        frozen = time.monotonic()
    ground.stack.start_worker("second")

    topic.shows("claimed by the frozen one")
    time.sleep(max(0.0, frozen + 3 * LEASE - time.monotonic()))
    ground.stack.signal("worker", signal.SIGCONT)

    ground.holds(judge, Case("F5 frozen for three leases", faults=1, outage=3))
    row = ground.row("claimed by the frozen one", "accepted")
    assert sum("claimed by the frozen one" in text for text in topic.texts()) == 1
    assert row.attempts >= 2


def test_f6_a_worker_whose_ticker_died_ends_itself_and_the_next_one_goes_on(ground: Ground) -> None:
    owner, topic = ground.case()
    judge = ground.judge()
    ground.stack.kill("worker")
    ground.stack.start("worker", "python", "-m", "tests.faults.wounded", WOUND="ticker")

    code = ground.stack.processes["worker"].wait(10)
    ground.stack.processes.pop("worker")
    owner.says("said while nobody ticks")
    ground.stack.start_worker()

    topic.shows("said while nobody ticks")
    ground.holds(judge, Case("F6 the ticker's thread dies", faults=1, outage=4))
    assert code == 70
