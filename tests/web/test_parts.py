"""The living page of parts shows each part in each state, and only to those who build the product."""

from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

TEMPLATES = Path(__file__).parents[2] / "templates"
FRAME = {
    "footer.html", "header.html", "language_switch.html", "messages.html", "samples.html", "script_words.html",
    "theme_switch.html", "filters.html",
}  # fmt: skip


def test_it_is_shown_in_development_only(client, settings):
    assert client.get(reverse("parts")).status_code == 404
    settings.DEBUG = True
    assert client.get(reverse("parts")).status_code == 200


def test_every_part_stands_on_it():
    page = (TEMPLATES / "parts" / "samples.html").read_text()
    parts = {file.name for file in (TEMPLATES / "parts").glob("*.html")} - FRAME
    assert {part for part in parts if f"parts/{part}" not in page and part not in {"unknown.html", "error_summary.html"}} == set()


def test_every_part_says_what_it_takes():
    silent = [file.name for file in (TEMPLATES / "parts").glob("*.html") if "{% comment %}" not in file.read_text()]
    assert silent == []


@pytest.mark.parametrize(
    ("low", "likely", "high", "words"),
    [
        (None, None, None, "Not known yet"),
        (None, 0, None, "0"),
        (80, 150, 400, "about 150 between 80 and 400"),
        (80, None, None, "at least 80"),
        (None, None, 1500, "at most 1,500"),
    ],
)
def test_an_amount_says_what_is_known_of_it(low, likely, high, words):
    with translation.override("en"):
        page = render_to_string("parts/amount.html", {"low": low, "likely": likely, "high": high})
    said = " ".join(part for part in page.replace("<", " <").replace(">", "> ").split() if not part.startswith(("<", "class=")))
    assert said == words
