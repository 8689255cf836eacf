# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two ways of using a page: with a finger or a mouse, or with the keyboard alone.

``Keyboard`` presses Tab until it reaches what it looks for. It fails where the focus cannot be
seen, and where Tab no longer leads on (a trap).
"""

import re

TABS_MAX = 150
IS_FOCUSED = "e => e === document.activeElement"
# The focus is seen by a line around the element, or around what holds it (a choice in its label).
FOCUS_IS_SEEN = """() => {
  const here = document.activeElement;
  if (here === document.body) return true;
  const around = [here, here.closest('label'), here.parentElement, here.querySelector('rect')];
  return around.filter(Boolean).some(one => {
    const style = getComputedStyle(one), after = getComputedStyle(one, '::after');
    return [style, after].some(s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2)
      || (one.tagName === 'rect' && parseFloat(style.strokeWidth) >= 3);
  });
}"""
GROUP = "e => [...document.getElementsByName(e.name)].includes(document.activeElement)"


class Mouse:
    """Presses, writes and chooses as with a finger."""

    def __init__(self, page):
        self.page = page
        self.main = page.get_by_role("main")

    def press(self, target):
        target.click()

    def write(self, target, text):
        target.fill(text)

    def write_day(self, target, day):
        target.fill(day.isoformat())

    def choose(self, target, label):
        target.select_option(label=label)

    def tick(self, target):
        target.check()

    def menu(self):
        """Return the menu of the cooperation: at the bottom of a phone, on the left of a screen."""
        on_a_phone = self.page.viewport_size["width"] < 1000
        name = "Raccourcis" if on_a_phone else "Pages de la coopération"
        return self.page.get_by_role("navigation", name=name)

    def button(self, name):
        """Press a button by its name, whatever it says of who will read."""
        name = re.compile(rf"^{re.escape(name)}(\s:|$)")
        self.press(self.main.get_by_role("button", name=name))

    def link(self, name):
        self.press(self.main.get_by_role("link", name=name, exact=True).first)

    def unfold(self, words):
        self.press(self.main.locator(".more > summary", has_text=words))

    def add(self, what):
        """Open « Ajouter » and choose."""
        self.press(self.menu().locator(".add-menu > summary"))
        self.press(self.menu().locator(".add-menu").get_by_role("link", name=what))

    def go(self, place):
        """Open a page of the cooperation from its menu."""
        pages = self.menu()
        if self.page.viewport_size["width"] < 1000:
            self.press(pages.get_by_text("Plus", exact=True))
            pages = pages.locator(".more-menu")
        self.press(pages.get_by_role("link", name=place, exact=True))


class Keyboard(Mouse):
    """Presses Tab, Enter, Space and letters, nothing else."""

    def reach(self, target, is_there=IS_FOCUSED):
        target.wait_for()
        for _ in range(TABS_MAX):
            if target.evaluate(is_there):
                return
            self.page.keyboard.press("Tab")
            assert self.page.evaluate(FOCUS_IS_SEEN), self.page.evaluate(
                "'the focus is not seen: ' + document.activeElement.outerHTML.slice(0, 200)"
            )
        raise AssertionError(f"not reached by Tab: {target}")

    def press(self, target):
        self.reach(target)
        self.page.keyboard.press("Enter")

    def write(self, target, text):
        self.reach(target)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def write_day(self, target, day):
        """Type a day; in which order its parts stand is the system's own."""
        assert day.day == day.month
        self.reach(target)
        self.page.keyboard.type(f"{day:%d%m%Y}")

    def choose(self, target, label):
        self.reach(target)
        self.page.keyboard.type(label)

    def tick(self, target):
        self.reach(target, GROUP)
        while not target.evaluate(IS_FOCUSED):
            self.page.keyboard.press("ArrowDown")
        if not target.is_checked():
            self.page.keyboard.press("Space")
