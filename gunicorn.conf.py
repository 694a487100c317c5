"""How the web process serves; gunicorn reads this file by itself. PORT and WEB_CONCURRENCY are honoured."""

worker_class = "gthread"
threads = 8
keepalive = 30
timeout = 30
graceful_timeout = 20
control_socket_disable = True  # nobody steers it from outside, and two on one machine would meet there
