"""Packs that somebody broke or forged: each is told in words, by the first thing that is wrong, and never by a trace."""

import base64
import hashlib
import io
import json
import random
import zipfile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from breachreg.exports import verifier
from tests.exports.test_pack import key, pack  # noqa: F401

FORGER = Ed25519PrivateKey.generate()
MANY = 200 * 1024 * 1024


@pytest.fixture
def sound(pack):  # noqa: F811
    """The files of a sound pack."""
    with zipfile.ZipFile(pack()) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files, *more):
    """The bytes of a ZIP with these files; ``more`` is written after them, whatever its names are."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in [*files.items(), *more]:
            archive.writestr(name, data)
    return file.getvalue()


def swollen(files, name):
    """The same pack; this file holds very many zeros, which take next to nothing in the ZIP."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for one, data in files.items():
            if one != name:
                archive.writestr(one, data)
        with archive.open(name, "w") as stream:
            for _ in range(MANY >> 20):
                stream.write(bytes(1 << 20))
    return file.getvalue()


def forged(files, **changed):
    """The same with other files, sealed again by one who has a key of their own."""
    files = {name: data for name, data in {**files, **changed}.items() if data is not None}
    manifest = json.loads(files.pop("manifest.json")) | {"key": FORGER.public_key().public_bytes_raw().hex()}
    del files["manifest.sig"]
    if "checkpoint.txt" not in changed:
        said = "".join(f"{line}\n" for line in files["checkpoint.txt"].decode().splitlines()[:-1]).encode()
        files["checkpoint.txt"] = said + b"signature: " + base64.b64encode(FORGER.sign(said)) + b"\n"
    manifest["files"] = [
        {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()
    ]  # fmt: skip
    text = json.dumps(manifest).encode()
    return zipped({**files, "manifest.json": text, "manifest.sig": base64.b64encode(FORGER.sign(text))})


def lines(files):
    return files["trail.jsonl"].splitlines(keepends=True)


BROKEN = {
    "no ZIP": (lambda files: b"%PDF-1.7", "it is no ZIP, or it is cut short"),
    "empty": (lambda files: b"", "it is no ZIP, or it is cut short"),
    "cut short": (lambda files: zipped(files)[:-200], "it is no ZIP, or it is cut short"),
    "damaged": (
        lambda files: zipped(files)[:300] + bytes(random.Random(1).randbytes(200)) + zipped(files)[500:], "can't be read as"
    ),
    "a file changed": (lambda files: zipped(files | {"README.txt": files["README.txt"][:-2] + b"X\n"}), "README.txt: changed since"),
    "a file larger": (lambda files: zipped(files | {"README.txt": b"longer" * 999}), "README.txt: changed since the pack was sealed: its size is another"),
    "a file added": (lambda files: zipped(files, ("zzz.txt", b"x")), "zzz.txt: not in the manifest"),
    "a file twice": (lambda files: zipped(files, ("register.csv", b"x")), "register.csv: it stands twice"),
    "no signature": (lambda files: zipped({name: data for name, data in files.items() if name != "manifest.sig"}), "manifest.sig: the pack lacks it"),
    "another signature": (lambda files: zipped(files | {"manifest.sig": b"\xff\xfe"}), "its signature does not fit the public key"),
    "the manifest edited": (lambda files: zipped(files | {"manifest.json": files["manifest.json"] + b" "}), "manifest.json: its signature does not fit"),
    "no JSON": (lambda files: zipped(files | {"manifest.json": b"{"}), "manifest.json: it can't be read as the manifest"),
    "other JSON": (lambda files: zipped(files | {"manifest.json": b"[]"}), "manifest.json: it can't be read as the manifest"),
    "nested JSON": (lambda files: zipped(files | {"manifest.json": b"[" * 200_000}), "manifest.json: it can't be read as the manifest"),
    "a way out": (lambda files: zipped(files, ("../../.bashrc", b"x")), "../../.bashrc: a name that leads out of the folder"),
    "another disk": (lambda files: zipped(files, ("C:\\autoexec.bat", b"x")), "a name that leads out of the folder"),
    "a manifest that swells": (lambda files: swollen(files, "manifest.json"), "manifest.json: far too large"),
    "a file that swells": (lambda files: swollen(files, "register.csv"), "its size is another"),
}


def said_of(data, tmp_path, capsys, *arguments):
    path = tmp_path / "broken.zip"
    path.write_bytes(data)
    capsys.readouterr()
    assert verifier.main([str(path), *arguments]) == 1
    return capsys.readouterr().out.splitlines()[-1]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(("broken", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_pack_is_told_in_words(sound, tmp_path, capsys, broken, said):
    last = said_of(broken(sound), tmp_path, capsys, "--key", key())
    assert last.startswith("NOT SOUND. ") and said in last


FORGED = {
    "an entry dropped": (lambda files: b"".join(lines(files)[:2] + lines(files)[3:]), "stands where number 3 of the organisation should be"),
    "two exchanged": (lambda files: b"".join([lines(files)[1], lines(files)[0], *lines(files)[2:]]), "stands where number 1"),
    "the end cut": (lambda files: b"".join(lines(files)[:-1]), "does not end where the checkpoint says"),
    "nothing": (lambda files: b"", "does not end where the checkpoint says"),
    "no entry": (lambda files: b"5\n", "can't be read as entry 1"),
    "no text": (lambda files: b"\xff\n", "can't be read as entry 1"),
    "columns run together": (
        lambda files: files["trail.jsonl"].replace(b'"incident.reported","incident",', b'"incident.reported\\nincident",'), "can't be read as entry",
    ),
    "words gone": (
        lambda files: json.dumps({name: value for name, value in json.loads(lines(files)[0]).items() if name != "content"}).encode()
        + b"\n" + b"".join(lines(files)[1:]), "says is missing, and no purge removed it",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "said"), FORGED.values(), ids=FORGED)
def test_a_trail_that_was_falsified_is_found_even_by_the_key_of_the_forger(sound, tmp_path, capsys, change, said):
    assert said in said_of(forged(sound, **{"trail.jsonl": change(sound)}), tmp_path, capsys)


def test_whoever_noted_the_key_is_not_taken_in_by_a_forger(sound, tmp_path, capsys):
    assert "its signature does not fit the public key" in said_of(forged(sound), tmp_path, capsys, "--key", key())


def test_a_pack_of_a_forger_is_sound_only_for_the_key_that_it_names(sound, tmp_path, capsys):
    path = tmp_path / "forged.zip"
    path.write_bytes(forged(sound))
    assert verifier.main([str(path)]) == 0
    assert FORGER.public_key().public_bytes_raw().hex() in capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize("text", [None, b"hello", b"breachreg checkpoint 1\n"], ids=["gone", "something else", "half"])
def test_a_checkpoint_that_is_gone_or_another_text_is_named(sound, tmp_path, capsys, text):
    assert "NOT SOUND. checkpoint.txt: " in said_of(forged(sound, **{"checkpoint.txt": text}), tmp_path, capsys)


def test_a_file_that_is_not_there_is_named(pack, tmp_path, capsys):  # noqa: F811
    assert verifier.main([str(tmp_path / "none.zip")]) == 1
    assert verifier.main([str(pack()), "--key", key(), "--checkpoint", str(tmp_path / "kept.txt")]) == 1
    assert capsys.readouterr().out.count("there is no such file") == 2
