"""JSON scenarios: control calls made in order, as a person at the page would make them."""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from sandbox.world import WORLD, World

Json = dict[str, Any]
_STEP = {"after", "call", "body"}
_EXAMPLE = '{"after": 0.5, "call": "POST /sandbox/twilio/say", "body": {"from": "+34600000001", "body": "Hello"}}'


def checked(scenario: Any) -> list[Json]:
    """The steps. Raises ValueError naming the step that is wrong, before anything has been played."""
    steps = scenario.get("steps") if isinstance(scenario, dict) else scenario
    if not isinstance(steps, list):
        raise ValueError(f"a scenario is a list of steps like {_EXAMPLE}")
    for number, step in enumerate(steps, 1):
        verb, _, path = str(step.get("call", "")).partition(" ")
        if set(step) - _STEP or verb not in ("GET", "POST", "DELETE") or not path.startswith("/sandbox/"):
            raise ValueError(f"step {number} is wrong: {step!r}; a step is like {_EXAMPLE}")
    return steps


async def play(request: web.Request) -> web.Response:
    """Plays all steps, then answers with what each one answered; stops at the first that fails."""
    steps = checked(await request.json())
    done = await run(request.app[WORLD], f"http://{request.host}", steps)
    return web.json_response({"steps": done})


async def run(world: World, base: str, steps: list[Json]) -> list[Json]:
    done: list[Json] = []
    for step in steps:
        await asyncio.sleep(float(step.get("after", 0)))
        verb, _, path = step["call"].partition(" ")
        limit = aiohttp.ClientTimeout(total=60)
        body = step.get("body") if verb != "GET" else None
        async with world.http.request(verb, base + path, json=body, timeout=limit) as answer:
            done.append({"call": step["call"], "status": answer.status, "answer": json.loads(await answer.read())})
        if answer.status >= 400:
            break
    return done


def play_at_start(app: web.Application, path: Path, base: str) -> None:
    """Plays the file once the sandbox is up and prints the step that failed, if one does."""
    steps = checked(json.loads(path.read_text()))

    async def begin(app: web.Application) -> None:
        app[WORLD].spawn(_soon(app[WORLD], base, steps))

    app.on_startup.append(begin)


async def _soon(world: World, base: str, steps: list[Json]) -> None:
    await asyncio.sleep(0.2)
    for row in await run(world, base, steps):
        if row["status"] >= 400:
            print(f"scenario stopped at {row['call']}: {row['answer']}", flush=True)
