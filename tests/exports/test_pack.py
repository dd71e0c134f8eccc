"""A sealed pack is checked by one file of plain Python, which names the first thing that is wrong."""

import ast
import hashlib
import json
import random
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.storage import storages

from breachreg.audit import checkpoints
from breachreg.exports import leaving, trail, verifier
from breachreg.exports.models import Form
from breachreg.register import actions as register

FILES = {
    "register.json", "register.csv", "trail.jsonl", "checkpoint.txt", "verify.py", "README.txt", "manifest.json",
    "manifest.sig",
}  # fmt: skip


@pytest.fixture
def pack(incident, awa, noon, tmp_path):
    """Make a pack, and give its path."""

    def make(**options):
        export = leaving.order(organisation=incident.organisation, form=Form.PACK, language="fr", by=awa, at=noon, **options)
        assert leaving.make_now(export, noon)
        export.refresh_from_db()
        with storages["exports"].open(export.location) as kept:
            path = tmp_path / "pack.zip"
            path.write_bytes(kept.read())
        return path

    return make


def changed(path, name, change):
    """The same pack with one file changed."""
    with zipfile.ZipFile(path) as pack:
        files = {one: pack.read(one) for one in pack.namelist()}
    files[name] = change(files[name])
    with zipfile.ZipFile(path, "w") as pack:
        for one, data in files.items():
            if data is not None:
                pack.writestr(one, data)
    return path


def key():
    return checkpoints.public_key().hex()


def test_a_pack_is_sound_on_a_machine_that_has_nothing_of_ours(pack, tmp_path):
    path = pack()
    with zipfile.ZipFile(path) as archive:
        assert set(archive.namelist()) == FILES
        archive.extract("verify.py", tmp_path)
    command = [sys.executable, "-I", "-S", str(tmp_path / "verify.py"), str(path), "--key", key()]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env={}, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "SOUND."
    assert "the words of" in done.stdout


def test_a_pack_says_by_which_key_it_is_sound_when_none_was_given(pack, capsys):
    assert verifier.main([str(pack())]) == 0
    assert key() in capsys.readouterr().out


def test_a_redacted_pack_holds_no_name_and_still_verifies(pack, capsys):
    path = pack(is_redacted=True)
    with zipfile.ZipFile(path) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert "Diallo" not in everything
    assert "portable" not in everything
    assert "HOP-2026-0001" in everything
    assert verifier.main([str(path), "--key", key()]) == 0
    assert "the words of 0 are here" in capsys.readouterr().out


@pytest.mark.parametrize("name", sorted(FILES))
def test_one_byte_changed_in_any_file_is_found(pack, capsys, name):
    chance = random.Random(name)

    def flip(data):
        place = chance.randrange(len(data))
        return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]

    assert verifier.main([str(changed(pack(), name, flip)), "--key", key()]) == 1
    assert "NOT SOUND" in capsys.readouterr().out


def test_a_file_that_is_gone_or_added_is_named(pack, capsys):
    path = pack()
    assert verifier.main([str(changed(path, "register.csv", lambda data: None)), "--key", key()]) == 1
    assert "register.csv: the manifest lists it, the pack lacks it" in capsys.readouterr().out
    assert verifier.main([str(changed(path, "register.json", lambda data: data)), "--key", key()]) == 1


def test_another_key_is_refused(pack, capsys):
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    assert verifier.main([str(pack()), "--key", other]) == 1
    assert "manifest.json: its signature does not fit" in capsys.readouterr().out


def resealed(path, name, change):
    """What one who holds the signing key can do: change a file and sign the manifest again."""

    def again(data):
        manifest = json.loads(data)
        with zipfile.ZipFile(path) as pack:
            for file in manifest["files"]:
                packed = pack.read(file["name"])
                file |= {"size": len(packed), "sha256": hashlib.sha256(packed).hexdigest()}
        return json.dumps(manifest).encode()

    changed(path, name, change)
    changed(path, "manifest.json", again)
    with zipfile.ZipFile(path) as pack:
        signature = checkpoints.sign(pack.read("manifest.json")).encode()
    return changed(path, "manifest.sig", lambda data: signature)


def without_line(number):
    return lambda data: b"\n".join(data.splitlines()[:number] + data.splitlines()[number + 1 :]) + b"\n"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (without_line(1), "stands where number 2"),
        (lambda data: b"\n".join(data.splitlines()[:-1]) + b"\n", "does not end where the checkpoint says"),
        (lambda data: data.replace(b'"incident.reported"', b'"incident.closed"'), "was changed"),
        (lambda data: data.replace(b"Diallo", b"Martin", 1), "was changed"),
    ],
)
def test_a_trail_changed_inside_a_pack_sealed_again_is_found(pack, capsys, change, said):
    assert verifier.main([str(resealed(pack(), "trail.jsonl", change)), "--key", key()]) == 1
    assert said in capsys.readouterr().out


def test_a_checkpoint_kept_earlier_is_borne_out(pack, incident, awa, noon, tmp_path, capsys):
    earlier = trail.make_checkpoint(organisation=incident.organisation, by=awa, at=noon, reason="asked")
    register.amend_facts(incident=incident, by=awa, at=noon + timedelta(hours=1), people_likely=3)
    kept = tmp_path / "kept.txt"
    kept.write_text(earlier.text, encoding="utf-8")
    assert verifier.main([str(pack()), "--key", key(), "--checkpoint", str(kept)]) == 0
    assert "borne out" in capsys.readouterr().out


def test_what_is_no_pack_is_said_without_a_trace(tmp_path, capsys):
    path = tmp_path / "no.zip"
    path.write_bytes(b"nothing")
    assert verifier.main([str(path)]) == 1
    assert "can't be read" in capsys.readouterr().out


def test_the_verifier_agrees_with_a_well_kept_library_on_signatures():
    chance = random.Random(8032)
    for length in (0, 1, 64, 1000):
        private = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        public, message = private.public_key().public_bytes_raw(), chance.randbytes(length)
        signature = private.sign(message)
        assert verifier.is_signed(public, message, signature)
        assert not verifier.is_signed(public, message + b"x", signature)
        for place in (0, 31, 32, 63):
            forged = signature[:place] + bytes([signature[place] ^ 1]) + signature[place + 1 :]
            assert not verifier.is_signed(public, message, forged)
    assert not verifier.is_signed(b"\xff" * 32, b"", b"\0" * 64)


def test_the_verifier_imports_nothing_but_the_standard_library():
    tree = ast.parse(Path(verifier.__file__).read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert names <= sys.stdlib_module_names
