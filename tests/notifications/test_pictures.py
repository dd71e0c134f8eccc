"""The pages look as they looked when somebody last approved of them: compared with kept pictures.

After a change that is meant: `KEEP_PICTURES=1 pytest tests/notifications/test_pictures.py`, look at the pictures in
tests/notifications/pictures/, and commit them.
"""

import os
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageStat

from breachreg.notifications import document, papers
from breachreg.notifications.held import Held
from tests.notifications.papers import HOSTILE, NOON, frozen, paper

pytestmark = pytest.mark.own_pages
KEPT = Path(__file__).parent / "pictures"
SCALE = 0.8  # 58 dots an inch: enough to see a line move
MOST_DIFFERENCE = 0.6  # of 255, on average over a page: another rasteriser's edges, not a moved line


def filed():
    answers = {code: entry["value"] for code, entry in frozen()["answers"].items()}
    held = Held(answers=answers, number=1, version=1, filed_at=NOON, receipt="CNIL-2026-0041")
    changed = frozen(held=held, measures_before="Disque non chiffré, confirmé par le service informatique.")
    trail = {
        "submitted_at": "2026-03-10T13:00:00Z", "submitted_by": "Awa Diallo", "approved_at": "2026-03-10T15:00:00Z",
        "approved_by": "Bruno Lefèvre", "filed_at": "2026-03-10T16:00:00Z", "receipt": "CNIL-2026-0042",
        "recorded_at": "2026-03-10T16:05:00Z", "recorded_by": "Awa Diallo",
    }
    return papers.notification(changed, kind="filed", language="fr", at=NOON, trail=trail)


PAPERS = {
    "draft": lambda: paper("draft"),
    "filed": filed,
    "reading-version": lambda: paper("approved", language="en"),
    "hostile": lambda: paper("draft", date_comments=HOSTILE["date_comments"], description=HOSTILE["description"]),
}


def pictures(drawn):
    with pypdfium2.PdfDocument(drawn.content) as pdf:
        return [page.render(scale=SCALE).to_pil().convert("L") for page in pdf]


@pytest.mark.parametrize("name", PAPERS)
def test_the_pages_look_as_they_did(name):
    pages = pictures(document.draw(PAPERS[name]()))
    files = [KEPT / f"{name}-{number}.png" for number in range(1, len(pages) + 1)]
    if os.environ.get("KEEP_PICTURES"):
        keep(name, pages, files)
    assert sorted(KEPT.glob(f"{name}-*.png")) == sorted(files), "another number of pages than was kept"
    for page, file in zip(pages, files, strict=True):
        with Image.open(file) as kept:
            assert kept.size == page.size
            difference = ImageStat.Stat(ImageChops.difference(page, kept.convert("L"))).mean[0]
        assert difference < MOST_DIFFERENCE, f"{file.name} differs by {difference:.2f}"


def keep(name, pages, files):
    KEPT.mkdir(exist_ok=True)
    for old in KEPT.glob(f"{name}-*.png"):
        old.unlink()
    for page, file in zip(pages, files, strict=True):
        page.quantize(16).save(file, optimize=True)


def test_a_moved_line_would_be_seen():
    """The threshold is worth something: the same page shifted by one line lies far above it."""
    page = pictures(document.draw(paper("draft")))[0]
    shifted = ImageChops.offset(page, 0, 8)
    assert ImageStat.Stat(ImageChops.difference(page, shifted)).mean[0] > 4 * MOST_DIFFERENCE
