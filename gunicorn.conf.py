"""How the web process serves; gunicorn reads this file by itself. PORT and WEB_CONCURRENCY are honoured."""

import gc
import threading
from functools import partial
from typing import Any

worker_class = "gthread"
threads = 8
keepalive = 30
timeout = 30
graceful_timeout = 20
control_socket_disable = True  # nobody steers it from outside, and two on one machine would meet there


def post_worker_init(worker: Any) -> None:
    """Webhooks may have been lost while nobody served, so a worker is to look for them; this process looks after those.

    What was loaded at start stays; the collector need not walk it at every few requests. Nothing of the program is
    imported above: gunicorn's own process reads this file too, and needs none of it.
    """
    from bot.lookout import keep_looking  # noqa: PLC0415
    from bot.reconcile import sooner  # noqa: PLC0415
    from bot.sweeps import sweep  # noqa: PLC0415

    shell = worker.wsgi.extensions["shell"]
    sweep(partial(sooner, shell), "sooner")
    threading.Thread(target=keep_looking, args=(shell,), name="lookout", daemon=True).start()
    gc.collect()
    gc.freeze()
