"""F8, F9, F19, F22, F25: the faults that take their time, on the ground of the ordinary ones."""

import sqlite3
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from sqlalchemy import func, select
from twilio.request_validator import RequestValidator

from models import Alarm, Inbound, Ticket
from tests.faults.ground import Ground, broken
from tests.faults.invariants import Case
from tests.faults.night import on_call
from tests.faults.webhooks import Webhook, line, post, until_taken
from tests.support.sandbox import GROUP, ROOT, eventually
from tests.support.server import Server, own_server
from tests.support.stack import BIN, GENEROUS


@pytest.fixture
def falling(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Ground, Server]]:
    with own_server() as server, broken(tmp_path, server.url, RECONCILE_SECONDS="5") as ground:
        yield ground, server
        ground.tell(request.node.user_properties)


def test_f8_a_database_away_for_long_is_said_to_providers_and_pages_go_on_as_it_returns(
    falling: tuple[Ground, Server], seconds: float
) -> None:
    ground, server = falling
    owner, topic = ground.case()
    judge = ground.judge()
    lena, tomas, marco = on_call(ground, ("Lena", "primary"), ("Tomas", "backup"), ("Marco", "lead"))
    _, urgent = ground.urgent("Uma")
    lena.reads(f"{urgent.number}a")
    away = min(300.0, max(10.0, seconds))
    webhook = line(ground.stack, owner, "said while the database is away")

    server.stop()
    refused = post(webhook)
    time.sleep(away)
    server.start()
    taken = until_taken(webhook)

    topic.shows("said while the database is away", 30)
    marco.reads(f"{urgent.number}a", 30)
    case = Case(f"F8 the database away for {away:.0f} s", faults=1, outage=away + 5, patience=40)
    ground.holds(judge, case, {webhook.sid: 200})
    assert (refused, taken) == (503, 200)
    assert sum(f"{urgent.number}a" in text for text in lena.read()) == 1
    assert sum(f"{urgent.number}a" in text for text in tomas.read()) <= 1


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("locked", [8, 14])
def test_f9_a_locked_sqlite_file_is_waited_for_or_said_and_leaves_no_half_ticket(ground: Ground, locked: int) -> None:
    owner, topic = ground.case()
    judge = ground.judge()
    webhook = line(ground.stack, owner, f"said while the file is locked for {locked} s")
    with closing(sqlite3.connect(str(ground.witness.engine.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(post, replace(webhook))
            time.sleep(locked)
            other.execute("ROLLBACK")
            first = answer.result()

    until_taken(webhook)

    topic.shows(f"the file is locked for {locked} s", 30)
    case = Case(f"F9 SQLite locked for {locked} s", faults=1, outage=locked + 3.0, patience=30)
    ground.holds(judge, case, {webhook.sid: 200})
    assert locked < 10 or b"webhook_not_stored" in (ground.stack.directory / "web.log").read_bytes()  # what alarms
    assert first in ((200, 0) if locked < 10 else (503, 0))  # 0: the provider gave up waiting
    assert sum("file is locked for" in text for text in topic.texts()) == 1


@pytest.fixture
def small(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Ground, Path]]:
    """A ground on SQLite, on a disk of its own that holds little."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(disk)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no disk of its own can be mounted here: {mounted.stderr.strip()}")
    try:
        with broken(tmp_path, f"sqlite:///{disk}/backstop.sqlite3") as ground:
            yield ground, disk
            ground.tell(request.node.user_properties)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_f9_a_full_disk_is_said_to_providers_and_what_they_bring_again_is_taken(small: tuple[Ground, Path]) -> None:
    ground, disk = small
    owner, topic = ground.case()
    judge = ground.judge()
    webhooks = [line(ground.stack, owner, f"said onto the full disk {number:02}") for number in range(8)]
    filler = disk / "filler"
    _fill(filler)

    refused = [post(webhook) for webhook in webhooks]
    time.sleep(3)
    filler.unlink()
    taken = [until_taken(webhook) for webhook in webhooks]

    topic.shows("said onto the full disk 07", 30)
    case = Case("F9 the disk is full", faults=1, outage=10, patience=40)
    ground.holds(judge, case, {webhook.sid: 200 for webhook in webhooks})
    assert 503 in refused
    assert set(refused) <= {200, 503}
    assert taken == [200] * len(webhooks)
    assert b"webhook_not_stored" in (ground.stack.directory / "web.log").read_bytes()
    assert len(ground.witness.rows(select(Ticket.id))) == 1


def _fill(filler: Path) -> None:
    with filler.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


def test_f19_forged_altered_and_replayed_webhooks_change_nothing(ground: Ground) -> None:
    owner, topic = ground.case()
    judge = ground.judge()
    honest = line(ground.stack, owner, "said once and honestly")
    forged = replace(honest, headers=honest.headers | {"X-Twilio-Signature": "A" * 27 + "="})
    altered = replace(honest, body=honest.body.replace("honestly", "dishonestly"))
    unsigned = replace(honest, headers={"Content-Type": honest.headers["Content-Type"]})
    elsewhere = _signed_with(ground, honest, "another-token-of-nobody")

    refused = [post(one) for one in (forged, altered, unsigned, elsewhere)]
    before = ground.witness.rows(select(func.count()).select_from(Inbound).where(Inbound.provider_id == honest.sid))
    taken = [post(honest) for _ in range(3)]

    topic.shows("said once and honestly")
    ground.holds(judge, Case("F19 forged, altered, replayed"), {honest.sid: 200})
    assert refused == [403] * 4
    assert before[0][0] == 0
    assert taken == [200] * 3
    assert topic.texts().count("Ana: said once and honestly") == 1


def test_f19_while_a_token_is_rotated_what_either_signed_is_taken(ground: Ground) -> None:
    owner, topic = ground.case()
    judge = ground.judge()
    ground.stack.stop("web")
    old, new = ground.stack.environment["TWILIO_AUTH_TOKEN"], "the-token-to-come"
    ground.stack.start_web(TWILIO_AUTH_TOKEN=new, TWILIO_OTHER_AUTH_TOKEN=old)
    before = line(ground.stack, owner, "said before the promotion")
    after = _signed_with(ground, line(ground.stack, owner, "said behind the promotion"), new)
    third = _signed_with(ground, line(ground.stack, owner, "said by a third token"), "another-token-of-nobody")

    taken = [until_taken(before), post(after), post(third)]

    topic.shows("said behind the promotion")
    ground.holds(judge, Case("F19 a token is rotated"), {before.sid: 200, after.sid: 200})
    assert taken == [200, 200, 403]
    assert not any("a third token" in text for text in topic.texts())


def _signed_with(ground: Ground, webhook: Webhook, token: str) -> Webhook:
    signature = RequestValidator(token).compute_signature(webhook.url, dict(parse_qsl(webhook.body)))
    return replace(webhook, headers=webhook.headers | {"X-Twilio-Signature": signature})


def test_f22_a_429_long_words_and_a_bot_thrown_out_only_delay_the_group(ground: Ground) -> None:
    owner, topic = ground.case()
    judge = ground.judge()
    ground.group_fault("status", status=429, retry_after=2)
    bot = next(one for one in ground.stack.sandbox.get(f"telegram/chats/{GROUP}")["members"] if one["user"]["is_bot"])
    user = {"id": bot["user"]["id"]}

    owner.says("said at length: " + "many words more " * 280)
    topic.shows("said at length", 20)
    ground.stack.sandbox.post("telegram/members", chat_id=GROUP, user=user, status="kicked")
    owner.says("said while the bot is out")
    standing = select(Alarm.id).where(Alarm.key == f"bot:{GROUP}", Alarm.cleared_at.is_(None))
    eventually(lambda: ground.witness.rows(standing), 20, "the alarm stands")
    ground.stack.sandbox.post("telegram/members", chat_id=GROUP, user=user, status="administrator")

    topic.shows("said while the bot is out", 60)
    ground.holds(judge, Case("F22 429, long words, thrown out", faults=2, outage=60, patience=60))


def test_f25_new_code_takes_over_from_old_one_process_after_the_other(
    ground: Ground, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    old = _checked_out(str(request.config.getoption("--old")), tmp_path / "old")
    owner, topic = ground.case()
    judge = ground.judge()
    stack = ground.stack
    policy = {"POLICY_FILE": _generous(Path(old))}
    stack.start("old worker", "/usr/bin/env", "-C", old, str(BIN / "python"), "-m", "worker", **policy)
    web = ("gunicorn", "--reuse-port", "-b", stack.public.removeprefix("http://"), "app:create_app()")
    stack.start("old web", "/usr/bin/env", "-C", old, str(BIN / web[0]), *web[1:], **policy)
    eventually(lambda: b"worker_started" in (stack.directory / "old worker.log").read_bytes(), 40, "old code works")
    for name in ("web", "worker"):
        stack.stop(name)
    said = [f"said during the roll-out {number:02}" for number in range(24)]

    for number, words in enumerate(said):
        until_taken(line(stack, owner, words))
        if number == 8:
            with ground.telegram.holding():
                stack.start_worker()
                time.sleep(1)
        if number == 12:
            stack.start_web()
        if number == 16:
            stack.stop("old worker")
        if number == 20:
            stack.stop("old web")

    topic.shows(said[-1], 30)
    ground.holds(judge, Case("F25 old and new code together", faults=2, outage=5, patience=40))
    told = [text.removeprefix("Ana: ") for text in topic.texts() if "during the roll-out" in text]
    assert sorted({words.partition("\n")[0] for words in told}) == said


def _checked_out(revision: str, there: Path) -> str:
    """That version's files; skips where there is no history."""
    packed = subprocess.run(["git", "archive", revision], cwd=ROOT, capture_output=True, check=False)
    if packed.returncode:
        pytest.skip(f"there is no older version {revision} here: {packed.stderr.decode().strip()}")
    there.mkdir()
    subprocess.run(["tar", "-x", "-C", str(there)], input=packed.stdout, check=True)
    return str(there)


def _generous(old: Path) -> str:
    """The policy that shipped then, with budgets that keep nobody waiting."""
    before, _, rest = (old / "sla" / "default.toml").read_text().partition("[budgets]")
    file = old / "policy.toml"
    file.write_text(before + GENEROUS + rest[rest.index("\n\n") :])
    return str(file)
