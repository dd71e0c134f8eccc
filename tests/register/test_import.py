"""Somebody brings the register they keep today: seen first, then imported whole or not at all."""

import io
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from breachreg.audit.models import Entry
from breachreg.law import vocabulary
from breachreg.register import imports
from breachreg.register.columns import Stated, guess_mapping, read_amount, read_codes, read_instant, read_yes_no
from breachreg.register.models import Incident, Precision, Qualification, RegisterImport, Reminder
from breachreg.register.tables import TableError

SAMPLE = settings.BASE_DIR / "breachreg/management/demo/cnil-notifications-sample.csv"
OWN = (
    "N°;Titre;Prise de connaissance;Notifié le;Nature;Nombre de personnes;Violation ?\n"
    "2024-01;Clé USB perdue;03/02/2024 09:30;05/02/2024 10:00;Perte de la confidentialité;environ 40;oui\n"
    "2024-02;Panne du serveur;10/03/2024;;Perte de la disponibilité;;non\n"
)


@pytest.fixture
def now(noon):
    return noon + timedelta(hours=2)


@pytest.fixture
def bring(hospital, awa, now):
    def bring(content: str | bytes, name="registre.csv"):
        content = content.encode() if isinstance(content, str) else content
        return imports.bring_table(organisation=hospital, file=io.BytesIO(content), name=name, by=awa, at=now)

    return bring


@pytest.fixture
def bring_in(bring, awa, now):
    """Bring a table and import it in one go."""
    def bring_in(content, name="registre.csv", closes=True):
        return imports.import_register(brought=bring(content, name), by=awa, at=now, closes=closes)

    return bring_in


class TestTheOpenDataOfTheCnil:
    def test_all_sixteen_rows_come_in(self, bring_in):
        incidents = bring_in(SAMPLE.read_bytes(), "cnil.csv")
        assert len(incidents) == 16
        assert {incident.is_breach for incident in incidents} == {True}

    def test_their_labels_are_those_that_were_published(self, bring_in):
        incident = bring_in(SAMPLE.read_bytes(), "cnil.csv")[4]
        assert vocabulary.load("sectors").label(incident.controller_sector, "fr") == (
            "Commerce ; réparation d'automobiles et de motocycles"
        )
        assert [vocabulary.load("data_categories").label(code, "fr") for code in incident.data_categories][-1] == (
            "La violation concerne d'autres données"
        )

    def test_a_month_stays_a_month(self, bring_in):
        filing = bring_in(SAMPLE.read_bytes(), "cnil.csv")[0].filings.get()
        assert filing.precision == Precision.MONTH
        assert filing.filed_at == datetime(2025, 11, 30, 23, 0, tzinfo=UTC)

    def test_a_band_without_end_stays_without_end(self, bring_in):
        incident = bring_in(SAMPLE.read_bytes(), "cnil.csv")[5]
        assert (incident.people_low, incident.people_likely, incident.people_high) == (5001, None, None)

    def test_sensitive_without_saying_which_is_kept_as_such(self, bring_in):
        incidents = bring_in(SAMPLE.read_bytes(), "cnil.csv")
        assert (incidents[6].has_sensitive_data, incidents[6].sensitive_categories) == (True, None)
        assert (incidents[0].has_sensitive_data, incidents[0].sensitive_categories) == (False, ())

    def test_their_references_stand_in_the_year_they_were_received(self, bring_in):
        references = [incident.reference for incident in bring_in(SAMPLE.read_bytes(), "cnil.csv")]
        assert references[0] == "HOP-2025-0001"
        assert references[15] == "HOP-2024-0001"

    def test_no_clock_is_started_and_nobody_is_reminded(self, bring_in):
        bring_in(SAMPLE.read_bytes(), "cnil.csv")
        assert not Reminder.objects.exists()


