"""One list says what each field holds about people, and the copies for outsiders keep to it."""

import pytest

from breachreg.audit import personal
from breachreg.audit.personal import Term, table
from breachreg.exports.columns import COLUMNS
from breachreg.letters.models import Recipient
from breachreg.register.models import Evidence, Incident


def test_a_field_stands_under_one_kind_only():
    with pytest.raises(ValueError, match="stands twice"):
        table("why", Term.RECORD, nothing="id title", text="title")


def test_a_kind_that_nobody_defined_is_refused():
    with pytest.raises(KeyError):
        table("why", Term.RECORD, rumour="title")


def test_a_table_is_classified_once(monkeypatch):
    monkeypatch.setattr(personal, "_tables", {})
    personal.declare({"Incident": table("why", Term.RECORD, nothing="id")})
    with pytest.raises(ValueError, match="Incident is classified twice"):
        personal.declare({"Incident": table("another why", Term.RECORD, nothing="id")})


def test_a_field_without_its_class_is_named(monkeypatch):
    said = personal.of_table(Evidence)
    fields = {name: kind for name, kind in said.fields.items() if name != "note"}
    monkeypatch.setitem(personal._tables, "breachreg.evidence", personal.Table(said.why, said.kept, fields, said.storage))
    assert personal.unclassified() == ["breachreg.Evidence.note"]


def test_a_class_without_its_field_is_named(monkeypatch):
    said = personal.of_table(Evidence)
    fields = {**said.fields, "smell": "nothing"}
    monkeypatch.setitem(personal._tables, "breachreg.evidence", personal.Table(said.why, said.kept, fields, said.storage))
    assert personal.unclassified() == ["breachreg.Evidence.smell"]


def test_the_way_to_the_incident_is_known():
    assert personal.with_the_record()[Recipient] == "letter__incident"


def test_files_are_found_where_the_list_says():
    said = personal.of_table(Evidence)
    assert (said.storage, said.of_kind("file")) == ("default", ["location"])


def test_a_redacted_register_leaves_out_what_the_list_calls_personal():
    said = personal.of_table(Incident)
    for column in COLUMNS:
        name = column.path.partition("__")[0]
        if name in said.fields:
            assert column.is_personal == said.kind(name).is_personal, column.key
