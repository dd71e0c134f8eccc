"""Every page, in both themes and both languages, wide and narrow: axe finds nothing serious, nothing runs off the screen.

The pages are walked from the table of addresses, so that a new one is looked at without being told to. A page is loaded
once a language, wide in one theme and then narrow in the other: all four pairs of theme and language are seen. Axe checks
all its rules once, and in each pair those that a theme, a width or the length of the words can change: there what all
pages have in common, their header and footer, on the first page of a person.
"""

import io
import re
from datetime import timedelta

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from django.urls import NoReverseMatch, get_resolver, resolve, reverse
from django.utils import timezone
from playwright.sync_api import Error

from breachreg.mailboxes.examinations import actions as examining
from breachreg.mailboxes.examinations import work
from breachreg.mailboxes.examinations.judging import judged_rules
from breachreg.mailboxes.models import Verdict
from breachreg.mailboxes.reporting import intake, triage
from breachreg.notifications import actions as notifications
from breachreg.register import actions, awareness
from breachreg.register.models import FilingKind, InstantKind
from breachreg.register.playbooks import actions as playbooks
from tests.journeys.conftest import forgiving, is_too_wide
from tests.mailboxes.makers import logs
from tests.mailboxes.makers.messages import suspicious

SERIOUS = ("serious", "critical")
EVERYTHING = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
OF_THEME_AND_WIDTH = {"type": "rule", "values": ["color-contrast", "target-size", "scrollable-region-focusable", "link-in-text-block"]}
AXE = f"/static/axe/{AXE_FILE_PATH.name}"
COMPLAINTS = """([where, only]) => axe.run(where, {runOnly: only, resultTypes: ["violations"], preload: false}).then(found => found.violations.map(
  one => one.impact + " " + one.id + ": " + one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join("; ")))"""
FACTS = "[document.querySelectorAll('h1').length, document.title.trim().length > 12, document.documentElement.lang]"
NO_PAGE = re.compile(r"health|download|pdf|ics|json|csv|xlsx|data$|sealed")  # files, and tables for machines
ACCOUNT = ["account_login", "account_reset_password"]
PARTS = 3  # of the walk, so that the workers of the suite share it
WIDE = 1280
DOUBLED = 640  # 1280 at 200 %
NARROW = 320


@pytest.fixture
def story(hospital, awa, bruno, settings, tmp_path):
    """An incident with something on each of its pages; returns what addresses may ask for."""
    at = timezone.now() - timedelta(hours=30)
    reported = actions.report_incident(
        organisation=hospital, title="Compte rendu envoyé à une homonyme", report="Le courriel est parti à la mauvaise personne.",
        by=awa, at=at, people_low=1, people_likely=2, people_high=30, natures=("confidentiality",),
    )
    breach = actions.qualify_as_breach(incident=reported, reasons="Des données de santé ont été lues.", by=awa, at=at)
    incident = awareness.become_aware(incident=breach, aware_at=at, stated_by="Awa", evidence="Appel", by=awa, at=at)
    actions.add_timeline_note(incident=incident, happened_at=at, text="Appel de la destinataire.", by=awa, at=at)
    notification = notifications.draft(incident=incident, kind=FilingKind.INITIAL, by=awa, at=at)
    [report], _ = intake.bring_file(organisation=hospital, raw=suspicious(), name="message.eml", by=awa, at=at)
    triage.judge(reports=[report], verdict=Verdict.FOLLOWED, reason="Un agent a cliqué.", by=awa, at=at)
    playbook = playbooks.write_playbook(organisation=hospital, title="Panne du portail", lead=None, origins=None, by=awa, at=at)
    step = playbooks.add_step(playbook=playbook, what="Prévenir", why=None, role="it", hours=2, counted_from="aware", by=awa, at=at)
    contact = playbooks.save_contact(
        organisation=hospital, role="it", name="Astreinte", phone="0200000009", email=None, note=None, user=None, by=awa, at=at
    )
    settings.CENSUS_DIR = tmp_path / "census"
    examination = examining.open_examination(incident=incident, mailbox=logs.OWNER, by=awa, at=at)
    for raw, name in ((logs.portal_csv(logs.attack()), "journal.csv"), (suspicious(), "message.eml")):
        file, _ = examining.bring_file(examination=examination, file=io.BytesIO(raw), name=name, by=awa, at=at)
        examining.confirm_kind(file=file, kind=file.guessed_kind, by=awa, at=at)
    work.examine_due(at)
    return {
        "examination": examination.pk, "file": file.pk, "shape": judged_rules(examination)[0].rule.shape,
        "report": report.pk, "playbook": playbook.pk, "step": step.pk, "contact": contact.pk,
        "organisation": "hopital", "reference": incident.reference, "number": notification.number, "section": "breach",
        "kind": InstantKind.OCCURRED_FROM, "code": "breach",
    }  # fmt: skip


