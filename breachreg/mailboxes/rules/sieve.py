"""Sieve scripts (RFC 5228) to rules. The grammar is read in general, so that an unknown extension hides no rule.

sievelib stops at the first command it does not know; a responder needs the other rules all the same.
"""

import re
from dataclasses import dataclass, field

from breachreg.mailboxes.rules.rule import Action, Condition, NotARuleFile, Rule

_TOKEN = re.compile(
    r"(?P<comment>\#[^\n]*|/\*[\s\S]*?\*/)|(?P<multiline>text:[ \t]*(?:\#[^\n]*)?\r?\n(?P<lines>[\s\S]*?)\r?\n\.\r?\n)"
    r"|(?P<string>\"(?:[^\"\\]|\\[\s\S])*\")|(?P<number>\d+[KMGkmg]?)|(?P<tag>:[A-Za-z_]\w*)|(?P<word>[A-Za-z_][\w.]*)"
    r"|(?P<mark>[\[\](){},;])|(?P<space>\s+)|(?P<odd>.)"
)
_NAME = re.compile(r"#+\s*(?:rule:\s*\[(?P<bracketed>[^\]]*)\]|(?:filter|rule|filtre|r[èe]gle)\s*:\s*(?P<plain>.*))", re.I)
_DEEPEST = 50


@dataclass
class _Node:
    """A command or a test: its name, its arguments, the tests and the block that it holds."""

    name: str
    tags: list[str] = field(default_factory=list)
    values: list[list[str]] = field(default_factory=list)
    tests: list["_Node"] = field(default_factory=list)
    block: list["_Node"] = field(default_factory=list)
    title: str | None = None
    row: int = 0


class _Reader:
    """Reads commands and tests, token by token."""

    def __init__(self, text: str):
        self.tokens = [match for match in _TOKEN.finditer(text) if match.lastgroup != "space"]
        self.text, self.at, self.title = text, 0, None

    def peek(self) -> str | None:
        while self.at < len(self.tokens) and self.tokens[self.at]["comment"]:
            if name := _NAME.match(self.tokens[self.at][0]):
                self.title = (name["bracketed"] or name["plain"] or "").strip()[:300] or None
            self.at += 1
        return self.tokens[self.at][0] if self.at < len(self.tokens) else None

    def take(self) -> re.Match:
        self.at += 1
        return self.tokens[self.at - 1]

    def stop(self, why: str) -> NotARuleFile:
        return NotARuleFile(f"line {self.line()}: {why}")

    def line(self) -> int:
        return self.text.count("\n", 0, self.tokens[min(self.at, len(self.tokens) - 1)].start()) + 1

    def commands(self, depth: int) -> list[_Node]:
        found = []
        while (token := self.peek()) is not None and token != "}":
            if not self.tokens[self.at]["word"]:
                raise self.stop(repr(token))
            found.append(self.command(depth))
        return found

    def command(self, depth: int) -> _Node:
        node = self.named(depth)
        mark = self.peek()
        if mark == "{":
            self.take()
            node.block = self.commands(depth + 1)
            if self.peek() != "}":
                raise self.stop("} is missing")
            self.take()
        elif mark == ";":
            self.take()
        else:
            raise self.stop(repr(mark))
        return node

    def named(self, depth: int) -> _Node:
        if depth > _DEEPEST:
            raise self.stop("nested too deep")
        node = _Node("", row=self.line(), title=self.title)
        self.title = None
        node.name = self.take()[0].lower()
        self.arguments(node, depth)
        return node

    def arguments(self, node: _Node, depth: int) -> None:
        while (token := self.peek()) is not None and token not in ";{},)":
            match = self.tokens[self.at]
            if token == "[":
                node.values.append(self.strings())
            elif token == "(":
                self.take()
                self.tests(node, depth)
            elif match["word"]:
                node.tests.append(self.named(depth + 1))
            elif match["tag"]:
                node.tags.append(self.take()[0].lower())
            elif match["odd"] or match["mark"]:
                raise self.stop(repr(token))
            else:
                node.values.append([_plain(self.take())])

    def tests(self, node: _Node, depth: int) -> None:
        while (token := self.peek()) is not None and token != ")":
            if token == ",":
                self.take()
            elif self.tokens[self.at]["word"]:
                node.tests.append(self.named(depth + 1))
            else:
                raise self.stop(repr(token))
        if self.peek() == ")":
            self.take()

    def strings(self) -> list[str]:
        self.take()
        found = []
        while (token := self.peek()) is not None and token != "]":
            match = self.take()
            found += [_plain(match)] if token != "," else []
        if token:
            self.take()
        return found


