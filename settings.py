"""Every knob from the environment, typed and checked at start; each also as NAME_FILE for a mounted secret."""

import os
import re
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsError(SystemExit):
    """The program cannot start: one line for each setting, with what is wrong and an example of right."""


def _origin(text: str) -> str:
    """An http(s) address without query or fragment; Twilio refuses hosts with an underscore."""
    parts = urlsplit(text)
    if text and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
        raise ValueError("is no http(s) address; write it like https://support.studio.example")
    if "_" in (parts.hostname or ""):
        raise ValueError("has an underscore in its host name, which Twilio refuses for callbacks; write it like my-bot")
    return text.rstrip("/")


def _heartbeat(text: str) -> str:
    parts = urlsplit(text)
    if text and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ValueError(
            "is no http(s) address; write it like https://hc-ping.com/5f2c9e00-0000-0000-0000-000000000000"
        )
    return text


def _secret_token(text: str) -> str:
    if text and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", text):
        raise ValueError("may hold 1 to 256 of A-Z a-z 0-9 _ - (Telegram's rule), like backstop-5f2c9e")
    return text


def _sid(text: str) -> str:
    if text and not re.fullmatch(r"AC[0-9a-zA-Z]+", text):
        raise ValueError("is no account SID; it begins with AC, from the Twilio console")
    return text


def _bot_token(text: str) -> str:
    if text and not re.fullmatch(r"\d+:[\w-]+", text):
        raise ValueError("is no bot token; BotFather gives one like 123456:ABC-DEF")
    return text


def _number(text: str) -> str:
    bare = text.removeprefix("whatsapp:")
    if bare and not re.fullmatch(r"\+?\d{3,15}|[A-Za-z0-9 ]{1,11}", bare):
        raise ValueError("is no sender; write a number with its country like +34910000000")
    return bare


def _alarm_to(text: str) -> str:
    if text and not re.fullmatch(r"sms:\+\d{6,15}", text):
        raise ValueError("is no way for an alarm; write a number with its country like sms:+34600000000")
    return text


Origin = Annotated[str, AfterValidator(_origin)]
Number = Annotated[str, AfterValidator(_number)]


