"""The main job, end to end, in a real Chromium and by the keyboard alone: report, qualify, become aware, describe,
assess, decide, draft, review, file, write to the people, send by a run, export. Each step is the one that the page of the incident
names next; nobody has to know where to go. Another organisation sees none of it.
"""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from breachreg.letters import mailing, post
from breachreg.register.models import Incident
from tests.journeys.conftest import forgiving, is_too_wide
from tests.journeys.keyboard import Keyboard

TABLE = """\
civilite;nom;prenom;adresse;cp;ville;courriel;canal
Mme;Aubry;Alice;1 rue des Saules;35000;Rennes;;courrier
M.;Ilić;Jules;2 quai Sud;35000;Rennes;jules@example.net;courriel
"""
FACTS = {
    "breach": {
        "natures": ["confidentiality"], "origins": ["lost_device"], "causes": ["internal_accidental"],
        "narrative": "Un ordinateur portable a été oublié dans un train.",
    },
    "data_and_people": {
        "data_categories": ["civil_status", "contact"], "has_sensitive_data": "no", "people_categories": ["patients"],
        "people_likely": "120",
    },
    "measures_before": {"measures_before": "Mot de passe de session."},
    "consequences": {"consequences": ["spread"]},
    "harms": {"harms": ["loss_of_control"], "severity": "limited"},
    "measures_after": {"measures_after": "Nous avons fermé le compte de cet ordinateur et prévenu les objets trouvés de la gare."},
    "communication": {"communication": "planned"},
}  # fmt: skip


class Story:
    """The pages of one incident under the hands of its DPO."""

    def __init__(self, page: Page, language: str):
        self.page, self.hands = page, Keyboard(page, language)
        self.reference = ""

    def go(self, rest: str = "") -> None:
        assert self.page.goto(f"/o/hopital/incidents/{self.reference}/{rest}").status == 200

    def follow_next_step(self, title: str) -> None:
        """Open the incident, see what comes next, and press its button."""
        self.go()
        step = self.page.locator(".next-step")
        expect(step.get_by_role("heading")).to_have_text(self.hands.word(title))
        self.hands.follow(".next-step a.btn")
        assert not is_too_wide(self.page)

    def report(self) -> None:
        self.page.goto("/o/hopital/desk/")
        self.hands.press("Report an incident")
        self.hands.answer(what="J'ai oublié mon ordinateur dans le train.")
        for box in self.page.locator('main input[type="checkbox"][name$="_unknown"]').all():
            self.hands.to(box)
            self.page.keyboard.press("Space")
        self.hands.send()
        self.reference = self.page.locator(".receipt-reference").inner_text()

    def qualify(self) -> None:
        self.follow_next_step("Say whether personal data were breached")
        self.hands.answer(qualification="breach", reasons="Des dossiers de patients y sont enregistrés.")
        self.hands.send()

    def become_aware(self, hours_ago: int) -> None:
        self.follow_next_step("Record when the organisation became aware")
        self.hands.answer_instant("instant", local(timezone.now() - timedelta(hours=hours_ago)))
        self.hands.answer(stated_by="Rose Petit", evidence="Appel au standard")
        self.hands.send()
        self.go()
        expect(self.page.locator("[data-hours]").first).to_have_text(str(71 - hours_ago))

    def describe(self) -> None:
        for section, answers in FACTS.items():
            self.go(f"facts/{section}/")
            self.hands.answer(**answers)
            self.hands.send()
            expect(self.page.locator(".error-summary")).to_have_count(0)

    def assess(self) -> None:
        self.follow_next_step("Assess the risk to the people")
        if not self.page.url.endswith("/questions/"):
            self.go("assessment/questions/")
        self.hands.answer(identifiability="maximum", recipients="no_evidence", protection="none", identity="identity_set")
        self.hands.send()
        expect(self.page.locator("main").get_by_text(re.compile(r"SE = "))).to_be_visible()

    def decide(self) -> None:
        self.follow_next_step("Decide what the risk asks for")
        self.hands.answer(duty="notify_and_tell", reasons="Le disque n'est pas chiffré.", departure_reasons="Par prudence.")
        self.hands.send()

    def draft(self) -> None:
        self.follow_next_step("Draft the notification")
        self.hands.send()
        self.page.wait_for_url(re.compile(r"/notification/\d+/"))


