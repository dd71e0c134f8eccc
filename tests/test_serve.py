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
from tests.processes import ROOT, Run, send_wake_up, wait_for


@pytest.fixture
def taken():
    """A port that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def served(copy_register, taken, tmp_path):
    """An empty register, served by a process of its own."""
    environment = {
        "DATA_DIR": str(tmp_path / "var"),
        "DATABASE_URL": copy_register(tmp_path / "register.sqlite3"),
        "CELERY_BROKER_URL": "filesystem://localhost//",
        "DJANGO_SETTINGS_MODULE": "breachreg.settings",
        "WEB_WORKERS": "1",
    }
    command = [sys.executable, str(ROOT / "manage.py"), "serve", "--port", str(taken)]
    run = Run(command, tmp_path / "output", environment)
    wait_for(lambda: run.said("BreachReg answers at"))
    yield run
    run.end()


def address(run: Run) -> str:
    return re.search(r"answers at (http://localhost:\d+)/", run.output.read_text())[1]


def health(run: Run) -> bytes:
    with urllib.request.urlopen(f"{address(run)}/health/", timeout=90) as response:
        return response.read()


def signal_all(processes: set[int], number: signal.Signals) -> None:
    for process in processes:
        os.kill(process, number)


@pytest.mark.process
def test_it_comes_up_beside_a_taken_port_works_comes_back_and_leaves_nobody_behind(served, taken, tmp_path):
    assert served.said(f"port {taken} is taken; using")
    assert health(served) == b"ok"
    parts = {name: wait_for(lambda name=name: served.descendants(name)) for name in ("gunicorn", "worker", "beat")}

    messages = tmp_path / "var" / "broker" / "messages"
    signal_all(parts["worker"], signal.SIGSTOP)
    folders = {"data_folder_in": messages, "data_folder_out": messages, "control_folder": messages.parent / "control"}
    send_wake_up("filesystem://localhost//", **folders)
    assert any(messages.iterdir())
    signal_all(parts["worker"], signal.SIGCONT)
    wait_for(lambda: not any(messages.iterdir()))

    signal_all(parts["gunicorn"], signal.SIGKILL)
    # Callers wait in the queue of the supervisor's socket instead of being refused.
    assert health(served) == b"ok"
    assert not served.descendants("gunicorn") & parts["gunicorn"]

    port = int(address(served).rsplit(":", 1)[1])
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
