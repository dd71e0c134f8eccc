"""Rewrite breachreg's first migration as two in which each table is made whole, in the order of who refers to whom.

`makemigrations` adds most references, constraints and indexes one by one, and Django renders the models anew for each:
with a hundred models that is a dozen seconds for every database that is made, so for every run of the suite. Tables made
whole are created in one step (breachreg/migrations/_whole.py). The person stands alone in 0001_initial, because the
libraries' tables refer to it: each of their steps would render all of ours, if ours were there; 0001_tables comes after
them. Called by scripts/remigrate; a test compares the result with the models.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "breachreg.settings")

import django

django.setup()

from django.apps import apps  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.db import models  # noqa: E402
from django.db.migrations import Migration, operations  # noqa: E402
from django.db.migrations.loader import MigrationLoader  # noqa: E402
from django.db.migrations.state import ModelState  # noqa: E402
from django.db.migrations.writer import MigrationWriter  # noqa: E402
from django.utils import translation  # noqa: E402

LABEL, FIRST, REST = "breachreg", "0001_initial", "0001_tables"


def referred(model: type[models.Model]) -> dict[str, type[models.Model]]:
    """The fields of a model that refer to another model of ours, and to which."""
    fields = [*model._meta.local_fields, *model._meta.local_many_to_many]
    targets = {field.name: field.related_model for field in fields if field.is_relation}
    return {name: target for name, target in targets.items() if target._meta.app_label == LABEL and target is not model}


def in_order(
    waiting: list[type[models.Model]], made: set[type[models.Model]]
) -> Iterator[tuple[type[models.Model], set[str]]]:
    """Each model after those that it refers to and are not made yet, with the fields that must wait because the
    references run in a ring."""
    waiting, made = list(waiting), set(made)
    while waiting:
        model = min(waiting, key=lambda each: (len(_too_early(each, made)), waiting.index(each)))
        yield model, _too_early(model, made)
        waiting.remove(model)
        made.add(model)


def _too_early(model: type[models.Model], made: set) -> set[str]:
    return {name for name, target in referred(model).items() if target not in made}


def create(model: type[models.Model], waits: set[str]) -> tuple[operations.CreateModel, list]:
    """The operation that makes this table, and those that complete it once all tables are there."""
    state = ModelState.from_model(model)
    late_fields = [
        operations.AddField(state.name, name, field) for name, field in state.fields.items() if name in waits
    ]
    late = []
    for option, operation in (("indexes", operations.AddIndex), ("constraints", operations.AddConstraint)):
        every = state.options.get(option, [])
        late += [operation(state.name, each) for each in every if _mentions(each, waits)]
        state.options[option] = [each for each in every if not _mentions(each, waits)]
    options = {name: value for name, value in state.options.items() if value != []}
    fields = [(name, field) for name, field in state.fields.items() if name not in waits]
    whole = operations.CreateModel(state.name, fields, options=options, bases=state.bases, managers=state.managers)
    return whole, [*late_fields, *late]


def _mentions(rule: models.Index | models.BaseConstraint, fields: set[str]) -> bool:
    told = repr(rule.deconstruct())
    return any(f"'{field}" in told for field in fields)


def write(migration: Migration, tables: list[type[models.Model]], made: set[type[models.Model]]) -> None:
    """The file of a migration that makes the tables of these models, when those are made."""
    whole, late = [], []
    for model, waits in in_order(tables, made):
        operation, rest = create(model, waits)
        whole.append(operation)
        late += rest
    migration.operations = [*whole, *late]
    writer = MigrationWriter(migration, include_header=False)
    head = "from django.db import migrations, models\n"
    text = writer.as_string().replace(head, f"{head}\nfrom {LABEL}.migrations._whole import WholeTables\n")
    text = text.replace("class Migration(migrations.Migration):", "class Migration(WholeTables):")
    Path(writer.path).write_text(text, encoding="utf-8")
    print(f"{writer.filename}: {len(whole)} tables made whole, {len(late)} completions")


def main() -> None:
    # As makemigrations does: labels are written as they stand in the source.
    translation.deactivate_all()
    person = get_user_model()
    loader = MigrationLoader(None, ignore_no_migrations=True)
    first = loader.get_migration(LABEL, FIRST)
    libraries = [node for node in loader.graph.leaf_nodes() if (LABEL, FIRST) in loader.graph.forwards_plan(node)]
    rest = Migration(REST, LABEL)
    rest.dependencies = [(LABEL, FIRST), *(node for node in libraries if node[0] != LABEL)]
    write(first, [person], set())
    write(rest, [model for model in apps.get_app_config(LABEL).get_models() if model is not person], {person})


if __name__ == "__main__":
    main()
