"""What the loaders give is what the files say: entry by entry, each read anew."""

import pytest

from breachreg.law import advice, delays, duty_table, exemptions, factors, form, questions, rules, severity, vocabulary
from breachreg.law.datafile import DATA, DataFile


def file(name):
    return DataFile(DATA / name, own_words=name != "form.toml")


def plain(value):
    return [plain(each) for each in value] if isinstance(value, (list, tuple)) else value


def says(thing, row, *others):
    """Whether a thing holds every entry of its row, but for those that are looked at by hand."""
    for key in row.keys() - set(others):
        assert plain(getattr(thing, key)) == plain(row[key]), key


def test_every_question_is_read_as_it_stands():
    data = file("facts.toml")
    found = questions.read(data)
    assert list(found) == [row["code"] for row in data.values["question"]]
    for row in data.values["question"]:
        question = found[row["code"]]
        says(question, row, "option", "asked_when", "basic", "likely")
        assert question.source == row.get("source", data.values["source"])
        assert question.likely == row.get("basic", row.get("likely", ""))
        assert [":".join(each) for each in question.asked_when] == row.get("asked_when", [])
        terms = vocabulary.load(row["vocabulary"]).terms if "vocabulary" in row else ()
        options = question.options[len(terms):]
        assert [(each.code, each.fr, each.en) for each in question.options[: len(terms)]] == [(t.code, t.fr, t.en) for t in terms]
        for option, of_row in zip(options, row.get("option", []), strict=True):
            says(option, of_row)


def test_every_factor_is_read_as_it_stands():
    data = file("factors.toml")
    for factor, row in zip(factors.read(data), data.values["factor"], strict=True):
        texts = [key for key in row if key.endswith(("_fr", "_en")) and key != "source_fr"]
        says(factor, row, *texts)
        assert factor.texts == {key: row[key] for key in texts}
        assert all(factor.text(direction, "fr") == row[f"{direction}_fr"] for direction in factors.Direction)


def test_the_method_of_the_score_is_read_as_it_stands():
    data = file("severity.toml")
    method = severity.read(data)
    for band, row in zip(method.bands, data.values["band"], strict=True):
        says(band, row, "from")
        assert band.starts_at == row["from"]
    for name in ("flag", "component", "line"):
        assert getattr(method, f"{name}s") == {row["code"]: row for row in data.values[name]}
    assert method.many_people == 100


def test_every_rule_is_read_as_it_stands():
    data = file("rules.toml")
    book = rules.read(data)
    plans = {row["code"]: row["steps"] for row in data.values["plan"]}
    for rule, row in zip(book.rules, data.values["rule"], strict=True):
        says(rule, row, "plan", "terms")
        assert (rule.cited("fr"), rule.cited("en")) == (row["source_fr"], row["source"])
        assert (rule.label("fr"), rule.label("en"), rule.note("fr"), rule.note("en")) == (row["fr"], row["en"], row["note_fr"], row["note_en"])
        assert [(term.instant, term.hours, term.days, term.months, term.hours_from) for term in rule.terms] == [
            (term["from"], term.get("hours"), term.get("days"), term.get("months"), term.get("hours_from", "")) for term in row["terms"]
        ]
        assert [(step.to, step.hours_before, step.hours_after) for step in rule.steps] == [
            (step["to"], step.get("hours_before"), step.get("hours_after")) for step in plans[row["plan"]]
        ]
    for name in ("addressee", "instant", "condition", "threshold"):
        named = getattr(book, f"{name}s" if name != "addressee" else "addressees")
        assert list(named) == [row["code"] for row in data.values[name]]
        for row in data.values[name]:
            says(named[row["code"]], row)


