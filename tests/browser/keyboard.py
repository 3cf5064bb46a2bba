"""Hands that work a page: by keys alone, with a mouse, or by touch."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

MOST_STOPS = 250

FOCUS = """target => {
  const here = document.activeElement;
  if (here === target) return "there";
  const group = target.type === "radio" && here.type === "radio" && here.name === target.name;
  return group ? "group" : here === document.body ? "nowhere" : "elsewhere";
}"""

COVERED = """target => {
  const box = target.getBoundingClientRect();
  const spot = [box.left + Math.min(box.width, 20) / 2, box.top + Math.min(box.height, 20) / 2];
  const top = document.elementFromPoint(...spot);
  if (!top) return "outside the window";
  const mine = target.contains(top) || top.contains(target) || target.labels?.[0]?.contains(top);
  return mine ? "" : `covered by ${top.outerHTML.slice(0, 120)}`;
}"""


class Mouse:
    """Points and clicks; types only words."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def use(self, target: Locator) -> None:
        """Follow a link, press a button, open what is closed."""
        target.click()

    def tick(self, target: Locator) -> None:
        """Tick a box or choose one of several."""
        target.check()

    def write(self, target: Locator, words: str) -> None:
        """Replace what stands in a field."""
        target.click()
        target.fill(words)

    def write_day(self, target: Locator, day: str) -> None:
        """Give a day, written 2026-11-24."""
        target.fill(day)

    def choose(self, target: Locator, label: str) -> None:
        """Choose in a list by its words."""
        target.select_option(label=label)

    def search(self, target: Locator, words: str) -> None:
        """Choose in a long list by typing a part of the words."""
        self.write(target, words)
        self.page.get_by_role("option", name=words).first.click()

    def choose_file(self, target: Locator, file: str) -> None:
        """Choose a file in the dialogue of the browser."""
        with self.page.expect_file_chooser() as chooser:
            target.click()
        chooser.value.set_files(file)


class Keyboard(Mouse):
    """Presses keys, counts them, and sees that what has the focus can be seen."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.presses = 0

    def press(self, key: str) -> None:
        self.presses += 1
        self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        self.presses += len(words)
        self.page.keyboard.type(words)

    def go(self, target: Locator) -> None:
        """Move the focus there with the Tab key."""
        element = target.element_handle()
        for _ in range(MOST_STOPS):
            where = element.evaluate(FOCUS)
            if where == "there":
                break
            self.press("ArrowDown" if where == "group" else "Tab")
        else:
            raise AssertionError(f"{target} can't be reached with the Tab key")
        covered = element.evaluate(COVERED)
        assert not covered, f"{target} has the focus and is {covered}"

    def use(self, target: Locator) -> None:
        self.go(target)
        self.press("Enter")

    def tick(self, target: Locator) -> None:
        self.go(target)
        if not target.is_checked():
            self.press("Space")

    def write(self, target: Locator, words: str) -> None:
        self.go(target)
        if target.input_value():
            self.press("Control+a")
        self.type(words)

    def write_day(self, target: Locator, day: str) -> None:
        self.go(target)
        year, month, number = day.split("-")
        self.type(f"{month}{number}{year}")

    def choose(self, target: Locator, label: str) -> None:
        self.go(target)
        self.type(label)

    def search(self, target: Locator, words: str) -> None:
        self.write(target, words)
        self.page.get_by_role("option", name=words).first.wait_for()
        self.press("ArrowDown")
        self.press("Enter")

    def choose_file(self, target: Locator, file: str) -> None:
        self.go(target)
        with self.page.expect_file_chooser() as chooser:
            self.press("Space")
        chooser.value.set_files(file)


class Touch(Mouse):
    """Taps on a screen that has no pointer; what another thing covers can't be tapped."""

    def use(self, target: Locator) -> None:
        target.tap()

    def tick(self, target: Locator) -> None:
        if not target.is_checked():
            target.tap()

    def write(self, target: Locator, words: str) -> None:
        target.tap()
        target.fill(words)

    def search(self, target: Locator, words: str) -> None:
        self.write(target, words)
        self.page.get_by_role("option", name=words).first.tap()

    def choose_file(self, target: Locator, file: str) -> None:
        with self.page.expect_file_chooser() as chooser:
            target.tap()
        chooser.value.set_files(file)


HANDS = {"keyboard": Keyboard, "mouse": Mouse}
