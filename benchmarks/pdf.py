"""How long a notification of six pages takes as PDF, cold and warm, and where the time goes.

    python benchmarks/pdf.py [runs]

Baseline, in the same run: the same page with fonts and style sheet read anew for each document, as WeasyPrint does
when it is called without keeping them. No second is asserted anywhere: read the ratio.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
SIX_PAGES = {
    "measures_before": "Disque chiffré, à confirmer auprès du service informatique. " * 34,
    "measures_after": "Révocation des accès, recherche de l’appareil, plainte déposée. " * 40,
    "discovery": "La perte a été signalée au guichet, puis confirmée par le service informatique. " * 26,
}


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    cold = cold_start()
    import django

    django.setup()
    paper = six_pages()
    kept = [timed(paper, keep=True) for _ in range(runs + 1)][1:]
    naive = [timed(paper, keep=False) for _ in range(max(3, runs // 3))]
    report(cold, kept, naive)


def cold_start() -> dict:
    """A fresh process: Django, WeasyPrint with its libraries, fonts and style sheet, the first document."""
    command = [sys.executable, __file__, "--cold"]
    out = subprocess.run(command, capture_output=True, check=True, cwd=ROOT).stdout
    return json.loads(out)


def cold_child() -> None:
    laps, last = {}, time.perf_counter()

    def lap(name):
        nonlocal last
        now = time.perf_counter()
        laps[name], last = now - last, now

    import django

    django.setup()
    lap("Django")
    import weasyprint  # noqa: F401

    lap("import WeasyPrint")
    from breachreg.notifications import document

    document.warm_up()
    lap("fonts and style sheet")
    paper = six_pages()
    lap("content")
    drawn = document.draw(paper)
    lap("first document")
    print(json.dumps({"laps": laps, "pages": drawn.pages, "bytes": len(drawn.content)}))


def six_pages():
    from tests.notifications import papers

    return papers.paper("approved", **SIX_PAGES)


def timed(paper, *, keep: bool) -> dict[str, float]:
    """The time of one document by step."""
    from breachreg.notifications import document

    if not keep:
        document._tools.cache_clear()
    started, worked = time.perf_counter(), time.process_time()
    tools = document._tools()
    ready = time.perf_counter()
    html = document.to_html(paper)
    written = time.perf_counter()
    pages = tools.weasyprint.HTML(string=html, url_fetcher=tools.fetcher).render(
        stylesheets=[tools.style], font_config=tools.fonts, **document.OPTIONS
    )
    laid_out = time.perf_counter()
    document._say_what_it_is(pages.metadata)
    pages.color_profiles["srgb"] = tools.colours
    pages.write_pdf(
        attachments=document._attachments(tools, paper), output_intent="kept", finisher=document.tagging.complete,
        **document.OPTIONS,
    )
    done = time.perf_counter()
    return {
        "fonts and style sheet": ready - started, "template": written - ready, "layout": laid_out - written,
        "PDF": done - laid_out, "whole": done - started,
        "of which processor": time.process_time() - worked,
    }


def report(cold: dict, kept: list[dict], naive: list[dict]) -> None:
    print(f"{cold['pages']} pages, {cold['bytes'] / 1024:.0f} KB\n")
    print("cold process")
    for name, seconds in cold["laps"].items():
        print(f"  {name:24}{seconds * 1000:8.0f} ms")
    print(f"  {'to the first document':24}{sum(cold['laps'].values()) * 1000:8.0f} ms")
    print(f"\nwarm, median of {len(kept)}")
    for name in kept[0]:
        print(f"  {name:24}{median(kept, name) * 1000:8.0f} ms")
    print(f"  slowest{'':17}{max(one['whole'] for one in kept) * 1000:8.0f} ms")
    print(f"\nbaseline (fonts and style sheet anew), median of {len(naive)}")
    print(f"  {'whole':24}{median(naive, 'whole') * 1000:8.0f} ms")
    print(f"  {'of which processor':24}{median(naive, 'of which processor') * 1000:8.0f} ms")
    print(f"\nload average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    print(f"kept / baseline: {median(kept, 'whole') / median(naive, 'whole'):.2f}")


def median(runs: list[dict], name: str) -> float:
    return statistics.median(one[name] for one in runs)


if __name__ == "__main__":
    cold_child() if sys.argv[1:] == ["--cold"] else main()
