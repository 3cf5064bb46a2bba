"""What a page must never do, listened for while it is used."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

TELL_OF_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));"""

STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN_AXE = """async ([tags, colours]) => {
  const { violations } = await axe.run({
    runOnly: tags, resultTypes: ["violations"], rules: { "color-contrast": { enabled: colours } },
  });
  return violations.map(({ id, nodes }) =>
    `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(" | ")}`);
}"""

WIDER_THAN_THE_WINDOW = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > width + 1)
    .slice(0, 3).map((one) => one.outerHTML.slice(0, 160));
}"""


class Watch:
    """Collects errors of the console and breaches of the content security policy."""

    def __init__(self, context: BrowserContext) -> None:
        self.problems: list[str] = []
        context.add_init_script(TELL_OF_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(str(error.error)))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"} or not message.page:
            return
        answer_of_the_page = message.location["url"] == message.page.url
        if message.text.startswith("Failed to load resource") and answer_of_the_page:
            return  # a page that answers 404 or 422 is no fault of the page
        if message.text.startswith(("htmx:afterRequest", "htmx:sendAbort")):
            return  # a question overtaken by the next one, or by leaving the page
        self.problems.append(f"{message.page.url}: {message.text}")

    def take(self) -> list[str]:
        """What was collected, and begin anew."""
        taken, self.problems[:] = list(self.problems), []
        return taken


def accessibility_problems(page: Page, *, colours: bool = True) -> list[str]:
    """What axe finds by the rules of WCAG 2.2 AA; that of colours is the slow one."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(RUN_AXE, [STANDARD, colours])
    return found


def wider_than_the_window(page: Page) -> list[str]:
    """The parts because of which one has to scroll sideways."""
    found: list[str] = page.evaluate(WIDER_THAN_THE_WINDOW)
    return found
