"""Letters per second: one run of WeasyPrint a letter against one composed page stamped for each person.

    python benchmarks/letters.py                     1,000, 10,000 and 100,000 recipients
    python benchmarks/letters.py --million           and 1,000,000
    python benchmarks/letters.py --count 5000        only that many

Both ways print the same letter for the same recipients in the same run. The baseline is measured on a sample, because
it takes the same time for each letter. It is one ordinary ``HTML(...).write_pdf()`` each, with the style in the page and
a font of the machine, neither tagged nor archivable as ours are. "reusing" is stricter: style sheet and fonts are parsed
once for all letters, and the result is tagged and archivable. Every size runs in a process of its own, so that the peak
of memory is its own.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SIZES = (1_000, 10_000, 100_000)
MILLION = 1_000_000
BASELINE_SAMPLE = 30
AT = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
FIRST = ("Jeanne", "Nguyễn", "Ion", "Γιώργος", "Фёдор", "Ægir", "Łucja", "Zoë", "Åsa", "Inès", "Çağla", "Camille")
LAST = ("Martin", "Thị Hồng", "Țăranu", "Παπαδόπουλος", "Достоевский", "Sørensen", "Dvořák", "Lefèvre", "Müller", "Ó Briain")
STREETS = ("RUE DES LILAS", "ALLEE DU MOULIN", "QUAI DE LA VILAINE", "PLACE DU MARCHE", "IMPASSE DES TILLEULS")
PART = (
    "Un ordinateur portable a été volé dans un train le 10 mars 2026. Il contenait des comptes rendus de consultation, "
    "avec des noms et des adresses. Nous avons coupé son accès à nos fichiers et porté plainte."
)


def main() -> None:
    options = _options()
    sys.path.insert(0, str(ROOT))
    if options.child:
        return _measure(options.child, one_page=not options.two_pages)
    sizes = [options.count] if options.count else [*SIZES, *([MILLION] if options.million else [])]
    print(f"baseline: {BASELINE_SAMPLE} letters, one run of WeasyPrint each")
    for size in sizes:
        command = [sys.executable, __file__, "--child", str(size), *(["--two-pages"] if options.two_pages else [])]
        subprocess.run(command, check=True)


def _options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--million", action="store_true", help="also 1,000,000 recipients")
    parser.add_argument("--count", type=int, help="only this many recipients")
    parser.add_argument("--two-pages", action="store_true", help="a letter of two pages instead of one")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def _measure(count: int, *, one_page: bool) -> None:
    _settings()
    from breachreg.letters.layout import compose

    letter = _letter(3 if one_page else 9)
    ordinary, reusing = _baseline(letter)
    stamper = compose(letter)
    with tempfile.TemporaryFile() as out:
        seconds, size, full = _stamp(stamper, letter, count, out)
    rate = count / seconds
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{count:>9,} letters of {len(stamper.composed.pages)} page(s): stamped {rate:,.0f}/s, {size / count:,.0f} bytes a letter, "
        f"peak {peak:,.0f} MB, {full} laid out in full | one ordinary run each: {ordinary:.1f}/s, reusing {reusing:.1f}/s | "
        f"ratio {rate / ordinary:,.0f}x (reusing {rate / reusing:,.0f}x) | load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def _settings() -> None:
    for name in ("SECRET_KEY", "AUDIT_KEY", "RECIPIENTS_KEY"):
        os.environ.setdefault(name, name.lower() * 8)
    os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="breachreg-benchmark-"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "breachreg.settings"
    import django

    django.setup()


def _letter(parts: int):
    from breachreg.letters.layout import Block, Letter

    blocks = [Block("paragraph", "@@line_0@@")]
    for number in range(parts):
        blocks += [Block("heading", f"Ce qu’il faut savoir ({number + 1})"), Block("paragraph", PART)]
    points = ("Changez votre mot de passe.", "Méfiez-vous des messages inattendus.", "Surveillez vos relevés.")
    return Letter(
        language="fr", subject="Information importante sur vos données personnelles",
        sender=("Hôpital des Trois Rivières", "1 rue des Saules", "35000 Rennes"), date="Rennes, le 10 mars 2026",
        blocks=(*blocks, Block("bullets", items=points)), signature=("Awa Diallo", "Déléguée à la protection des données"),
        slots={"line_0": "{appel}"},
    )  # fmt: skip


def _texts(number: int) -> dict:
    name = f"{FIRST[number % len(FIRST)]} {LAST[number // 12 % len(LAST)]}"
    return {
        "address": (
            f"Madame {name}", f"APPARTEMENT {number % 60 + 1}", f"{number % 199 + 1} {STREETS[number % len(STREETS)]}",
            f"{10000 + number % 85000} VILLEFRANCHE",
        ),
        "reference": f"Réf. : HOP-2026-0007-L1-{number:07d}",
        "line_0": f"Madame {LAST[number // 12 % len(LAST)]},",
    }  # fmt: skip


def _baseline(letter) -> tuple[float, float]:
    """Letters per second of one WeasyPrint run each: an ordinary run, and one that reuses style sheet and fonts."""
    from breachreg.letters import layout

    return _rate(_ordinary, letter), _rate(lambda filled: layout.lay_out(filled), letter)


def _rate(print_one, letter) -> float:
    print_one(letter.filled(_texts(0)))  # imports and caches of the machine are not counted
    start = time.perf_counter()
    for number in range(BASELINE_SAMPLE):
        print_one(letter.filled(_texts(number)))
    return BASELINE_SAMPLE / (time.perf_counter() - start)


def _ordinary(letter) -> bytes:
    """The letter as anybody would print it with WeasyPrint."""
    import weasyprint
    from django.template.loader import render_to_string

    css = render_to_string("letters/paper/letter.css", {"family": "Liberation Sans", "regular": "", "bold": ""})
    css = "\n".join(line for line in css.splitlines() if "@font-face" not in line)
    html = render_to_string("letters/paper/letter.html", {"letter": letter}).replace("</head>", f"<style>{css}</style></head>")
    return weasyprint.HTML(string=html).write_pdf()


def _stamp(stamper, letter, count: int, out) -> tuple[float, int, int]:
    from breachreg.letters.layout import lay_out_for
    from breachreg.letters.stamp import LetterFile
    from breachreg.letters.typeface import Unstampable

    start, full = time.perf_counter(), 0
    file = LetterFile(out, title=letter.subject, language="fr", at=AT)
    for number in range(count):
        texts = _texts(number)
        try:
            file.add(stamper, texts)
        except Unstampable:
            file.add_laid_out(lay_out_for(letter, texts))
            full += 1
    file.close()
    return time.perf_counter() - start, file.size, full


if __name__ == "__main__":
    main()