def local(moment):
    return moment.astimezone(Incident.objects.select_related("organisation").latest("pk").organisation.zone)


@pytest.mark.parametrize(("language", "width"), [("fr", 1280), ("en", 390)])
def test_from_report_to_filed_told_and_exported(visit, watched, awa, bruno, chloe, rose, dan, tmp_path, language, width):
    hers = Story(visit(awa, width=width, language=language), language)
    hers.report()
    hers.qualify()
    hers.become_aware(hours_ago=3)
    hers.describe()
    hers.assess()
    hers.decide()
    hers.draft()
    assert download(hers.hands, "Draft as PDF", tmp_path).startswith(b"%PDF-")
    hers.hands.send("Submit for review")

    his = Keyboard(visit(bruno, width=width, language=language), language)
    review(hers, his)
    file_it(hers)
    send_letters(hers, his, write_letter(hers, his, tmp_path), tmp_path)
    read_and_export(Keyboard(visit(chloe, width=width, language=language), language), watched, hers, tmp_path)
    refuse(visit(dan, width=width, language=language), watched, hers)


def review(hers: Story, his: Keyboard) -> None:
    """Bruno finds what waits for him on his desk; the author is not offered to approve."""
    his.page.goto("/o/hopital/desk/")
    his.press("Review the notification")
    his.follow(f'main a[href*="{hers.reference}/notification/"]')
    assert his.page.get_by_role("button", name=his.word("Submit for review")).count() == 0
    his.press("Approve and seal")
    his.confirm()
    expect(his.page.locator(".next-step")).to_contain_text("Bruno Lefèvre")


def file_it(hers: Story) -> None:
    """Record the receipt; the clock stops and says how much was left."""
    hers.follow_next_step("File the notification with the CNIL, and record its receipt")
    hers.hands.follow('main a[href$="/notification/1/"]')
    hers.hands.press("Record the receipt")
    hers.hands.answer_instant("filed_at", local(timezone.now() - timedelta(minutes=1)))
    hers.hands.answer(receipt_number="DEMO-0001")
    hers.hands.send()
    expect(hers.page.locator("main").get_by_text(re.compile("before the deadline|avant l’échéance")).first).to_be_visible()


def write_letter(hers: Story, his: Keyboard, tmp_path) -> str:
    """A letter, its recipients from a file, its review, one PDF and all of them; the address of the letter."""
    page = hers.page
    hers.follow_next_step("Tell the people concerned")
    hers.hands.press("Write the first letter")
    hers.hands.send()
    letter = re.search(r".*/letters/\d+/", page.url).group()
    page.goto(letter + "tables/")
    hers.hands.attach('main input[type="file"]', {"name": "patients.csv", "mimeType": "text/csv", "buffer": TABLE.encode()})
    for _step in ("upload", "columns", "confirm"):
        hers.hands.send()
    page.goto(letter + "recipients/")
    expect(page.locator("main").get_by_text("Ilić").first).to_be_visible()
    page.goto(letter)
    hers.hands.send("Submit for review")
    his.page.goto(letter)
    his.press("Approve and seal")
    his.confirm()
    page.goto(letter + "recipients/")
    assert download(hers.hands, "All letters (PDF)", tmp_path).startswith(b"%PDF-")
    return letter


