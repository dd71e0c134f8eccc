"""The pages themselves: what a reader, a screen reader, an archive and an attacker find in them."""

import io
import json
import re
import shutil
import subprocess

import pikepdf
import pytest

from breachreg.notifications import document, neutral
from breachreg.notifications.held import Held
from breachreg.notifications.visible import visible
from tests.notifications.papers import HOSTILE, NOON, frozen, organisation, paper, record
from tests.notifications.standards import faults

pytestmark = pytest.mark.own_pages


@pytest.fixture(scope="module")
def draft():
    return document.draw(paper("draft"))


@pytest.fixture(scope="module")
def approved():
    trail = {"approved_at": "2026-03-10T15:00:00Z", "approved_by": "Bruno Lefèvre"}
    return document.draw(paper("approved", trail=trail))


@pytest.fixture(scope="module")
def hostile():
    return document.draw(paper("draft", **HOSTILE))


def tool(name, *arguments, content):
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed (poppler-utils)")
    return subprocess.run([name, *arguments], input=content, capture_output=True, check=True, timeout=60).stdout.decode()


def text_of(drawn, *options):
    return tool("pdftotext", "-layout", *options, "-", "-", content=drawn.content)


def squeezed(text):
    return re.sub(r"\s+", "", text)


def opened(drawn):
    return pikepdf.open(io.BytesIO(drawn.content))


def test_the_sections_come_in_the_order_of_the_authoritys_form(draft):
    text = text_of(draft)
    titles = ["Type de notification", "Identification de l'organisme", "Coordonnées du responsable légal",
              "Personne à contacter", "Autres organismes impliqués", "Dates", "À propos de la violation",
              "Données et personnes", "Mesures de sécurité préalables", "Conséquences potentielles",
              "Préjudices potentiels", "Mesures techniques", "Communication aux personnes",
              "Notifications transfrontalières"]  # fmt: skip
    places = [re.search(rf"^\s*{number}\s+{re.escape(title)}", text, re.MULTILINE) for number, title in enumerate(titles, 1)]
    assert all(places), [title for title, place in zip(titles, places, strict=True) if not place]
    assert [place.start() for place in places] == sorted(place.start() for place in places)


def test_a_draft_says_so_on_every_page_and_nothing_else_does(draft, approved):
    for number in range(1, draft.pages + 1):
        assert "PROJET — ne pas déposer" in text_of(draft, "-f", str(number), "-l", str(number))
    assert "PROJET" not in text_of(approved)


def test_what_is_not_known_is_listed_first_with_who_owes_it_and_for_when(draft):
    first_page = text_of(draft, "-l", "1")
    assert "Ce qui n’est pas encore connu" in first_page
    assert "il est attendu pour le 11 mars" in first_page
    assert squeezed("Attendu de Service informatique.") in squeezed(first_page)


def test_every_page_carries_reference_version_number_and_hash(approved):
    digest = neutral.digest(neutral.serialise(frozen()))
    for number in range(1, approved.pages + 1):
        page = text_of(approved, "-f", str(number), "-l", str(number))
        assert "HOP-2026-0007 · notification 1 · version 2 · approuvée" in page
        assert digest in page
        assert re.search(rf"\b{number}\s*/\s*{approved.pages}\b", page)


def test_the_structured_data_is_attached_and_is_what_the_footer_hashes(approved):
    with opened(approved) as pdf:
        assert list(pdf.attachments) == ["HOP-2026-0007-1-v2.json"]
        data = pdf.attachments["HOP-2026-0007-1-v2.json"].get_file().read_bytes()
        relationship = pdf.Root.AF[0].AFRelationship
    assert data == neutral.serialise(frozen())
    assert str(relationship) == "/Data"
    answers = json.loads(data)["answers"]
    assert answers["natures"]["value"] == ["confidentiality", "availability"]
    assert answers["records_count"]["value"] is None


def test_it_is_an_archive_file_and_accessible_and_says_both(approved):
    with opened(approved) as pdf:
        with pdf.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "3"
            assert metadata["pdfaid:conformance"] == "A"
            assert metadata["pdfuaid:part"] == "1"
            assert "Notification initiale" in metadata["dc:title"]
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "fr"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert "/OutputIntents" in pdf.Root
        assert "/JavaScript" not in pdf.Root.get("/Names", {})
    info = tool("pdfinfo", "-", content=approved.content)
    assert "A4" in info and "Tagged:          yes" in info


def structure(pdf):
    """Every structure element's kind, depth first."""

    def walk(element):
        if not isinstance(element, pikepdf.Dictionary) or "/S" not in element:
            return
        yield str(element.S)
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            yield from walk(kid)

    return [kind for root in pdf.Root.StructTreeRoot.K for kind in walk(root)]


def test_headings_and_tables_are_tagged_as_such(approved):
    with opened(approved) as pdf:
        kinds = structure(pdf)
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") >= 14
    assert {"/Table", "/TR", "/TH", "/TD", "/Sect", "/P"} <= set(kinds)


