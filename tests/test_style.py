"""The Python of this project is linted; `make check` says the same in a terminal."""

import subprocess
import sys

from django.conf import settings


def test_the_linter_finds_nothing():
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "concise", "--quiet", "."]
    result = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert result.stdout + result.stderr == ""
