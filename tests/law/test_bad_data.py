"""Bad data stops the start: each slip in a file of the law is found, with its file and its line."""

import re
import shutil
import tomllib
from contextlib import suppress
from functools import cache

import pytest

from breachreg import law
from breachreg.law import (
    advice,
    delays,
    duty_table,
    exemptions,
    factors,
    form,
    questions,
    rules,
    severity,
    vocabulary,
)
from breachreg.law.datafile import DATA, BadData, DataFile, typeset

READERS = {
    "rules.toml": rules.read,
    "facts.toml": questions.read,
    "duty.toml": duty_table.read,
    "factors.toml": factors.read,
    "severity.toml": severity.read,
    "form.toml": form.read,
    "exemptions.toml": exemptions.read,
    "advice.toml": advice.read,
    "delay_reasons.toml": delays.read,
}


def test_the_files_as_they_are_can_be_trusted():
    law.check()


def line_of(name, needle):
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if line.strip() == needle)


def spoiled(tmp_path, name, old, new):
    text = (DATA / name).read_text(encoding="utf-8")
    assert old in text, "the slip of this test no longer applies"
    path = tmp_path / name
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    file = DataFile(path)
    with suppress(tomllib.TOMLDecodeError):  # the file says so itself when it is read
        file.__dict__["entries"] = parsed(file.text)
    return file


piece_of = cache(tomllib.loads)


def parsed(text):
    """The same as tomllib says, but only the piece with the slip is parsed again: each stretch up to the next [[table]]."""
    whole = {}
    for piece in re.split(r"^(?=\[\[\w+\]\])", text, flags=re.MULTILINE):
        for name, value in piece_of(piece).items():
            if piece.startswith(f"[[{name}]]"):
                whole.setdefault(name, []).extend(value)
            else:
                whole[name] = value
    return whole


@pytest.mark.parametrize("name", READERS)
def test_a_file_parsed_piece_by_piece_is_the_file(name):
    assert parsed((DATA / name).read_text(encoding="utf-8")) == DataFile(DATA / name).entries


