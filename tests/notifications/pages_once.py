"""Setting pages takes half a second; where a test is not about the pages, each kind and language is set once a run."""

import pytest

from breachreg.notifications import document

_drawn: dict[tuple[str, str], document.Document] = {}


@pytest.fixture(autouse=True)
def _pages_are_drawn_once(request, monkeypatch):
    if request.node.get_closest_marker("own_pages"):
        return
    draw = document.draw

    def draw_once(paper):
        key = paper.kind, paper.language
        if key not in _drawn:
            _drawn[key] = draw(paper)
        return _drawn[key]

    monkeypatch.setattr(document, "draw", draw_once)
