"""Setting pages takes half a second; where a test is not about the pages, each kind and language is set once a run."""

import pytest

from breachreg.notifications import document

_drawn: dict[tuple[str, str], document.Document] = {}


@pytest.fixture(autouse=True)
def _pages_are_drawn_once(request, monkeypatch):
    if request.node.get_closest_marker("own_pages"):
        return
    draw = document.draw_together

    def draw_once(papers):
        key = papers[0].kind, papers[0].language
        if key not in _drawn:
            _drawn[key] = draw(papers)
        return _drawn[key]

    monkeypatch.setattr(document, "draw_together", draw_once)
