# SPDX-License-Identifier: AGPL-3.0-or-later
"""Hands that find things as a screen reader does: by role, by label, by words that are shown."""

import os
import re
from pathlib import Path

from playwright.sync_api import Download, Locator, expect

from tests.e2e.conftest import lead
from tests.e2e.hands import Mouse

PICTURES = os.environ.get("TERREAU_TEST_PICTURES", "")
"""A folder, outside the repository, where each stage of a walk leaves its picture."""


SQUEEZED = """() => [...document.querySelectorAll('main :is(p, li, dt, dd, td, button)')]
  .filter(one => one.innerText.trim().length > 6)
  .filter(one => one.offsetWidth < 40 && one.offsetHeight > 90)
  .map(one => one.innerText)"""


def label(words: str) -> re.Pattern[str]:
    """Match a whole label, whether or not its field may stay empty, with any kind of space."""
    said = r"\s".join(map(re.escape, words.split()))
    return re.compile(rf"^\s*{said}\s*(\(facultatif\))?\s*$")


class Hands(Mouse):
    """Somebody with a browser of their own, on a phone or at a screen.

    What leads to another page returns once that one is there.
    """

    def open(self, address: str) -> None:
        self.page.goto(address)

    def link(self, name: str) -> None:
        lead(self.page, lambda: super(Hands, self).link(name))

    def button(self, name: str) -> None:
        lead(self.page, lambda: super(Hands, self).button(name))

    def go(self, place: str) -> None:
        lead(self.page, lambda: super(Hands, self).go(place))

    def add(self, what: str) -> None:
        lead(self.page, lambda: super(Hands, self).add(what))

    def field(self, words: str, within: Locator | None = None) -> Locator:
        """Return the field that bears these words: a part of the page may bear them too."""
        found = (within or self.main).get_by_label(label(words))
        return found.and_(self.page.locator("input, select, textarea"))

    def fill(self, answers: dict[str, str]) -> None:
        """Write or choose each answer in the field that bears its words."""
        for words, answer in answers.items():
            field = self.field(words)
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(label=answer)
            else:
                field.fill(answer)

    def group(self, words: str) -> Locator:
        """Return the choices that stand under a question."""
        return self.main.get_by_role("group", name=label(words))

    def pick(self, question: str, *answers: str) -> None:
        """Tick answers under a question."""
        for answer in answers:
            self.group(question).get_by_label(label(answer)).check()

    def sees(self, *texts: str) -> None:
        """Read each of these words on the page."""
        for text in texts:
            expect(self.main).to_contain_text(text)

    def does_not_see(self, *texts: str) -> None:
        for text in texts:
            expect(self.main).not_to_contain_text(text)

    def is_at(self, title: str) -> None:
        """Be on the page with this title."""
        expect(self.main.get_by_role("heading", level=1)).to_have_text(title)

    def part(self, title: str) -> Locator:
        """Return the part of the page under a title."""
        return self.main.get_by_role("region", name=title)

    def item(self, *words: str) -> Locator:
        """Return the line of a list that says all these words."""
        found = self.main.get_by_role("listitem")
        for text in words:
            found = found.filter(has_text=text)
        return found.last

    def take(self, target: Locator) -> Path:
        """Press what gives a file, and return where it landed."""
        with self.page.expect_download() as coming:
            self.press(target)
        taken: Download = coming.value
        assert taken.failure() is None
        folder = Path(taken.path())
        return folder.rename(folder.with_name(f"{folder.name}-{taken.suggested_filename}"))

    def look(self, stage: str) -> None:
        """Look at the page as it stands: nothing leaves the screen, nor stands a letter a line."""
        width = self.page.viewport_size["width"]
        if PICTURES:
            Path(PICTURES).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{PICTURES}/{stage}-{width}.png", full_page=True)
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{stage}: {wide} px wide on {width}"
        assert self.page.evaluate(SQUEEZED) == [], stage
