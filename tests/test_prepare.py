"""`manage.py prepare` does only what is needed."""

import pytest
from django.core.management import call_command

from breachreg.management.commands import prepare


@pytest.fixture
def site(settings, tmp_path):
    """A small site with one static file."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "page.css").write_text("p { margin: 0 }")
    settings.STATICFILES_DIRS, settings.STATIC_ROOT = [source], tmp_path / "collected"
    return settings


def test_static_files_are_collected_once_and_again_when_they_change(site, capsys):
    call_command("prepare", "--no-database")
    assert (site.STATIC_ROOT / "page.css").exists()
    assert "collecting" in capsys.readouterr().out
    call_command("prepare", "--no-database")
    assert capsys.readouterr().out == ""
    (site.STATICFILES_DIRS[0] / "page.css").write_text("p { margin: 1em }")
    call_command("prepare", "--no-database")
    assert "margin: 1em" in (site.STATIC_ROOT / "page.css").read_text()


@pytest.fixture
def called(monkeypatch):
    """The commands that prepare calls, which are not carried out."""
    names = []
    monkeypatch.setattr(prepare, "call_command", lambda name, **options: names.append(name))
    monkeypatch.setattr(prepare.Command, "_collect_static", lambda self: None)
    return names


def test_an_empty_register_is_filled_with_the_demo(db, called):
    call_command("prepare")
    assert called == ["migrate", "demo"]


def test_a_register_in_use_is_left_alone(db, called, awa):
    call_command("prepare")
    assert called == ["migrate"]


def test_the_demo_can_be_left_out(db, called):
    call_command("prepare", "--no-demo")
    assert called == ["migrate"]
