"""The house keeps its direction: a room uses the rooms before it, none after it, and time is given to it.

law -> audit -> accounts -> web -> register -> mailboxes -> notifications -> letters -> scrutiny -> desk -> exports -> retention
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from breachreg.audit import personal

ROOMS = settings.ROOMS
PACKAGE = settings.BASE_DIR / "breachreg"
FOUNDATION = {"breachreg", "breachreg.celery"}
"""Modules at the top that a room may use: a wake-up is a message sent by name."""
TAKES_TIME = {"web/middleware.py", "tasks.py"}
CLOCKS = {"now", "utcnow", "today", "localtime", "localdate"}


def modules(*folders: str) -> list[Path]:
    return sorted(file for folder in folders for file in (PACKAGE / folder).rglob("*.py"))


def imports_of(source: str, package: str) -> Iterator[str]:
    """Every module that this source imports, wherever in it, by its full name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def reaches(room: str, source: str, package: str) -> list[str]:
    """The imports of a module of this room that go to a later room, or up to what stands on top of the rooms."""
    return sorted(
        {name for name in imports_of(source, package) if name.startswith("breachreg.") and not _fine(room, name)}
    )


def _fine(room: str, name: str) -> bool:
    part = name.split(".")[1]
    if part in ROOMS:
        return ROOMS.index(part) <= ROOMS.index(room)
    return name in FOUNDATION


def package_of(module: Path) -> str:
    return ".".join(module.parent.relative_to(settings.BASE_DIR).parts)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_uses_only_the_rooms_before_it(room):
    found = {
        module.name: reach for module in modules(room)
        if (reach := reaches(room, module.read_text(encoding="utf-8"), package_of(module)))
    }  # fmt: skip
    assert found == {}


def test_the_law_is_plain_python():
    imported = {
        name.split(".")[0]
        for module in modules("law")
        for name in imports_of(module.read_text(encoding="utf-8"), package_of(module))
    }
    assert not imported & {"django", "celery", "crispy_forms", "allauth"}


def test_every_package_is_a_room_or_stands_on_top():
    packages = {folder.name for folder in PACKAGE.iterdir() if (folder / "__init__.py").exists()}
    assert packages - {"management", "migrations", "templatetags"} == set(ROOMS)


@pytest.mark.parametrize(
    "source",
    [
        "from breachreg.letters import actions",
        "from breachreg import letters",
        "import breachreg.letters.models",
        "def f():\n    from breachreg.letters.models import Letter",
        "from ..letters import actions",
        "from breachreg.urls import urlpatterns",
    ],
)
def test_a_reach_to_the_right_is_found_wherever_it_hides(source):
    assert reaches("register", source, "breachreg.register")


@pytest.mark.parametrize("source", ["from breachreg.law import clock", "from . import models", "import datetime"])
def test_a_use_of_an_earlier_room_is_fine(source):
    assert reaches("register", source, "breachreg.register") == []


def clocks_read(source: str) -> list[int]:
    """The lines that take the time themselves: datetime.now(), timezone.now, date.today, auto_now."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Attribute) and node.attr in CLOCKS and _is_clock(node.value))
        or (isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"})
    ]


def _is_clock(value: ast.expr) -> bool:
    name = value.attr if isinstance(value, ast.Attribute) else getattr(value, "id", "")
    return name in {"datetime", "date", "timezone"}


def test_a_room_is_given_the_time_and_never_takes_it():
    found = {
        name: lines for module in modules(*ROOMS)
        if (name := module.relative_to(PACKAGE).as_posix()) not in TAKES_TIME
        and (lines := clocks_read(module.read_text(encoding="utf-8")))
    }  # fmt: skip
    assert found == {}


@pytest.mark.parametrize(
    "source", ["timezone.now()", "datetime.datetime.now(UTC)", "f(default=timezone.now)", "f(auto_now=True)"]
)
def test_taking_the_time_is_found(source):
    assert clocks_read(source) == [1]


def test_each_field_of_each_table_says_what_it_holds_about_people():
    # Write the field into its room's personal.py: there it says what it holds, why, and how long it is kept.
    assert personal.unclassified() == []


def test_from_every_table_that_is_kept_with_the_record_a_way_leads_to_its_incident():
    ways = personal.with_the_record()
    assert list(ways)[-1].__name__ == "Incident"
    for model, way in ways.items():
        assert not way or model.objects.filter(**{f"{way}__reference": "HOP-2026-0001"}).query


def test_a_table_goes_before_those_that_it_points_at():
    order = list(personal.with_the_record())
    for place, model in enumerate(order):
        pointed = {field.related_model for field in model._meta.concrete_fields if field.is_relation} - {model}
        assert not pointed & set(order[:place])