SLIPS = [
    ("rules.toml", "valid_from = 2013-08-25", 'valid_from = "2013-08-25"', "“valid_from” is a text in quotation marks and must be a day"),
    ("rules.toml", "hours = 72 }]", 'hours = "72" }]', "“terms.hours” is a text in quotation marks and must be a number"),
    ("rules.toml", "binding = false", 'binding = "no"', "“binding” is a text in quotation marks and must be true or false"),
    ("rules.toml", 'replaces = "2018-05-25"', 'replaces = ["2018-05-25"]', "“replaces” is a list and must be a text in quotation marks"),
    ("exemptions.toml", 'still_due_fr = "Comm', 'still_due_fr = 5 # "Comm', "“still_due_fr” is a number and must be a text in quotation marks"),
    ("rules.toml", 'regime = "health"', 'regime = "helth"', "health_report: unknown regime “helth”"),
    ("rules.toml", 'addressee = "police"', 'addressee = "polize"', "unknown addressee “polize”; known: cnil, people"),
    ("rules.toml", 'conditions = ["attack"]', 'conditions = ["attak"]', "unknown condition “attak”"),
    ("rules.toml", 'from = "aware", hours = 96', 'from = "awake", hours = 96', "unknown instant “awake”"),
    ("rules.toml", 'plan = "hours"', 'plan = "ours"', "unknown plan “ours”; known: three_days, one_day"),
    ("rules.toml", "hours = 96", "hours = 0", "a length is above zero"),
    ("rules.toml", "hours = 96", "hours = 96, days = 4", "a term has one length, not hours and days"),
    ("rules.toml", "hours = 96", "ours = 96", "“ours” is not a known entry"),
    ("rules.toml", 'hours_from = "contract"', 'hours_from = "whim"', "“hours_from” is one of contract"),
    ("rules.toml", 'en = "DORA final report"', "", "dora_final has no “en”; add it"),
    ("rules.toml", 'en = "DORA final report"', 'en = ""', "dora_final has no “en”; add it"),
    ("rules.toml", 'note_en = "One month after the latest intermediate report."', "", "dora_final has no “note_en”"),
    ("rules.toml", 'replaces = "2018-05-25"', 'replaces = "1995"', "replaces “1995”, which does not exist"),
    ("rules.toml", 'replaces = "2018-05-25"', "valid_from = 2027-01-01", "are in force on the same days"),
    ("rules.toml", 'replaces = "2018-05-25"', "valid_from = 2017-01-01\nvalid_to = 2018-05-25", "are in force on the same days"),
    ("rules.toml", 'replaces = "2018-05-25"', "valid_from = 2027-01-01\nvalid_to = 2026-01-01", "valid_to lies before valid_from"),
    ("rules.toml", 'replaces = "2018-05-25"', "valid_to = 2026-01-01", "valid_to lies before valid_from"),
    ("rules.toml", 'threshold = "risk"\n', "", "the “threshold” is one of risk, high_risk, not “”"),
    ("rules.toml", 'threshold = "high_risk"', 'threshold = "some_risk"', "not “some_risk”"),
    ("rules.toml", 'code = "cnil_complementary"', 'code = "cnil_complementary"\nthreshold = "risk"', "only gdpr_33 has a “threshold”"),
    ("rules.toml", '["breach", "notifiable"]', '["breach"]', "“notifiable” must be among its conditions"),
    ("rules.toml", 'threshold = "high_risk"\nconditions = ["breach", "notifiable"]', 'threshold = "high_risk"\nconditions = ["breach"]',
     "gdpr_33: “notifiable” must be among its conditions"),
    ("rules.toml", 'code = "risk"', 'code = "doubt"', "the thresholds must be risk and high_risk"),
    ("rules.toml", 'version = "omnibus"', 'version = "2018-05-25"', "stands twice"),
    ("rules.toml", 'code = "anssi"', 'code = "cnil"', "the code “cnil” is used twice"),
    ("rules.toml", 'falls_back_to = "aware"', 'falls_back_to = "health_incident_known"', "which is no instant listed before it"),
    ("rules.toml", 'to = "owner"', 'to = "boss"', "a step goes to one of owner, next, all"),
    ("rules.toml", 'code = "aware"\nfr', 'code = "aware"\ncolour = "red"\nfr', "“colour” is not a known entry"),
    ("rules.toml", 'code = "health_report"', 'code = "health_report"\ncolour = "red"', "“colour” is not a known entry"),
    ("rules.toml", '{ from = "aware", hours = 96 }', "{ hours = 96 }", "gdpr_33: unknown instant “”; known: aware, first_signal"),
    ("rules.toml", 'en = "Data subjects"', "", "people has no “en”; add it"),
    ("rules.toml", 'en = "Data subjects"', 'en = "Data subjects"\ncolour = "red"', "“colour” is not a known entry"),
    ("rules.toml", 'code = "one_day"\nsteps', 'code = "one_day"\nsteppes', "one_day has no “steps”; add it"),
    ("rules.toml", 'code = "one_day"\nsteps = [\n    { hours_before = 12, to = "owner"', 'code = "one_day"\nsteps = [\n    { hours_before = 12, to = "boss"', "one_day: a step goes to one of owner, next, all"),
    ("rules.toml", "hours = 96", "hours = -1", "gdpr_33: a length is above zero"),
    ("facts.toml", 'kind = "count"', 'kind = "number"', "“kind” is one of boolean, choice, choices, count"),
    ("facts.toml", 'vocabulary = "origins"', 'vocabulary = "orygins"', "unknown vocabulary “orygins”"),
    ("facts.toml", '["protection:strong"]', '["protection:strng"]', "“protection:strng” is no answer of a question"),
    ("facts.toml", '["protection:strong"]', '["shield:strong"]', "“shield:strong” is no answer of a question"),
    ("facts.toml", '["recipient_trusted:yes"]', '["recipient_trusted:maybe"]', "“recipient_trusted:maybe” is no answer"),
    ("facts.toml", 'basic = "explicit"', 'basic = "explict"', "“explict” is not one of its answers"),
    ("facts.toml", "points = 4\n", "", "give points to every answer or to none"),
    ("facts.toml", "points = 4\n", "points = 0\n", "from the fewest points to the most"),
    ("facts.toml", 'en = "Joint controller"\n', "", "joint_controller has no “en”"),
    ("facts.toml", 'code = "causes"', 'code = "origins"', "the code “origins” is used twice"),
    ("facts.toml", 'help_en = "A request without an answer counts as no."', "", "deletion_confirmed has no “help_en”"),
    ("facts.toml", 'line_fr = "ENISA, EI"\n', "", "identifiability has no “line_fr”; add it"),
    ("facts.toml", 'vocabulary = "causes"\n', "", "causes lists no answers; add [[question.option]]"),
    ("facts.toml", 'kind = "count"', 'kind = "choice"', "people_count lists no answers; add [[question.option]]"),
    ("severity.toml", 'code = "safe_key"', 'code = "key"', "there is no [[line]] “safe_key”; add it"),
    ("duty.toml", 'code = "hostile"', 'code = "friendly"', "[[exposure]] 5 must be code = 'hostile'"),
    ("duty.toml", "up_to = 5000", "up_to = 50", "every [[scale]] but the last has an “up_to”, above the one before"),
    ("duty.toml", 'dpc = [4]', "dpc = [5]", "the dpc entries of [[gravity]] must be"),
    ("duty.toml", '"key_safe", "deletion', '"deletion', "“tipping_order” and the questions differ on: key_safe"),
    ("duty.toml", "far_fetched = { protection", "far_fetched = { armour", "“far_fetched” names “armour”, which is no question"),
    ("duty.toml", '"lost_paper", "lost_mail"', '"lost_papers", "lost_mail"', "“far_fetched”, protection: “lost_papers” is no origin"),
    ("factors.toml", 'told_if = "recipient_trusted"', 'told_if = "luck"', "“luck” in “told_if” is unknown"),
    ("factors.toml", 'weighs = "scale"', 'weighs = "luck"', "number weighs “luck”, which does not exist"),
    ("factors.toml", 'facts = ["continuing"]', 'facts = ["going_on"]', "“going_on” in “facts” is unknown"),
    ("factors.toml", 'routes = ["integrity"]', 'routes = ["honesty"]', "“honesty” in “routes” is unknown"),
    ("factors.toml", 'against_en = "few people are affected"', "", "number has no “against_en”"),
    ("severity.toml", 'severity = "maximal"', 'severity = "huge"', "“huge” is no word of the CNIL’s severity"),
    ("severity.toml", "from = 3.0", "from = 1.0", "the bands begin at 0 and each begins above the one before"),
    ("severity.toml", "from = 3.0", "from = 2.0", "the bands begin at 0 and each begins above the one before"),
    ("severity.toml", "from = 0.0", "from = 0.1", "the bands begin at 0"),
    ("severity.toml", 'en = "high"', "", "high has no “en”"),
    ("severity.toml", 'meaning_en = "no effect', 'remark_en = "no effect', "low has no “meaning_en”"),
    ("severity.toml", 'severity = "limited"', 'colour = "red"\nseverity = "limited"', "“colour” is not a known entry"),
    ("severity.toml", 'en = "Ease of identification (EI)"', "", "ei has no “en”"),
    ("duty.toml", "up_to = 5000\n", "", "every [[scale]] but the last has an “up_to”"),
    ("duty.toml", 'en = "Notify the CNIL"', "", "notify has no “en”"),
    ("duty.toml", 'en = "an unknown or too large circle, or a known person of bad faith"', "", "open has no “en”"),
    ("duty.toml", 'source = "EDPB Guidelines 9/2022, IV.B: type of the breach"', "", "recoverable has no “source”"),
    ("factors.toml", 'code = "number"', 'code = "number"\ncolour = "red"', "“colour” is not a known entry"),
    ("facts.toml", 'kind = "count"', 'kind = "count"\ncolour = "red"', "“colour” is not a known entry"),
    ("facts.toml", 'en = "Joint controller"\n', 'en = "Joint controller"\ncolour = "red"\n', "“colour” is not a known entry"),
    ("form.toml", 'en = "VAT number"', "", "vat_number has no “en”"),
    ("form.toml", 'en = "VAT number"', 'en = "VAT number"\ncolour = "red"', "“colour” is not a known entry"),
    ("form.toml", 'en = "Legal representative"', "", "legal_representative has no “en”"),
    ("form.toml", 'en = "Legal representative"', 'en = "Legal representative"\ncolour = "red"', "“colour” is not a known entry"),
    ("exemptions.toml", 'limits_en = "Holds', 'limit_en = "Holds', "protection_before has no “limits_en”"),
    ("advice.toml", 'en = "Civil status"', "", "civil_status has no “en”"),
    ("advice.toml", 'en = "Civil status"', 'en = "Civil status"\ncolour = "red"', "“colour” is not a known entry"),
    ("advice.toml", 'en = "What happened, in plain words"', "", "nature has no “en”"),
    ("advice.toml", 'en = "Turn location sharing off', 'e = "Turn location sharing off', "topic has no “en”"),
    ("delay_reasons.toml", 'text_en = "On […] the', 'tekst_en = "On […] the', "investigation has no “text_en”"),
    ("delay_reasons.toml", 'code = "series"', 'code = "series"\ncolour = "red"', "“colour” is not a known entry"),
    ("delay_reasons.toml", 'standing = "disputed"\nfr', 'standing = "maybe"\nfr', "“standing” is one of usual, disputed, refused"),
    ("delay_reasons.toml", "to [due] and", "to [dew] and", "no record fills in “[dew]”; gaps: […], [occurred_from]"),
    ("severity.toml", 'code = "many_people"', 'code = "crowd"', "there is no [[flag]] “many_people”"),
    ("form.toml", 'type = "count"', 'type = "number"', "unknown type “number”"),
    ("form.toml", 'needed = "complete"', 'needed = "later"', "“needed” is one of initial, complete, optional"),
    ("form.toml", 'vocabulary = "harms"', 'vocabulary = "hurts"', "unknown vocabulary “hurts”"),
    ("form.toml", 'shown_when = "late"', 'shown_when = "tardy"', "names nothing that is known: “tardy”"),
    ("form.toml", 'shown_when = "origins:other"', 'shown_when = "origins:moon"', "names nothing that is known"),
    ("form.toml", 'code = "started_at"', 'code = "ended_at"', "this code is used twice"),
    ("exemptions.toml", 'code = "measures_after"', 'code = "measures_later"', "is not among non_communication_reasons"),
    ("exemptions.toml", 'still_due_en = "Public', 'comment = "Public', "“comment” is not a known entry"),
    ("exemptions.toml", 'en = "The method is state of the art."\n', "", "state_of_the_art has no “en”"),
    ("advice.toml", 'en = "The data protection officer or another contact"', "", "contact has no “en”"),
    ("advice.toml", '{ urgency = 1, fr = "Surveillez', '{ urgency = 9, fr = "Surveillez', "“urgency” is 1, 2 or 3, not 9"),
    ("exemptions.toml", 'still_due_en = "Public communication, or an equally effective measure"', "", "still_due is missing in one language; add it"),
    ("exemptions.toml", 'article = "34(3)(c)"', "", "has no “article”; add it"),
    ("advice.toml", "urgency = 3", "urgency = 4", "“urgency” is 1, 2 or 3, not 4"),
    ("advice.toml", 'people = ["minors"]', 'people = ["babies"]', "“babies” in “people” is unknown"),
    ("advice.toml", 'details = ["bank_account"]', 'details = ["gold"]', "“gold” in “details” is unknown"),
    ("advice.toml", 'replaces = ["financial"]', 'replaces = ["money"]', "bank_account replaces an unknown topic"),
    ("advice.toml", 'consequences_en = ["Payments could be made with your card."]', "consequences_en = []", "a consequence is missing"),
]  # fmt: skip


