"""A missing, half or wrong setting stops the start with its name, what is wrong and an example of right."""

import os
from pathlib import Path

import pytest

from settings import Settings, SettingsError, load

TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC0123456789abcdef0123456789abcdef",
    "TWILIO_AUTH_TOKEN": "feedc0de0123456789abcdef01234567",
    "PUBLIC_URL": "https://support.studio.example",
    "SECRET_KEY": "s3cret-s3cret-s3cret",
}
TELEGRAM = {
    "TELEGRAM_BOT_TOKEN": "123456:xyz-DEF_1",
    "TELEGRAM_WEBHOOK_SECRET": "backstop-5f2c9e",
    "TELEGRAM_AGENT_CHAT_ID": "-1001234567890",
    "PUBLIC_URL": "https://support.studio.example",
}
SECRETS = ("feedc0de", "s3cret", "xyz-DEF", "hunter2")
EVERY = [name.upper() for name in Settings.model_fields]


@pytest.fixture(autouse=True)
def _a_bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in EVERY:
        for given in (name, name.lower(), f"{name}_FILE"):
            monkeypatch.delenv(given, raising=False)


def environment(monkeypatch: pytest.MonkeyPatch, **found: str) -> None:
    for name, value in found.items():
        monkeypatch.setenv(name, value)


def complaint(monkeypatch: pytest.MonkeyPatch, **found: str) -> str:
    environment(monkeypatch, **found)
    with pytest.raises(SettingsError) as stopped:
        load()
    return str(stopped.value)


def without(found: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in found.items() if key != name}


def test_with_nothing_set_it_starts_with_every_channel_off() -> None:
    settings = load()

    assert (settings.twilio, settings.telegram) == (False, False)
    assert settings.database_url.startswith("sqlite:///")


