"""How the web process serves; gunicorn reads this file by itself. PORT and WEB_CONCURRENCY are honoured."""

import gc
from typing import Any

worker_class = "gthread"
threads = 8
keepalive = 30
timeout = 30
graceful_timeout = 20
control_socket_disable = True  # nobody steers it from outside, and two on one machine would meet there


def post_worker_init(_: Any) -> None:
    """What was loaded at start stays; the collector need not walk it at every few requests."""
    gc.collect()
    gc.freeze()
