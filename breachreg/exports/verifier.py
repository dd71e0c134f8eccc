"""Check a sealed pack of BreachReg without BreachReg: plain Python 3.9 or later, nothing to install, no network.

    python3 -I verify.py PACK.zip [--key HEX] [--checkpoint FILE]

--key         the public key that you noted earlier; without it, the pack is checked against the key that it carries
--checkpoint  a checkpoint that you received earlier and kept: the pack's trail must bear it out

It checks every file against the manifest, the manifest and the checkpoint against their Ed25519 signatures (RFC 8032),
and every entry of the trail against the one before, and says the first thing that is wrong. Exit status: 0 sound, 1 not sound, 2 no such way to call it.
The public key stands on the page "Checkpoints" of the organisation and its fingerprint in every checkpoint; have it told
to you by another way than the pack: who can forge a pack can write any key into it. Nothing is unpacked to the disk.
"""

import argparse
import base64
import contextlib
import hashlib
import hmac
import json
import pathlib
import re
import sys
import zipfile
import zlib

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
START = "0" * 64
UNLISTED = {"manifest.json", "manifest.sig"}
PURGE = "retention.purged"
COLUMNS = 13
LARGEST, LONGEST = 1 << 26, 1 << 28
"""What a manifest or a checkpoint, and a line of the trail, may weigh: more is no pack of ours, and fills your memory."""
OUTSIDE = re.compile(r"^[/\\\\]|^[A-Za-z]:|(^|[/\\\\])\.\.([/\\\\]|$)")
TROUBLES = (
    OSError, EOFError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RuntimeError, MemoryError,
    zipfile.BadZipFile, zlib.error,
)


class Wrong(Exception):
    """The first thing that is wrong, in words."""


@contextlib.contextmanager
def reading(name, as_what):
    """Say in words what could not be read, whatever Python says of it."""
    try:
        yield
    except TROUBLES as trouble:
        raise Wrong(f"{name}: it can't be read as {as_what} ({type(trouble).__name__})") from trouble


def read(pack, name):
    """A small file of the pack, whole."""
    if name not in pack.namelist():
        raise Wrong(f"{name}: the pack lacks it")
    size = pack.getinfo(name).file_size
    if size > LARGEST:
        raise Wrong(f"{name}: far too large for what it should be")
    with reading(name, "what was packed: its bytes are damaged"), pack.open(name) as stream:
        return stream.read(size + 1)


def add(one, two):
    """Add two points of the curve, in extended coordinates."""
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(factor, point):
    total = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            total = add(total, point)
        point, factor = add(point, point), factor >> 1
    return total


def point_of(data):
    """The point that 32 bytes name; ValueError when they name none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        raise ValueError("no point")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        raise ValueError("no point")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(key, message, signature):
    """Whether this is the Ed25519 signature of the message under the public key."""
    try:
        public, r, s = point_of(key), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    except ValueError:
        return False
    if len(key) != 32 or len(signature) != 64 or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    left, right = times(s, BASE), add(r, times(h, public))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def check_manifest(pack, key):
    """Give the manifest, once its signature and every file's size and SHA-256 fit."""
    names = pack.namelist()
    for name in names:
        if OUTSIDE.search(name):
            raise Wrong(f"{name}: a name that leads out of the folder where the pack is unpacked")
    if len(set(names)) != len(names):
        raise Wrong(f"{next(name for name in names if names.count(name) > 1)}: it stands twice in the pack")
    text = read(pack, "manifest.json")
    with reading("manifest.json", "the manifest of a pack"):
        manifest = json.loads(text)
        if manifest["form"] != "breachreg pack 1":
            raise Wrong("manifest.json: made for another verifier: {}".format(manifest["form"]))
        key = key or bytes.fromhex(manifest["key"])
        listed = {file["name"]: (file["size"], file["sha256"]) for file in manifest["files"]}
    with reading("manifest.sig", "a signature"):
        signature = base64.b64decode(read(pack, "manifest.sig"))
    if not is_signed(key, text, signature):
        raise Wrong("manifest.json: its signature does not fit the public key")
    for name in sorted((set(names) - UNLISTED) ^ set(listed)):
        raise Wrong("{}: {}".format(name, "the manifest lists it, the pack lacks it" if name in listed else "not in the manifest"))
    for name, (size, sha256) in listed.items():
        if pack.getinfo(name).file_size != size:
            raise Wrong(f"{name}: changed since the pack was sealed: its size is another")
        if digest_of(pack, name) != sha256:
            raise Wrong(f"{name}: changed since the pack was sealed")
    return manifest, key


