"""What we depend on: each library has a reason, a version and hashes, for every Python from 3.11 on."""

import ast
import re
import sys
from importlib.metadata import packages_distributions

import pytest
from django.conf import settings

LISTS = ("requirements", "requirements-test", "requirements-dev")
OURS = {"breachreg", "tests"}


def read(name: str) -> str:
    return (settings.BASE_DIR / name).read_text(encoding="utf-8")


def asked(name: str) -> dict[str, str]:
    """The libraries of a list and their versions."""
    lines = re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)", read(f"{name}.in"), re.MULTILINE)
    return {library.lower(): version for library, version in lines}


def locked(name: str) -> dict[str, tuple[str, str, int]]:
    """The libraries of a lock: version, condition, number of hashes."""
    entries = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", read(f"{name}.txt"), flags=re.MULTILINE))
    parsed = (re.match(r"([\w.-]+)(?:\[.*?\])?==(\S+)(?: ; ([^\\\n]+))?", entry) for entry in entries if entry.strip())
    return {
        match[1].lower(): (match[2], (match[3] or "").strip(), entry.count("--hash=sha256:"))
        for match, entry in zip(parsed, (entry for entry in entries if entry.strip()), strict=True)
    }


@pytest.mark.parametrize("name", LISTS)
def test_each_library_has_a_version_and_a_reason(name):
    lines = [line for line in read(f"{name}.in").splitlines() if line and not line.startswith(("#", "-r "))]
    assert [line for line in lines if not re.fullmatch(r"[\w.\[\],-]+==\S+ +# \S.+", line)] == []


@pytest.mark.parametrize("name", LISTS)
def test_the_lock_holds_what_was_asked(name):
    found = {library: version for library, (version, _, _) in locked(name).items()}
    assert {library: version for library, version in asked(name).items() if found.get(library) != version} == {}


@pytest.mark.parametrize("name", LISTS)
def test_every_locked_library_has_hashes_and_no_address(name):
    assert [library for library, (_, _, hashes) in locked(name).items() if not hashes] == []
    assert not re.search(r"https?://|index-url|find-links|trusted-host", read(f"{name}.txt"))


def test_the_lock_is_valid_for_the_first_python_of_debian():
    # Needed before 3.11.3 only; a lock that was resolved for a later Python lacks it.
    assert locked("requirements")["async-timeout"][1] == "python_full_version < '3.11.3'"


def test_a_longer_lock_has_the_same_versions_as_the_shorter():
    shorter, longer = locked("requirements"), locked("requirements-dev")
    assert {name: lock[0] for name, lock in shorter.items()} == {name: longer[name][0] for name in shorter}


def imported(folder: str) -> set[str]:
    """The top-level modules that the Python below this folder imports, of neither us nor the standard library."""
    names = set()
    for file in (settings.BASE_DIR / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add(node.module.split(".")[0])
    return names - OURS - set(sys.stdlib_module_names)


@pytest.mark.parametrize(("folder", "lists"), [("breachreg", LISTS[:1]), ("tests", LISTS[:2])])
def test_what_is_imported_was_asked_for(folder, lists):
    distributions = packages_distributions()
    wanted = {name.replace("_", "-") for each in lists for name in asked(each)}
    missing = {
        module for module in imported(folder)
        if not {name.lower().replace("_", "-") for name in distributions.get(module, [])} & wanted
    }  # fmt: skip
    assert missing == set()