# Slips that are found at another entry than the one that was changed: the line to expect is that of this text.
FOUND_AT = {
    "are in force on the same days": 'version = "2018-05-25"',
    "stands twice": 'version = "2018-05-25"',
    "there is no [[flag]]": 'code = "many_people"',
    "there is no [[line]]": 'code = "safe_key"',
    "give points to every answer": 'code = "simple_context"',
    "from the fewest points": 'code = "simple_context"',
    "the dpc entries": "level = 1",
}


def entry_of(text, place):
    """The line of the [[entry]] in which a place of the text stands; 1 above the first."""
    headers = [match.start() for match in re.finditer(r"^\[\[", text[: place + 1], flags=re.MULTILINE)]
    return text.count("\n", 0, headers[-1]) + 1 if headers else 1


@pytest.mark.parametrize(
    ("name", "old", "new", "message"), SLIPS, ids=[f"{slip[0]} {number}" for number, slip in enumerate(SLIPS, 1)]
)
def test_a_slip_is_found_with_its_file_and_line(tmp_path, name, old, new, message):
    file = spoiled(tmp_path, name, old, new)
    with pytest.raises(BadData, match=re.escape(message)) as caught:
        READERS[name](file)
    original = (DATA / name).read_text(encoding="utf-8")
    elsewhere = next((text for start, text in FOUND_AT.items() if message.startswith(start)), old)
    assert str(caught.value).split(" ")[0] == f"{name}:{entry_of(original, original.index(elsewhere))}:"


