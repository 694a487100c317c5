"""Judges nobody here wrote read everything that crosses between the product, Twilio and Telegram in a whole story."""

import aiogram.methods
import pytest
from pydantic import TypeAdapter

from tests.contracts.day import Day, Json
from tests.sandbox.telegram_client import judge, unknown_fields


@pytest.mark.timeout(150)  # it starts the whole stack and lives a day with it
def test_a_whole_story_holds_before_every_judge(day: Day, subtests: pytest.Subtests) -> None:
    """One test, so that one stack serves every judge however the tests are shared among processes."""
    for judgement in JUDGEMENTS:
        with subtests.test(judgement.__name__):
            judgement(day)


def twilios_files_object_to_nothing(day: Day) -> None:
    assert day.proxy.violations() == []


def messages_were_sent_lost_refused_looked_up_and_fetched(day: Day) -> None:
    messages = {(seen.method, seen.status) for seen in day.proxy.seen if seen.path.endswith("/Messages.json")}
    files = {seen.status for seen in day.proxy.seen if "/Media/ME" in seen.path}

    assert messages == {("POST", 201), ("POST", 0), ("POST", 400), ("GET", 200)}
    assert files == {200}


def every_webhook_was_answered_with_2xx(day: Day) -> None:
    webhooks = day.ledger("webhook", "twilio")

    assert {row["outcome"] for row in webhooks} <= {200, 204}
    assert {row["action"] for row in webhooks} >= {"message", "status:delivered", "status:read"}
    assert {row["outcome"] for row in day.ledger("webhook", "telegram")} == {200}


def nothing_was_asked_that_the_sandbox_does_not_know(day: Day) -> None:
    assert day.stack.sandbox.ledger(flow="unmodelled") == []


def aiogram_knows_every_field_of_every_update(day: Day) -> None:
    updates = [entry["request"] for entry in day.ledger("webhook", "telegram")]

    for update in updates:
        judge(update)

    kinds = {kind for update in updates for kind in update} - {"update_id"}
    assert kinds >= {"message", "edited_message", "callback_query"}


def aiogram_knows_every_field_of_every_answer(day: Day) -> None:
    answered = [entry for entry in calls(day) if entry["outcome"] == 200]

    for entry in answered:
        result = TypeAdapter(method_of(entry).__returning__).validate_python(entry["response"]["result"])
        assert unknown_fields(result) == [], entry["action"]

    assert answered


def every_call_is_a_method_of_telegram_with_its_parameters(day: Day) -> None:
    for entry in calls(day):
        assert set(entry["request"]) - set(method_of(entry).model_fields) == set(), entry["action"]

    asked = {entry["action"] for entry in calls(day)}
    assert asked >= {"createForumTopic", "sendMessage", "sendPhoto", "editMessageText", "answerCallbackQuery"}


def every_value_is_one_aiogram_would_send(day: Day) -> None:
    for entry in calls(day):
        files = {name: "attach://file" for name, value in entry["request"].items() if is_file(value)}
        made = method_of(entry).model_validate(entry["request"] | files)
        assert unknown_fields(made) == [], entry["action"]


def calls(day: Day) -> list[Json]:
    """What the product asked of the Bot API, files aside."""
    return [entry for entry in day.ledger("call", "telegram") if entry["action"] != "download"]


def method_of(call: Json) -> type[aiogram.methods.TelegramMethod[object]]:
    """aiogram's class of the method; an AttributeError names one that Telegram does not have."""
    found: type[aiogram.methods.TelegramMethod[object]] = getattr(
        aiogram.methods, call["action"][0].upper() + call["action"][1:]
    )
    return found


def is_file(value: object) -> bool:
    return isinstance(value, dict) and set(value) == {"file", "bytes"}


JUDGEMENTS = (
    twilios_files_object_to_nothing,
    messages_were_sent_lost_refused_looked_up_and_fetched,
    every_webhook_was_answered_with_2xx,
    nothing_was_asked_that_the_sandbox_does_not_know,
    aiogram_knows_every_field_of_every_update,
    aiogram_knows_every_field_of_every_answer,
    every_call_is_a_method_of_telegram_with_its_parameters,
    every_value_is_one_aiogram_would_send,
)
