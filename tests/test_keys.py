"""Keys stand outside the database, are made once, and their absence names the remedy."""

import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from breachreg import keys


@pytest.fixture(autouse=True)
def no_keys_in_the_environment(monkeypatch):
    for name in keys.NAMES:
        monkeypatch.delenv(name)


def test_each_key_is_made_random_and_private(tmp_path):
    made = keys.make(tmp_path / "keys")
    assert {file.name for file in made} == set(keys.NAMES.values())
    assert {stat.S_IMODE(file.stat().st_mode) for file in made} == {0o600}
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    values = {keys.read(name, tmp_path / "keys") for name in keys.NAMES}
    assert len(values) == len(keys.NAMES) and all(len(value) >= 64 for value in values)


def test_a_key_that_is_there_is_never_touched(tmp_path):
    keys.make(tmp_path)
    (tmp_path / "audit.key").unlink()
    kept = keys.read("SECRET_KEY", tmp_path)
    assert [file.name for file in keys.make(tmp_path)] == ["audit.key"]
    assert keys.read("SECRET_KEY", tmp_path) == kept


def test_the_environment_comes_before_the_file(tmp_path, monkeypatch):
    keys.make(tmp_path)
    monkeypatch.setenv("AUDIT_KEY", "from the environment")
    assert keys.read("AUDIT_KEY", tmp_path) == "from the environment"


def test_a_missing_key_names_the_command_the_file_and_the_variable(tmp_path):
    with pytest.raises(ImproperlyConfigured) as refused:
        keys.read("AUDIT_KEY", tmp_path)
    for word in ("AUDIT_KEY", "manage.py keys", str(tmp_path / "audit.key")):
        assert word in str(refused.value)


def test_the_command_that_makes_them_may_start_without_them(tmp_path):
    assert keys.read("SECRET_KEY", tmp_path, missing_is_fine=True) == ""
