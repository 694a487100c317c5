"""``flask doctor`` on a running program: all legs sound, then each of them broken in turn."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from bot.claims import Database
from models import Agent
from tests.commands.runner import run
from tests.support.databases import fresh
from tests.support.people import LENA
from tests.support.sandbox import GROUP, WHATSAPP, eventually
from tests.support.stack import Stack, standing

BOT, SMALL, PLAIN = 123456, -4000000001, -1001000000009
SERVICE = "MG" + "1" * 32
LEADS = [{"id": LENA, "first_name": "Lena", "username": "lena", "status": "administrator"}]
CHATS = [
    {"id": GROUP, "type": "supergroup", "is_forum": True, "title": "Support", "members": LEADS},
    {"id": SMALL, "type": "group", "title": "Small", "bot": {"status": "member"}},
]


@dataclass
class Doctor:
    """``looks`` runs the command on the stack's own environment, with what a test changes in it."""

    stack: Stack
    printed: list[str] = field(default_factory=list)

    def looks(self, **environment: str) -> dict[str, Any]:
        """The findings by leg."""
        shell = self.stack.assembled(**environment)
        try:
            done = run(shell, "doctor", "--json")
        finally:
            shell.db.close()
        self.printed.append(done.output)
        facts = json.loads(done.stdout)
        assert done.exit_code == (0 if facts["ok"] else 1), done.output
        assert facts["ok"] == all(leg["ok"] for leg in facts["legs"])
        assert facts["seconds"] < 30
        return {leg["leg"]: leg for leg in facts["legs"]}

    def broken(self, **environment: str) -> dict[str, str]:
        """What is broken, each with its words; every one says a next step."""
        found = {name: leg for name, leg in self.looks(**environment).items() if not leg["ok"]}
        assert all(leg["next"] for leg in found.values()), found
        return {name: leg["words"] for name, leg in found.items()}


