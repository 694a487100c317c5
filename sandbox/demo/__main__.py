"""Starts everything under supervisor on loopback, plays the story, and leaves it running until Ctrl-C."""

import argparse
import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from sandbox.demo.house import House
from sandbox.demo.story import play


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox.demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the story instead of waiting for Ctrl-C")
    parser.add_argument("--directory", type=Path, default=Path(".demo"), help="where database and logs go")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    house = House.build(args.directory)
    with running(house):
        print(f"\n  The sandbox's page:  {house.sandbox}/   (phone, agent group, ledger)")
        print(f"  The product:         {house.public}/ready\n")
        play(house)
        if args.once:
            return
        print("\nNow continue by hand on the page: write as Tolu, answer as Lena. Ctrl-C ends everything.")
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600)


@contextlib.contextmanager
def running(house: House) -> Iterator[None]:
    """supervisord keeps sandbox, web and worker up; leaving ends them all."""
    keeper = subprocess.Popen([house.tool("supervisord"), "-n", "-c", str(house.config)], stdout=subprocess.DEVNULL)
    try:
        house.settle_in(keeper)
        yield
    except KeyboardInterrupt:
        print("\nstopping ...")
    finally:
        keeper.terminate()
        keeper.wait(60)


if __name__ == "__main__":
    main()
