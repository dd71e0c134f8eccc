"""Write the pictures of docs/screenshots/: the demo register, drawn by a real Chromium. `make screenshots` runs it.

    python scripts/screenshots.py [--all] [FOLDER]

Without --all only the pictures that the README and the handbook show; with it every page at both widths, in both
languages and themes, for whoever changes the design and wants to look at everything.
"""

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
WIDTHS = {"desktop": (1280, 900), "phone": (390, 844)}
COLOURS = 192  # a picture of a page needs no more, and weighs a third
PATIENCE = 60  # seconds until the server must answer


class Shot(NamedTuple):
    """A picture: its name, the page below /o/hopital/, who looks, and how."""

    name: str
    page: str
    who: str = "awa.diallo"
    whole: bool = False


PAGES = [
    Shot("desk", "desk/"),
    Shot("incident", "incidents/{review}/"),
    Shot("incidents", "incidents/"),
    Shot("report", "report/", "rose.petit", whole=True),
    Shot("notification", "incidents/{review}/notification/"),
    Shot("assessment", "incidents/{review}/assessment/"),
    Shot("letters", "incidents/{letters}/letters/"),
    Shot("calendar", "desk/calendar/"),
    Shot("figures", "desk/figures/", whole=True),
    Shot("search", "search/?q=portail", "chloe.martin"),
    Shot("trail", "trail/", "chloe.martin"),
    Shot("situation", "incidents/{review}/situation/"),
]
# What the README and the handbook show: name, width, language, theme.
SHOWN = {
    ("desk", "desktop", "fr", "light"), ("desk", "phone", "fr", "dark"), ("incident", "desktop", "fr", "light"),
    ("incident", "phone", "fr", "light"), ("report", "phone", "fr", "light"), ("incidents", "desktop", "en", "light"),
    ("notification", "desktop", "fr", "light"), ("assessment", "desktop", "en", "dark"), ("figures", "desktop", "fr", "light"),
    ("trail", "desktop", "fr", "light"),
}  # fmt: skip


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--all", action="store_true", help="every page in every way")
    arguments.add_argument("folder", nargs="?", type=Path, default=ROOT / "docs" / "screenshots")
    chosen = arguments.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="breachreg-screenshots-") as data, served(Path(data)) as (address, password):
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            for file in draw(browser, address, password, chosen.folder, everything=chosen.all):
                print(file.relative_to(ROOT) if file.is_relative_to(ROOT) else file)
            browser.close()


@contextmanager
def served(data: Path) -> Iterator[tuple[str, str]]:
    """The demo on a free port, in a folder that is thrown away; gives its address and the demo's password."""
    environment = {**os.environ, "DATA_DIR": str(data), "DEBUG": "1", "LOG_LEVEL": "ERROR"}
    for command in (["keys"], ["migrate", "-v0"], ["messages", "--compile"]):
        manage(environment, *command)
    password = re.search(r"password (\S+)", manage(environment, "demo"))[1]
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "manage.py", "runserver", f"127.0.0.1:{port}", "--noreload"], cwd=ROOT, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/health/")
        yield f"http://127.0.0.1:{port}", password
    finally:
        server.terminate()
        server.wait()


def draw(browser: Browser, address: str, password: str, folder: Path, *, everything: bool) -> Iterator[Path]:
    """Draw each picture that is wanted."""
    wanted = [
        (shot, width, language, theme)
        for shot in PAGES for width in WIDTHS for language in ("fr", "en") for theme in ("light", "dark")
        if everything or (shot.name, width, language, theme) in SHOWN
    ]  # fmt: skip
    references = find_references(browser, address, password)
    for shot, width, language, theme in wanted:
        page = open_page(browser, address, width, language, theme)
        sign_in(page, shot.who, password)
        page.goto("/o/hopital/" + shot.page.format(**references))
        page.evaluate("document.fonts.ready")
        file = folder / f"{shot.name}-{language}-{width}{'-dark' if theme == 'dark' else ''}.png"
        page.screenshot(path=file, full_page=shot.whole)
        page.context.close()
        Image.open(file).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
        yield file


def find_references(browser: Browser, address: str, password: str) -> dict[str, str]:
    """The incidents of the demo that the pictures show, found by their titles in the list."""
    page = open_page(browser, address, "desktop", "fr", "light")
    sign_in(page, "awa.diallo", password)
    page.goto("/o/hopital/incidents/")
    found = {
        name: page.locator("tr", has_text=words).first.locator(".reference").first.inner_text()
        for name, words in {"review": "mauvais destinataire", "letters": "compromise"}.items()
    }
    page.context.close()
    return found


def open_page(browser: Browser, address: str, width: str, language: str, theme: str) -> Page:
    wide, high = WIDTHS[width]
    context = browser.new_context(
        base_url=address, viewport={"width": wide, "height": high}, locale="fr-FR", timezone_id="Europe/Paris",
        device_scale_factor=1 if width == "desktop" else 2,
    )
    context.add_cookies([
        {"name": "django_language", "value": language, "url": address}, {"name": "theme", "value": theme, "url": address},
    ])  # fmt: skip
    return context.new_page()


def sign_in(page: Page, who: str, password: str) -> None:
    page.goto("/account/login/")
    page.locator("[name=login]").fill(f"{who}@example.org")
    page.locator("[name=password]").fill(password)
    page.locator("main button[type=submit], main .btn-primary").first.click()
    page.wait_for_url("**/o/**")


def manage(environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def wait_for(address: str) -> None:
    for _attempt in range(PATIENCE * 2):
        try:
            with urllib.request.urlopen(address):
                return
        except urllib.error.URLError:
            time.sleep(0.5)
    raise SystemExit(f"screenshots: the server did not answer at {address} within {PATIENCE} s")


if __name__ == "__main__":
    main()
