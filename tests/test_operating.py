"""The handbook of operations says what the program does: every setting and every command it names is there."""

import ast
import re

import pytest
from django.conf import settings
from django.core.management import get_commands

HANDBOOK = (settings.BASE_DIR / "docs" / "operating.md").read_text(encoding="utf-8")
READERS = ("settings.py", "web_server.py", "healthcheck.py", "keys.py")
NOT_OURS = {"DJANGO_SETTINGS_MODULE"}


def settings_read() -> set[str]:
    """The names that our modules read from the environment."""
    names = set()
    for reader in READERS:
        tree = ast.parse((settings.BASE_DIR / "breachreg" / reader).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith(
                ("env.", "os.environ.get", "keys.read")
            ):
                names |= {node.args[0].value} if node.args and isinstance(node.args[0], ast.Constant) else set()
    return {name for name in names if re.fullmatch(r"[A-Z_]+", name)} - NOT_OURS


def settings_told() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", HANDBOOK, re.MULTILINE))


def test_every_setting_is_in_the_handbook_and_no_other():
    assert settings_told() == settings_read()


@pytest.mark.parametrize("command", sorted(set(re.findall(r"manage\.py (\w+)", HANDBOOK))))
def test_every_command_of_the_handbook_exists(command):
    assert command in get_commands()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\bmake (start|test|[a-z]+-[a-z]+)\b", HANDBOOK))))
def test_every_target_of_the_handbook_exists(target):
    makefile = (settings.BASE_DIR / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)


def test_every_variable_of_the_container_file_is_in_the_handbook():
    compose = (settings.BASE_DIR / "compose.yaml").read_text(encoding="utf-8")
    assert {name for name in re.findall(r"\$\{([A-Z_]+)", compose) if f"`{name}`" not in HANDBOOK} == set()


def test_every_setting_in_the_container_file_is_one_of_ours():
    compose = (settings.BASE_DIR / "compose.yaml").read_text(encoding="utf-8")
    given = set(re.findall(r"^    ([A-Z_]+):", compose, re.MULTILINE))
    assert given and given <= settings_read()
