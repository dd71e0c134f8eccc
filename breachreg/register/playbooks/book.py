"""The playbooks that come with the product, the roles of a response and the measures of prevention, read from data files.

A file that can't be trusted stops the start: the complaint names the file, the line and the remedy.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from breachreg.law import vocabulary
from breachreg.law.datafile import BadData, DataFile

DATA = Path(__file__).resolve().parent.parent / "data"
COUNTED_FROM = ("first_signal", "aware", "applied")
KINDS = ("people", "technique")
_WHEN = {"origins": "origins", "media": "media", "natures": "natures"}
_PLAYBOOK = ("code", "fr", "en", "lead_fr", "lead_en", "source_fr", "source_en", "dated", "task")
_TASK = frozenset({"code", "fr", "en", "why_fr", "why_en", "role", "hours", "from"})
_MEASURE = frozenset({"code", "fr", "en", "kind", "playbooks"})
LONGEST_TASK = 300


@dataclass(frozen=True)
class Words:
    """A text in both languages."""

    fr: str
    en: str

    def text(self, language: str) -> str:
        """The text in this language; French when there is none."""
        return self.en if language.startswith("en") else self.fr


@dataclass(frozen=True)
class Step:
    """Something to do: by which role, within how many hours of which instant (None: no date)."""

    code: str
    what: Words
    why: Words | None
    role: str
    hours: int | None
    counted_from: str


@dataclass(frozen=True)
class Playbook:
    """What is done when something of this kind happened; ``when`` are the codes by which it is proposed."""

    code: str
    title: Words
    lead: Words
    steps: tuple[Step, ...]
    when: dict[str, tuple[str, ...]]
    source: Words
    dated: date


@dataclass(frozen=True)
class Role:
    """Who takes part in a response, inside or outside."""

    code: str
    title: Words
    is_inside: bool


@dataclass(frozen=True)
class PublicContact:
    """A body outside that anybody may turn to, and where."""

    role: str
    title: Words
    url: str


@dataclass(frozen=True)
class Measure:
    """Something that makes such an incident less likely or less harmful."""

    code: str
    title: Words
    kind: str
    playbooks: tuple[str, ...]


@cache
def roles(folder: Path = DATA) -> dict[str, Role]:
    """The roles of a response, in their order. Raises BadData."""
    file = DataFile(folder / "roles.toml")
    found: dict[str, Role] = {}
    for index, row in enumerate(file.values.get("role", [])):
        file.require(row, ("code", "fr", "en", "inside"), "role", index)
        if row["code"] in found:
            raise file.complaint(f"the role {row['code']} stands twice; remove one", "role", index)
        found[row["code"]] = Role(row["code"], Words(row["fr"], row["en"]), row["inside"])
    return found


@cache
def public_contacts(folder: Path = DATA) -> tuple[PublicContact, ...]:
    """Bodies outside that anybody may turn to. Raises BadData."""
    file = DataFile(folder / "roles.toml")
    found = []
    for index, row in enumerate(file.values.get("public", [])):
        file.require(row, ("role", "fr", "en", "url"), "public", index)
        _check_role(file, row["role"], folder, "public", index)
        if not row["url"].startswith("https://"):
            raise file.complaint(f"{row['url']} is no https address; correct it", "public", index)
        found.append(PublicContact(row["role"], Words(row["fr"], row["en"]), row["url"]))
    return tuple(found)


@cache
def playbooks(folder: Path = DATA) -> dict[str, Playbook]:
    """The playbooks by code. Raises BadData."""
    found = [_playbook(DataFile(path), folder) for path in sorted((folder / "playbooks").glob("*.toml"))]
    return {playbook.code: playbook for playbook in found}


def _playbook(file: DataFile, folder: Path) -> Playbook:
    values = file.values
    file.require(values, _PLAYBOOK)
    if values["code"] != file.path.stem:
        raise file.complaint(f"the code {values['code']} is not the name of the file; make them the same")
    if not isinstance(values["dated"], date):
        raise file.complaint("dated is no date; write it like 2026-11-25")
    steps = tuple(_step(file, folder, index, row) for index, row in enumerate(values["task"]))
    codes = [step.code for step in steps]
    for index, code in enumerate(codes):
        if code in codes[:index]:
            raise file.complaint(f"the task {code} stands twice; give one another code", "task", index)
    return Playbook(
        values["code"], Words(values["fr"], values["en"]), Words(values["lead_fr"], values["lead_en"]), steps,
        _when(file), Words(values["source_fr"], values["source_en"]), values["dated"],
    )


def _step(file: DataFile, folder: Path, index: int, row: dict) -> Step:
    file.require(row, ("code", "fr", "en", "role"), "task", index)
    file.refuse_others(row, _TASK, "task", index)
    _check_role(file, row["role"], folder, "task", index)
    hours, counted_from = row.get("hours"), row.get("from", "applied")
    if counted_from not in COUNTED_FROM:
        raise file.complaint(f"from = {counted_from} is not one of {', '.join(COUNTED_FROM)}", "task", index)
    if hours is not None and not (isinstance(hours, int) and 0 < hours <= 24 * 365):
        raise file.complaint(f"hours = {hours} is no number of hours from 1 to 8760", "task", index)
    if max(len(row["fr"]), len(row["en"])) > LONGEST_TASK:
        raise file.complaint(f"the words of {row['code']} are longer than {LONGEST_TASK} characters; shorten them", "task", index)
    if ("why_fr" in row) != ("why_en" in row):
        raise file.complaint(f"{row['code']} says why in one language only; add the other", "task", index)
    why = Words(row["why_fr"], row["why_en"]) if "why_fr" in row else None
    return Step(row["code"], Words(row["fr"], row["en"]), why, row["role"], hours, counted_from)


def _when(file: DataFile) -> dict[str, tuple[str, ...]]:
    when = file.values.get("when", {})
    file.refuse_others(when, frozenset(_WHEN))
    for name, codes in when.items():
        for code in set(codes) - set(vocabulary.load(_WHEN[name]).codes):
            raise file.complaint(f"“{code}” is no code of {_WHEN[name]}; take one from that list")
    return {name: tuple(codes) for name, codes in when.items()}


def _check_role(file: DataFile, role: str, folder: Path, table: str, index: int) -> None:
    if role not in roles(folder):
        raise file.complaint(f"“{role}” is no role of roles.toml; known: {', '.join(roles(folder))}", table, index)


@cache
def measures(folder: Path = DATA) -> dict[str, Measure]:
    """The measures of prevention by code. Raises BadData."""
    file = DataFile(folder / "prevention.toml")
    found: dict[str, Measure] = {}
    for index, row in enumerate(file.values.get("measure", [])):
        file.require(row, ("code", "fr", "en", "kind", "playbooks"), "measure", index)
        file.refuse_others(row, _MEASURE, "measure", index)
        if row["code"] in found:
            raise file.complaint(f"the measure {row['code']} stands twice; remove one", "measure", index)
        if row["kind"] not in KINDS:
            raise file.complaint(f"kind = {row['kind']} is not one of {', '.join(KINDS)}", "measure", index)
        for code in set(row["playbooks"]) - set(playbooks(folder)):
            raise file.complaint(f"“{code}” is no playbook; known: {', '.join(playbooks(folder))}", "measure", index)
        found[row["code"]] = Measure(row["code"], Words(row["fr"], row["en"]), row["kind"], tuple(row["playbooks"]))
    return found


def check() -> None:
    """Read everything once. Raises BadData, naming file, line and remedy."""
    for read in (roles, public_contacts, playbooks, measures):
        if not read():
            raise BadData(f"{DATA}: nothing in {read.__name__}; restore the files")
