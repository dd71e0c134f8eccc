"""Every text colour of the tokens can be read on every ground it is used on, in both themes (WCAG 2.2, 1.4.3)."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "static" / "css" / "tokens.css"
PAIRS = [
    ("ink", "paper"), ("ink", "stone"), ("ink-soft", "paper"), ("ink-soft", "stone"), ("accent", "paper"),
    ("accent", "stone"), ("accent-strong", "paper"), ("ink", "accent-ground"), ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    *[(name, ground) for name in ("due", "late", "done", "unknown") for ground in ("paper", f"{name}-ground")],
    *[("ink", f"{name}-ground") for name in ("due", "late", "done", "unknown")],
]  # fmt: skip
LINES = [("rule-control", "paper"), ("rule-control", "stone")]


def colours() -> dict[str, tuple[str, str]]:
    found = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", TOKENS.read_text())
    return {name: (light, dark) for name, light, dark in found}


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_a_text_can_be_read_on_its_ground(text, ground, theme):
    assert contrast(colours()[text][theme], colours()[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("line", "ground"), LINES)
def test_the_edge_of_a_control_can_be_seen(line, ground, theme):
    assert contrast(colours()[line][theme], colours()[ground][theme]) >= 3
