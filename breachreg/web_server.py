"""How gunicorn serves the pages: `gunicorn --config python:breachreg.web_server breachreg.wsgi`."""

import os
from pathlib import Path

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 120
graceful_timeout = 15
# Rendering leaks a little; a worker is replaced before that shows.
max_requests, max_requests_jitter = 2000, 200
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
# Nobody steers gunicorn from outside but by signals.
control_socket_disable = True