def test_the_line_is_that_of_the_entry(tmp_path):
    file = spoiled(tmp_path, "facts.toml", 'vocabulary = "origins"', 'vocabulary = "orygins"')
    header = line_of("facts.toml", 'code = "origins"') - 1
    with pytest.raises(BadData, match=rf"^facts\.toml:{header}: "):
        questions.read(file)


def test_a_line_inside_a_long_text_is_not_taken_for_an_entry(tmp_path):
    path = tmp_path / "long.toml"
    path.write_text('a = """\n[[term]]\n"""\n\n[[term]]\ncode = "x"\n', encoding="utf-8")
    assert DataFile(path).line_of("term", 0) == 5
    assert DataFile(path).line_of("term", 7) == 1


@pytest.mark.parametrize("milder", ["exposure", "restoration", "alteration"])
def test_a_table_of_duties_that_falls_where_it_should_rise_is_refused(tmp_path, milder):
    slips = {
        "exposure": ('gravity_5 = ["notify_and_tell", "notify_and_tell", "notify_and_tell"]', 'gravity_5 = ["notify_and_tell", "notify", "notify_and_tell"]'),
        "restoration": ('code = "never"\nsource = "EDPB Guidelines 9/2022, Annex B, example iv"\nduty = ["notify",', 'code = "never"\nsource = "EDPB"\nduty = ["register_only",'),
        "alteration": ('duty = ["register_only", "notify", "notify_and_tell"]', 'duty = ["notify", "register_only", "notify_and_tell"]'),
    }  # fmt: skip
    old, new = slips[milder]
    file = spoiled(tmp_path, "duty.toml", old, new)
    if milder == "restoration":
        assert duty_table.read(file)  # still no milder than the row above it
        file = spoiled(
            tmp_path,
            "duty.toml",
            old,
            new.replace('"register_only",', '"register_only", "register_only", "notify"]\n#'),
        )
    with pytest.raises(BadData, match="milder"):
        duty_table.read(file)


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ('["notify", "notify"]', "three duties are expected, not 2"),
        ('["notify", "notify", "panic"]', "“panic” is not a duty"),
    ],
)
def test_a_row_of_duties_that_cannot_be_read_is_refused(tmp_path, new, message):
    file = spoiled(tmp_path, "duty.toml", '["notify", "notify", "notify_and_tell"]', new)
    with pytest.raises(BadData, match=message):
        duty_table.read(file)