@pytest.mark.parametrize("given", [TWILIO, TELEGRAM, {**TWILIO, **TELEGRAM}], ids=["twilio", "telegram", "both"])
def test_each_channel_alone_or_both_start(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> None:
    environment(monkeypatch, **given)

    settings = load()

    assert settings.twilio == ("TWILIO_AUTH_TOKEN" in given)
    assert settings.telegram == ("TELEGRAM_BOT_TOKEN" in given)


HALVES = [
    *((TWILIO, name) for name in TWILIO),
    *((TELEGRAM, name) for name in TELEGRAM if name != "TELEGRAM_BOT_TOKEN"),
]


@pytest.mark.parametrize(("whole", "missing"), HALVES, ids=[f"without {name}" for _, name in HALVES])
def test_a_half_configured_channel_stops_with_the_name_and_an_example(
    monkeypatch: pytest.MonkeyPatch, whole: dict[str, str], missing: str
) -> None:
    said = complaint(monkeypatch, **without(whole, missing))

    assert f"{missing} is missing" in said
    assert "example: " in said


def test_everything_that_is_missing_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    said = complaint(monkeypatch, TELEGRAM_BOT_TOKEN="123456:ABC-DEF_1", LEASE_SECONDS="5")

    lines = said.splitlines()
    assert len(lines) == 4
    names = ("TELEGRAM_WEBHOOK_SECRET", "TELEGRAM_AGENT_CHAT_ID", "PUBLIC_URL", "LEASE_SECONDS")
    assert all(any(line.startswith(name) for line in lines) for name in names)


@pytest.mark.parametrize("name", [*TWILIO, *TELEGRAM])
def test_an_empty_value_is_a_missing_one(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    if name == "TELEGRAM_BOT_TOKEN":
        environment(monkeypatch, **{**TELEGRAM, name: ""})
        assert not load().telegram
        return
    whole = TWILIO if name in TWILIO else TELEGRAM

    assert f"{name} is missing" in complaint(monkeypatch, **{**whole, name: ""})


WRONG = [
    ("PUBLIC_URL", "support.studio.example"),
    ("PUBLIC_URL", "ftp://support.studio.example"),
    ("PUBLIC_URL", "https://"),
    ("PUBLIC_URL", "https://support.studio.example?x=1"),
    ("PUBLIC_URL", "https://support.studio.example#top"),
    ("PUBLIC_URL", "https://my_bot:8000"),
    ("PUBLIC_URL", "https://[::1"),
    ("TWILIO_API_BASE", "api.twilio.com"),
    ("TELEGRAM_API_BASE", "localhost:8081"),
    ("TWILIO_ACCOUNT_SID", "SK0123456789"),
    ("TWILIO_ACCOUNT_SID", "0123456789"),
    ("TWILIO_WHATSAPP_FROM", "+34-910-000-000"),
    ("TWILIO_SMS_FROM", "+34 910 000 000 000 000"),
    ("TELEGRAM_BOT_TOKEN", "hunter2"),
    ("TELEGRAM_WEBHOOK_SECRET", "with a space"),
    ("TELEGRAM_WEBHOOK_SECRET", "x" * 257),
    ("TELEGRAM_WEBHOOK_SECRET", "señal"),
    ("TELEGRAM_AGENT_CHAT_ID", "@support"),
    ("TELEGRAM_AGENT_CHAT_ID", "1.5"),
    ("TELEGRAM_LEAD_CHAT_ID", "leads"),
    ("DATABASE_URL", "mysql://root@localhost/backstop"),
    ("DATABASE_URL", "backstop.sqlite3"),
    ("LEASE_SECONDS", "0"),
    ("LEASE_SECONDS", "thirty"),
    ("LEASE_SECONDS", "10"),
    ("UNKNOWN_SECONDS", "-1"),
    ("PROVIDER_TIMEOUT_SECONDS", "0"),
    ("PROVIDER_TIMEOUT_SECONDS", "nan"),
    ("TICK_SECONDS", "0"),
    ("POLICY_FILE", "/nowhere/policy.toml"),
    ("POLICY_FILE", "/"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_named_with_an_example(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    said = complaint(monkeypatch, **{**TWILIO, **TELEGRAM, name: value})

    about = [line for line in said.splitlines() if line.startswith(name)]
    assert len(about) == 1
    assert any(sign in about[0] for sign in ("example", "write it like", "like ", "begins with"))


def test_no_complaint_ever_shows_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"TELEGRAM_BOT_TOKEN": "hunter2", "TELEGRAM_WEBHOOK_SECRET": "hunter2 hunter2", "LEASE_SECONDS": "x"}

    said = complaint(monkeypatch, **{**TWILIO, **wrong, "DATABASE_URL": "mysql://root:hunter2@db/x"})

    assert not any(secret in said for secret in SECRETS)


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("PUBLIC_URL", "https://support.studio.example/", "https://support.studio.example"),
        ("PUBLIC_URL", "https://support.studio.example:8443/backstop/", "https://support.studio.example:8443/backstop"),
        ("TWILIO_WHATSAPP_FROM", "whatsapp:+34910000000", "+34910000000"),
        ("TWILIO_SMS_FROM", "Backstop", "Backstop"),
        ("TELEGRAM_API_BASE", "http://127.0.0.1:8081", "http://127.0.0.1:8081"),
        ("DATABASE_URL", "postgresql://user:secret@host/backstop", "postgresql://user:secret@host/backstop"),
        ("TELEGRAM_AGENT_CHAT_ID", "-1001234567890", -1001234567890),
    ],
)
def test_a_right_value_is_kept_in_one_form(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, kept: object
) -> None:
    environment(monkeypatch, **{name: value})

    assert getattr(load(), name.lower()) == kept


def test_a_variable_that_is_not_ours_is_nobodys_business(monkeypatch: pytest.MonkeyPatch) -> None:
    before = load()

    environment(monkeypatch, PATH_OF_SOMETHING="x", TWILIO_SOMETHING_NEW="y")

    assert load() == before


@pytest.mark.parametrize("name", ["TWILIO_AUTH_TOKEN", "SECRET_KEY", "TELEGRAM_BOT_TOKEN", "TELEGRAM_AGENT_CHAT_ID"])
def test_a_secret_may_be_a_mounted_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    whole = {**TWILIO, **TELEGRAM}
    mounted = tmp_path / "secret"
    mounted.write_text(f"{whole[name]}\n")

    environment(monkeypatch, **without(whole, name), **{f"{name}_FILE": str(mounted)})

    assert str(getattr(load(), name.lower())) == whole[name]


def test_the_value_itself_beats_the_file_and_an_empty_value_does_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mounted = tmp_path / "secret"
    mounted.write_text("from the file")
    environment(monkeypatch, SECRET_KEY="its own", SECRET_KEY_FILE=str(mounted))
    own = load().secret_key

    environment(monkeypatch, SECRET_KEY="")
    filed = load().secret_key

    assert (own, filed) == ("its own", "from the file")


def test_a_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = complaint(monkeypatch, SECRET_KEY_FILE=str(tmp_path / "nothing"))

    assert said.startswith("SECRET_KEY_FILE")
    assert str(tmp_path / "nothing") in said


def test_a_file_that_is_no_text_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mounted = tmp_path / "secret"
    mounted.write_bytes(b"\xff\xfe\xfd")

    assert complaint(monkeypatch, SECRET_KEY_FILE=str(mounted)).startswith("SECRET_KEY_FILE")


def test_a_folder_is_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert complaint(monkeypatch, SECRET_KEY_FILE=str(tmp_path)).startswith("SECRET_KEY_FILE")


def test_an_empty_file_is_a_missing_value(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mounted = tmp_path / "secret"
    mounted.write_text("\n")

    said = complaint(monkeypatch, **without(TWILIO, "SECRET_KEY"), SECRET_KEY_FILE=str(mounted))

    assert "SECRET_KEY is missing" in said


def test_a_wrong_value_in_a_file_is_named_like_any_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mounted = tmp_path / "secret"
    mounted.write_text("not a token")

    said = complaint(monkeypatch, TELEGRAM_BOT_TOKEN_FILE=str(mounted))

    assert said.startswith("TELEGRAM_BOT_TOKEN ")
    assert "not a token" not in said


def test_an_empty_file_name_is_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch, SECRET_KEY_FILE="")

    assert load().secret_key == ""


def test_the_stop_is_an_exit_with_words_and_not_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch, DATABASE_URL="mysql://x")

    with pytest.raises(SystemExit) as stopped:
        load()

    assert isinstance(stopped.value.code, str)


def test_settings_cannot_be_changed_after_the_start() -> None:
    settings = load()

    with pytest.raises(ValueError, match="frozen"):
        settings.secret_key = "another"


def test_reading_the_settings_changes_nothing_in_the_environment() -> None:
    before = dict(os.environ)

    load()

    assert dict(os.environ) == before


def test_the_same_token_twice_is_no_rotation(monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch, **TWILIO, TWILIO_OTHER_AUTH_TOKEN=TWILIO["TWILIO_AUTH_TOKEN"])

    with pytest.raises(SettingsError) as error:
        load()

    assert "TWILIO_OTHER_AUTH_TOKEN is the same as TWILIO_AUTH_TOKEN; example: the old token" in str(error.value)
    assert TWILIO["TWILIO_AUTH_TOKEN"] not in str(error.value)