class Settings(BaseSettings):
    """The outside interface's environment (docs/operations.md has the table)."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    database_url: str = "sqlite:///backstop.sqlite3"
    public_url: Origin = ""
    secret_key: str = ""
    policy_file: Path | None = None
    clock_file: Path | None = None

    twilio_account_sid: Annotated[str, AfterValidator(_sid)] = ""
    twilio_auth_token: str = ""
    twilio_other_auth_token: str = ""
    twilio_api_base: Origin = "https://api.twilio.com"
    twilio_whatsapp_from: Number = ""
    twilio_sms_from: Number = ""
    twilio_voice_from: Number = ""

    telegram_bot_token: Annotated[str, AfterValidator(_bot_token)] = ""
    telegram_api_base: Origin = "https://api.telegram.org"
    telegram_webhook_secret: Annotated[str, AfterValidator(_secret_token)] = ""
    telegram_agent_chat_id: int | None = None
    telegram_lead_chat_id: int | None = None

    alarm_to: Annotated[str, AfterValidator(_alarm_to)] = ""
    heartbeat_url: Annotated[str, AfterValidator(_heartbeat)] = ""
    metrics_token: str = ""
    lease_seconds: float = Field(30.0, gt=0)
    unknown_seconds: float = Field(10.0, ge=0)
    provider_timeout_seconds: float = Field(10.0, gt=0)
    tick_seconds: float = Field(0.5, gt=0)
    reconcile_seconds: float = Field(300.0, gt=0)

    @property
    def twilio(self) -> bool:
        return bool(self.twilio_account_sid)

    @property
    def telegram(self) -> bool:
        return bool(self.telegram_bot_token)


_NEEDS = {
    "twilio_account_sid": {
        "twilio_auth_token": "the auth token beside the SID in the Twilio console",
        "public_url": "https://support.studio.example (where Twilio reaches this program)",
        "secret_key": "the output of: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'",
    },
    "twilio_auth_token": {"twilio_account_sid": "AC0123456789abcdef0123456789abcdef"},
    "twilio_other_auth_token": {"twilio_auth_token": "the token that calls are made with, from the Twilio console"},
    "alarm_to": {
        "twilio_account_sid": "AC0123456789abcdef0123456789abcdef (the alarm goes as a text)",
        "twilio_sms_from": "+34910000000 (our number)",
    },
    "telegram_bot_token": {
        "telegram_webhook_secret": "backstop-5f2c9e (1 to 256 of A-Z a-z 0-9 _ -)",
        "telegram_agent_chat_id": "-1001234567890 (the agents' forum group)",
        "public_url": "https://support.studio.example (where Telegram reaches this program)",
    },
}


_EXAMPLES = {
    "PUBLIC_URL": "https://support.studio.example",
    "TELEGRAM_AGENT_CHAT_ID": "-1001234567890",
    "TELEGRAM_LEAD_CHAT_ID": "-1001234567891",
    "POLICY_FILE": "/etc/backstop/policy.toml",
    "LEASE_SECONDS": "30",
    "UNKNOWN_SECONDS": "10",
    "PROVIDER_TIMEOUT_SECONDS": "10",
    "TICK_SECONDS": "0.5",
    "RECONCILE_SECONDS": "300",
}


def load() -> Settings:
    """Reads and checks the environment. Raises SettingsError naming every setting that is missing or wrong."""
    try:
        settings = Settings(**_from_files())
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(wrong) for wrong in error.errors())) from error
    problems = [*_missing(settings), *_wrong(settings)]
    if problems:
        raise SettingsError("\n".join(problems))
    return settings


def _from_files() -> dict[str, Any]:
    """The settings whose NAME_FILE names a file and whose NAME is not set itself."""
    found = {}
    for field in Settings.model_fields:
        path = os.environ.get(f"{field.upper()}_FILE")
        if path and not os.environ.get(field.upper()):
            try:
                found[field] = Path(path).read_text().strip()
            except (OSError, UnicodeDecodeError) as error:
                why = error.strerror if isinstance(error, OSError) else "it is no text"
                raise SettingsError(f"{field.upper()}_FILE: {path} cannot be read ({why})") from error
    return found


def _missing(settings: Settings) -> list[str]:
    return [
        f"{needed.upper()} is missing, and {name.upper()} needs it; example: {example}"
        for name, needs in _NEEDS.items()
        if getattr(settings, name)
        for needed, example in needs.items()
        if getattr(settings, needed) in ("", None)
    ]


def _wrong(settings: Settings) -> list[str]:
    problems = []
    if not settings.database_url.startswith(("sqlite:///", "postgresql://", "postgres://", "postgresql+psycopg://")):
        problems.append(
            "DATABASE_URL is neither SQLite nor PostgreSQL; "
            "examples: sqlite:////var/lib/backstop.sqlite3, postgresql://user:secret@host/backstop"
        )
    if settings.twilio_other_auth_token and settings.twilio_other_auth_token == settings.twilio_auth_token:
        problems.append(
            "TWILIO_OTHER_AUTH_TOKEN is the same as TWILIO_AUTH_TOKEN; "
            "example: the old token while the new one is TWILIO_AUTH_TOKEN, and nothing once Twilio has dropped it"
        )
    if settings.policy_file and not settings.policy_file.is_file():
        problems.append(f"POLICY_FILE {settings.policy_file} is no file; example: {_EXAMPLES['POLICY_FILE']}")
    if settings.lease_seconds <= settings.provider_timeout_seconds:
        problems.append("LEASE_SECONDS must be longer than PROVIDER_TIMEOUT_SECONDS; example: 30 and 10")
    return problems


def _sentence(wrong: Any) -> str:
    name = ".".join(str(part) for part in wrong["loc"]).upper()
    sentence = f"{name} {wrong['msg'].removeprefix('Value error, ')}"
    return f"{sentence}; example: {_EXAMPLES[name]}" if name in _EXAMPLES and "like" not in sentence else sentence