def addresses(values: dict) -> dict[str, str]:
    """Each page that can be opened, by name, as far as these values fill its address."""
    found = {}
    for name, arguments in sorted(names_of(get_resolver())):
        wanted = {key: values[key] for key in arguments if key in values}
        if not NO_PAGE.search(name) and len(wanted) == len(arguments) and (address := page_at(name, wanted)):
            found[name] = address
    return found


def page_at(name: str, arguments: dict[str, str]) -> str | None:
    """The address, when a view of ours answers it to a GET."""
    try:
        address = reverse(name, kwargs=arguments)
    except NoReverseMatch:
        return None
    return address if "GET" in getattr(resolve(address).func, "methods", ()) else None


def names_of(resolver):
    for name in {key for key in resolver.reverse_dict if isinstance(key, str)}:
        for possibilities, *_rest in resolver.reverse_dict.getlist(name):
            for _pattern, arguments in possibilities:
                yield name, tuple(arguments)


def complaints(page, only: dict, where: str = "main") -> list[str]:
    return [words for words in page.evaluate(COMPLAINTS, [where, only]) if words.startswith(SERIOUS)]


def is_open(page, address: str) -> bool:
    """Open the address; whether a page is there, and not a file, a part that refreshes, or a refusal."""
    try:
        answer = page.goto(address, wait_until="domcontentloaded")
    except Error as trouble:
        if "Download is starting" in trouble.message:
            return False
        raise
    return answer.status == 200 and "text/html" in answer.headers.get("content-type", "") and "<html" in answer.text()


def wrongs(page, language: str, themes: tuple[str, str], frame: str) -> list[str]:
    """What is wrong with the page that is open: axe, its one heading, title and language, its width when narrow.

    `frame` is where the looks that only a theme or a width can change go: "main", or "html" for header and footer as well.
    """
    page.add_script_tag(url=AXE)
    wrong = complaints(page, EVERYTHING, "html") if language == "fr" else complaints(page, OF_THEME_AND_WIDTH, frame)
    facts = page.evaluate(FACTS)
    if facts != [1, True, language]:
        wrong.append(f"headings, title, language: {facts}")
    for width in (DOUBLED, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        if is_too_wide(page):
            wrong.append(f"runs off {width} px")
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", themes[1])
    wrong += [f"narrow and {themes[1]}: {words}" for words in complaints(page, OF_THEME_AND_WIDTH, frame)]
    page.set_viewport_size({"width": WIDE, "height": 900})
    return wrong


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize(("language", "themes"), [("fr", ("light", "dark")), ("en", ("dark", "light"))])
def test_every_page_can_be_used_by_everybody(visit, watched, awa, farid, story, language, themes, part):
    found = {}
    own = {name: reverse(name, args=["hopital"]) for name in ("people", "person_add", "organisation_settings")}
    for person, pages in ((awa, addresses(story)), (farid, own), (None, {name: reverse(name) for name in ACCOUNT})):
        page, frame = visit(person, theme=themes[0], language=language, width=WIDE, reduced_motion="reduce"), "html"
        with forgiving(watched, "403", "404"):
            for name, address in list(pages.items())[part::PARTS]:
                if is_open(page, address):
                    if wrong := wrongs(page, language, themes, frame):
                        found[name] = wrong
                    frame = "main"  # the header and the footer of a person are the same on every page
    assert found == {}


def test_most_of_the_addresses_are_walked(story):
    assert len(addresses(story)) > 25