def digest_of(pack, name):
    digest = hashlib.sha256()
    with reading(name, "what was packed: its bytes are damaged"), pack.open(name) as stream:
        for chunk in iter(lambda: stream.read(1 << 20), b""):
            digest.update(chunk)
    return digest.hexdigest()


def check_timestamp(pack):
    """What can be said of the authority's token without a library: it speaks of this checkpoint, or it does not."""
    if "checkpoint.tst" not in pack.namelist():
        return
    if hashlib.sha256(read(pack, "checkpoint.txt")).digest() not in read(pack, "checkpoint.tst"):
        raise Wrong("checkpoint.tst: this timestamp does not speak of the checkpoint in the pack")
    print("Timestamp: it speaks of this checkpoint. Its signature is the authority's and not checked here; with OpenSSL:")
    print("  openssl ts -verify -data checkpoint.txt -token_in -in checkpoint.tst -CAfile ROOTS.pem")


def say_what_was_not_checked(manifest, chosen, left_out):
    """What no verifier can tell, or this one was not given."""
    for file in manifest.get("absent", []):
        print("Missing when the pack was made: {}: {}.".format(file["name"], file["why"]))
    if left_out:
        print(f"Not in the pack: the words of {left_out} entries, left out of this copy; their hashes hold their place.")
    if not chosen.checkpoint:
        print("Not checked: whether the trail went on differently before. A checkpoint that you kept from earlier tells (--checkpoint).")


def read_checkpoint(name, data, key):
    """What a checkpoint says, once its signature fits."""
    with reading(name, "a checkpoint"):
        lines, signature = lines_of(name, data.decode())
        if not is_signed(key, "".join(line + "\n" for line in lines).encode(), signature):
            raise Wrong(f"{name}: its signature does not fit the public key")
        said = dict(line.split(": ", 1) for line in lines[1:])
        return {**said, "organisation entry": int(said["organisation entry"]), "entry": int(said["entry"])}


def lines_of(name, text):
    """The lines of a checkpoint that are signed, and the signature."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("timestamp: ")]
    if not lines or lines[0] != "breachreg checkpoint 1" or not lines[-1].startswith("signature: "):
        raise Wrong(f"{name}: it is no checkpoint, or is not whole")
    return lines[:-1], base64.b64decode(lines[-1][len("signature: ") :])


def entry_hash(columns):
    """SHA-256 of an entry: one line a column, null as an empty line."""
    lines = ["breachreg entry 1"] + ["" if value is None else str(value) for value in columns]
    if len(columns) != COLUMNS or any("\n" in line for line in lines):
        raise ValueError("other columns than those of an entry")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def content_hash(content):
    """HMAC-SHA-256 of an entry's words under their salt."""
    salt, actor, label, *texts = content
    names = [json.dumps(name, ensure_ascii=False) for name in (actor, label)]
    message = "\n".join(["breachreg content 2", *names, *texts]).encode()
    return hmac.new(salt.encode(), message, "sha256").hexdigest()


class Words:
    """Which entries have their words, which lost them by a purge that the trail names, and which are left out."""

    def __init__(self):
        self.here, self.without, self.purges, self.removed = 0, set(), 0, set()

    def read(self, number, columns, content):
        if content is None:
            self.without.add(number)
            return
        if content_hash(content) != columns[10]:
            raise Wrong(f"trail.jsonl: what entry {number} says was changed")
        self.here += 1
        if columns[5] == PURGE:
            self.purges += 1
            for first, last in json.loads(content[4])["entries"]:
                if last >= number:
                    raise Wrong(f"trail.jsonl: the purge of entry {number} names an entry that came after it")
                self.removed.update(range(first, last + 1))

    def check(self, manifest):
        """Give how many were purged and how many are left out; the whole register leaves nothing out."""
        left_out = self.without - self.removed
        if left_out and not manifest["redacted"] and "incident" not in manifest:
            raise Wrong(f"trail.jsonl: what entry {min(left_out)} says is missing, and no purge removed it")
        return len(self.without) - len(left_out), len(left_out)


