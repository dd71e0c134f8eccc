"""What leaves after a purge: packs that verify and say what was purged, files of the register that tell of what went."""

import io
import json
import subprocess
import sys
import zipfile

import jsonschema
import openpyxl
import pytest
from django.urls import reverse

from breachreg.exports import leaving, pack
from breachreg.exports.columns import COLUMNS
from breachreg.exports.jsonfile import schema
from breachreg.exports.kinds import Reader
from breachreg.exports.models import Form
from breachreg.register import holds


@pytest.fixture
def leave(hospital, awa, later):
    """The bytes of a file made after the purge."""

    def make(form, **options) -> bytes:
        export = leaving.order(organisation=hospital, form=form, language="fr", by=awa, at=later, **options)
        assert leaving.make_now(export, later)
        export.refresh_from_db()
        with leaving.hand_out(export=export, by=awa, at=later) as file:
            return file.read()

    return make


@pytest.fixture
def after(closed, purged, awa, later):
    """Of two incidents one was purged, and the other is on hold; gives both."""
    gone, stays = closed("Un"), closed("Deux")
    holds.set_hold(incident=stays, reason="Contentieux", by=awa, at=later)
    purged(later)
    return gone, stays


def test_the_list_of_files_says_which_went_with_a_purge_and_not_at_its_time(closed, purged, leave, awa, client, later):
    closed("Un")
    leave(Form.CSV)
    purged(later)
    client.force_login(awa)
    assert "Retiré avant son terme" in client.get(reverse("exports", args=["hopital"])).text


def checked(tmp_path, data: bytes) -> subprocess.CompletedProcess:
    file = tmp_path / "pack.zip"
    file.write_bytes(data)
    return subprocess.run([sys.executable, "-I", pack.VERIFIER, file], capture_output=True, text=True)


def purged_entries(data: bytes) -> int:
    lines = map(json.loads, zipfile.ZipFile(io.BytesIO(data)).read("trail.jsonl").splitlines())
    return next(sum(last - first + 1 for first, last in json.loads(line["content"][4])["entries"])
                for line in lines if line["entry"][5] == "retention.purged")  # fmt: skip


@pytest.mark.parametrize("is_redacted", [False, True])
def test_a_pack_made_after_a_purge_verifies_and_says_what_went(after, leave, tmp_path, is_redacted):
    data = leave(Form.PACK, is_redacted=is_redacted)
    result = checked(tmp_path, data)
    assert result.returncode == 0, result.stdout
    assert f"Purged: {purged_entries(data)} entries lost their words" in result.stdout
    assert ("left out of this copy" in result.stdout) == is_redacted


def test_the_pack_of_one_incident_says_so_too(after, leave, tmp_path):
    data = leave(Form.INCIDENT, incident=after[1])
    result = checked(tmp_path, data)
    assert result.returncode == 0, result.stdout
    assert f"Purged: {purged_entries(data)} entries" in result.stdout


def test_words_missing_from_a_pack_that_no_purge_took_are_named(after, leave, tmp_path, settings):
    from breachreg.audit import checkpoints

    source = zipfile.ZipFile(io.BytesIO(leave(Form.PACK)))
    lines = source.read("trail.jsonl").splitlines()
    last = json.loads(lines[-1])
    number = last["entry"][0]
    del last["content"]
    trail = b"\n".join([*lines[:-1], json.dumps(last).encode()]) + b"\n"
    manifest = json.loads(source.read("manifest.json"))
    import hashlib

    for file in manifest["files"]:
        if file["name"] == "trail.jsonl":
            file |= {"size": len(trail), "sha256": hashlib.sha256(trail).hexdigest()}
    text = json.dumps(manifest).encode()
    forged = io.BytesIO()
    with zipfile.ZipFile(forged, "w") as target:
        for name in source.namelist():
            changed = {"trail.jsonl": trail, "manifest.json": text, "manifest.sig": checkpoints.sign(text)}
            target.writestr(name, changed.get(name, source.read(name)))
    result = checked(tmp_path, forged.getvalue())
    assert result.returncode == 1
    assert f"what entry {number} says is missing, and no purge removed it" in result.stdout


def test_the_register_as_json_tells_of_what_went(after, leave, hospital):
    gone, stays = after
    said = json.loads(leave(Form.JSON))
    jsonschema.validate(said, schema(COLUMNS, Reader("fr", hospital.zone)), format_checker=jsonschema.FormatChecker())
    assert [row["reference"] for row in said["breaches"]] == [stays.reference]
    (stone,) = said["purged"]
    assert (stone["reference"], stone["qualification"], stone["kept_years"]) == (gone.reference, "not_a_breach", 5)


def test_the_workbook_tells_of_it_on_its_second_sheet(after, leave):
    book = openpyxl.load_workbook(io.BytesIO(leave(Form.XLSX)))
    told = [row[1].value for row in book.worksheets[1].iter_rows() if "conservation" in str(row[0].value)]
    assert len(told) == 1 and told[0].startswith(after[0].reference)
