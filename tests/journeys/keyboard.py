"""A person who has no mouse: everything by Tab, the arrows, Space, Enter and typing."""

from datetime import datetime

from django.utils.translation import gettext, override
from playwright.sync_api import Locator, Page

MOST_TABS = 250
IS_FOCUSED = "element => element === document.activeElement"


class Unreachable(AssertionError):
    """No number of presses of Tab leads there."""


class Keyboard:
    """The hands of a person on a page, in a language: names are given as they stand in the code."""

    def __init__(self, page: Page, language: str):
        self.page, self.language = page, language
        # The page learns now that a choice of files is answered here: told beside the press of a key, it may hear of it too late.
        page.on("filechooser", lambda _chooser: None)

    def word(self, text: str) -> str:
        """A text of the interface as this person reads it."""
        with override(self.language):
            return gettext(text)

    def to(self, target: Locator) -> None:
        """Press Tab until this element has the focus; a fresh page begins with “Skip to the content”."""
        element = target.element_handle()
        if self.page.evaluate("document.activeElement === document.body"):
            self.page.keyboard.press("Tab")
            self.page.keyboard.press("Enter")
        for _press in range(MOST_TABS):
            if element.evaluate(IS_FOCUSED):
                return
            self.page.keyboard.press("Tab")
        raise Unreachable(f"{target} on {self.page.url}")

    def press(self, text: str) -> None:
        """Go to the button or the link of this name in the content, and press Enter."""
        self.to(self._named(text))
        self.page.keyboard.press("Enter")

    def send(self, button: str | None = None) -> None:
        """Press the button of this name, or the one primary button of the form, and wait for what answers."""
        self._arrive(self._named(button) if button else self.page.locator("main form button.btn-primary").first)

    def follow(self, selector: str) -> None:
        """Go to a link and follow it."""
        self._arrive(self.page.locator(selector).first)

    def answer(self, **answers: str | list[str]) -> None:
        """Answer the questions of a form by the names of their fields, in the order in which they stand."""
        for name, value in answers.items():
            field = self.page.locator(f'main [name="{name}"]').first
            kind = field.get_attribute("type")
            if kind == "radio":
                self._choose(name, str(value))
            elif kind == "checkbox":
                self._tick(name, value)
            else:
                self.to(field)
                self.page.keyboard.insert_text(str(value))

    def answer_instant(self, name: str, moment: datetime) -> None:
        """Type a day and a time into the fields of the browser, section by section, as this Chromium orders them."""
        for part, digits in (("day", f"{moment:%m%d%Y}"), ("time", f"{moment:%I%M%p}")):
            self.to(self.page.locator(f"[name={name}_{part}]"))
            self.page.keyboard.type(digits)

    def attach(self, selector: str, file) -> None:
        """Open the choice of a file with Space, and choose."""
        self.to(self.page.locator(selector))
        with self.page.expect_file_chooser() as waiting:
            self.page.keyboard.press("Space")
        waiting.value.set_files(file)

    def confirm(self) -> None:
        """Say yes to the question that opened: its “no” has the focus, its “yes” comes before."""
        self.follow("dialog[open] button[value=yes]")

    def _named(self, text: str) -> Locator:
        main, name = self.page.locator("main"), self.word(text)
        buttons, links = (main.get_by_role(role, name=name, exact=True) for role in ("button", "link"))
        return buttons.or_(links).first

    def _arrive(self, target: Locator) -> None:
        self.to(target)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def _choose(self, name: str, value: str) -> None:
        """Go to the group, then along it with the arrow."""
        group = self.page.locator(f'main [name="{name}"]')
        checked = group.locator("xpath=self::*[@checked]")
        self.to((checked if checked.count() else group).first)
        wanted = self.page.locator(f'main [name="{name}"][value="{value}"]')
        self.page.keyboard.press("Space")
        for _press in range(group.count()):
            if wanted.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise Unreachable(f"{name}: {value} on {self.page.url}")

    def _tick(self, name: str, values) -> None:
        for value in [values] if isinstance(values, str) else values:
            box = self.page.locator(f'main [name="{name}"][value="{value}"]')
            self.to(box)
            if not box.is_checked():
                self.page.keyboard.press("Space")