def test_every_field_of_the_form_is_read_as_it_stands():
    data = file("form.toml")
    read = form.read(data)
    assert (read.source, read.address) == (data.values["source"], data.values["address"])
    for number, (section, row) in enumerate(zip(read.sections, data.values["section"], strict=True), start=1):
        says(section, row, "field")
        assert section.number == number
        assert section.provisional is row.get("provisional", False)
        for field, of_row in zip(section.fields, row["field"], strict=True):
            says(field, of_row)
            assert read.by_code[field.code] is field


@pytest.mark.parametrize("name", vocabulary.NAMES)
def test_every_term_is_read_as_it_stands(name):
    own = ("code", "fr", "en", "alone_fr", "alone_en", "aliases", "provisional", "source")
    data = DataFile(DATA / "vocabulary" / f"{name}.toml", own_words=name in vocabulary.OWN_WORDS)
    read = vocabulary.read(data, name)
    assert (read.name, read.source) == (name, data.values["source"])
    assert dict(read.title) == data.values.get("title", {}) and read.grouped_by == data.values.get("grouped_by", "")
    for term, row in zip(read.terms, data.values["term"], strict=True):
        extra = {key: value for key, value in row.items() if key not in own}
        says(term, row, *extra)
        assert dict(term.extra) == extra
        assert read.label(term.code) == read.label(term.code, "fr") == term.fr
        assert read.label(term.code, "en") == term.en
    assert read.choices() == read.choices("fr") == [(term.code, term.label_alone("fr")) for term in read.terms]
    assert read.groups() == read.groups("fr")
    assert [pair for pairs in read.groups("en").values() for pair in pairs] == [(term.code, term.en) for term in read.terms]


def test_every_exemption_and_every_reason_for_a_delay_is_read_as_it_stands():
    data = file("exemptions.toml")
    for exemption, row in zip(exemptions.load(), data.values["exemption"], strict=True):
        says(exemption, row, "claim")
        for claim, of_row in zip(exemption.claims, row["claim"], strict=True):
            says(claim, of_row)
    data = file("delay_reasons.toml")
    for reason, row in zip(delays.read(data), data.values["reason"], strict=True):
        says(reason, row)
        assert (reason.label("fr"), reason.label("en")) == (row["fr"], row["en"])
        assert reason.text("en").split("[")[0] == row["text_en"].split("[")[0]
        assert reason.text("fr").split("[")[0] == row["text_fr"].split("[")[0]


def test_every_topic_of_the_advice_is_read_as_it_stands():
    data = file("advice.toml")
    read = advice.read(data)
    for name in ("element", "general"):
        for sentence, row in zip(getattr(read, {"element": "elements"}.get(name, name)), data.values[name], strict=True):
            says(sentence, row)
    for topic, row in zip(read.topics, data.values["topic"], strict=True):
        lists = ("data", "sensitive", "people", "natures", "details")
        says(topic, {key: row[key] for key in ("code", "fr", "en")})
        assert [(each.fr, each.en) for each in topic.consequences] == list(zip(row["consequences_fr"], row["consequences_en"], strict=True))
        for sentence, of_row in zip(topic.advice, row["advice"], strict=True):
            says(sentence, of_row)
        assert {key: set(codes) for key, codes in topic.concerns.items() if codes} == {key: set(row[key]) for key in lists if row.get(key)}
        assert topic.replaces == set(row.get("replaces", ()))


def test_every_table_of_duties_is_read_as_it_stands():
    data = file("duty.toml")
    table = duty_table.read(data)
    for exposure, row in enumerate(data.values["exposure"]):
        for gravity in range(1, 6):
            duties = [table.confidentiality[exposure, gravity, scale].code for scale in range(3)]
            assert duties == row[f"gravity_{gravity}"]
    for name in ("restoration", "alteration"):
        assert [[duty.code for duty in duties] for duties in getattr(table, name)] == [row["duty"] for row in data.values[name]]
    assert list(table.tipping_order) == data.values["tipping_order"]
    assert {key: set(codes) for key, codes in table.far_fetched.items()} == {
        key: set(codes) for key, codes in data.values["far_fetched"].items()
    }
