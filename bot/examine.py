"""Looks at each leg we stand on and says what it found: rows, clocks, workers, and what each channel tells."""

import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlsplit

from sqlalchemy import delete, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, aliased

from bot import beat, media, templates
from bot.alarms import standing
from bot.hotline import rollcall
from bot.hotline.roster import on_call
from bot.shell import Shell
from channels.findings import Expected, Finding
from channels.protocol import Channel
from channels.wire import File
from models import Agent, Delivery, Inbound, Media, Worker
from models.deliveries import PENDING
from oncall.findings import concerns

Leg = Callable[[], list[Finding]]
_WAITED = 900  # seconds a call may be owed before it is a finding: a full group's queue takes so long (desk.md)
_SECRET = 32  # characters of SECRET_KEY that cannot be guessed
_APART = 5.0  # seconds between the machine's clock and the database's
_LOCAL = ("127.0.0.1", "::1", "localhost")


def legs(shell: Shell) -> dict[str, Leg]:
    """What can be looked at, each by itself and none raising for a leg that is dead; none changes what we keep."""
    own: dict[str, Callable[[Shell], list[Finding]]] = {
        "settings": _settings,
        "database": _database,
        "media store": _media,
        "worker": _worker,
        "clock": _clock,
        "rota": _rota,
        "heartbeat": _heartbeat,
    }
    found: dict[str, Leg] = {name: partial(_stored, partial(leg, shell), name) for name, leg in own.items()}
    for name in ("twilio", "telegram"):
        channel = shell.channels.get(name)
        if channel is not None:
            found[name] = partial(_channel, shell, channel)
    if "twilio" in shell.channels and shell.templates.sids:
        found["templates"] = partial(_templates, shell)
    return found


def _rota(shell: Shell) -> list[Finding]:
    """Nobody on call is a fault as soon as somebody has to be: people are named, or a hotline window is ahead."""
    now = shell.clock.now()
    with shell.db.reading() as session:
        rota, ahead = on_call(shell, session, now), rollcall.coming(shell, session)
    step = "flask oncall import FILE.toml (docs/oncall.md)"
    if not rota.people and not ahead:
        return [Finding("rota", True, "empty: nobody is on call yet", step)]
    found = concerns(rota, now, shell.policies.support_zone, rollcall.spans(ahead))
    return [Finding("rota", False, words, step) for words in found] or [
        Finding("rota", True, f"{len(rota.people)} people; every role is held for a week")
    ]


def _heartbeat(shell: Shell) -> list[Finding]:
    """It is not called from here: that would say that workers tick."""
    if shell.heartbeat_url:
        return [Finding("heartbeat", True, "workers call HEARTBEAT_URL once a minute")]
    step = "set HEARTBEAT_URL to a check of an outside service, like https://hc-ping.com/UUID"
    return [Finding("heartbeat", True, "off: with this machine gone nobody outside is told", step)]


def _stored(leg: Leg, name: str) -> list[Finding]:
    """A leg that asks the database is broken when that does not answer."""
    try:
        return leg()
    except SQLAlchemyError as error:
        step = "is it running, is there room on its disk, is DATABASE_URL right, did `flask db upgrade` run?"
        return [Finding(name, False, f"the database does not answer ({type(error).__name__})", step)]


def _settings(shell: Shell) -> list[Finding]:
    on = [name for name in ("twilio", "telegram") if name in shell.channels]
    off = [name for name in ("twilio", "telegram") if name not in on]
    words = f"on: {', '.join(on) or 'no channel'}" + (f"; off, without credentials: {', '.join(off)}" if off else "")
    found = [Finding("settings", bool(on), words, "" if on else "set a channel's credentials (docs/operations.md)")]
    step = "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'; links given out before stop working"
    long = len(shell.secret) >= _SECRET
    words = "long enough" if long else f"shorter than {_SECRET} characters"
    found.append(Finding("SECRET_KEY", long, words, "" if long else f"set a new one: {step}"))
    parts = urlsplit(shell.public_url)
    if parts.scheme != "https" and parts.hostname not in _LOCAL:
        words = "PUBLIC_URL is no https address, and providers want one"
        found.append(Finding("PUBLIC_URL", False, words, "put a proxy with a certificate in front, as https://..."))
    return found


def _database(shell: Shell) -> list[Finding]:
    """Reads, and writes a row that is gone again with the same commit."""
    with shell.db.writing() as session:
        name = f"doctor:{socket.gethostname()}:{os.getpid()}"
        then = datetime(1970, 1, 1, tzinfo=UTC)
        shell.db.insert_once(session, Worker, {"name": name, "started_at": then, "ticked_at": then}, ("name",))
        session.execute(delete(Worker).where(Worker.name == name))
    kind = "PostgreSQL" if shell.db.postgresql else "SQLite"
    return [Finding("database", True, f"{kind} reads and writes")]