def _plain(match: re.Match) -> str:
    if match["multiline"]:
        return match["lines"]
    return re.sub(r"\\([\s\S])", r"\1", match[0][1:-1]) if match["string"] else match[0]


def rules_of_script(text: str) -> list[Rule]:
    """The rules of a script, one for each branch that does something. Raises NotARuleFile naming the line."""
    reader = _Reader(text.lstrip("\ufeff"))
    if not reader.tokens:
        return []
    nodes = reader.commands(0)
    if reader.peek() is not None:
        raise reader.stop(repr(reader.peek()))
    return _rules(nodes, ())


def _rules(nodes: list[_Node], inherited: tuple[Condition, ...]) -> list[Rule]:
    found, plain, otherwise = [], [], ()
    for node in nodes:
        if node.name in ("if", "elsif", "else"):
            own = tuple(condition for test in node.tests for condition in _conditions(test, False))
            before = otherwise if node.name != "if" else ()
            otherwise = before + tuple(c._replace(is_exception=not c.is_exception) for c in own)
            found += _branch(node, inherited + before + own)
        elif action := _action(node):
            plain.append((node, action))
    if plain:
        first = plain[0][0]
        found.append(Rule(inherited, tuple(action for _, action in plain), name=first.title, row=first.row, is_enabled=True))
    return found


def _branch(node: _Node, conditions: tuple[Condition, ...]) -> list[Rule]:
    is_on = Condition("never") not in conditions
    return [
        Rule(rule.conditions, rule.actions, name=rule.name or node.title, row=node.row, is_enabled=is_on)
        for rule in _rules(node.block, conditions)
    ]


_HEADERS = {"subject": "subject", "from": "from", "sender": "from", "to": "sent_to", "cc": "sent_to"}


def _conditions(test: _Node, is_exception: bool) -> list[Condition]:
    match test.name:
        case "not" | "allof" | "anyof":
            turned = is_exception != (test.name == "not")
            return [condition for inner in test.tests for condition in _conditions(inner, turned)]
        case "true":
            return []
        case "false":
            return [Condition("never")]
        case "header" | "address" | "envelope" if len(test.values) >= 2:
            kinds = dict.fromkeys(_HEADERS.get(name.lower(), "header") for name in test.values[-2])
            return [Condition(kind, tuple(test.values[-1]), is_exception) for kind in kinds]
        case "body" if test.values:
            return [Condition("body", tuple(test.values[-1]), is_exception)]
        case "size" if test.values:
            return [Condition("larger" if ":over" in test.tags else "smaller", tuple(test.values[-1]), is_exception)]
    return [Condition("other", (test.name, *(value for values in test.values for value in values)), is_exception)]


_SILENT = frozenset({"keep", "require", "set", "include", "return", "removeflag", "foreverypart"})


def _action(node: _Node) -> Action | None:
    values = tuple(value for values in node.values for value in values)
    match node.name:
        case "redirect":
            return Action("copy_to_address" if ":copy" in node.tags else "redirect", values[-1:])
        case "fileinto":
            return Action("copy" if ":copy" in node.tags else "move", values[-1:])
        case "discard":
            return Action("delete_for_good")
        case "addflag" | "setflag":
            flags = " ".join(values).lower()
            return Action("mark_read") if "seen" in flags else Action("delete") if "deleted" in flags else Action("label", values)
        case "vacation":
            return Action("reply", values[-1:])
        case "reject" | "ereject" | "notify" | "stop":
            kind = "reject" if node.name == "ereject" else node.name
            return Action(kind, values[-1:])
    return None if node.name in _SILENT else Action("other", (node.name, *values))
