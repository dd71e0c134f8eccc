"""Awa at her desk, two hours after the story began."""

from datetime import timedelta

import pytest


@pytest.fixture
def two_o_clock(time_machine, noon):
    """Two hours after the story began."""
    now = noon + timedelta(hours=2)
    time_machine.move_to(now, tick=False)
    return now


@pytest.fixture
def page(client, awa, two_o_clock):
    client.force_login(awa)
    return client
