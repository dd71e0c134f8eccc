"""Every function and every test that docs/articles.md names exists."""

import ast
import importlib
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
PAGE = PROJECT / "docs" / "articles.md"
QUOTED = re.findall(r"`([^`]+)`", PAGE.read_text(encoding="utf-8"))
FUNCTIONS = sorted({name for name in QUOTED if name.startswith("breachreg.")})
TESTS = sorted({name for name in QUOTED if "::" in name})
ROWS = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ") and "---" not in line]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_named_beside_an_article_exists(name):
    module, _, attribute = name.rpartition(".")
    assert hasattr(importlib.import_module(module), attribute)


@pytest.mark.parametrize("name", TESTS)
def test_a_test_named_beside_an_article_exists(name):
    path, _, function = name.partition("::")
    tree = ast.parse((PROJECT / path).read_text(encoding="utf-8"))
    assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_each_line_names_a_place_in_the_code_and_a_test():
    lines = [row for row in ROWS if not row.startswith(("| Article |", "| Text |"))]
    assert len(lines) > 30
    for row in lines:
        assert re.search(r"\| `[\w.]+` \| `tests/[\w/.]+::\w+` \|$", row), row


def test_the_law_knows_nothing_of_django():
    for path in (PROJECT / "breachreg" / "law").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.split(".")[0] == "django"], path
