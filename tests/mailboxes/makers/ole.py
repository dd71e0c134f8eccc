"""Writes a compound file (MS-CFB, version 3) from a tree of folders and bytes: just enough for .msg fixtures."""

import struct

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR, MINI, CUTOFF = 512, 64, 4096


def compound_file(tree: dict) -> bytes:
    entries = [["Root Entry", 5, FREE, FREE, b""]]
    _add(entries, 0, tree)
    sectors, fat, mini, minifat = [], [], b"", []

    def put(data: bytes) -> int:
        start, count = len(sectors), -(-len(data) // SECTOR)
        for number in range(count):
            sectors.append(data[number * SECTOR : (number + 1) * SECTOR].ljust(SECTOR, b"\0"))
            fat.append(start + number + 1 if number + 1 < count else END)
        return start if count else END

    places = []
    for _, kind, _, _, data in entries:
        if kind != 2 or len(data) >= CUTOFF:
            places.append((put(data) if kind == 2 else 0, len(data)))
            continue
        start, count = len(minifat), -(-len(data) // MINI)
        minifat += [start + n + 1 if n + 1 < count else END for n in range(count)]
        mini += data.ljust(count * MINI, b"\0")
        places.append((start if count else END, len(data)))
    places[0] = (put(mini), len(mini))
    minifat_at = put(b"".join(struct.pack("<I", n) for n in minifat).ljust(-(-len(minifat) * 4 // SECTOR) * SECTOR, b"\xff"))
    directory = b"".join(_entry(entry, *place) for entry, place in zip(entries, places, strict=True))
    directory_at = put(directory)
    fat_sectors = 1
    while (len(fat) + fat_sectors) * 4 > fat_sectors * SECTOR:
        fat_sectors += 1
    fat_at = len(sectors)
    fat += [FAT] * fat_sectors
    table = b"".join(struct.pack("<I", n) for n in fat).ljust(fat_sectors * SECTOR, b"\xff")
    difat = [*range(fat_at, fat_at + fat_sectors)]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack(
        "<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, fat_sectors, directory_at, 0, CUTOFF,
        minifat_at if minifat else END, -(-len(minifat) * 4 // SECTOR), END, 0, difat[0],
    )
    header += b"".join(struct.pack("<I", n) for n in difat[1:])
    return header.ljust(SECTOR, b"\xff") + b"".join(sectors) + table


def _add(entries: list, parent: int, tree: dict) -> None:
    previous = None
    for name, value in sorted(tree.items(), key=lambda item: (len(item[0]), item[0].upper())):
        number = len(entries)
        entries.append([name, 1 if isinstance(value, dict) else 2, FREE, FREE, b"" if isinstance(value, dict) else value])
        if previous is None:
            entries[parent][3] = number
        else:
            entries[previous][2] = number  # a list, not a balanced tree: readers walk it all the same
        previous = number
        if isinstance(value, dict):
            _add(entries, number, value)


def _entry(entry: list, start: int, size: int) -> bytes:
    name, kind, right, child, _ = entry
    encoded = (name + "\0").encode("utf-16-le")
    return (
        encoded.ljust(64, b"\0") + struct.pack("<HBBIII", len(encoded), kind, 1, FREE, right, child)
        + b"\0" * 36 + struct.pack("<IQ", start, size)
    )


def outlook_message(*, subject, sender, address, body="", html=b"", rtf=b"", to=(), files=(), headers="", sent_ticks=None, embedded=None):
    """A .msg file; ``files`` are (name, bytes), ``embedded`` is the tree of another message."""
    return compound_file(message_tree(**locals()))


def message_tree(*, subject, sender, address, body="", html=b"", rtf=b"", to=(), files=(), headers="", sent_ticks=None, embedded=None, header_size=32):
    def wide(tag, text):
        return {f"__substg1.0_{tag:04X}001F": text.encode("utf-16-le")}

    fixed = struct.pack("<HHIQ", 0x40, 0x39, 6, sent_ticks) if sent_ticks else b""
    tree = {"__properties_version1.0": b"\0" * header_size + fixed}
    tree |= wide(0x37, subject) | wide(0x0C1A, sender) | wide(0x5D01, address)
    tree |= wide(0x1000, body) if body else {}
    tree |= wide(0x7D, headers) if headers else {}
    tree |= {"__substg1.0_10130102": html} if html else {}
    tree |= {"__substg1.0_10090102": rtf} if rtf else {}
    for number, (name, recipient) in enumerate(to):
        kind = struct.pack("<HHIi4x", 3, 0x0C15, 6, 1)
        tree[f"__recip_version1.0_#{number:08X}"] = {"__properties_version1.0": b"\0" * 8 + kind} | wide(0x3001, name) | wide(0x39FE, recipient)
    for number, (name, data) in enumerate(files):
        tree[f"__attach_version1.0_#{number:08X}"] = {"__properties_version1.0": b"\0" * 8, "__substg1.0_37010102": data} | wide(0x3707, name)
    if embedded:
        tree[f"__attach_version1.0_#{len(files):08X}"] = {"__properties_version1.0": b"\0" * 8, "__substg1.0_3701000D": embedded}
    return tree
