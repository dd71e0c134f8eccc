"""What the tests of exports share with those of the trail."""

from tests.audit.conftest import broken_trail, trail_without_triggers  # noqa: F401
