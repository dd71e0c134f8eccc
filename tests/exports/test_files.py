"""The register as a file in every format: what it says, that it runs nothing, and that it opens where it should."""

import csv
import io
import json
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import jsonschema
import openpyxl
import pikepdf
import pytest
from django.db import connection

from breachreg.accounts.models import User
from breachreg.audit import personal
from breachreg.exports import leaving, making, opendata
from breachreg.exports import rows as reading
from breachreg.exports.columns import BY_KEY, COLUMNS, without_personal
from breachreg.exports.jsonfile import schema
from breachreg.exports.kinds import Choice, Code, Codes, Instant, Reader
from breachreg.exports.making import Order
from breachreg.exports.models import Export, Form
from breachreg.exports.rows import table
from breachreg.law import vocabulary
from breachreg.register import actions as register
from breachreg.register import assessments, filings, imports, parties, promises
from breachreg.register.cnil_open_data import COLUMNS as PUBLISHED
from breachreg.register.models import FilingKind, Incident, Promise
from breachreg.register.sections import SECTIONS
from breachreg.web.safe import harmless
from tests.cast import NOON
from tests.register.test_import import SAMPLE


@pytest.fixture
def filed(aware, awa, noon):
    """The lost laptop, described and filed with the authority on Wednesday."""
    changed = register.amend_facts(
        incident=aware, by=awa, at=noon + timedelta(hours=1), natures=["confidentiality"], sensitive_categories=(),
        people_low=10, people_likely=12, people_high=None, told_on=date(2026, 3, 12), narrative="Perdu ;\n« dans » le train",
        severity="limited", is_ongoing=False,
    )
    filings.record_filing(
        incident=changed, kind=FilingKind.INITIAL, filed_at=noon + timedelta(hours=20), receipt_number="FR-77", by=awa,
        at=noon + timedelta(hours=21),
    )
    return Incident.objects.get(pk=changed.pk)


def order(organisation, form, at, language="fr", **options):
    return Order(organisation=organisation, form=form, language=language, made_at=at, **options)


def made(said, incidents=None):
    """The bytes of a file with these incidents, or with all."""
    file = io.BytesIO()
    incidents = Incident.objects.all() if incidents is None else incidents
    making.write(said, table(incidents, said.columns), file)
    return file.getvalue()


