"""What the receiving servers said about a message's origin (RFC 8601): SPF, DKIM, DMARC, and who says so."""

import re
from typing import NamedTuple

METHODS = ("spf", "dkim", "dmarc", "arc", "compauth")
_COMMENT = re.compile(r"\([^()]{0,2000}\)")
_RESULT = re.compile(r"\b(spf|dkim|dmarc|arc|compauth)\s*=\s*([a-z]+)", re.I)
_RECEIVED_SPF = re.compile(r"\s*([a-z]+)\b", re.I)


class Result(NamedTuple):
    """One check: its method, its result as written (pass, fail, none...), and the server that claims it."""

    method: str
    result: str
    said_by: str


def results_in(authentication_results: list[str], received_spf: list[str] = ()) -> list[Result]:
    """The results of all headers, topmost first; only those of your own server are worth trusting."""
    found = [result for header in authentication_results[:50] for result in _of_header(header)]
    for header in received_spf[:10]:
        if match := _RECEIVED_SPF.match(header):
            found.append(Result("spf", match[1].lower(), "Received-SPF"))
    return list(dict.fromkeys(found))


def _of_header(header: str) -> list[Result]:
    text = header[:10000]
    for _ in range(3):
        text = _COMMENT.sub(" ", text)
    said_by = text.partition(";")[0].strip().split(" ")[0] if ";" in text else ""
    said_by = "" if "=" in said_by else said_by
    return [Result(method.lower(), result.lower(), said_by) for method, result in _RESULT.findall(text)]


def failed(results: list[Result]) -> list[str]:
    """The methods whose topmost result is a failure."""
    first = {}
    for result in results:
        first.setdefault(result.method, result.result)
    return [method for method, result in first.items() if result in {"fail", "softfail", "permerror", "hardfail"}]
