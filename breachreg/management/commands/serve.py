"""`manage.py serve`: pages, worker and beat under one supervisor."""

import errno
import socket
import sys
import threading
import time
import urllib.error
import urllib.request

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from breachreg import catalogues
from breachreg.management.demo import sign_ins
from breachreg.settings import env
from breachreg.supervisor import Child, Supervisor

HERE = {"127.0.0.1", "0.0.0.0", "localhost", "::1", "::"}
PORTS_TRIED = 50
ANSWER_WITHIN = 60.0
"""Seconds until the first page must answer."""


class Command(BaseCommand):
    help = "Serve the pages and work in the background; restart what ends. Ctrl-C stops it all."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
        parser.add_argument("--port", type=int, default=8000, help="port; the next free one if it is taken")

    def handle(self, *, host, port, **options):
        catalogues.compile_stale(settings.BASE_DIR)
        with self._listen(host, port) as listener:
            address = self._address(host, listener.getsockname()[1])
            announce = threading.Thread(target=self._announce, args=(address,), daemon=True)
            announce.start()
            Supervisor(children(listener, address, host), say=self._say).run()
        self._say("stopped")

    def _say(self, text: str) -> None:
        self.stdout.write(f"serve: {text}")
        self.stdout.flush()

    def _listen(self, host: str, port: int) -> socket.socket:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        for candidate in range(port, min(port + PORTS_TRIED, 65536)):
            try:
                listener = socket.create_server((host, candidate), family=family, backlog=256)
            except OSError as trouble:
                if trouble.errno != errno.EADDRINUSE:
                    raise CommandError(f"Cannot listen on {host}:{candidate}: {trouble.strerror}.") from trouble
                continue
            if candidate != port:
                self._say(f"port {port} is taken; using {candidate}")
            return listener
        raise CommandError(f"No port is free from {port} on. Choose another with --port, below 65536.")

    def _address(self, host: str, port: int) -> str:
        shown = "localhost" if host in HERE else f"[{host}]" if ":" in host else host
        return f"http://{shown}:{port}"

    def _announce(self, address: str) -> None:
        until = time.monotonic() + ANSWER_WITHIN
        while not answers(f"{address}/health/"):
            if time.monotonic() > until:
                return self._say(f"no answer yet at {address}; see the messages above")
            time.sleep(0.2)
        self.stdout.write(f"\n  BreachReg answers at {address}/  (Ctrl-C stops it)\n\n{sign_ins.shown()}\n")
        self.stdout.flush()


_ABOUT_ROOT = "ignore:You're running the worker with superuser privileges"


def children(listener: socket.socket, address: str, host: str) -> list[Child]:
    """The three processes. The socket is ours, so that callers wait, and are not refused, while the web restarts."""
    listener.set_inheritable(True)
    python = [sys.executable, "-m"]
    # On a fresh machine root starts it, and Celery's page about that helps nobody there.
    celery = [sys.executable, "-W", _ABOUT_ROOT, "-m", "celery", "--app", "breachreg", "--quiet"]
    hosts = settings.ALLOWED_HOSTS if host in HERE else [*settings.ALLOWED_HOSTS, host]
    environment = {
        "ALLOWED_HOSTS": ",".join(hosts),
        "BASE_URL": env.str("BASE_URL", address),
        "PYTHONPATH": str(settings.BASE_DIR),
    }
    web = [*python, "gunicorn", "--config", "python:breachreg.web_server", "--bind", f"fd://{listener.fileno()}"]
    worker = ["worker", "--concurrency", "2", "--loglevel", "warning", "--without-gossip", "--without-mingle"]
    return [
        Child("web", [*web, "--log-level", "warning", "breachreg.wsgi"], environment, [listener.fileno()]),
        Child("worker", [*celery, *worker], environment),
        Child("beat", [*celery, "beat", "--loglevel", "warning", "--pidfile="], environment),
    ]


def answers(address: str) -> bool:
    """Whether a page of ours answers there."""
    try:
        with urllib.request.urlopen(address, timeout=5) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False