@pytest.fixture(scope="module")
def stack_of_one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack nobody else uses: what another story leaves behind would be a finding."""
    directory = tmp_path_factory.mktemp("doctor")
    with standing(directory, fresh("sqlite", directory), {"telegram": {"chats": CHATS}}) as stack:
        yield stack


@pytest.fixture
def doctor(stack_of_one: Stack) -> Iterator[Doctor]:
    doctor = Doctor(stack_of_one)
    yield doctor
    stack_of_one.sandbox.delete("faults")
    for printed in doctor.printed:  # whatever was found, no secret is in it
        assert "sandbox-auth-token" not in printed
        assert "123456:" not in printed
        assert "sandbox-secret" not in printed
        assert stack_of_one.environment["SECRET_KEY"] not in printed


@contextlib.contextmanager
def number(stack: Stack, **changed: Any) -> Iterator[None]:
    """Our number set up in another way, and back."""
    stack.sandbox.post("twilio/numbers", number=WHATSAPP, **changed)
    try:
        yield
    finally:
        right = {
            "sms_url": f"{stack.public}/webhooks/twilio/messages",
            "sms_method": "POST",
            "whatsapp_status": "ONLINE",
        }
        stack.sandbox.post("twilio/numbers", number=WHATSAPP, whatsapp=True, **right)


def test_all_legs_are_sound_and_each_is_named(doctor: Doctor) -> None:
    found = doctor.looks()

    assert {name: leg["words"] for name, leg in found.items() if not leg["ok"]} == {}
    assert list(found) == [
        "settings", "SECRET_KEY", "database", "media store", "worker", "outbox", "inbox", "alarms", "clock",
        "rota", "heartbeat",
        "Twilio credentials", "clock against Twilio", "WhatsApp out", "WhatsApp in", "SMS out", "SMS in",
        "Telegram token", "Telegram webhook", f"Telegram group {GROUP}", f"Telegram rights in {GROUP}",
        f"Telegram privacy mode in {GROUP}", "clock against Telegram", "migrations", "PUBLIC_URL",
    ]  # fmt: skip
    assert found["worker"]["words"] == "1 ticking"


def test_people_read_one_line_a_leg_and_the_next_step_below(doctor: Doctor) -> None:
    shell = doctor.stack.assembled(TELEGRAM_BOT_TOKEN="123456:wrong")

    done = run(shell, "doctor")
    shell.db.close()

    assert done.exit_code == 1
    assert "ok      Twilio credentials: valid, the account is active\n" in done.output
    assert "broken  Telegram token: Telegram refuses our token" in done.output
    assert "        next: ask @BotFather for the token" in done.output


def test_each_provider_may_refuse_us_without_hiding_the_others(doctor: Doctor) -> None:
    wrong = doctor.broken(TWILIO_AUTH_TOKEN="wrong", TELEGRAM_BOT_TOKEN="123456:wrong")

    assert "refuses our credentials" in wrong.pop("Twilio credentials")
    assert "refuses our token" in wrong.pop("Telegram token")
    assert wrong == {}


def test_the_second_token_of_a_rotation_is_asked_with(doctor: Doctor) -> None:
    used, right = "an-old-token", "sandbox-auth-token"

    dropped = doctor.looks(TWILIO_OTHER_AUTH_TOKEN=used)["Twilio other token"]
    known = doctor.looks(TWILIO_AUTH_TOKEN=used, TWILIO_OTHER_AUTH_TOKEN=right)["Twilio other token"]

    assert (dropped["ok"], dropped["words"]) == (False, "Twilio does not know it")
    assert dropped["next"].startswith("take TWILIO_OTHER_AUTH_TOKEN out")
    assert known["ok"]


def test_providers_that_are_away_or_hang_up_are_broken_legs(doctor: Doctor) -> None:
    dead = "http://127.0.0.1:9"
    away = doctor.broken(TWILIO_API_BASE=dead, TELEGRAM_API_BASE=dead)
    doctor.stack.sandbox.post("faults", action="drop_before", provider="twilio", method="Services.list")
    doctor.stack.sandbox.post("faults", action="drop_before", provider="telegram", method="getWebhookInfo")

    hung_up = doctor.broken()

    assert set(away) == {"Twilio credentials", "Telegram token"}
    assert hung_up == {
        "Twilio senders": "the connection to Twilio broke",
        "Telegram webhook": "the connection to Telegram broke",
    }


def test_a_sender_that_is_not_ours_is_named(doctor: Doctor) -> None:
    assert doctor.broken(TWILIO_SMS_FROM="+15550009999", TWILIO_WHATSAPP_FROM="+15550009999") == {
        "SMS out": "TWILIO_SMS_FROM is no number of this account",
        "WhatsApp out": "TWILIO_WHATSAPP_FROM is no WhatsApp sender of this account",
    }


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"sms_url": ""}, "has no URL"),
        (
            {"sms_url": "https://me:secret@old.example/webhooks/twilio/messages?key=1"},
            "old.example/webhooks/twilio/messages",
        ),
        ({"sms_method": "GET"}, "uses GET instead of POST"),
    ],
)
def test_what_customers_write_must_come_to_us(doctor: Doctor, changed: dict[str, str], words: str) -> None:
    with number(doctor.stack, **changed):
        broken = doctor.broken()

    assert set(broken) == {"WhatsApp in", "SMS in"}
    assert words in broken["SMS in"]
    assert "secret" not in broken["SMS in"]
    assert "key=1" not in broken["SMS in"]


@pytest.mark.parametrize(
    ("changed", "broken"),
    [
        ({}, {"voice in": "the number has no URL for calls"}),
        ({"voice_url": "https://old.example/voice"}, {"voice in": "the number's calls go to another address"}),
        ({"voice": False}, {"voice out": "TWILIO_VOICE_FROM is a number that cannot call"}),
        ({"voice_url": "ours", "voice_fallback_url": "ours"}, {"voice fallback": "it is on our own host"}),
        ({"voice_url": "ours", "voice_fallback_url": "https://handler.twilio.com/twiml/EH1"}, {}),
    ],
)
def test_a_number_that_studios_call_must_bring_them_to_us_and_be_answered_without_us(
    doctor: Doctor, changed: dict[str, Any], broken: dict[str, str]
) -> None:
    ours = f"{doctor.stack.public}/webhooks/twilio/voice"
    told = {name: ours if value == "ours" else value for name, value in changed.items()}
    with number(doctor.stack, **{"voice_url": "", "voice_fallback_url": "", "voice": True, **told}):
        found = doctor.broken(TWILIO_VOICE_FROM=WHATSAPP)

    if broken and "voice_fallback_url" not in changed and "voice" not in changed:
        assert found.pop("voice fallback") == "while we are away callers hear Twilio's own error"
    assert list(found) == list(broken)
    assert all(words.startswith(wanted) for words, wanted in zip(found.values(), broken.values(), strict=True))


def test_a_voice_number_of_another_account_is_named(doctor: Doctor) -> None:
    assert doctor.broken(TWILIO_VOICE_FROM="+15550009999") == {
        "voice out": "TWILIO_VOICE_FROM is no number of this account"
    }


def test_a_messaging_service_that_takes_the_lines_over_counts(doctor: Doctor) -> None:
    service = {"sid": SERVICE, "numbers": [WHATSAPP], "use_inbound_webhook_on_number": False}
    doctor.stack.sandbox.post(
        "twilio/services", **service, friendly_name="Old", inbound_request_url="https://old.example/"
    )
    broken = doctor.broken()
    doctor.stack.sandbox.post("twilio/services", sid=SERVICE, use_inbound_webhook_on_number=True)

    assert broken["WhatsApp in"] == broken["SMS in"]
    assert broken["SMS in"] == "its Messaging Service Old posts to another address: https://old.example/"
    assert doctor.broken() == {}


def test_a_whatsapp_sender_that_is_offline_is_named(doctor: Doctor) -> None:
    with number(doctor.stack, whatsapp_status="OFFLINE"):
        assert doctor.broken() == {"WhatsApp out": "the sender is OFFLINE"}


def test_a_group_without_topics_or_without_the_bot_is_named(doctor: Doctor) -> None:
    small = doctor.broken(TELEGRAM_AGENT_CHAT_ID=str(SMALL))
    nowhere = doctor.broken(TELEGRAM_AGENT_CHAT_ID=str(PLAIN))

    assert small == {
        f"Telegram group {SMALL}": "a group without topics",
        f"Telegram rights in {SMALL}": "the bot is no administrator but member",
        f"Telegram privacy mode in {SMALL}": "on, so what agents write is not seen",
    }
    assert nowhere == {f"Telegram group {PLAIN}": "Telegram does not know this chat"}


def test_the_leads_chat_needs_the_bot_and_no_topics(doctor: Doctor) -> None:
    small = doctor.broken(TELEGRAM_LEAD_CHAT_ID=str(SMALL))
    nowhere = doctor.broken(TELEGRAM_LEAD_CHAT_ID=str(PLAIN))

    assert small == {}
    assert nowhere == {f"Telegram chat of the leads {PLAIN}": "Telegram does not know this chat"}


def test_rights_the_bot_lacks_are_named(doctor: Doctor) -> None:
    rights = {"can_manage_topics": False, "can_pin_messages": False, "can_delete_messages": True}
    bot = {"chat_id": GROUP, "user": {"id": BOT}, "by": LENA, "status": "administrator"}
    doctor.stack.sandbox.post("telegram/members", **bot, rights=rights)
    broken = doctor.broken()
    everything = dict.fromkeys(rights, True)
    doctor.stack.sandbox.post("telegram/members", **bot, rights=everything)

    assert broken[f"Telegram rights in {GROUP}"] == "the bot lacks can_manage_topics, can_pin_messages"
    assert set(broken) <= {f"Telegram rights in {GROUP}", "alarms"}
    eventually(lambda: doctor.broken() == {}, 30)


def test_a_webhook_of_another_address_or_without_all_kinds_is_named(doctor: Doctor) -> None:
    api = f"{doctor.stack.sandbox.base}/bot{doctor.stack.environment['TELEGRAM_BOT_TOKEN']}/setWebhook"
    asked = {"url": f"{doctor.stack.public}/webhooks/telegram", "secret_token": "sandbox-secret"}

    def set_to(**changed: Any) -> None:
        eventually(lambda: requests.post(api, json=asked | changed, timeout=5).ok)  # once a second at most

    set_to(allowed_updates=["message"])
    few = doctor.broken()["Telegram webhook"]
    set_to(url="https://old.example/webhooks/telegram")
    elsewhere = doctor.broken()["Telegram webhook"]
    eventually(lambda: doctor.stack.flask_alone("release"))

    assert few.startswith("it does not ask for callback_query, ")
    assert elsewhere == "it goes to another address than PUBLIC_URL"
    assert doctor.broken() == {}


def test_an_agent_who_never_pressed_start_is_named(doctor: Doctor) -> None:
    database = Database(doctor.stack.environment["DATABASE_URL"])
    with database.writing() as session:
        session.add(Agent(id=LENA, name="Lena", seen_at=datetime(2026, 1, 1, tzinfo=UTC)))

    named = doctor.broken()
    doctor.stack.sandbox.post("telegram/say", chat_id=LENA, user_id=LENA, text="/start")
    then = doctor.broken()
    with database.writing() as session:
        session.delete(session.get_one(Agent, LENA))
    database.close()

    assert named == {"agents reachable in private": "never pressed Start, or blocked the bot: Lena"}
    assert then == {}


def test_the_rest_of_the_program_is_looked_at_too(doctor: Doctor, tmp_path: Path) -> None:
    clock = tmp_path / "clock.json"
    clock.write_text(json.dumps({"real": "2026-01-01T00:00:00Z", "shows": "2030-01-01T00:00:00Z", "rate": 1.0}))

    found = doctor.looks(SECRET_KEY="short", CLOCK_FILE=str(clock), PUBLIC_URL="http://127.0.0.1:9")

    assert found["SECRET_KEY"]["words"] == "shorter than 32 characters"
    assert found["rehearsal clock"]["words"].startswith("REHEARSAL: CLOCK_FILE is set, and every promise goes by 20")
    assert found["PUBLIC_URL"]["words"] == "cannot be reached from here (ConnectionRefusedError)"


def test_a_database_that_is_away_breaks_its_own_legs_only(doctor: Doctor) -> None:
    broken = doctor.broken(DATABASE_URL="sqlite:////nowhere/at/all.sqlite3")

    assert set(broken) == {"clock", "database", "media store", "worker", "rota", "migrations"}
    assert set(broken.values()) == {"the database does not answer (OperationalError)"}


def test_a_database_nobody_has_migrated_says_so(doctor: Doctor, tmp_path: Path) -> None:
    broken = doctor.broken(DATABASE_URL=fresh("sqlite", tmp_path))

    assert broken["migrations"].startswith("at nothing, and the newest is ")
    assert broken["database"] == "the database does not answer (OperationalError)"


def test_a_web_process_and_a_worker_that_ended_are_named_with_what_waits(doctor: Doctor) -> None:
    stack = doctor.stack
    stack.stop("web")
    stack.stop("worker")
    stack.sandbox.post("telegram/say", chat_id=GROUP, user_id=LENA, text="anybody there?")
    eventually(lambda: "Connection refused" in doctor.looks()["Telegram webhook"]["words"])

    broken = doctor.broken()
    stack.start_web()
    stack.start_worker()
    stack.sandbox.post("reset")  # Telegram remembers the error
    stack.flask("release")
    eventually(stack.ready, 30)

    assert set(broken) >= {"PUBLIC_URL", "Telegram webhook"}
    assert "1 updates pending" in broken["Telegram webhook"]