def check_trail(pack, checkpoint, kept):
    """Walk the organisation's chain to the checkpoint; give how many entries, and what is known of their words."""
    count, words, previous, last = 0, Words(), START, None
    with reading("trail.jsonl", "what was packed: its bytes are damaged"), pack.open("trail.jsonl") as stream:
        for line in iter(lambda: stream.readline(LONGEST), b""):
            with reading("trail.jsonl", f"entry {count + 1} of the organisation"):
                number, hash_ = check_entry(json.loads(line), count, previous, words)
            count, previous, last = count + 1, hash_, number
            if kept and number == kept["entry"] and hash_ != kept["hash"]:
                raise Wrong(f"entry {number} is not the one that the checkpoint you kept names")
    if (last, count, previous) != (checkpoint["entry"], checkpoint["organisation entry"], checkpoint["hash"]):
        raise Wrong("trail.jsonl: it does not end where the checkpoint says")
    if kept and kept["organisation entry"] > count:
        raise Wrong("the trail ends before the checkpoint that you kept")
    return count, words


def check_entry(entry, count, previous, words):
    """Hold an entry against the one before it; give its number and hash."""
    columns, number = entry["entry"], entry["entry"][0]
    if columns[2] != count + 1:
        raise Wrong(f"trail.jsonl: entry {number} stands where number {count + 1} of the organisation should be")
    if columns[12] != previous:
        raise Wrong(f"trail.jsonl: entry {number} does not follow from the one before it")
    if entry_hash(columns) != entry["hash"]:
        raise Wrong(f"trail.jsonl: entry {number} was changed")
    words.read(number, columns, entry.get("content"))
    return number, entry["hash"]


def check_all(pack, chosen):
    """Check everything, say what was checked, and give the public key; Wrong at the first thing that is not right."""
    manifest, key = check_manifest(pack, chosen.key)
    print("Pack: {}, {}, made {}{}.".format(
        manifest["organisation"], manifest.get("incident", "the register"), manifest["made_at"],
        ", names and free text left out" if manifest["redacted"] else ""))
    print(f"Manifest: signed; {len(manifest['files'])} files, each as it was sealed.")
    checkpoint = read_checkpoint("checkpoint.txt", read(pack, "checkpoint.txt"), key)
    print("Checkpoint: signed; entry {}, {}.".format(checkpoint["entry"], checkpoint["at"]))
    check_timestamp(pack)
    kept = None
    if chosen.checkpoint:
        kept = read_checkpoint(chosen.checkpoint, pathlib.Path(chosen.checkpoint).read_bytes(), key)
        if kept["organisation"] != checkpoint["organisation"]:
            raise Wrong("the checkpoint that you kept is of another organisation")
    count, words = check_trail(pack, checkpoint, kept)
    purged, left_out = words.check(manifest)
    print(f"Trail: {count} entries, each follows from the one before; the words of {words.here} are here and fit.")
    if purged:
        print(f"Purged: {purged} entries lost their words at the end of their retention, as the entries of {words.purges} purges say.")
    if kept:
        print("The checkpoint that you kept: borne out.")
    say_what_was_not_checked(manifest, chosen, left_out)
    return key


def main(arguments):
    parser = argparse.ArgumentParser(description="Check a sealed pack of BreachReg.")
    parser.add_argument("pack")
    parser.add_argument("--key", type=bytes.fromhex)
    parser.add_argument("--checkpoint")
    chosen = parser.parse_args(arguments)
    try:
        for name in filter(None, (chosen.pack, chosen.checkpoint)):
            if not pathlib.Path(name).is_file():
                raise Wrong(f"{name}: there is no such file")
        with reading(chosen.pack, "a sealed pack: it is no ZIP, or it is cut short"), zipfile.ZipFile(chosen.pack) as pack:
            key = check_all(pack, chosen)
    except Wrong as wrong:
        print(f"NOT SOUND. {wrong}.")
        return 1
    print("SOUND." if chosen.key else f"SOUND, for the key inside the pack: compare it with the one you noted: {key.hex()}")
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that lacks a letter must not end the verification
    sys.exit(main(sys.argv[1:]))
