"""How the web process serves; gunicorn reads this file by itself. PORT and WEB_CONCURRENCY are honoured."""

worker_class = "gthread"
threads = 8
keepalive = 30
timeout = 30
graceful_timeout = 20