def test_each_font_is_one_of_ours_embedded_and_readable(hostile):
    lines = tool("pdffonts", "-", content=hostile.content).splitlines()[2:]
    assert lines
    for line in lines:
        assert "+Document-" in line
        embedded, subset, to_unicode = line.split()[-5:-2]
        assert (embedded, subset, to_unicode) == ("yes", "yes", "yes")


def test_the_reading_version_speaks_english_and_marks_what_stayed_french():
    drawn = document.draw(paper("approved", language="en"))
    text = text_of(drawn)
    assert "Initial notification of a personal-data breach" in text
    assert "Reading version in English" in text
    assert "Lost or stolen equipment" in text
    assert "On 10 March 2026 at 12:00" in text
    html = document.to_html(paper("approved", language="en"))
    assert '<p lang="fr">Disque chiffré' in html


def test_what_changed_since_the_authority_was_told_stands_in_the_document():
    held = {code: entry["value"] for code, entry in frozen()["answers"].items()}
    changed = frozen(held=Held(held, number=1, version=1, filed_at=NOON, receipt="CNIL-2026-1"), measures_before="Disque non chiffré, confirmé.")
    html = document.to_html(document_of(changed))
    assert "Modifié depuis la dernière notification à l’autorité" in html
    assert "<ins>non </ins>" in html


def test_a_hostile_record_is_harmless_in_the_list_of_changes_too():
    held = Held(dict.fromkeys(HOSTILE, "Rien."), number=1, version=1, filed_at=NOON, receipt="<b>\u202e1</b>")
    html = document.to_html(document_of(frozen(record(kind="complementary"), held=held, **HOSTILE)))
    changes = html[html.index('class="changes"') : html.index("</section>", html.index('class="changes"'))]
    assert "<script" not in changes and "<img" not in changes and "<b>" not in changes
    assert "[U+202E]" in changes and "réécrit" in changes


def document_of(content):
    from breachreg.notifications import papers

    return papers.notification(content, kind="approved", language="fr", at=NOON)


def test_a_hostile_record_loses_no_text(hostile):
    text = squeezed(text_of(hostile))
    for piece in HOSTILE["description"].split():
        assert squeezed(piece) in text, piece
    assert text.count("X") >= 10_000
    assert text.count("Mot.") >= 2000
    for name in ("张伟", "山田太郎", "[U+AE40]", "Ωμέγα", "Юлия", "[grinningface]", "[rocket]", "[U+0007]", "[U+202E]", "[U+E000]"):
        assert squeezed(name) in text, name
    letters = set(text)
    assert set("محمدعلي") <= letters or any("\ufb50" <= letter <= "\ufeff" for letter in letters)
    assert set("שלום") <= letters


def test_a_hostile_record_attaches_and_runs_nothing(hostile):
    with opened(hostile) as pdf:
        assert list(pdf.attachments) == ["HOP-2026-0007-1-v2.json"]
        annotations = [annotation for page in pdf.pages for annotation in page.get("/Annots", [])]
        assert annotations == []
        assert "/OpenAction" not in pdf.Root and "/AA" not in pdf.Root
    assert b"root:x:0" not in hostile.content


def test_a_hostile_name_in_every_text_of_the_organisation_is_harmless():
    name = "<img src=http://127.0.0.1:9/y>\u202eأحمد 'quote\" & Cie"
    of = organisation(name=name, address="</p><script>", city="{{ city }}", contact_last_name="𐍈 'x'")
    html = document.to_html(paper("approved", of_record=record(of=of)))
    assert "<img" not in html and "<script" not in html
    assert "[U+202E]" in html


def test_a_page_that_asks_for_a_resource_is_refused_instead_of_drawn(monkeypatch):
    asked = '<html lang="fr"><title>x</title><body><img alt="x" src="http://127.0.0.1:9/x.png"></body></html>'
    monkeypatch.setattr(document, "to_html", lambda paper: asked)
    with pytest.raises(document.Refused):
        document.draw(paper())


def test_the_same_paper_gives_the_same_pages():
    one, other = (document.draw(paper("approved")) for _ in range(2))
    assert text_of(one) == text_of(other)


@pytest.mark.parametrize("text, expected", [
    ("Rien à changer", "Rien à changer"), ("a\r\nb", "a\nb"), ("a\tb", "a    b"), ("\x00", "[U+0000]"),
    ("e\u0301", "é"), ("🚀", "[rocket]"), ("😀", "[grinning face]"), ("⚡", "[high voltage sign]"), ("✓", "✓"), ("\u202e", "[U+202E]"), ("\ud800", "[U+D800]"), ("ไทย", "[U+0E44][U+0E17][U+0E22]"),
    ("«\u00a0x\u202f»", "«\u00a0x\u202f»"),
])  # fmt: skip
def test_what_cannot_be_drawn_is_named(text, expected):
    assert visible(text) == expected


def test_the_structure_of_the_file_is_what_both_standards_ask(draft, approved, hostile):
    assert [faults(drawn.content) for drawn in (draft, approved, hostile)] == [[], [], []]