class TestOnesOwnRegister:
    def test_rows_become_incidents(self, bring_in):
        lost, outage = bring_in(OWN)
        assert (lost.title, lost.former_reference, lost.people_likely) == ("Clé USB perdue", "2024-01", 40)
        assert lost.aware_at == datetime(2024, 2, 3, 8, 30, tzinfo=UTC)
        assert lost.deadlines.get().met_at == datetime(2024, 2, 5, 9, 0, tzinfo=UTC)
        assert outage.qualification == Qualification.NOT_A_BREACH
        assert outage.people_likely is None

    def test_one_wrong_row_stops_them_all(self, bring, awa, now):
        brought = bring(OWN + "2024-03;Autre;31/02/2024;;Perte de confiance;-3;peut-être\n")
        with pytest.raises(imports.RowsRefused) as refused:
            imports.import_register(brought=brought, by=awa, at=now, closes=True)
        assert [draft.number for draft in refused.value.drafts] == [4]
        assert set(refused.value.drafts[0].troubles) == {
            "Prise de connaissance", "Nature", "Nombre de personnes", "Violation ?"
        }  # fmt: skip
        assert not Incident.objects.exists()
        brought.refresh_from_db()
        assert brought.imported_at is None

    def test_a_broken_row_is_named(self, bring, now):
        preview = imports.preview_of(bring(OWN + "2024-03;Trop court\n"), now)
        assert [draft.number for draft in preview.wrong] == [4]

    def test_a_reference_comes_in_once(self, bring_in, bring, now):
        bring_in(OWN)
        assert len(imports.preview_of(bring(OWN), now).wrong) == 2

    def test_what_lies_ahead_is_refused(self, bring, now):
        assert imports.preview_of(bring(OWN.replace("2024 09:30", "2031 09:30")), now).wrong

    def test_a_filing_before_the_awareness_is_refused(self, bring, now):
        assert imports.preview_of(bring(OWN.replace("05/02/2024", "01/02/2024")), now).wrong

    def test_a_start_after_the_awareness_is_refused_in_words(self, bring, now):
        content = "Titre;Date de début;Prise de connaissance\nVol;05/02/2024;03/02/2024\n"
        trouble = " ".join(imports.preview_of(bring(content), now).wrong[0].troubles.values())
        assert "incident_starts" not in trouble

    def test_an_awareness_of_the_same_day_without_a_time_counts_from_midnight(self, bring_in):
        incident = bring_in("Titre;Date de début;Prise de connaissance\nVol;03/02/2024 14:30;03/02/2024\n")[0]
        assert incident.occurred_from - incident.aware_at == timedelta(hours=14, minutes=30)

    def test_an_awareness_of_the_day_before_the_start_is_refused(self, bring, now):
        content = "Titre;Date de début;Prise de connaissance\nVol;03/02/2024 14:30;02/02/2024\n"
        assert imports.preview_of(bring(content), now).wrong

    def test_importing_twice_is_refused(self, bring, awa, now):
        brought = bring(OWN)
        imports.import_register(brought=brought, by=awa, at=now, closes=True)
        with pytest.raises(imports.AlreadyImported):
            imports.import_register(brought=brought, by=awa, at=now, closes=True)
        assert Incident.objects.count() == 2

    def test_the_file_is_thrown_away_and_its_fingerprint_stays(self, bring, awa, now, django_capture_on_commit_callbacks):
        brought = bring(OWN)
        with django_capture_on_commit_callbacks(execute=True):
            imports.import_register(brought=brought, by=awa, at=now, closes=True)
        assert not storages["default"].exists(brought.location)
        assert Entry.objects.filter(action="register.imported").exists()

    def test_open_incidents_stay_open_when_asked(self, bring_in):
        assert {incident.is_open for incident in bring_in(OWN, closes=False)} == {True}

    def test_the_mapping_is_remembered_for_the_same_columns(self, bring, awa, now):
        header = "Quoi;Truc\nVol;x\n"
        brought = bring(header)
        assert brought.mapping == {"columns": {}}
        imports.map_columns(brought=brought, mapping={"columns": {"Quoi": "title"}}, by=awa, at=now)
        assert bring(header).mapping == {"columns": {"Quoi": "title"}}

    def test_an_excel_register_comes_in(self, bring_in):
        book = openpyxl.Workbook()
        book.active.append(["Titre", "Prise de connaissance", "Nature"])
        book.active.append(["Vol", datetime.fromisoformat("2024-02-03T09:30"), "Perte de la confidentialité; Perte de l'intégrité"])
        content = io.BytesIO()
        book.save(content)
        incident = bring_in(content.getvalue(), "registre.xlsx")[0]
        assert incident.natures == ("confidentiality", "integrity")

    def test_a_file_without_rows_is_refused(self, bring, now):
        with pytest.raises(TableError):
            imports.preview_of(bring("Titre;Nature\n"), now)


