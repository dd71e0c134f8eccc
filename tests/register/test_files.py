"""A file that comes in as evidence is what its name says, small enough, and kept unchanged."""

import hashlib
import io

import pytest
from django.core.files.storage import storages

from breachreg.register.files import FileRefused, check_type, drop_file, has_changed, keep_file

PDF = b"%PDF-1.7\n" + b"x" * 100
MOST = 1024 * 1024


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }
    return tmp_path


def test_a_kept_file_has_its_size_hash_and_type():
    kept = keep_file(io.BytesIO(PDF), "rapport.pdf", most=MOST)
    assert (kept.size, kept.sha256, kept.content_type) == (len(PDF), hashlib.sha256(PDF).hexdigest(), "application/pdf")
    with storages["default"].open(kept.location) as stored:
        assert stored.read() == PDF


def test_the_place_of_a_kept_file_says_nothing_of_its_name():
    assert "rapport" not in keep_file(io.BytesIO(PDF), "rapport.pdf", most=MOST).location


def test_a_program_named_as_a_pdf_is_refused_with_the_remedy(folder):
    with pytest.raises(FileRefused, match="ZIP"):
        keep_file(io.BytesIO(b"MZ\x90\x00" + b"\x00" * 200), "facture.pdf", most=MOST)
    assert not list(folder.rglob("*"))


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("a.exe", b"MZ"), ("a.txt", b"#!/bin/sh"), ("a.ps1", b"Write-Host"), ("a.docx", b"%PDF-1.4"),
        ("a.png", b"\xff\xd8\xff"), ("a.csv", b"a;b\x00\x00\x01"), ("a.inconnu", b"abc"), ("sans-nom", b"abc"),
        ("a.zip", b"\x7fELF"), ("a.mp4", b"abcdefghijkl"), ("a.lnk", b"L\x00\x00\x00\x01\x14\x02\x00"),
    ],
)  # fmt: skip
def test_what_is_not_what_its_name_says_is_refused(name, head):
    with pytest.raises(FileRefused, match=name.replace(".", r"\.")):
        check_type(name, head)


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("A.PDF", PDF), ("a.eml", b"From: a@example.org"), ("a.docx", b"PK\x03\x04abc"), ("a.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a.txt", "é".encode("utf-16")), ("a.mp4", b"\x00\x00\x00\x20ftypisom"), ("a.html", b"<html>"),
    ],
)  # fmt: skip
def test_what_is_what_its_name_says_is_taken(name, head):
    assert check_type(name, head)


def test_a_file_over_the_limit_is_refused_with_the_limit():
    with pytest.raises(FileRefused, match="1 "):
        keep_file(io.BytesIO(b"%PDF-" + b"0" * MOST), "gros.pdf", most=MOST)


def test_an_empty_file_is_refused():
    with pytest.raises(FileRefused):
        keep_file(io.BytesIO(b""), "vide.txt", most=MOST)


def test_a_changed_byte_is_seen():
    kept = keep_file(io.BytesIO(PDF), "rapport.pdf", most=MOST)
    assert not has_changed(kept.location, kept.sha256)
    storages["default"].delete(kept.location)
    storages["default"].save(kept.location, io.BytesIO(PDF + b"y"))
    assert has_changed(kept.location, kept.sha256)
    drop_file(kept.location)
    with pytest.raises(FileNotFoundError):
        has_changed(kept.location, kept.sha256)
