"""What the reading found, in words: every code of a fact has its sentence here, in the language in force."""

import re

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from breachreg.mailboxes.reading.addresses import defanged

_WEB_ADDRESS = re.compile(r"(?:https?|ftp)://[^\s<>\"']+|www\.[^\s<>\"']+", re.I)

ODDITIES = {
    "replies_elsewhere": _("An answer would go to another domain than the one it is sent from."),
    "name_is_another_address": _("The sender's name shows another address than the real one."),
    "claims_to_be_inside": _("It claims to come from your own domain, and the checks of its origin failed."),
    "authentication_failed": _("The checks of its origin failed."),
    "lookalike_domain": _("A domain in it resembles one of yours."),
    "link_shows_another_host": _("A link shows one address and leads to another."),
    "asks_in_a_form": _("It asks for something in a form of its own."),
    "dangerous_attachment": _("It carries a file that can do harm."),
    "no_sender": _("It names no sender."),
}
DANGERS = {
    "test_virus": _("the test file of anti-virus programs (EICAR)"),
    "executable": _("a program"),
    "double_extension": _("a program named like a document"),
    "macro": _("a document with macros"),
    "disguised": _("not the kind of file that its name says"),
    "reversed_name": _("a name written backwards, to hide its ending"),
    "active_page": _("a web page, which can run scripts"),
    "disk_image": _("a disk image, which gets around the browser's warnings"),
    "executable_inside": _("an archive with a program in it"),
    "encrypted_archive": _("an archive with a password, which no scanner can read"),
    "unreadable_archive": _("an archive that can't be read whole"),
}
LINK_ODDITIES = {
    "shows_another_host": _("shows another address than it leads to"),
    "ip_host": _("leads to a bare IP address"),
    "encoded_host": _("a host with letters that look like others"),
    "credentials_in_link": _("an “@” in it hides where it leads"),
    "script_link": _("runs a script or opens a local file"),
    "shortened": _("a shortened address hides where it leads"),
    "form": _("a form that sends what is typed"),
}
LINK_KINDS = {"link": _("link"), "fetched": _("fetched by a mail programme that shows pictures"), "form": _("form")}
RESEMBLANCES = {
    "same_picture": _("%(domain)s looks the same as %(resembles)s."),
    "one_letter": _("%(domain)s differs from %(resembles)s by one letter."),
    "other_ending": _("%(domain)s is %(resembles)s with another ending."),
    "name_inside": _("%(domain)s carries the name of %(resembles)s."),
}
TROUBLES = {
    "forged_header": _("A header holds line breaks, to smuggle in others (%(what)s)."),
    "nested_too_deep": _("It is nested beyond reason; what lies deeper was not read (%(what)s)."),
    "odd_charset": _("A part names a character set that is unknown or wrong (%(what)s)."),
    "repeated_header": _("A header that must be there once is there twice (%(what)s)."),
    "text_cut": _("A text is longer than what is read of it (%(what)s)."),
    "too_large": _("The message is longer than what is read of it (%(what)s bytes)."),
    "too_many_parts": _("It has more parts than are read (%(what)s)."),
}
MARKS = {"link": _("same link"), "file": _("same file"), "sender": _("same sender and subject")}
METHODS = {
    "spf": _("SPF: may this server send for that domain?"),
    "dkim": _("DKIM: is the signature of the sending domain intact?"),
    "dmarc": _("DMARC: does that domain stand behind the sender shown?"),
    "arc": _("ARC: did the servers on the way vouch for it?"),
    "compauth": _("Microsoft's overall opinion"),
}
RESULTS = {
    "pass": _("passed"), "fail": _("failed"), "softfail": _("failed, softly"), "hardfail": _("failed"), "none": _("not there"),
    "neutral": _("no opinion"), "permerror": _("can't be checked: the domain's entry is wrong"),
    "temperror": _("could not be checked at that moment"), "bestguesspass": _("passed, as a guess"),
}  # fmt: skip
KINDS = {
    "executable": _("program"), "script": _("script"), "shortcut": _("shortcut"), "jar": _("Java program"), "html": _("web page"),
    "svg": _("drawing (SVG)"), "disk": _("disk image"), "cab": _("Windows archive"), "onenote": _("OneNote notebook"),
    "ole": _("old Office document"), "zip": _("ZIP archive"), "text": _("text"), "unknown": _("unknown"), "png": _("picture (PNG)"),
    "jpeg": _("picture (JPEG)"), "gif": _("picture (GIF)"), "docm": _("Word document with macros"),
    "xlsm": _("Excel workbook with macros"), "docx": _("Word document"), "xlsx": _("Excel workbook"), "help": _("help file"),
}  # fmt: skip
"""Kinds of files; one that is missing here is shown by its short name (PDF, RTF...)."""


def hints(facts: dict) -> list[str]:
    """What speaks against a message, one sentence each; the strongest first."""
    return [str(words) for code, words in ODDITIES.items() if code in facts.get("oddities", ())]


def resemblance(found: dict) -> str:
    """A look-alike domain in a sentence; its dots are held back, so that nothing makes a link of it."""
    shown = {name: found[name].replace(".", "[.]") for name in ("domain", "resembles")}
    return str(RESEMBLANCES[found["how"]]) % shown


def held_back(text: str) -> str:
    """A text in which no programme finds a link."""
    return _WEB_ADDRESS.sub(lambda match: defanged(match[0]), text)


def trouble(found: dict) -> str:
    """What kept us from reading a part whole, in a sentence."""
    return str(TROUBLES[found["code"]]) % {"what": found["what"][:100] or "…"}


def authentication(found: dict) -> dict:
    """A check of the origin: its question, its answer in words, and who says so."""
    result = found["result"]
    return {
        "question": METHODS[found["method"]], "answer": RESULTS.get(result, result), "said_by": found["said_by"],
        "kind": "done" if result == "pass" else "late" if "fail" in result or result == "permerror" else "unknown",
    }


def link(found: dict) -> dict:
    """A link with its oddities in words."""
    return {**found, "kind_words": LINK_KINDS[found["kind"]], "odd": [LINK_ODDITIES[code] for code in found["oddities"]]}


def attachment(found: dict) -> dict:
    """A file of a message with its kind and its dangers in words."""
    kind = KINDS.get(found["kind"], found["kind"].upper())
    return {**found, "kind_words": kind, "dangers_words": [DANGERS[code] for code in found["dangers"]], "shown": found["name"] or _t("without a name")}


def shared(pairs: list) -> list[dict]:
    """What a report shares with its campaign, in words; links come defanged already."""
    return [{"kind": MARKS[kind], "what": what} for kind, what in pairs]
