"""Two people ask for a PDF at the same moment: the documents are drawn one after the other, for Pango bears no two threads."""

import threading

import pytest

from breachreg.exports import paper
from breachreg.letters import layout
from breachreg.web import drawing

PAGE = "<html lang=fr><title>Essai</title><p>Registre"


@pytest.mark.parametrize(
    "draw", [lambda: paper.drawn(PAGE)[0], lambda: layout.lay_out_sheet(PAGE)], ids=["the register", "a letter"]
)
def test_a_document_waits_until_the_one_before_is_drawn(draw):
    drawn = []
    drawing.alone.acquire()
    try:
        thread = threading.Thread(target=lambda: drawn.append(draw()))
        thread.start()
        thread.join(0.1)
        assert thread.is_alive() and drawn == []
    finally:
        drawing.alone.release()
        thread.join()
    assert drawn[0].startswith(b"%PDF-")
