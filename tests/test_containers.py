"""The container files are sound as far as can be told without an engine: linted, consistent, nothing forgotten."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from breachreg import healthcheck

TOOLS = Path(sys.executable).parent


def read(name: str) -> str:
    return (settings.BASE_DIR / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load(read("compose.yaml"))["services"]


@pytest.mark.parametrize(
    "command", [["hadolint", "--failure-threshold", "info", "Dockerfile"], ["yamllint", "--strict", "compose.yaml"]]
)
def test_the_file_is_linted(command):
    result = subprocess.run([TOOLS / command[0], *command[1:]], cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert (result.stdout + result.stderr, result.returncode) == ("", 0)


def test_there_is_a_service_for_each_part(services):
    assert set(services) == {"preparation", "web", "worker", "beat", "database", "broker"}


def test_nobody_works_before_the_database_is_prepared(services):
    for name in ("web", "worker", "beat"):
        assert services[name]["depends_on"]["preparation"]["condition"] == "service_completed_successfully"


def test_redis_keeps_its_queue_on_disc(services):
    assert services["broker"]["command"] == ["redis-server", "--appendonly", "yes"]


def test_only_the_web_listens_and_only_on_this_machine(services):
    assert {name for name, service in services.items() if "ports" in service} == {"web"}
    assert services["web"]["ports"] == ["${BIND_ADDRESS:-127.0.0.1}:8000:8000"]


def test_the_image_does_not_run_as_root():
    final = read("Dockerfile").split("\nFROM ")[-1]
    assert re.search(r"^USER 10001$", final, re.MULTILINE)
    assert "HEALTHCHECK" in final


def test_the_image_has_the_system_packages_that_start_asks_for():
    to_start = re.split(r'if \[ "\$purpose" != start \]', read("scripts/prepare"))[0]
    packages = set(re.findall(r"^need_\w+ \S+ (\S+)$", to_start, re.MULTILINE))
    assert {package for package in packages if f" {package} " not in read("Dockerfile")} == set()


def test_the_image_holds_every_folder_that_the_program_reads():
    copied = set(re.findall(r"^COPY (\w+) \w+$", read("Dockerfile"), re.MULTILINE))
    kept = set(re.findall(r"^!(\w+)$", read(".dockerignore"), re.MULTILINE))
    assert copied == kept == {"breachreg", "locale", "static", "templates"}


@pytest.mark.parametrize(
    ("hosts", "name"),
    [("breaches.example.org,localhost", "breaches.example.org"), (".example.org", "example.org"), ("*", "localhost")],
)
def test_the_health_check_asks_by_a_name_that_is_allowed(monkeypatch, hosts, name):
    monkeypatch.setenv("ALLOWED_HOSTS", hosts)
    assert healthcheck.host_to_name() == name


def test_the_health_check_tells_a_web_server_that_is_well(live_server):
    assert healthcheck.is_well(live_server.thread.port)


def test_the_health_check_tells_one_that_is_not_there(free_port):
    assert not healthcheck.is_well(free_port, seconds=1)
