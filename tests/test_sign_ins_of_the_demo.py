"""The demo's sign-ins are made for one installation and shown when it is served."""

import stat

import pytest

from breachreg.management.demo import sign_ins
from breachreg.management.demo.sign_ins import SignIn


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


def test_an_installation_without_the_demo_shows_nothing():
    assert sign_ins.shown() == ""


def test_what_was_saved_is_shown_and_private(folder):
    sign_ins.save([SignIn("awa@example.org", "DPO"), SignIn("dan.novak@example.org", "DPO, elsewhere")], "abcd-efgh")
    assert sign_ins.shown().splitlines() == [
        "  Demo sign-ins, all with the password abcd-efgh",
        "  awa@example.org        DPO",
        "  dan.novak@example.org  DPO, elsewhere",
    ]
    assert stat.S_IMODE((folder / "demo-sign-ins.txt").stat().st_mode) == 0o600


def test_each_installation_has_a_password_of_its_own_that_can_be_typed():
    first, second = sign_ins.new_password(), sign_ins.new_password()
    assert first != second
    assert set(first) <= set(sign_ins.LETTERS) | {"-"}
