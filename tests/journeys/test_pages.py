"""Every page, in both themes and both languages: axe finds nothing serious, nothing runs off a narrow screen.

The pages are walked from the table of addresses, so that a new one is looked at without being told to.
"""

import json
import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import NoReverseMatch, get_resolver, resolve, reverse
from django.utils import timezone

from breachreg.notifications import actions as notifications
from breachreg.register import actions, awareness
from breachreg.register.models import FilingKind, InstantKind
from tests.journeys.conftest import forgiving, is_too_wide

SERIOUS = {"serious", "critical"}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NO_PAGE = re.compile(r"health|download|pdf|ics|json|csv|xlsx|data$|sealed")  # files, and tables for machines
ACCOUNT = ["account_login", "account_reset_password"]
NARROW = 320
DOUBLED = 640  # 1280 at 200 %


@pytest.fixture
def story(hospital, awa, bruno):
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
    return {
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


def complaints(page) -> list[str]:
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
    return [
        f"{one['impact']} {one['id']}: " + "; ".join(json.dumps(node["html"])[:160] for node in one["nodes"][:3])
        for one in found
        if one["impact"] in SERIOUS
    ]


def is_page(page, address: str) -> bool:
    """Whether this person gets a page there, and not a file, a part that refreshes, or a refusal."""
    answer = page.request.get(address)
    return answer.status == 200 and "text/html" in answer.headers.get("content-type", "") and "<html" in answer.text()


def wrongs(page, language: str, narrow: int) -> list[str]:
    """What is wrong with the page that is open: axe, its one heading, title and language, its width when narrow."""
    wrong = complaints(page)
    facts = page.evaluate("[document.querySelectorAll('h1').length, document.title.trim().length > 12, document.documentElement.lang]")
    if facts != [1, True, language]:
        wrong.append(f"headings, title, language: {facts}")
    page.set_viewport_size({"width": narrow, "height": 900})
    if is_too_wide(page):
        wrong.append(f"runs off {narrow} px")
    return wrong


@pytest.mark.parametrize(
    ("theme", "language", "width", "narrow"), [("light", "fr", 1280, DOUBLED), ("dark", "en", 390, NARROW)]
)
def test_every_page_can_be_used_by_everybody(visit, watched, awa, farid, story, theme, language, width, narrow):
    found = {}
    own = {name: reverse(name, args=["hopital"]) for name in ("people", "person_add", "organisation_settings")}
    # The policy would keep axe itself out; that the pages keep to it is seen in every other journey.
    for person, pages in ((awa, addresses(story)), (farid, own), (None, {name: reverse(name) for name in ACCOUNT})):
        page = visit(person, theme=theme, language=language, bypass_csp=True)
        with forgiving(watched, "403", "404"):
            for name, address in pages.items():
                if not is_page(page, address):
                    continue
                page.set_viewport_size({"width": width, "height": 900})
                page.goto(address)
                if wrong := wrongs(page, language, narrow):
                    found[name] = wrong
    assert found == {}


def test_most_of_the_addresses_are_walked(story):
    assert len(addresses(story)) > 25
