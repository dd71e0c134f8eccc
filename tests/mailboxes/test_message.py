"""Reading a suspicious message: every fact found, nothing rendered or fetched, no input that stops it."""

from datetime import UTC, datetime

import pytest

from breachreg.mailboxes.reading import mime
from breachreg.mailboxes.reading.addresses import defanged, mailboxes_in, refanged, registrable
from breachreg.mailboxes.reading.authentication import failed, results_in
from breachreg.mailboxes.reading.filetypes import facts_of as file_facts
from breachreg.mailboxes.reading.links import links_in_html
from breachreg.mailboxes.reading.lookalikes import lookalike
from breachreg.mailboxes.reading.message import facts_of
from breachreg.mailboxes.reading.texts import from_html
from tests.mailboxes.makers import messages
from tests.mailboxes.makers.messages import OWN

codes = lambda facts: {trouble.code for trouble in facts.troubles}  # noqa: E731


@pytest.fixture(scope="module")
def facts():
    return facts_of(messages.suspicious(), known_domains=OWN)


def test_the_headers_are_told(facts):
    assert facts.subject == "Urgent : facture impayée"
    assert facts.sent_at == datetime(2026, 3, 10, 8, 12, tzinfo=UTC)
    assert facts.sender.address == "direction@hopital-troisrlvieres.example"
    assert (facts.reply_to.address, facts.return_path) == ("caisse@evil.example", "bounce@evil.example")
    assert facts.recipients == ["compta@hopital-troisrivieres.example"]


def test_who_vouches_is_told_with_the_server_that_says_so(facts):
    assert [(r.method, r.result) for r in facts.authentication] == [("spf", "fail"), ("dkim", "none"), ("dmarc", "fail")]
    assert {r.said_by for r in facts.authentication} == {"mx.hopital-troisrivieres.example"}
    assert failed(facts.authentication) == ["spf", "dmarc"]


def test_links_are_defanged_and_say_what_is_odd(facts):
    targets = {link.target: link for link in facts.links}
    assert not any("http://" in target or "https://" in target for target in targets)
    assert targets["hxxps://evil[.]example/login"].oddities == ("shows_another_host",)
    assert targets["hxxps://pixel[.]evil[.]example/o.gif"].kind == "fetched"
    assert targets["hxxp://203[.]0[.]113[.]9/x"].oddities == ("ip_host", "form")


def test_attachments_are_weighed_hashed_and_looked_at_from_outside(facts):
    program, virus = facts.attachments
    assert program.name == "facture.pdf.exe"
    assert program.kind == "executable"
    assert program.dangers == ("executable", "double_extension")
    assert virus.dangers == ("test_virus",)
    assert len(virus.sha256) == 64


def test_a_lookalike_domain_is_named_with_what_it_resembles(facts):
    assert ("hopital-troisrlvieres.example", "hopital-troisrivieres.example", "same_picture") in facts.lookalikes


def test_the_oddities_of_the_whole_are_named(facts):
    assert set(facts.oddities) == {
        "replies_elsewhere", "name_is_another_address", "authentication_failed", "lookalike_domain",
        "link_shows_another_host", "asks_in_a_form", "dangerous_attachment",
    }  # fmt: skip


def test_an_ordinary_message_has_no_oddity():
    assert facts_of(messages.ordinary(), known_domains=OWN).oddities == []


@pytest.mark.parametrize("name", messages.BROKEN)
def test_a_broken_message_still_gives_an_answer(name):
    facts = facts_of(messages.BROKEN[name], known_domains=OWN)
    assert facts.size == len(messages.BROKEN[name])
    assert "\n" not in (facts.subject or "")


def test_an_injected_header_stays_on_its_line_and_is_said():
    facts = facts_of(messages.BROKEN["header injection"])
    assert facts.subject == "x Bcc: victim@example.org"
    assert "forged_header" in codes(facts)
    assert facts.recipients == []


@pytest.mark.parametrize("depth", [200, 5000])
def test_a_message_nested_deep_is_read_as_far_as_the_limit_and_said_so(depth):
    facts = facts_of(messages.nested(depth))
    assert facts.subject == "profond"
    assert "nested_too_deep" in codes(facts)


