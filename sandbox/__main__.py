"""``python -m sandbox``: serves the sandbox on loopback until it is stopped."""

import argparse
import json
import os
import socket
from pathlib import Path

from aiohttp import web

from sandbox import scenario
from sandbox.app import create_app


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A stand-in for Twilio, Telegram and mail.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9000, help="0 picks a free one")
    parser.add_argument("--config", type=Path, help="JSON configuration, see docs/sandbox.md")
    parser.add_argument("--clock", type=Path, default=os.environ.get("CLOCK_FILE") or None, help="rehearsal clock file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scenario", type=Path, help="JSON scenario to play at the start")
    args = parser.parse_args()
    settings = json.loads(args.config.read_text()) if args.config else {}
    app = create_app(settings, Path(args.clock) if args.clock else None, args.seed)
    listener = socket.create_server((args.host, args.port), backlog=512)
    base = f"http://{args.host}:{listener.getsockname()[1]}"
    if args.scenario:
        scenario.play_at_start(app, args.scenario, base)
    ready = f"sandbox ready on {base}"
    web.run_app(app, sock=listener, print=lambda *_: print(ready, flush=True), access_log=None)


if __name__ == "__main__":
    main()
