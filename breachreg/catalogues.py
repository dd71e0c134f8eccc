"""Catalogues of translations: from the texts in Python and in templates to one .po file per room and language.

Pure Python, so that a machine without GNU gettext builds them. Texts are written in English where they are used;
locale/<room>/<language>/LC_MESSAGES/django.po holds the translations and is committed, the compiled .mo is not.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import polib
from django.utils.translation.template import templatize

HEADER = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}
PLURALS = {"fr": "nplurals=2; plural=(n > 1);"}
"""As in Django's own catalogues: Django merges only those that agree."""

# function: which argument is the context, the text, the plural
FUNCTIONS = {
    "gettext": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
ROOM_OF_LIBRARY_TEMPLATES = "accounts"
LIBRARY_TEMPLATES = {"account", "allauth", "mfa", "socialaccount", "usersessions"}
ROOM_OF_SHARED_TEMPLATES = "web"


class Message(NamedTuple):
    """A text to translate; context and plural are "" when it has none."""

    text: str
    context: str = ""
    plural: str = ""


@dataclass(frozen=True)
class Room:
    """Where a room's texts are, and where its translations go."""

    name: str
    root: Path
    rooms: tuple[str, ...] = field(repr=False)

    def catalogue(self, language: str) -> Path:
        return self.root / "locale" / self.name / language / "LC_MESSAGES" / "django.po"

    def modules(self) -> Iterator[Path]:
        yield from sorted((self.root / "breachreg" / self.name).rglob("*.py"))

    def templates(self) -> Iterator[Path]:
        for file in sorted((self.root / "templates").rglob("*")):
            if file.is_file() and self._owner(file) == self.name:
                yield file

    def _owner(self, template: Path) -> str:
        folder = template.relative_to(self.root / "templates").parts[0]
        if folder in LIBRARY_TEMPLATES:
            return ROOM_OF_LIBRARY_TEMPLATES
        return folder if folder in self.rooms else ROOM_OF_SHARED_TEMPLATES

    def messages(self) -> dict[Message, set[str]]:
        """Each text of the room and the files that use it."""
        found: dict[Message, set[str]] = {}
        for file in self.modules():
            _collect(found, self._name(file), messages_of_python(file.read_text(encoding="utf-8"), self._name(file)))
        for file in self.templates():
            _collect(found, self._name(file), messages_of_template(file.read_text(encoding="utf-8"), self._name(file)))
        return found

    def _name(self, file: Path) -> str:
        return file.relative_to(self.root).as_posix()


def _collect(found: dict[Message, set[str]], name: str, messages: Iterable[Message]) -> None:
    for message in messages:
        found.setdefault(message, set()).add(name)


# Texts in Python


def messages_of_python(source: str, name: str) -> Iterator[Message]:
    """The texts given as literals to Django's translation functions, under whatever name they were imported."""
    tree = ast.parse(source, name)
    names = _names_of_functions(tree)
    for node in ast.walk(tree):
        function = _function(node.func, names) if isinstance(node, ast.Call) else None
        if function and (message := _message(function, [_literal(argument) for argument in node.args])):
            yield message


def _names_of_functions(tree: ast.AST) -> dict[str, str]:
    return {
        alias.asname or alias.name: _plain(alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if _plain(alias.name) in FUNCTIONS
    }


def _plain(function: str) -> str:
    return function.removesuffix("_lazy").removesuffix("_noop")


def _function(called: ast.expr, names: dict[str, str]) -> str | None:
    if isinstance(called, ast.Name):
        return names.get(called.id)
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "translation":
        return _plain(called.attr) if _plain(called.attr) in FUNCTIONS else None
    return None


def _literal(argument: ast.expr) -> str | None:
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def _message(function: str, arguments: list[str | None]) -> Message | None:
    context, text, plural = (
        "" if place is None else arguments[place] if place < len(arguments) else None for place in FUNCTIONS[function]
    )
    # A variable is a text that was marked elsewhere (gettext_noop, a label): nothing to extract here.
    return Message(text, context, plural) if text and context is not None and plural is not None else None


# Texts in templates

_STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"\b(?P<function>_|n?p?gettext)\((?P<arguments>{_STRING}(?:\s*,\s*{_STRING})*)", re.DOTALL)
_ARGUMENT = re.compile(_STRING, re.DOTALL)


def messages_of_template(source: str, name: str) -> Iterator[Message]:
    """The texts of a template's translate, blocktranslate and _("…"), as Django itself looks them up."""
    for call in _CALL.finditer(templatize(source, origin=name)):
        function = {"_": "gettext"}.get(call["function"], call["function"])
        arguments = [ast.literal_eval(text) for text in _ARGUMENT.findall(call["arguments"])]
        if message := _message(function, arguments):
            yield message


# Catalogues


def read(file: Path) -> dict[Message, polib.POEntry]:
    """The entries of a catalogue, obsolete ones included; empty when there is no such file."""
    if not file.exists():
        return {}
    return {key(entry): entry for entry in polib.pofile(str(file), wrapwidth=WIDTH)}


WIDTH = 118


def key(entry: polib.POEntry) -> Message:
    return Message(entry.msgid, entry.msgctxt or "", entry.msgid_plural or "")


def update(room: Room, language: str, memory: dict[Message, polib.POEntry]) -> list[Message]:
    """Write the room's catalogue: keep what is translated, add what is new, drop what nobody uses.

    ``memory`` holds entries of all rooms, for a text that moved. Returns what is still without a translation.
    """
    messages, file = room.messages(), room.catalogue(language)
    if not messages:
        file.unlink(missing_ok=True)
        return []
    known = memory | read(file)
    entries = [_entry(message, files, known.get(message)) for message, files in sorted(messages.items())]
    _write(file, language, entries)
    return [key(entry) for entry in entries if not entry.translated()]


def _entry(message: Message, files: set[str], known: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(
        msgid=message.text,
        msgctxt=message.context or None,
        msgid_plural=message.plural,
        occurrences=[(name, "") for name in sorted(files)],
        msgstr=known.msgstr if known else "",
        msgstr_plural=(known.msgstr_plural if known else {0: "", 1: ""}) if message.plural else {},
        comment=known.comment if known else "",
        tcomment=known.tcomment if known else "",
        flags=[flag for flag in (known.flags if known else []) if flag == "fuzzy"],
    )
    return entry


def _write(file: Path, language: str, entries: list[polib.POEntry]) -> None:
    catalogue = polib.POFile(wrapwidth=WIDTH)
    catalogue.metadata = HEADER | {"Language": language, "Plural-Forms": PLURALS[language]}
    catalogue.extend(entries)
    file.parent.mkdir(parents=True, exist_ok=True)
    text = f"{catalogue}\n"
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")


def compile_stale(root: Path) -> list[Path]:
    """Compile each catalogue whose .mo is missing or older; return the files written."""
    return [_compile(file) for file in sorted(root.glob("locale/*/*/LC_MESSAGES/django.po")) if _is_stale(file)]


def _is_stale(file: Path) -> bool:
    compiled = file.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime_ns <= file.stat().st_mtime_ns


def _compile(file: Path) -> Path:
    compiled = file.with_suffix(".mo")
    # Written beside and renamed, so that nobody reads half a file.
    beside = compiled.with_suffix(".mo.new")
    polib.pofile(str(file)).save_as_mofile(str(beside))
    return beside.replace(compiled)


# Checks


def troubles(rooms: Iterable[Room], language: str) -> list[str]:
    """What keeps the catalogues from being complete: one line each, naming file, text and remedy."""
    found: list[str] = []
    said: dict[Message, tuple[str, str]] = {}
    for room in rooms:
        entries = read(room.catalogue(language))
        found += _differences(room, language, entries)
        for message, entry in entries.items():
            found += [f"{room.name}: “{message.text}”: {trouble}" for trouble in troubles_of(entry, language)]
            found += _said_otherwise(said, room, message, entry)
    return found


def _differences(room: Room, language: str, entries: dict[Message, polib.POEntry]) -> list[str]:
    messages = room.messages()
    missing = [
        f"{room.name}: “{m.text}” is not in the catalogue; run manage.py messages" for m in messages if m not in entries
    ]
    unused = [f"{room.name}: “{m.text}” is used nowhere; run manage.py messages" for m in entries if m not in messages]
    return missing + unused


def _said_otherwise(said: dict, room: Room, message: Message, entry: polib.POEntry) -> list[str]:
    """Two rooms that translate one text in two ways: Django shows only one of them."""
    translations = tuple(_translations(entry))
    first_room, first = said.setdefault(message, (room.name, translations))
    if first == translations:
        return []
    return [f"{room.name}: “{message.text}” is “{translations[0]}” here and “{first[0]}” in {first_room}; agree on one"]


def _translations(entry: polib.POEntry) -> list[str]:
    return [text for _, text in sorted(entry.msgstr_plural.items())] if entry.msgid_plural else [entry.msgstr]


_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
_SPACING = {
    "fr": [
        (re.compile(r" (?:[;:!?»€]|%(?![(sd]))|« "), "an ordinary space where a non-breaking one belongs"),
        (re.compile(r"[^\s\u00a0\u202f;:!?.…(/\"«][;:!?](?=\s|$)"), "no non-breaking space before ; : ! or ?"),
        (re.compile(r"[“”\"](?![^<]*>)"), "English quotation marks; write « … »"),
    ]
}
_ENTITY = re.compile(r"&\w+;|&#\d+;")


def troubles_of(entry: polib.POEntry, language: str) -> Iterator[str]:
    """What is wrong with one translation."""
    if not entry.translated():
        yield "fuzzy; check it and remove the mark" if entry.fuzzy else "has no translation"
        return
    originals = [entry.msgid, entry.msgid_plural or entry.msgid]
    for original, text in zip(originals, _translations(entry), strict=False):
        yield from _placeholder_troubles(original, text, exact=not entry.msgid_plural)
        for pattern, trouble in _SPACING.get(language, []):
            if match := pattern.search(_ENTITY.sub("", text)):
                yield f"{trouble}, near “{text[max(match.start() - 12, 0) : match.end() + 4]}”"


def _placeholder_troubles(original: str, text: str, *, exact: bool) -> Iterator[str]:
    wanted, given = set(_PLACEHOLDER.findall(original)), set(_PLACEHOLDER.findall(text))
    # A singular may say "one" instead of the number.
    if given - wanted or (exact and wanted - given):
        yield f"placeholders differ: {sorted(wanted)} became {sorted(given)}"