class TestCells:
    zone = ZoneInfo("Europe/Paris")

    @pytest.mark.parametrize(
        ("cell", "expected"),
        [
            ("12", (None, 12, None)), ("10-20", (10, None, 20)), ("entre 10 et 20", (10, None, 20)),
            ("environ 1 200", (None, 1200, None)), ("~40 personnes", (None, 40, None)), ("> 5000", (5000, None, None)),
            ("moins de 30", (None, None, 30)), ("Entre 6 et 50 personnes", (6, None, 50)), ("", (None, None, None)),
            ("inconnu", (None, None, None)), ("0", (None, 0, None)), ("Plus de 5000 personnes", (5001, None, None)),
            ("12\u202f000", (None, 12000, None)),
        ],
    )  # fmt: skip
    def test_numbers_as_people_write_them(self, cell, expected):
        assert read_amount(cell, self.zone) == expected

    @pytest.mark.parametrize("cell", ["-3", "beaucoup", "20-10", "1.5"])
    def test_what_is_no_number_is_refused(self, cell):
        with pytest.raises(ValueError, match="12"):
            read_amount(cell, self.zone)

    @pytest.mark.parametrize(
        ("cell", "expected"),
        [
            ("2026-10", Stated(datetime(2026, 9, 30, 22, tzinfo=UTC), Precision.MONTH)),
            ("23/10/2026", Stated(datetime(2026, 10, 22, 22, tzinfo=UTC), Precision.DAY)),
            ("23/10/2026 17:05", Stated(datetime(2026, 10, 23, 15, 5, tzinfo=UTC), Precision.INSTANT)),
            ("23/10/2026 17h05", Stated(datetime(2026, 10, 23, 15, 5, tzinfo=UTC), Precision.INSTANT)),
            ("23.10.2026 à 17 h", Stated(datetime(2026, 10, 23, 15, 0, tzinfo=UTC), Precision.INSTANT)),
            ("2026-10-23 17:05", Stated(datetime(2026, 10, 23, 15, 5, tzinfo=UTC), Precision.INSTANT)),
            ("?", None),
        ],
    )  # fmt: skip
    def test_instants_as_people_write_them(self, cell, expected):
        assert read_instant(cell, self.zone) == expected

    @pytest.mark.parametrize("cell", ["31/02/2026", "hier", "2026-13", "10/23/2026"])
    def test_what_is_no_date_is_refused(self, cell):
        with pytest.raises(ValueError, match="2026"):
            read_instant(cell, self.zone)

    @pytest.mark.parametrize(
        "cell",
        [
            "Perte de la confidentialité, Perte de l’intégrité", "perte de la confidentialité;Perte de l'intégrité",
            "Perte de l'intégrité\nPerte de la confidentialité", "Loss of integrity | Loss of confidentiality",
        ],
    )  # fmt: skip
    def test_labels_are_found_however_they_are_joined(self, cell):
        assert read_codes("natures")(cell, self.zone) == ("confidentiality", "integrity")

    def test_a_label_may_hold_a_comma(self):
        label = "Piratage, logiciel malveillant (par exemple rançongiciel) et/ou hameçonnage"
        assert read_codes("origins")(label, self.zone) == ("hacking",)

    @pytest.mark.parametrize(("cell", "expected"), [("Oui", True), ("NON", False), ("x", True), ("", None), ("?", None)])
    def test_yes_and_no(self, cell, expected):
        assert read_yes_no(cell, self.zone) is expected

    def test_columns_are_guessed_by_their_names(self):
        assert guess_mapping(("N°", "Description", "Truc")) == {"N°": "former_reference", "Description": "narrative"}