def send_letters(hers: Story, his: Keyboard, letter: str, tmp_path) -> None:
    """A run: prepared, its proofs read, approved by Bruno from his desk, started from hers; each person has a line of the ledger."""
    page, hands = hers.page, hers.hands
    page.goto(re.sub(r"\d+/$", "", letter))
    hands.press("Runs: send and follow")
    hands.press("Prepare a run")
    hands.send()
    page.wait_for_url(re.compile(r"/runs/\d+/"))
    run = re.search(r".*/runs/\d+/", page.url).group()
    for proof in ("specimen.pdf", "longest.pdf", "drawn.pdf"):
        assert saved(page, lambda name=proof: press_link(hands, name), tmp_path).startswith(b"%PDF-")
    hands.send("I read the proofs: they are right")
    his.page.goto("/o/hopital/desk/")
    his.press("Approve the run of letters")
    his.page.wait_for_url(run + "**")
    his.press("Approve this run")
    his.confirm()
    page.goto("/o/hopital/desk/")
    hands.press("Start the approved run of letters")
    page.wait_for_url(run + "**")
    hands.press("Start sending")
    hands.confirm()
    post.produce_due(timezone.now())
    mailing.send_due(timezone.now())
    page.goto(run)
    assert not is_too_wide(page)
    hand_over(hers)
    page.goto(run)
    hands.press("Ledger, person by person")
    for name in ("Aubry", "Ilić"):
        expect(page.locator("tbody tr", has_text=name)).to_contain_text(re.compile(hands.word("sent"), re.IGNORECASE))
    assert len([message for message in mail.outbox if message.to == ["jules@example.net"]]) == 1
    assert not is_too_wide(page)


def hand_over(hers: Story) -> None:
    """The printed batch leaves for the printer; whoever stands in it counts as told."""
    hers.hands.press("Letters on paper")
    hers.hands.follow('main a[href$="/handed-over/"]')
    hers.hands.answer(to="Imprimerie du Port")
    hers.hands.answer_instant("handed_over_at", local(timezone.now()))
    hers.hands.send()


def read_and_export(her: Keyboard, watched, hers: Story, tmp_path) -> None:
    """Chloé reads everything, is offered nothing that changes it, and takes the register away."""
    her.page.goto(f"/o/hopital/incidents/{hers.reference}/")
    assert her.page.locator("h1").inner_text()
    with forgiving(watched, "403"):
        assert her.page.goto(f"/o/hopital/incidents/{hers.reference}/qualify/").status == 403
    rows = list(csv.reader(io.StringIO(export(her, "csv", tmp_path).decode("utf-8-sig")), delimiter=";"))
    assert any(hers.reference in row for row in rows)
    assert export(her, "pdf", tmp_path).startswith(b"%PDF-")


def export(her: Keyboard, form: str, tmp_path) -> bytes:
    her.page.goto("/o/hopital/exports/")
    her.answer(form=form)
    return download(her, "Export", tmp_path)


def refuse(page: Page, watched, hers: Story) -> None:
    """Dan, of another organisation, gets the answer of a page that does not exist."""
    with forgiving(watched, "404"):
        for address in (f"/o/hopital/incidents/{hers.reference}/", hers.page.url, "/o/hopital/exports/", "/o/hopital/desk/"):
            assert page.goto(address).status == 404
    assert page.goto("/o/mairie/incidents/").status == 200
    assert hers.reference not in page.content()


def download(hands: Keyboard, name: str, tmp_path) -> bytes:
    """What the browser saves when this link or button of the page is pressed."""
    return saved(hands.page, lambda: hands.press(name), tmp_path)


def press_link(hands: Keyboard, end: str) -> None:
    """Go to the link whose address ends so, and press Enter."""
    hands.to(hands.page.locator(f'main a[href$="{end}"]').first)
    hands.page.keyboard.press("Enter")


def saved(page: Page, doing: Callable[[], None], tmp_path) -> bytes:
    """What the browser saves while this is done."""
    with page.expect_download() as waiting:
        doing()
    target = tmp_path / "download"
    waiting.value.save_as(target)
    return target.read_bytes()
