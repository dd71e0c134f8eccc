"""Back-ups: one archive of the database, the evidence and the exports. The keys are left out on purpose.

    database.sqlite3 or database.dump    as one moment saw it, while everybody goes on working
    evidence/…  exports/…                the files
    manifest.json                        format, engine, instant, and the SHA-256 of each of the above

Whoever holds the archive and the keys holds the register and can forge its trail; so they are kept in two places.
"""

import hashlib
import json
import os
import sqlite3
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

FORMAT = 1
CHUNK = 1024 * 1024
DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}


class BackupTrouble(Exception):
    """A back-up can't be made or put back; the message names what is wrong and what to do."""


@dataclass(frozen=True)
class Installation:
    """What is backed up: a database, as in DATABASES, and folders by the name they have in the archive."""

    database: Mapping
    folders: Mapping[str, Path]

    @property
    def engine(self) -> str:
        return "sqlite" if self.database["ENGINE"].endswith("sqlite3") else "postgresql"


# Making


def write(file: Path, installation: Installation, at: datetime) -> int:
    """Write the archive, readable by its owner only; return how many files it holds. ``at`` is aware."""
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as trouble:
        raise BackupTrouble(f"{file} exists already. Choose another name; nothing was written.") from trouble
    except FileNotFoundError as trouble:
        raise BackupTrouble(f"There is no folder {file.parent}. Make it first.") from trouble
    try:
        with os.fdopen(descriptor, "w+b") as stream:
            return _write(stream, installation, at)
    except BaseException:
        # Half a back-up is none, and must not be taken for one.
        file.unlink()
        raise


def _write(stream: BinaryIO, installation: Installation, at: datetime) -> int:
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        # The database first: a file that it names is there when the folders are read.
        hashes = {name: _add(archive, name, path) for name, path in _parts(installation)}
        manifest = {"format": FORMAT, "engine": installation.engine, "made_at": at.isoformat(), "files": hashes}
        archive.writestr("manifest.json", json.dumps(manifest, indent=1))
    return len(hashes)


def _parts(installation: Installation) -> Iterator[tuple[str, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / DATABASE[installation.engine]
        _copy_database(installation, copy)
        yield copy.name, copy
    for name, folder in installation.folders.items():
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                yield f"{name}/{path.relative_to(folder).as_posix()}", path


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    told = hashlib.sha256()
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
        while chunk := source.read(CHUNK):
            told.update(chunk)
            target.write(chunk)
    return told.hexdigest()


def _copy_database(installation: Installation, copy: Path) -> None:
    if installation.engine == "sqlite":
        with (
            closing(sqlite3.connect(installation.database["NAME"])) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target)
    else:
        _run_postgresql_tool(installation, ["pg_dump", "--format=custom", "--no-owner", f"--file={copy}"])


def _run_postgresql_tool(installation: Installation, command: list[str]) -> None:
    database = installation.database
    told = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    environment = {name: str(database[key]) for name, key in told.items() if database.get(key)}
    try:
        done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)
    except FileNotFoundError as trouble:
        remedy = "On Debian: apt-get install postgresql-client."
        raise BackupTrouble(f"{command[0]} is not on this machine. {remedy}") from trouble
    if done.returncode:
        raise BackupTrouble(f"{command[0]} failed: {done.stderr.strip()}")


# Putting back


def restore(file: Path, installation: Installation, *, database_is_empty: bool) -> int:
    """Put an archive back into an empty installation; return how many files it held.

    Everything is verified against the manifest before anything is written.
    """
    _refuse_to_overwrite(installation, database_is_empty)
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = _verified_manifest(archive, installation)
            for name in manifest["files"]:
                _put_back(archive, name, installation)
    except (zipfile.BadZipFile, FileNotFoundError) as trouble:
        raise BackupTrouble(f"{file} is no back-up that can be read: {trouble}. Nothing was changed.") from trouble
    return len(manifest["files"])


def _refuse_to_overwrite(installation: Installation, database_is_empty: bool) -> None:
    full = [str(folder) for folder in installation.folders.values() if folder.exists() and any(folder.iterdir())]
    if not database_is_empty:
        full.insert(0, "the database")
    if full:
        raise BackupTrouble(
            f"Not empty: {', '.join(full)}. Restore into a new DATA_DIR or database; nothing was changed."
        )


def _verified_manifest(archive: zipfile.ZipFile, installation: Installation) -> dict:
    try:
        manifest = json.loads(archive.read("manifest.json"))
    except (KeyError, ValueError) as trouble:
        raise BackupTrouble("The archive holds no manifest: it is not one of our back-ups.") from trouble
    if manifest.get("format") != FORMAT:
        raise BackupTrouble(f"The archive is of format {manifest.get('format')}; this version reads {FORMAT}.")
    if manifest["engine"] != installation.engine:
        raise BackupTrouble(
            f"The archive holds a {manifest['engine']} database; DATABASE_URL names {installation.engine}."
        )
    _verify_files(archive, manifest["files"], installation)
    return manifest


def _verify_files(archive: zipfile.ZipFile, files: dict[str, str], installation: Installation) -> None:
    held = set(archive.namelist()) - {"manifest.json"}
    if held != set(files):
        raise BackupTrouble(f"The archive was changed: {', '.join(sorted(held ^ set(files)))} added or missing.")
    for name, expected in files.items():
        _place(name, installation)
        if _hash(archive, name) != expected:
            raise BackupTrouble(f"The archive was damaged: {name} is not what was backed up. Nothing was changed.")


def _hash(archive: zipfile.ZipFile, name: str) -> str:
    told = hashlib.sha256()
    try:
        with archive.open(name) as source:
            while chunk := source.read(CHUNK):
                told.update(chunk)
    except zipfile.BadZipFile:
        return ""
    return told.hexdigest()


def _place(name: str, installation: Installation) -> Path | None:
    """Where a file of the archive goes; None for the database."""
    if name == DATABASE[installation.engine]:
        return None
    top, _, rest = name.partition("/")
    folder = installation.folders.get(top)
    if not folder or not rest or not (folder / rest).resolve().is_relative_to(folder.resolve()):
        raise BackupTrouble(f"The archive holds {name}, which has no place here. Nothing was changed.")
    return folder / rest


def _put_back(archive: zipfile.ZipFile, name: str, installation: Installation) -> None:
    place = _place(name, installation)
    if place:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _unpack(archive, name, place)
    elif installation.engine == "sqlite":
        _unpack(archive, name, Path(installation.database["NAME"]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            dump = Path(folder) / name
            _unpack(archive, name, dump)
            options = ["--no-owner", "--exit-on-error", "--single-transaction"]
            _run_postgresql_tool(
                installation, ["pg_restore", *options, f"--dbname={installation.database['NAME']}", str(dump)]
            )


def _unpack(archive: zipfile.ZipFile, name: str, place: Path) -> None:
    with archive.open(name) as source, os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as target:
        while chunk := source.read(CHUNK):
            target.write(chunk)