def test_too_many_entries_of_a_fixed_list_are_refused(tmp_path):
    path = tmp_path / "duty.toml"
    path.write_text(
        (DATA / "duty.toml").read_text(encoding="utf-8") + '\n[[exposure]]\ncode = "more"\n', encoding="utf-8"
    )
    with pytest.raises(BadData, match=r"duty.toml:\d+: there are only 5 \[\[exposure\]\]"):
        duty_table.read(DataFile(path))


def test_a_condition_may_wait_for_a_no(tmp_path):
    asked = questions.read(spoiled(tmp_path, "facts.toml", '["recipient_trusted:yes"]', '["recipient_trusted:no"]'))
    assert asked["deletion_confirmed"].asked_when == (("recipient_trusted", "no"),)


def test_a_missing_file_and_a_broken_one_are_named(tmp_path):
    with pytest.raises(BadData, match=r"rules\.toml: the file is missing; restore it"):
        rules.read(DataFile(tmp_path / "rules.toml"))
    (tmp_path / "rules.toml").write_text("a = 1\nb = \nc = 2", encoding="utf-8")
    with pytest.raises(BadData, match=r"^rules\.toml:2: not valid TOML: Invalid value"):
        rules.read(DataFile(tmp_path / "rules.toml"))
    (tmp_path / "rules.toml").write_text("a = 1\nb = ", encoding="utf-8")
    with pytest.raises(BadData, match=r"^rules\.toml:2: not valid TOML: Invalid value \(at end of document\)"):
        rules.read(DataFile(tmp_path / "rules.toml"))