def _media(shell: Shell) -> list[Finding]:
    """Writes a file by its hash, reads it back, takes it out."""
    data = f"written by doctor {socket.gethostname()} {os.getpid()}".encode()
    with shell.db.writing() as session:
        digest = media.store(shell, session, File(data, "text/plain"))
    with shell.db.reading() as session:
        stored = session.get(Media, digest)
    with shell.db.writing() as session:
        session.execute(delete(Media).where(Media.sha256 == digest))
    if stored is None or stored.data != data:
        return [Finding("media store", False, "what was written did not come back", "restore from the last backup")]
    return [Finding("media store", True, "a file came back by its hash")]


def _worker(shell: Shell) -> list[Finding]:
    with shell.db.reading() as session:
        real = shell.db.real_now(session)
        alive = session.scalar(select(func.count()).where(beat.ticking(real))) or 0
        last = session.scalar(select(func.max(Worker.ticked_at)))
        found = [_queue(shell, session), _inbox(session), _alarms(session)]
    if alive:
        return [Finding("worker", True, f"{alive} ticking"), *found]
    words = f"none has ticked for {(real - last).total_seconds():.0f} s" if last else "none has ever ticked"
    return [Finding("worker", False, words, "start `python -m worker`, or look at its log why it ended"), *found]


def _queue(shell: Shell, session: Session) -> Finding:
    """Calls whose turn it is; a thread that is put off on purpose is not waiting."""
    later = aliased(Delivery)
    put_off = select(later.thread).where(later.state.in_(PENDING), later.retry_at > shell.clock.real())
    owed = select(func.count(), func.min(Delivery.created_at)).where(Delivery.state.in_(PENDING))
    owed = owed.where(Delivery.thread.not_in(put_off))
    number, oldest = session.execute(owed).one()
    age = (shell.clock.now() - oldest).total_seconds() if oldest else 0
    words = f"{number} calls owed, the oldest for {age:.0f} s" if number else "no call is owed"
    step = "`flask outbox list` names them with the providers' last words"
    return Finding("outbox", age <= _WAITED, words, "" if age <= _WAITED else step)


def _inbox(session: Session) -> Finding:
    states = select(Inbound.state, func.count()).where(Inbound.state.in_(("waiting", "parked"))).group_by(Inbound.state)
    counted = {"parked": 0, "waiting": 0}
    for state, number in session.execute(states):
        counted[state] = number
    parked, waiting = counted["parked"], counted["waiting"]
    words = f"{waiting} webhooks waiting, {parked} set aside"
    return Finding("inbox", not parked, words, "`flask inbox list`, mend, `flask inbox replay`" if parked else "")


def _alarms(session: Session) -> Finding:
    keys = [alarm.key for alarm in standing(session)]
    if not keys:
        return Finding("alarms", True, "none stands")
    return Finding(
        "alarms", False, f"{len(keys)} standing: {', '.join(keys)}", "`flask alarms` says since when and why"
    )


def _clock(shell: Shell) -> list[Finding]:
    found = []
    with shell.db.reading() as session:
        apart = (datetime.now(UTC) - shell.db.real_now(session)).total_seconds()
    if abs(apart) > _APART:
        words = f"this machine's clock is {abs(apart):.0f} s {'ahead of' if apart > 0 else 'behind'} the database's"
        found.append(Finding("clock", False, words, "switch time synchronisation on: timedatectl set-ntp true"))
    else:
        found.append(Finding("clock", True, "this machine and the database agree"))
    if shell.clock.rehearsing:
        shows = shell.clock.now()
        words = (
            f"REHEARSAL: CLOCK_FILE is set, and every promise goes by {shows:%Y-%m-%d %H:%M:%S}Z; never in production"
        )
        found.append(Finding("rehearsal clock", True, words))
    return found


def _templates(shell: Shell) -> list[Finding]:
    verdicts = templates.check(shell.channels["twilio"], shell.templates)
    return [Finding(f"template {one.name} {one.language}", one.ok, one.words, one.step) for one in verdicts]


def _channel(shell: Shell, channel: Channel) -> list[Finding]:
    try:
        with shell.db.reading() as session:
            agents = {agent.id: agent.name for agent in session.scalars(select(Agent))}
    except SQLAlchemyError:
        agents = {}  # the database's own leg says so
    try:
        return channel.check(Expected(shell.public_url, shell.senders, agents, shell.desk.leads))
    finally:
        channel.close()