class TestThePages:
    @pytest.fixture
    def page(self, client, awa, now, time_machine):
        time_machine.move_to(now, tick=False)
        client.force_login(awa)
        return client

    def at(self, view, organisation, *more):
        return reverse(view, args=[organisation.slug, *more])

    def test_the_open_data_are_recognised_and_come_in_after_a_look(self, page, hospital):
        answer = page.post(self.at("register-import", hospital), {"file": SimpleUploadedFile("cnil.csv", SAMPLE.read_bytes())})
        preview = page.get(answer.headers["Location"])
        assert preview.context["count"] == 16
        assert page.post(answer.headers["Location"], {"closes": "on"}).status_code == 302
        assert Incident.objects.count() == 16

    def test_columns_are_chosen_with_samples_beside_them(self, page, hospital):
        answer = page.post(self.at("register-import", hospital), {"file": SimpleUploadedFile("registre.csv", OWN.encode())})
        shown = page.get(answer.headers["Location"])
        assert "Clé USB perdue" in shown.content.decode()
        form = shown.context["form"]
        typed = {name: form[name].value() or "" for name in form.fields}
        assert page.post(answer.headers["Location"], typed).status_code == 302
        twice = {**typed, "column_1": "title", "column_2": "title"}
        assert page.post(answer.headers["Location"], twice).status_code == 422

    def test_another_row_can_be_the_header(self, page, hospital):
        content = "Registre 2024;Service DPO\nTitre;Nature\nVol;Perte de la confidentialité\n".encode()
        answer = page.post(self.at("register-import", hospital), {"file": SimpleUploadedFile("registre.csv", content)})
        shown = page.post(answer.headers["Location"], {"header_row": "2", "again": "1"})
        assert shown.context["table"].header == ("Titre", "Nature")

    def test_what_can_not_be_imported_is_listed_row_by_row(self, page, hospital, bring):
        brought = bring(OWN.replace("environ 40", "quarante"))
        shown = page.get(self.at("import-preview", hospital, brought.pk))
        assert shown.status_code == 422
        assert "quarante" in shown.content.decode()
        page.post(self.at("import-preview", hospital, brought.pk), {})
        assert not Incident.objects.exists()

    @pytest.mark.parametrize("content", [b"", b"MZ\x90\x00" + b"\x00" * 200, b"\x81\x8d;\x8f\n"])
    def test_a_file_that_is_no_table_is_refused_in_words(self, page, hospital, content):
        answer = page.post(self.at("register-import", hospital), {"file": SimpleUploadedFile("registre.csv", content)})
        assert answer.status_code == 422
        assert not RegisterImport.objects.exists()

    def test_a_table_can_be_thrown_away(self, page, hospital, bring):
        brought = bring(OWN)
        page.post(self.at("import-drop", hospital, brought.pk))
        assert not RegisterImport.objects.exists()

    def test_the_table_of_another_organisation_is_not_found(self, client, hospital, town_hall, dan, bring):
        brought = bring(OWN)
        client.force_login(dan)
        for view in ("import-columns", "import-preview"):
            assert client.get(self.at(view, town_hall, brought.pk)).status_code == 404
        assert client.post(self.at("import-drop", town_hall, brought.pk)).status_code == 404


def test_a_day_of_information_is_a_day(bring_in):
    incident = bring_in("Titre;Date d'information;Information des personnes\nVol;05/02/2024;Oui, les personnes ont été informées\n")[0]
    assert (incident.told_on, incident.communication) == (date(2024, 2, 5), "informed")