@pytest.mark.parametrize("name", READERS)
def test_a_file_without_its_source_is_refused(tmp_path, name):
    path = tmp_path / name
    text = (DATA / name).read_text(encoding="utf-8")
    path.write_text(re.sub(r"^source = ", "origin = ", text, count=1, flags=re.MULTILINE), encoding="utf-8")
    with pytest.raises(BadData, match=f"{name}:1: the file has no “source”; add it"):
        READERS[name](DataFile(path))


def test_questions_and_fields_must_be_the_same():
    questions.complain_of_fields(set(questions.load()))
    with pytest.raises(BadData, match=r"facts\.toml has no question for “weather”"):
        questions.complain_of_fields(set(questions.load()) | {"weather"})
    with pytest.raises(BadData, match=r"facts\.py has no field for “key_safe”"):
        questions.complain_of_fields(set(questions.load()) - {"key_safe"})


def test_the_check_at_the_start_reads_every_file(tmp_path, monkeypatch):
    loaders = (questions, form, severity, duty_table, factors, rules, exemptions, advice, delays)
    copied = tmp_path / "data"
    shutil.copytree(DATA, copied)
    with monkeypatch.context() as patched:
        for module in (*loaders, vocabulary):
            patched.setattr(module, "DATA", copied)
            module.load.cache_clear()
        law.check()
        for path in copied.glob("*.toml"):
            [read_there] = [module for module in loaders if module.read is READERS[path.name]]
            read_there.load.cache_clear()
            text = path.read_text(encoding="utf-8")
            path.write_text("source = 3 +", encoding="utf-8")
            with pytest.raises(BadData, match=path.name):
                law.check()
            path.write_text(text, encoding="utf-8")
    for module in (*loaders, vocabulary):
        module.load.cache_clear()