@pytest.mark.parametrize("depth", [200, 3000])
def test_messages_within_messages_end_somewhere(depth):
    assert "nested_too_deep" in codes(facts_of(messages.messages_in_messages(depth)))


def test_five_thousand_parts_are_cut_at_the_limit_and_said_so():
    parsed = mime.parse(messages.many_parts(5000))
    assert len(list(mime.leaves(parsed))) <= mime.Limits().parts
    assert [t.code for t in parsed.troubles] == ["too_many_parts"]


def test_a_bomb_is_listed_and_not_unpacked():
    (bomb,) = facts_of(messages.with_file(messages.zip_bomb(), "photos.zip")).attachments
    assert bomb.members[0] == "0.txt"
    assert "unreadable_archive" in bomb.dangers


def test_a_picture_that_fetches_is_only_described():
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="https://evil.example/x.png"/><script>fetch("//e")</script></svg>'
    (picture,) = facts_of(messages.with_file(svg, "logo.png", "image", "png")).attachments
    assert (picture.kind, picture.dangers) == ("svg", ("disguised", "active_page"))


@pytest.mark.parametrize(
    ("domain", "how"),
    [
        ("hopita1-troisrivieres.example", "same_picture"),
        ("h\u043epital-troisrivieres.example", "same_picture"),
        ("hopital-troisrivieres.test", "other_ending"),
        ("hopitel-troisrivieres.example", "one_letter"),
        ("hopitla-troisrivieres.example", "one_letter"),
        ("hopital-troisrivieres-paie.test", "name_inside"),
        ("hopital-troisrivieres.example.evil.test", "name_inside"),
        ("xn--hopital-troisrivires-51b.example", "same_picture"),
        ("mail.hopital-troisrivieres.example", None),
        ("hopital-troisrivieres.example", None),
        ("example.org", None),
    ],
)
def test_lookalikes(domain, how):
    found = lookalike(domain, OWN)
    assert (found.how if found else None) == how


@pytest.mark.parametrize(
    ("name", "data", "danger"),
    [
        ("photo.jpg", b"MZ\x90", "disguised"),
        ("facture\u202efdp.exe", b"MZ", "reversed_name"),
        ("a.iso", b"\0" * 10, "executable"),
        ("page.html", b"<!DOCTYPE html><p>", "active_page"),
        ("note.one", b"\xe4\x52\x5c\x7b", "disk_image"),
    ],
)
def test_dangers_of_files(name, data, danger):
    assert danger in file_facts(data, name).dangers


@pytest.mark.parametrize("value", ["https://evil.example/a.b?c", "203.0.113.9", "a@evil.example"])
def test_a_defanged_value_can_be_compared_again(value):
    assert defanged(value) != value
    assert refanged(defanged(value)) == value


def test_a_script_link_is_called_one():
    (link,) = links_in_html("<a href=' javascript:alert(1)'>ok</a>")
    assert link.oddities == ("script_link",)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ('"Petit, Rose" <Rose@Example.org>, x@y.example', [("Petit, Rose", "rose@example.org"), ("", "x@y.example")]),
        ("<mailto:a@b.example>", [("", "a@b.example")]),
        ("personne", []),
    ],
)
def test_addresses_of_a_header(header, found):
    assert [a for _, a in mailboxes_in(header)] == [a for _, a in found]


def test_registrable_knows_endings_of_two_labels():
    assert [registrable(d) for d in ("a.b.co.uk", "www.impots.gouv.fr", "x.example")] == ["b.co.uk", "impots.gouv.fr", "x.example"]


def test_comments_in_authentication_results_are_no_results():
    assert [r[:2] for r in results_in(["mx.example; spf=pass (dkim=fail) smtp.mailfrom=a"])] == [("spf", "pass")]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("un<script>x</script >deux", "un deux"), ("un<!--x > y-->deux", "un deux"), ("<header>un</header>deux", "un deux"),
        ("<head><title>x</title></head\n>un<style>p{}</STYLE>deux", "un deux"), ("un deux<script>never closed", "un deux"),
    ],
)  # fmt: skip
def test_of_a_page_the_words_that_are_seen_are_read_and_no_others(source, words):
    assert from_html(source).split() == words.split()
