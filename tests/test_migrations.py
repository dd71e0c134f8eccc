"""The migrations say what the models say."""

from django.core.management import call_command


def test_no_change_of_a_model_lacks_its_migration(db, capsys):
    # Exits with 1, and says which change, when one does: scripts/remigrate is the remedy while nothing is released.
    call_command("makemigrations", "breachreg", "--check", "--dry-run")
    assert "No changes detected" in capsys.readouterr().out
