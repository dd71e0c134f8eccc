"""The Python and the shell of this project are linted; `make check` says the same of the Python in a terminal."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

TOOLS = Path(sys.executable).parent


def scripts() -> list[str]:
    """The shell scripts of the project."""
    files = [*sorted((settings.BASE_DIR / "scripts").iterdir()), settings.BASE_DIR / ".ci" / "run"]
    return [
        str(file)
        for file in files
        if file.is_file() and file.read_text(encoding="utf-8").startswith("#!/usr/bin/env bash")
    ]


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["ruff", "check", "--no-cache", "--output-format", "concise", "--quiet", "."], id="ruff"),
        pytest.param(["shellcheck", "--format", "gcc", *scripts()], id="shellcheck"),
    ],
)
def test_the_linter_finds_nothing(command):
    result = subprocess.run([TOOLS / command[0], *command[1:]], cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert result.stdout + result.stderr == ""