def rows_of(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_a_csv_tells_what_is_known_and_what_is_not(filed, noon):
    [row] = rows_of(made(order(filed.organisation, Form.CSV, noon)))
    assert row["Référence"] == "HOP-2026-0001"
    assert row["Responsable du traitement"] == "Hôpital des Trois Rivières"
    assert row["Nature"] == "Perte de la confidentialité"
    assert row["Données sensibles"] == "aucun"
    assert row["Origine"] == "non connu à ce stade"
    assert row["Personnes, le plus probable"] == "12"
    assert row["Personnes, au plus"] == "non connu à ce stade"
    assert row["Prise de connaissance (Paris)"] == "2026-03-10 12:00"
    assert row["Clos (Paris)"] == ""
    assert row["Description"] == "Perdu ;\n« dans » le train"
    assert "FR-77" in row["Dépôts et récépissés"]


def test_a_csv_speaks_english_to_who_reads_english(filed, noon):
    [row] = rows_of(made(order(filed.organisation, Form.CSV, noon, "en")))
    assert row["Nature"] == "Loss of confidentiality"
    assert row["Origin"] == "not known yet"
    assert "Initial notification" in row["Filings and receipts"]


@pytest.mark.parametrize(("language", "words"), [
    ("fr", "s’écarte de la recommandation\u00a0: Destinataire tenu au secret"), ("en", "departs from the recommendation: Destinataire tenu au secret"),
])  # fmt: skip
def test_the_reasons_for_departing_from_a_recommendation_are_named_as_such(aware, awa, noon, language, words):
    made_now = assessments.assess(incident=aware, answers={}, by=awa, at=noon)
    aware.refresh_from_db()
    assessments.decide(
        incident=aware, assessment=made_now, duty="register_only", reasons="Rien à craindre", departure_reasons="Destinataire tenu au secret",
        by=awa, at=noon,
    )
    for form in (Form.CSV, Form.PDF):
        data = made(order(aware.organisation, form, noon, language))
        text = " ".join(words_of(data).split()) if form == Form.PDF else data.decode("utf-8-sig")
        assert words.replace("\u00a0", " ") in text.replace("\u00a0", " ")


def test_excel_in_france_opens_the_csv_with_accents_and_columns_right(filed, noon):
    data = made(order(filed.organisation, Form.CSV, noon))
    assert data.startswith(b"\xef\xbb\xbf")
    head = data.decode("utf-8-sig").split("\r\n")[0]
    assert head.count(";") == len(COLUMNS) - 1
    assert data.endswith(b"\r\n")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝", "|"])
def test_a_cell_that_begins_like_a_formula_is_harmless(start):
    assert harmless(f"{start}HYPERLINK(0)") == f"'{start}HYPERLINK(0)"


@pytest.mark.parametrize("value", ["", "Perdu", "2026-03-10 12:00", 12, None, "a=b"])
def test_other_cells_stay_as_they_are(value):
    assert harmless(value) == value


def test_no_cell_of_a_csv_begins_like_a_formula(hospital, awa, noon):
    register.report_incident(organisation=hospital, title="=cmd|' /C calc'!A0", report="+33 2 00", by=awa, at=noon)
    data = made(order(hospital, Form.CSV, noon))
    for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"):
        assert not [cell for cell in row if re.match(r"\s*[=+\-@]", cell)]


def test_a_workbook_holds_real_numbers_and_instants_and_says_what_it_is(filed, noon):
    said = order(filed.organisation, Form.XLSX, noon, checkpoint="breachreg checkpoint 1")
    book = openpyxl.load_workbook(io.BytesIO(made(said)))
    sheet, about = book.worksheets
    heads = [cell.value for cell in sheet[1]]
    row = dict(zip(heads, (cell.value for cell in sheet[2]), strict=True))
    assert row["Personnes, le plus probable"] == 12
    assert row["Prise de connaissance (Paris)"].isoformat() == "2026-03-10T12:00:00"
    assert row["Informées le"].date() == date(2026, 3, 12)
    assert row["Origine"] == "non connu à ce stade"
    assert "breachreg checkpoint 1" in [cell.value for cell in about["B"]]


def test_a_workbook_computes_nothing_that_a_person_typed(hospital, awa, noon):
    register.report_incident(organisation=hospital, title="=1+1", report="https://example.net/", by=awa, at=noon)
    data = made(order(hospital, Form.XLSX, noon))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "hyperlink" not in sheet


def test_a_text_too_long_for_a_cell_is_refused_and_never_cut(hospital, awa, noon):
    from breachreg.exports.xlsxfile import CellTooLong

    register.report_incident(organisation=hospital, title="Long", report="é" * 40_000, by=awa, at=noon)
    with pytest.raises(CellTooLong, match=r"Ligne 2, .*Ce qui a été signalé.*Exportez en CSV"):
        made(order(hospital, Form.XLSX, noon))
    [row] = rows_of(made(order(hospital, Form.CSV, noon)))
    assert len(row["Ce qui a été signalé"]) == 40_000


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("is_redacted", [False, True])
def test_json_fits_its_published_schema(filed, noon, awa, language, is_redacted):
    parties.name_party(incident=filed, role="processor", name="Infogérance SA", contact=None, told_us_at=noon, by=awa, at=noon)
    Promise.objects.create(incident=filed, field="origins", owed_by="Informatique", recorded_at=noon, recorded_by=awa)
    said = order(filed.organisation, Form.JSON, noon, language, is_redacted=is_redacted, checkpoint="x")
    register_ = json.loads(made(said))
    reader = Reader(language, filed.organisation.zone)
    jsonschema.validate(register_, schema(said.columns, reader), format_checker=jsonschema.FormatChecker())
    [breach] = register_["breaches"]
    assert breach["natures"] == ["confidentiality"]
    assert breach["origins"] is None
    assert breach["sensitive_categories"] == []
    assert breach["aware_at"] == "2026-03-10T11:00:00Z"
    assert ("title" in breach) is not is_redacted


def test_the_schema_refuses_another_register(filed, noon):
    said = order(filed.organisation, Form.JSON, noon)
    register_ = json.loads(made(said))
    register_["breaches"][0]["natures"] = ["nonsense"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(register_, schema(said.columns, Reader("fr", filed.organisation.zone)))


def test_an_empty_register_is_a_file_too(hospital, noon):
    assert json.loads(made(order(hospital, Form.JSON, noon)))["breaches"] == []
    assert len(made(order(hospital, Form.CSV, noon)).splitlines()) == 1
    assert made(order(hospital, Form.PDF, noon)).startswith(b"%PDF")


def pages_of(pdf):
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def words_of(pdf):
    return "\n".join(pages_of(pdf))


def test_paper_has_an_overview_and_a_sheet_for_each_incident(filed, awa, noon):
    register.report_incident(organisation=filed.organisation, title="Courriel égaré", by=awa, at=noon)
    pdf = made(order(filed.organisation, Form.PDF, noon, checkpoint="breachreg checkpoint 1\nentry: 7"))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert len(document.pages) == 3
        assert {(round(page.mediabox[2]), round(page.mediabox[3])) for page in document.pages} == {(842, 595)}
    pages = pages_of(pdf)
    assert [page.split()[-1] for page in pages] == ["i", "1", "2"]  # the overview before the sheets, which count from 1
    text = "\n".join(pages)
    assert "10/03/2026" in pages[0] and "2026-03-10" not in text  # as people write days, on its first page too
    assert "Courriel égaré" in text
    assert "FR-77" in text
    assert "entry: 7" in text


@pytest.mark.parametrize(("language", "fact"), [("fr", "Nombre de personnes"), ("en", "Number of people")])
def test_a_fact_that_is_owed_is_named_in_words(incident, awa, noon, language, fact):
    promises.promise_fact(incident=incident, field="people", owed_by="Service informatique", by=awa, at=noon)
    text = made(order(incident.organisation, Form.CSV, noon, language=language)).decode()
    assert f"{fact} · Service informatique" in text
    assert json.loads(made(order(incident.organisation, Form.JSON, noon)))["breaches"][0]["promises"][0]["field"] == "people"


def test_what_a_person_typed_is_no_markup_on_paper(hospital, awa, noon):
    register.report_incident(
        organisation=hospital, title="<img src='file:///etc/passwd'>", report="<b>gras</b>", by=awa, at=noon
    )
    assert "<img src='file:///etc/passwd'>" in words_of(made(order(hospital, Form.PDF, noon)))


def test_a_register_too_long_for_paper_says_what_to_do(filed, noon, monkeypatch):
    from breachreg.exports import paper

    monkeypatch.setattr(paper, "MOST", 0)
    with pytest.raises(paper.TooManyPages, match="Restreignez la liste"):
        made(order(filed.organisation, Form.PDF, noon))


def test_a_redacted_file_holds_no_name_and_no_free_text(filed, noon):
    for form in (Form.CSV, Form.JSON):
        text = made(order(filed.organisation, form, noon, is_redacted=True)).decode()
        assert "HOP-2026-0001" in text
        for known in ("Awa Diallo", "dans le train", "portable", "Appel du service"):
            assert known not in text


def test_whatever_is_typed_into_a_fact_is_left_out_of_a_redacted_copy(incident, awa, noon):
    """A name may stand in any answer that a person types, also in one that asks for a country or a way of telling."""
    typed = {question.name: f"Durand {question.name}" for section in SECTIONS for question in section.questions if question.kind in ("line", "text")}
    incident = register.amend_facts(incident=incident, by=awa, at=noon, **typed)
    whole, redacted = (made(order(incident.organisation, Form.JSON, noon, is_redacted=less)).decode() for less in (False, True))
    assert {name for name in typed if f"Durand {name}" in whole} == set(typed)
    assert "Durand" not in redacted
    assert {name for name in typed if not personal.of_table(Incident).kind(name).is_personal} == set()


def test_a_redacted_copy_keeps_every_fact_that_is_a_code_a_number_or_a_date():
    left_out = {type(column.kind).__name__ for column in COLUMNS} - {
        type(column.kind).__name__ for column in without_personal(COLUMNS)
    }
    assert left_out == set()
    assert {column.key for column in COLUMNS if column.is_personal} & {"natures", "people_likely", "aware_at"} == set()


def test_the_register_says_every_fact_of_an_incident():
    """A new column of the incident must be exported, or be listed here with the reason why not."""
    inside = {
        "id", "organisation", "year", "number", "submission", "version", "owner", "is_imported", "controller_name",
        "risk_facts", "risk_regimes",
    }  # fmt: skip
    said = {column.path.partition("__")[0] for column in COLUMNS}
    assert {field.name for field in Incident._meta.concrete_fields} - said - inside == set()


def test_the_published_rows_come_out_with_the_labels_they_came_in_with(hospital, awa, noon):
    with SAMPLE.open("rb") as file:
        brought = imports.bring_table(organisation=hospital, file=file, name="cnil.csv", by=awa, at=noon)
    imports.import_register(brought=brought, by=awa, at=noon, closes=False)
    _note, _head, *published = csv.reader(io.StringIO(SAMPLE.read_text(encoding="cp1252"), newline=""), delimiter=";")
    data = made(order(hospital, Form.OPEN_DATA, noon))
    head, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";")
    assert head == list(PUBLISHED)
    assert len(rows) == 16
    assert sorted(rows) == sorted([cell.replace("''", "'") for cell in row] for row in published)


@pytest.mark.parametrize(
    ("amounts", "said"),
    [
        ((None, 0, None), "Entre 0 et 5 personnes"),
        ((None, 5001, None), "Plus de 5000 personnes"),
        ((6, None, 50), "Entre 6 et 50 personnes"),
        ((3, None, 50), ""),
        ((5001, None, None), "Plus de 5000 personnes"),
        ((6, None, None), ""),
        ((None, None, None), ""),
    ],
)
def test_a_number_goes_into_its_published_band_or_into_none(amounts, said):
    assert opendata.band(*amounts) == said


def test_many_incidents_take_no_more_queries_than_a_few(hospital, awa, noon, django_assert_num_queries):
    for number in range(3):
        register.report_incident(organisation=hospital, title=f"Incident {number}", by=awa, at=noon)
    with django_assert_num_queries(1 + 1 + 1 + 8):
        made(order(hospital, Form.CSV, noon))


def batch_by_batch(hospital, awa, monkeypatch, sort="reference"):
    monkeypatch.setattr(reading, "BATCH", 2)
    found = leaving.listed(hospital, awa, {"sort": sort}, NOON)
    return table(found, (BY_KEY["title"],)).batches


@pytest.fixture
def five(hospital, awa, noon):
    return [register.report_incident(organisation=hospital, title=f"Incident {n * 3 % 5}", by=awa, at=noon) for n in range(5)]


@pytest.mark.parametrize("sort", ["title", "-title"])
def test_rows_stand_in_the_order_of_the_list_batch_after_batch(five, hospital, awa, monkeypatch, sort):
    titles = [title for [batch] in batch_by_batch(hospital, awa, monkeypatch, sort) for title in batch]
    assert titles == sorted((incident.title for incident in five), reverse=sort == "-title")


def write_as_somebody_else(user):
    User.objects.filter(pk=user.pk).update(full_name="Awa")
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_how_far_a_file_is_can_be_written_while_others_write(five, hospital, awa, noon, monkeypatch):
    export = leaving.order(organisation=hospital, form=Form.CSV, language="fr", by=awa, at=noon)
    for [titles] in batch_by_batch(hospital, awa, monkeypatch):
        with ThreadPoolExecutor(1) as somebody:
            somebody.submit(write_as_somebody_else, awa).result()
        Export.objects.filter(pk=export.pk).update(written=len(titles))


def test_the_list_and_the_file_hold_the_same_incidents_in_the_same_order(filed, awa, noon, dan, town_hall):
    for title in ("Clé USB", "Clé du bureau"):
        register.report_incident(organisation=filed.organisation, title=title, by=awa, at=noon)
    register.report_incident(organisation=town_hall, title="Clé de la mairie", by=dan, at=noon)
    found = leaving.listed(filed.organisation, awa, {"q": "Clé", "sort": "title"}, noon)
    assert [incident.title for incident in found] == ["Clé USB", "Clé du bureau"]


def test_an_assessed_incident_fits_the_schema_with_its_scores_as_numbers(filed, awa, noon):
    made_ = assessments.assess(incident=filed, answers={}, by=awa, at=noon + timedelta(days=2))
    said = order(filed.organisation, Form.JSON, noon)
    register_ = json.loads(made(said))
    jsonschema.validate(register_, schema(said.columns, Reader("fr", filed.organisation.zone)), format_checker=jsonschema.FormatChecker())
    assert register_["breaches"][0]["assessments"][0]["score_likely"] == float(made_.score_likely)


def test_no_word_of_the_product_itself_begins_like_a_formula():
    """Cells of codes and choices are not guarded one by one, because none of them needs it."""
    for language in ("fr", "en"):
        reader = Reader(language, ZoneInfo("Europe/Paris"))
        for column in COLUMNS:
            if isinstance(column.kind, Code | Codes):
                terms = vocabulary.load(column.kind.name)
                words = [terms.label(code, language) for code in terms.codes] + [terms.term(code).label_alone(language) for code in terms.codes]
            elif isinstance(column.kind, Choice):
                words = [reader.say(label) for label in column.kind.choices.labels]
            else:
                continue
            assert [word for word in words if harmless(word) != word] == []


@pytest.mark.parametrize("zone", ["Europe/Paris", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Chatham", "America/St_Johns"])
def test_an_instant_held_as_text_reads_like_the_instant_itself(zone):
    """Around every change of clocks of a year, minute by minute of the hours next to it."""
    say = Instant().words(Reader("fr", ZoneInfo(zone)), "")
    at = datetime(2026, 1, 1, 0, 7, 5, 123, tzinfo=UTC)
    while at.year == 2026:
        assert say(str(at.replace(tzinfo=None))) == say(at)
        at += timedelta(minutes=17)
    assert Instant().plain("2026-03-10 11:00:00.000123") == Instant().plain(datetime(2026, 3, 10, 11, 0, 0, 123, tzinfo=UTC))


@pytest.mark.parametrize("zone", ["Europe/Paris", "Asia/Kolkata", "Australia/Lord_Howe"])
def test_an_instant_held_as_text_counts_like_the_instant_itself(zone):
    count, at = Instant().cell(Reader("fr", ZoneInfo(zone)), ""), datetime(2026, 1, 1, 0, 7, tzinfo=UTC)
    assert count("1850-01-01 00:00:00") == count(datetime(1850, 1, 1, tzinfo=UTC))
    assert float(count("2026-12-30 23:59:59.999999")) == pytest.approx(float(count(datetime(2026, 12, 30, 23, 59, 59, 999999, UTC))), abs=1e-10)
    while at.year == 2026:
        for moment in (at, at.replace(second=59, microsecond=999999)):
            assert float(count(str(moment.replace(tzinfo=None)))) == pytest.approx(float(count(moment)), abs=1e-10)
        at += timedelta(minutes=77)
