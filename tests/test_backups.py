"""A back-up is one archive that comes back whole, or says why not before it changes anything."""

import os
import sqlite3
import stat
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from breachreg import backups
from breachreg.backups import BackupTrouble, Installation

AT = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def folders_below(root: Path) -> dict[str, Path]:
    return {"evidence": root / "evidence", "exports": root / "exports"}


@pytest.fixture
def here(transactional_db, hospital, tmp_path):
    """The tests' database with the hospital in it, and a piece of evidence."""
    folders = folders_below(tmp_path / "here")
    (folders["evidence"] / "2026").mkdir(parents=True)
    (folders["evidence"] / "2026" / "mail.eml").write_bytes(b"From: somebody")
    return Installation(connection.settings_dict, folders)


@pytest.fixture
def elsewhere(here, tmp_path):
    """A new and empty installation."""
    folders = folders_below(tmp_path / "elsewhere")
    if here.engine == "sqlite":
        (tmp_path / "elsewhere").mkdir()
        yield Installation({**here.database, "NAME": tmp_path / "elsewhere" / "new.sqlite3"}, folders)
        return
    name = f"{here.database['NAME']}_restored"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield Installation({**here.database, "NAME": name}, folders)
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}"')


def organisations(installation: Installation) -> list[str]:
    database = installation.database
    if installation.engine == "sqlite":
        connected = sqlite3.connect(database["NAME"])
    else:
        told = {"dbname": "NAME", "host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
        connected = psycopg.connect(**{name: database[key] for name, key in told.items()})
    with closing(connected):
        return [name for (name,) in connected.execute("SELECT name FROM breachreg_organisation").fetchall()]


def test_a_back_up_comes_back_whole(here, elsewhere, tmp_path):
    file = tmp_path / "backup.zip"
    assert backups.write(file, here, AT) == 2
    assert backups.restore(file, elsewhere, database_is_empty=True) == 2
    assert organisations(elsewhere) == ["Hôpital des Trois Rivières"]
    assert (elsewhere.folders["evidence"] / "2026" / "mail.eml").read_bytes() == b"From: somebody"


def test_only_its_owner_can_read_a_back_up_and_it_holds_no_key(here, tmp_path):
    file = tmp_path / "backup.zip"
    backups.write(file, here, AT)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
    assert set(names) == {
        backups.DATABASE[here.engine], "evidence/2026/mail.eml", "manifest.json"
    }  # fmt: skip


def test_a_back_up_never_overwrites_another(here, tmp_path):
    file = tmp_path / "backup.zip"
    file.write_bytes(b"the only copy")
    with pytest.raises(BackupTrouble, match="exists already"):
        backups.write(file, here, AT)
    assert file.read_bytes() == b"the only copy"


def test_a_register_is_never_overwritten(here, elsewhere, tmp_path):
    file = tmp_path / "backup.zip"
    backups.write(file, here, AT)
    with pytest.raises(BackupTrouble, match="the database"):
        backups.restore(file, elsewhere, database_is_empty=False)
    with pytest.raises(BackupTrouble, match=r"Not empty: .*evidence"):
        backups.restore(file, here, database_is_empty=True)


@pytest.fixture
def archive(tmp_path):
    """Makes an archive of these files, with this manifest."""

    def make(files: dict[str, bytes], manifest: str) -> Path:
        file = tmp_path / "made.zip"
        with zipfile.ZipFile(file, "w") as made:
            made.writestr("manifest.json", manifest)
            for name, content in files.items():
                made.writestr(name, content)
        return file

    return make


EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    ("files", "manifest", "trouble"),
    [
        ({}, "{}", "of format None"),
        ({}, "no JSON", "no manifest"),
        ({}, '{"format": 1, "engine": "oracle", "files": {}}', "a oracle database"),
        ({"evidence/a": b""}, '{"format": 1, "engine": "sqlite", "files": {}}', "evidence/a added or missing"),
        ({"evidence/a": b"b"}, f'{{"format": 1, "engine": "sqlite", "files": {{"evidence/a": "{EMPTY}"}}}}', "damaged"),
        ({"keys/a": b""}, f'{{"format": 1, "engine": "sqlite", "files": {{"keys/a": "{EMPTY}"}}}}', "no place here"),
        (
            {"evidence/../../a": b""},
            f'{{"format": 1, "engine": "sqlite", "files": {{"evidence/../../a": "{EMPTY}"}}}}',
            "no place here",
        ),
    ],
)
def test_what_is_no_back_up_of_ours_changes_nothing(archive, tmp_path, files, manifest, trouble):
    new = Installation({"ENGINE": "sqlite3", "NAME": tmp_path / "new" / "db"}, folders_below(tmp_path / "new"))
    with pytest.raises(BackupTrouble, match=trouble):
        backups.restore(archive(files, manifest), new, database_is_empty=True)
    assert not (tmp_path / "new").exists()


def test_a_file_that_is_no_archive_is_refused(tmp_path):
    new = Installation({"ENGINE": "sqlite3", "NAME": tmp_path / "db"}, folders_below(tmp_path / "new"))
    (tmp_path / "text.zip").write_text("not an archive")
    with pytest.raises(BackupTrouble, match="no back-up that can be read"):
        backups.restore(tmp_path / "text.zip", new, database_is_empty=True)


def test_a_missing_postgresql_tool_is_named_with_its_package(tmp_path, monkeypatch):
    monkeypatch.setitem(os.environ, "PATH", str(tmp_path))
    installation = Installation({"ENGINE": "postgresql", "NAME": "register"}, {})
    with pytest.raises(BackupTrouble, match="apt-get install postgresql-client"):
        backups.write(tmp_path / "backup.zip", installation, AT)
    assert not (tmp_path / "backup.zip").exists()


def test_the_commands_say_what_they_did_and_what_they_refuse(here, settings, tmp_path, capsys):
    settings.EVIDENCE_DIR, settings.EXPORTS_DIR = here.folders.values()
    call_command("backup", str(tmp_path / "backup.zip"))
    assert "with 2 files" in capsys.readouterr().out
    with pytest.raises(CommandError, match="Not empty: the database"):
        call_command("restore", str(tmp_path / "backup.zip"))
