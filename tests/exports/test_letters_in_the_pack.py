"""The sealed file of an incident holds the evidence of the sending: each line of the ledger, and nobody's name."""

import json
import zipfile
from datetime import timedelta

from django.core.files.storage import storages

from breachreg.exports import leaving
from breachreg.exports.models import Form
from breachreg.register.models import Incident
from tests.letters.conftest import draft, in_review, known_breach, sealed  # noqa: F401 (fixtures)
from tests.letters.test_figures import told  # noqa: F401


def test_the_sealed_file_of_an_incident_holds_each_line_of_the_ledger_and_nobodys_address(told, awa, noon, tmp_path):  # noqa: F811
    incident, at = Incident.objects.get(), noon + timedelta(days=1)
    export = leaving.order(organisation=incident.organisation, form=Form.INCIDENT, language="fr", by=awa, at=at, incident=incident)
    assert leaving.make_now(export, at), export.trouble
    export.refresh_from_db()
    with storages["exports"].open(export.location) as kept, zipfile.ZipFile(kept) as archive:
        [name] = [name for name in archive.namelist() if name.startswith("record/") and "dispatch" in name.lower()]
        raw = archive.read(name).decode()
        everything = b"".join(archive.read(member) for member in archive.namelist())
    lines = json.loads(raw) if raw.lstrip().startswith("[") else [json.loads(line) for line in raw.splitlines() if line]
    assert sorted(line["result"] for line in lines) == ["returned", "sent", "sent", "sent"]
    assert {line["text_sha256"] for line in lines} == {told.letters.get().sealed_sha256}
    assert b"j1@example.net" not in everything and b"1 rue A" not in everything
