"""Addresses that belong to no organisation."""

from tests.access import PUBLIC

LINES = {"health": PUBLIC, "parts": PUBLIC}
