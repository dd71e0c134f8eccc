"""A small PST file in the ANSI form (MS-PST), written by hand: one store, folders, and messages of one block each."""

import struct

NOTE, STRING, INTEGER, BINARY, TIME = "IPM.Note", 0x001E, 0x0003, 0x0102, 0x0040
STORE, ROOT, TOP = 0x21, 0x122, 0x8022
FIRST_FOLDER, FIRST_MESSAGE = 0x8042, 0x200004
MOST_NODES, MOST_BLOCKS = 31, 41


def written(folders: dict[str, list[bytes]]) -> bytes:
    """A PST file with these folders, each with messages given as RFC 5322 bytes of plain text; at most 28 of both."""
    nodes = [(STORE, 0, _properties({0x3001: "Boîte", 0x35DF: 0xFF, 0x35E0: bytes(20) + struct.pack("<I", TOP)}))]
    nodes += [(ROOT, ROOT, _folder("")), (TOP, ROOT, _folder("Haut des dossiers"))]
    number = 0
    for place, (name, messages) in enumerate(folders.items()):
        folder = FIRST_FOLDER + 0x20 * place
        nodes.append((folder, TOP, _folder(name, len(messages))))
        for raw in messages:
            nodes.append((FIRST_MESSAGE + 0x20 * number, folder, _message(raw)))
            number += 1
    return _file(nodes)


def _folder(name: str, count: int = 0) -> bytes:
    return _properties({0x3001: name, 0x3602: count, 0x3603: 0, 0x3613: "IPF.Note"})


def _message(raw: bytes) -> bytes:
    head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    named = dict(line.split(b": ", 1) for line in head.split(b"\n") if b": " in line)
    subject = named.get(b"Subject", b"").decode("cp1252")
    return _properties({0x001A: NOTE, 0x0037: subject, 0x007D: head.replace(b"\n", b"\r\n").decode("cp1252") + "\r\n", 0x1000: body.decode("cp1252")})


def _properties(values: dict[int, object]) -> bytes:
    """A property context: a heap with a table of properties, and the values that do not fit into it."""
    items, rows = [struct.pack("<BBBBI", 0xB5, 2, 6, 0, 0x40), b""], []
    for tag, value in sorted(values.items()):
        if isinstance(value, int):
            rows.append(struct.pack("<HHI", tag, INTEGER, value))
            continue
        items.append(value.encode("cp1252") if isinstance(value, str) else value)
        rows.append(struct.pack("<HHI", tag, STRING if isinstance(value, str) else BINARY, len(items) << 5))
    items[1] = b"".join(rows)
    at, places = 12, []
    for item in items:
        places.append(at)
        at += len(item)
    padding = at % 2
    page_map = struct.pack(f"<HH{len(items) + 1}H", len(items), 0, *places, at)
    return struct.pack("<HBBII", at + padding, 0xEC, 0xBC, 0x20, 0) + b"".join(items) + bytes(padding) + page_map


def _file(nodes: list[tuple[int, int, bytes]]) -> bytes:
    assert len(nodes) <= MOST_NODES, "one page of nodes is all that is written"
    out, blocks, entries = bytearray(0x600), [], []
    for number, (node, parent, data) in enumerate(sorted(nodes), 1):
        assert len(data) <= 8180, "one block holds no more"
        blocks.append(struct.pack("<IIHH", number * 4, len(out), len(data), 2))
        entries.append(struct.pack("<IIII", node, number * 4, 0, parent))
        out += data + bytes(-(len(data) + 12) % 64 + 12)
    out[0x200:0x400] = _page(entries, MOST_NODES, 16, 0x81, 0x1001)
    out[0x400:0x600] = _page(blocks, MOST_BLOCKS, 12, 0x80, 0x1002)
    header = bytearray(0x200)
    struct.pack_into("<4sIHHHBB", header, 0, b"!BDN", 0, 0x4D53, 14, 19, 1, 1)
    struct.pack_into("<IIIIIIII", header, 0xA8, len(out), 0, 0, 0, 0x1001, 0x200, 0x1002, 0x400)
    out[:0x200] = header  # 0x1CD, the encryption, stays 0: none
    return bytes(out)


def _page(entries: list[bytes], most: int, size: int, kind: int, number: int) -> bytes:
    page = b"".join(entries).ljust(0x1F0, b"\x00") + struct.pack("<BBBB", len(entries), most, size, 0)
    return page + struct.pack("<BBHII", kind, kind, 0, number, 0)
