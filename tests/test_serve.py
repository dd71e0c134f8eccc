"""`manage.py serve`, for real: pages, worker and beat come up, come back, and go together."""

import os
import re
import signal
import socket
import sys
import urllib.request

import pytest
from django.core.management import CommandError, call_command

from breachreg.management.commands import serve
from tests.processes import DEADLINE, ROOT, Run, wait_for

MANAGE = [sys.executable, str(ROOT / "manage.py")]


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """A register of its own, migrated and empty."""
    folder = tmp_path_factory.mktemp("serve")
    environment = {
        "DATA_DIR": str(folder / "var"),
        "DATABASE_URL": f"sqlite:///{folder / 'register.sqlite3'}",
        "CELERY_BROKER_URL": "filesystem://localhost//",
        "DJANGO_SETTINGS_MODULE": "breachreg.settings",
    }
    preparation = Run([*MANAGE, "prepare", "--no-demo"], folder / "preparation", environment)
    assert preparation.process.wait(DEADLINE * 3) == 0, preparation.output.read_text()
    return environment


@pytest.fixture
def taken():
    """A port that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def served(environment, taken, tmp_path):
    run = Run([*MANAGE, "serve", "--port", str(taken)], tmp_path / "output", environment)
    wait_for(lambda: run.said("BreachReg answers at"))
    yield run
    run.end()


def address(run: Run) -> str:
    return re.search(r"answers at (http://localhost:\d+)/", run.output.read_text())[1]


def health(run: Run) -> bytes:
    with urllib.request.urlopen(f"{address(run)}/health/", timeout=DEADLINE) as response:
        return response.read()


def test_it_comes_up_beside_a_taken_port_comes_back_and_goes_whole(served, taken):
    assert served.said(f"port {taken} is taken; using")
    assert health(served) == b"ok"
    parts = {name: wait_for(lambda name=name: served.descendants(name)) for name in ("gunicorn", "worker", "beat")}

    for pid in parts["gunicorn"]:
        os.kill(pid, signal.SIGKILL)
    # Callers wait in the queue of the supervisor's socket instead of being refused.
    assert health(served) == b"ok"
    assert not served.descendants("gunicorn") & parts["gunicorn"]

    served.process.terminate()
    assert served.process.wait(DEADLINE) == 0
    assert served.descendants() == set()


def test_killed_it_leaves_no_page_no_worker_and_no_beat(served):
    port = int(address(served).rsplit(":", 1)[1])
    wait_for(lambda: len(served.descendants("worker")) >= 3)
    served.process.kill()
    served.process.wait()
    wait_for(lambda: not served.descendants())
    socket.create_server(("127.0.0.1", port)).close()


def test_ports_that_do_not_exist_are_refused_with_the_remedy():
    with pytest.raises(CommandError, match="--port, below 65536"):
        call_command("serve", "--port", "65536")


def test_an_address_of_the_machine_is_added_to_the_hosts_that_are_answered(settings):
    settings.ALLOWED_HOSTS = ["localhost"]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        web = serve.children(listener, "http://192.0.2.7:8000", "192.0.2.7")[0]
    assert web.environment["ALLOWED_HOSTS"] == "localhost,192.0.2.7"
    assert web.environment["BASE_URL"] == "http://192.0.2.7:8000"
