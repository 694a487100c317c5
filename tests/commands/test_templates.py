"""``flask templates check``: each configured template is asked for at Twilio; what cannot be used is named."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.shell import Shell
from bot.templates import Templates
from channels.twilio import Twilio
from channels.twilio.channel import Account
from tests.bot.house import PUBLIC, SID, House
from tests.commands.runner import run
from tests.support.sandbox import Sandbox, running

READY, CLOSED, STARS = "HX" + "1" * 32, "HX" + "2" * 32, "HX" + "3" * 32


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("templates")) as started:
        yield started


def checked(house: House, sandbox: Sandbox, sids: dict[str, dict[str, str]]) -> tuple[int, str]:
    twilio = Twilio(Account(SID, "sandbox-auth-token", sandbox.base, PUBLIC, timeout=5))
    changed = {"channels": {"twilio": twilio}, "templates": Templates(sids)}
    done = run(Shell(**{**vars(house.shell), **changed}), "templates", "check")
    twilio.close()
    return done.exit_code, done.output


def kept(sandbox: Sandbox, sid: str, *keys: str, kind: str = "quick-reply", **more: Any) -> None:
    field, title = ("actions", "title") if kind == "quick-reply" else ("items", "item")
    taps = [{title: key, "id": f"say:{key}"} for key in keys]
    sandbox.post("twilio/contents", sid=sid, types={f"twilio/{kind}": {"body": "{{1}}", field: taps}}, **more)


def test_what_can_be_used_is_ok_and_a_question_needs_no_approval(house: House, sandbox: Sandbox) -> None:
    kept(sandbox, READY, "show_answer", approval="approved")
    kept(sandbox, CLOSED, "yes", "partly", "no")
    kept(sandbox, STARS, *"12345", kind="list-picker")

    code, output = checked(
        house, sandbox, {"answer_ready": {"en": READY}, "closed": {"en": CLOSED}, "ask_stars": {"en": STARS}}
    )

    assert code == 0
    assert output.splitlines() == [
        f"ok\tanswer_ready\ten\t{READY}\tapproved",
        f"ok\tclosed\ten\t{CLOSED}\tneeds no approval within the 24 hours",
        f"ok\task_stars\ten\t{STARS}\tneeds no approval within the 24 hours",
    ]


@pytest.mark.parametrize(
    ("review", "said"),
    [
        ({"approval": "pending"}, "pending. Next: wait for WhatsApp's review"),
        ({"approval": "rejected", "reason": "it is marketing"}, "rejected: it is marketing. Next: change its text"),
        ({"approval": "unsubmitted"}, "unsubmitted. Next: submit it for WhatsApp approval"),
        ({"approval": "paused"}, "paused. Next: WhatsApp paused it"),
    ],
)
def test_a_review_that_is_not_passed_is_told_with_the_next_step(
    house: House, sandbox: Sandbox, review: dict[str, str], said: str
) -> None:
    kept(sandbox, READY, "show_answer", **review)

    code, output = checked(house, sandbox, {"answer_ready": {"en": READY}})

    assert code == 1
    assert f"BROKEN\tanswer_ready\ten\t{READY}\t{said}" in output


def test_an_unknown_sid_and_buttons_we_would_not_understand_are_told(house: House, sandbox: Sandbox) -> None:
    kept(sandbox, CLOSED, "good", "bad")

    code, output = checked(house, sandbox, {"answer_ready": {"es": "HX" + "9" * 32}, "closed": {"en": CLOSED}})

    assert code == 1
    assert "unknown: Twilio has no template under this SID. Next: correct the SID" in output
    assert "its buttons have the ids say:good, say:bad. Next: make one whose buttons have say:yes, say:partly" in output


def test_no_template_at_all_is_said_and_no_fault(house: House, sandbox: Sandbox) -> None:
    code, output = checked(house, sandbox, {})

    assert (code, output) == (
        0,
        "[templates] names no answer_ready: after WhatsApp's 24 hours texts go by SMS or wait for the customer\n",
    )


def test_with_whatsapp_switched_off_there_is_nothing_to_ask(house: House) -> None:
    done = run(Shell(**{**vars(house.shell), "channels": {}}), "templates", "check")

    assert done.exit_code == 1
    assert "TWILIO_ACCOUNT_SID is not set" in done.output
