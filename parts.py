"""Puts the parts together once per process: settings, database, clock, policy, model, channels."""

import logging
import os
import sys
import traceback
from pathlib import Path

import structlog

import triage
from bot.claims import Database
from bot.clock import Clock
from bot.policy import PolicyBook, PolicyFile, read_policy
from bot.shell import Desk, Limits, Shell
from channels.protocol import Channel
from settings import Settings, SettingsError, load
from sla import PolicyError


def assemble(settings: Settings | None = None) -> Shell:
    """The whole program's parts. Raises SettingsError before anything half-configured starts."""
    settings = settings or load()
    try:
        policy = read_policy(settings.policy_file)
    except PolicyError as error:
        raise SettingsError(f"POLICY_FILE {error}") from error
    database = Database(settings.database_url)
    groups = _groups(settings, policy)
    return Shell(
        db=database,
        clock=Clock(database, settings.clock_file),
        policies=policy.policies,
        book=PolicyBook(database, policy),
        pace=policy.pace,
        hotline=policy.hotline,
        ladders=policy.ladders,
        throttle=policy.throttle,
        budgets=policy.budgets,
        patience=policy.patience,
        model=triage.load(),
        channels=_channels(settings, groups),
        senders=_senders(settings),
        desk=Desk(settings.telegram_agent_chat_id, groups, routes=policy.groups, lead=settings.telegram_lead_chat_id),
        limits=Limits(
            lease=settings.lease_seconds,
            call=settings.provider_timeout_seconds,
            settle_unknown=settings.unknown_seconds,
            tick=settings.tick_seconds,
            reconcile=settings.reconcile_seconds,
        ),
        public_url=settings.public_url,
        secret=settings.secret_key,
        alarm_to=settings.alarm_to.removeprefix("sms:"),
        metrics_token=settings.metrics_token,
        templates=policy.templates,
        incidents=policy.incidents,
        stillness=policy.stillness,
        heartbeat_url=settings.heartbeat_url,
    )


def _groups(settings: Settings, policy: PolicyFile) -> set[int]:
    """The chats whose members are our people."""
    named = (settings.telegram_agent_chat_id, settings.telegram_lead_chat_id)
    return {chat for chat in (*named, *(route.chat for route in policy.groups)) if chat}


def _senders(settings: Settings) -> dict[str, str]:
    """Our own address on each channel."""
    whatsapp = settings.twilio_whatsapp_from and f"whatsapp:{settings.twilio_whatsapp_from}"
    return {"whatsapp": whatsapp, "sms": settings.twilio_sms_from, "voice": settings.twilio_voice_from}


def _channels(settings: Settings, groups: set[int]) -> dict[str, Channel]:
    """Channels without credentials are off; each says so once."""
    log, found = structlog.get_logger(), dict[str, Channel]()
    if settings.twilio:
        from channels.twilio import Twilio  # noqa: PLC0415 (a channel that is off costs nothing)
        from channels.twilio.channel import Account  # noqa: PLC0415

        account = Account(
            settings.twilio_account_sid,
            settings.twilio_auth_token,
            settings.twilio_api_base,
            settings.public_url,
            settings.provider_timeout_seconds,
            settings.twilio_other_auth_token,
        )
        found["twilio"] = found["whatsapp"] = found["sms"] = found["voice"] = Twilio(account)
    if settings.telegram:
        from channels.telegram import Telegram  # noqa: PLC0415
        from channels.telegram.channel import Account as BotAccount  # noqa: PLC0415

        found["telegram"] = Telegram(
            BotAccount(
                settings.telegram_bot_token,
                settings.telegram_webhook_secret,
                settings.telegram_api_base,
                groups,
                settings.provider_timeout_seconds,
            )
        )
    for name in ("twilio", "telegram"):
        if name not in found:
            log.warning("channel_off", channel=name, why="no credentials in the environment")
    return found


def log_to_stderr() -> None:
    """JSON lines (or colours on a terminal): constant event names, ids, never a text, number, address or token."""
    pretty = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _where,
            structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(os.environ.get("LOG_LEVEL", "INFO"))),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _where(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """An exception as its type and the places it passed; its message may hold somebody's words, so it stays out."""
    info = event.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)
        event["error"] = type(error).__name__
        event["where"] = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-8:]]
    return event