def test_our_own_french_is_typeset_and_official_labels_are_left_as_they_are():
    assert typeset("Qui ? « Vous » : 5 % ; non !") == "Qui\u00a0? «\u00a0Vous\u00a0»\u00a0: 5\u00a0%\u00a0; non\u00a0!"
    assert form.load().field("period_known").label("fr") == "Période déterminée ?"
    assert vocabulary.load("sectors").label("trade", "fr").startswith("Commerce ; réparation")
    assert vocabulary.load("regimes").label("dora", "fr") == "DORA\u00a0: entité financière"
    assert questions.load()["recipients"].label("fr") == "Qui a pu obtenir les données\u00a0?"
    assert questions.load()["recipients"].label("en") == "Who may have got hold of the data?"


@pytest.mark.parametrize(
    ("version", "message"),
    [('version = "2017"', "are in force on the same days"), ('version = "2023"', "stands twice; give each version its own name")],
)
def test_two_versions_that_meet_are_named_at_the_first_of_them_wherever_it_stands(tmp_path, version, message):
    text = (DATA / "rules.toml").read_text(encoding="utf-8")
    path = tmp_path / "rules.toml"
    one, other = 'code = "insurance_complaint"', 'code = "health_report"\nversion = "2017"'
    assert one in text and other in text and text.index(one) < text.index(other)
    path.write_text(text.replace(other, f"{one}\n{version}"), encoding="utf-8")
    with pytest.raises(BadData, match=message) as caught:
        rules.read(DataFile(path))
    assert str(caught.value).startswith(f"rules.toml:{line_of('rules.toml', one) - 1}: insurance_complaint/2023")


def test_a_day_that_is_written_wrongly_says_how_one_is_written(tmp_path):
    with pytest.raises(BadData, match=r"^rules\.toml:\d+: not valid TOML; a day is written year-month-day, as 2018-05-25: "):
        rules.read(spoiled(tmp_path, "rules.toml", "valid_from = 2013-08-25", "valid_from = 2013-25-08"))
    with pytest.raises(BadData, match=r"^rules\.toml:\d+: not valid TOML: "):
        rules.read(spoiled(tmp_path, "rules.toml", "binding = false", "binding = no"))


def test_the_day_of_a_file_is_a_day(tmp_path):
    for name in READERS:
        day = re.search(r"^dated = (\S+)", (DATA / name).read_text(encoding="utf-8"), re.MULTILINE)
        with pytest.raises(BadData, match=rf"^{name}:1: “dated” is a text in quotation marks and must be a day$"):
            READERS[name](spoiled(tmp_path, name, day[0], f'dated = "{day[1]}"'))


OTHER_KIND = {str: [5], list: 5, dict: 5, bool: "true"}
"""What of another kind could stand in the place of an entry; for days and numbers a text."""


def one_of_each(entries):
    """One entry of each name in each table of a file: the row that holds it, and its name."""
    tables = [rows for rows in entries.values() if isinstance(rows, list) and isinstance(rows[0], dict)]
    yield from ((entries, name) for name, value in entries.items() if value not in tables)
    for rows in tables:
        yield from {name: (row, name) for row in reversed(rows) for name in row}.values()


@pytest.mark.parametrize("name", READERS)
def test_no_entry_of_another_kind_gets_through_or_breaks_the_reader(name):
    """A day in quotation marks, a list where a text belongs: each is a complaint, never a start and never a broken program."""
    entries = DataFile(DATA / name).entries
    for row, entry in one_of_each(entries):
        file, kept = DataFile(DATA / name), row[entry]
        row[entry] = OTHER_KIND.get(type(kept), "x")
        file.__dict__["entries"] = entries
        with pytest.raises(BadData, match=rf"^{name}:\d+: "):
            READERS[name](file)
        row[entry] = kept
