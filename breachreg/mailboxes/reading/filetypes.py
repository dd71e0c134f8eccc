"""What a file really is, from its first bytes, and what makes it dangerous."""

import io
import re
import zipfile
from typing import NamedTuple

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

_SIGNATURES = (
    (b"%PDF-", "pdf"), (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"MZ", "executable"), (b"\x7fELF", "executable"), (b"\xcf\xfa\xed\xfe", "executable"), (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"), (b"{\\rtf", "rtf"), (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"), (b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"),
    (b"MSCF", "cab"), (b"L\x00\x00\x00\x01\x14\x02\x00", "shortcut"), (b"ITSF", "help"), (b"#!", "script"),
    (b"\xe4\x52\x5c\x7b", "onenote"), (b"conectix", "disk"), (b"vhdxfile", "disk"),
)  # fmt: skip
_EXECUTABLE_NAMES = frozenset(
    ["exe", "scr", "com", "pif", "bat", "cmd", "ps1", "psm1", "vbs", "vbe", "js", "jse", "wsf", "wsh", "hta", "msi", "msp", "jar", "lnk", "url", "cpl", "reg", "dll", "chm", "iso", "img", "vhd", "vhdx", "cab", "sct", "inf", "application", "gadget", "msc", "appx", "settingcontent-ms", "library-ms", "search-ms", "scf", "one", "xll"]
)
_EXPECTED = {
    "pdf": {"pdf"}, "png": {"png"}, "jpg": {"jpeg"}, "jpeg": {"jpeg"}, "gif": {"gif"}, "zip": {"zip"},
    "docx": {"docx", "docm"}, "xlsx": {"xlsx", "xlsm"}, "pptx": {"pptx"}, "doc": {"ole", "rtf", "docx"},
    "xls": {"ole", "xlsx"}, "msg": {"ole"}, "txt": {"text"}, "csv": {"text"}, "rtf": {"rtf"}, "svg": {"svg"},
    "odt": {"odt"}, "ods": {"ods"},
}  # fmt: skip
_OFFICE = (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx"))
_MARKUP = re.compile(rb"<\s*(html|!doctype\s+html|body|script|svg|form|iframe|meta)\b", re.I)
_REVERSING = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"


class FileFacts(NamedTuple):
    """What a file is (``kind``) and the codes of what is dangerous about it."""

    kind: str
    dangers: tuple[str, ...]


def facts_of(data: bytes, name: str | None) -> FileFacts:
    """Look at a file's bytes and name; nothing is opened beyond the directory of a ZIP."""
    kind = kind_of(data)
    dangers = [code for code, applies in _checks(data, name or "", kind) if applies]
    return FileFacts(kind, tuple(dangers))


def kind_of(data: bytes) -> str:
    """The kind of file that these bytes are: ``pdf``, ``docx``, ``executable``, ``text``, ``unknown``..."""
    if data[257:262] == b"ustar":
        return "tar"
    if data[32769:32774] == b"CD001":
        return "disk"
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return _kind_of_zip(data) if kind == "zip" else kind
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if markup := _MARKUP.search(data[:4096]):
        return "svg" if markup[1].lower() == b"svg" else "html"
    return "text" if _is_text(data[:4096]) else "unknown"


def _kind_of_zip(data: bytes) -> str:
    names = names_in_zip(data)
    if "mimetype" in names and (kind := re.search(rb"opendocument\.(text|spreadsheet)", data[:200])):
        return {b"text": "odt", b"spreadsheet": "ods"}[kind[1]]
    if "[Content_Types].xml" not in names:
        return "jar" if "META-INF/MANIFEST.MF" in names else "zip"
    kind = next((kind for folder, kind in _OFFICE if any(name.startswith(folder) for name in names)), "zip")
    has_macro = any(name.endswith("vbaProject.bin") for name in names)
    return kind[:-1] + "m" if has_macro and kind != "zip" else kind


def names_in_zip(data: bytes, most: int = 5000) -> list[str]:
    """The names in a ZIP's directory, none when it can't be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.namelist()[:most]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError, EOFError):
        return []


def _is_text(start: bytes) -> bool:
    if start.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return True
    odd = sum(byte < 9 or 13 < byte < 32 for byte in start)
    return odd <= len(start) // 100


def _checks(data: bytes, name: str, kind: str):
    pieces = name.lower().rstrip(". ").split(".")
    suffix = pieces[-1] if len(pieces) > 1 else ""
    inside = [n.lower().rsplit(".", 1)[-1] for n in names_in_zip(data)] if kind == "zip" else []
    expected = _EXPECTED.get(suffix)
    return (
        ("test_virus", EICAR in data[:4096]),
        ("executable", kind in {"executable", "shortcut", "script", "jar", "help"} or suffix in _EXECUTABLE_NAMES),
        ("double_extension", len(pieces) > 2 and pieces[-2] in _EXPECTED and suffix in _EXECUTABLE_NAMES),
        ("macro", kind in {"docm", "xlsm", "pptm"} or (kind == "ole" and b"VBA" in data and b"Attribut" in data)),
        ("disguised", bool(expected) and kind not in expected and kind != "unknown"),
        ("reversed_name", any(letter in name for letter in _REVERSING)),
        ("active_page", kind in {"html", "svg"}),
        ("disk_image", kind in {"disk", "cab", "onenote"}),
        ("executable_inside", any(suffix in _EXECUTABLE_NAMES for suffix in inside)),
        ("encrypted_archive", kind == "zip" and _is_encrypted(data)),
    )


def _is_encrypted(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return any(member.flag_bits & 1 for member in archive.infolist()[:5000])
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, RuntimeError, EOFError):
        return False
