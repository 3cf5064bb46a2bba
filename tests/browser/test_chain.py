"""The whole chain: a State asks, officers work, the State sees, the manager's figure changes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Person
from tests.browser.keyboard import Keyboard, Mouse

THEME = re.compile("^Prisons")
PARAGRAPH = "26"
MOST_PRESSES = 300
"""Under a minute for somebody who types five keys a second."""
MOST_PAGES = 2

FigureOf = tuple[int, int]


def test_from_asking_to_the_figure(
    hands: type[Mouse], person: Callable[..., Person], tmp_path: Path
) -> None:
    words = f"Officers of the new wing learn to assess risks ({hands.__name__.lower()})"
    manager = person("manager")
    served, demands = figure_of_the_paragraph(manager)

    state = person("focal-ke")
    address = ask(hands(state.open("/")), words)
    reference = state.page.locator(".ref").first.inner_text()

    officer = person("officer")
    take_up(hands(officer.open("/requests/")), words)
    answer(hands(state.open(address)))
    accept_and_tie(hands(officer.open(address)), words)
    assert figure_of_the_paragraph(manager) == (served, demands + 1)

    log(hands(officer.open("/activities/new/")), reference, words, tmp_path)
    approve(hands(person("officer2").open("/approvals/")), words)
    assert figure_of_the_paragraph(manager) == (served + 1, demands + 1)

    confirm(hands(state.open(address)), words)


def figure_of_the_paragraph(manager: Person) -> FigureOf:
    """The demands served and all demands, as resolution at a glance says."""
    page = manager.open("/resolutions/")
    page.get_by_role("link", name="A/RES/74/175").first.click()
    row = page.locator(f"#paragraph-{PARAGRAPH} .served")
    found = re.match(r"(\d+) of (\d+) served", row.inner_text())
    assert found
    return int(found[1]), int(found[2])


def ask(hand: Mouse, words: str) -> str:
    """Ask for two things; the address of the request."""
    page = hand.page
    go_on = page.get_by_role("button", name="Save and continue")
    hand.use(page.get_by_role("link", name="Ask for assistance"))
    hand.write(page.get_by_label("Title", exact=True), f"Prison staff: {words}")
    hand.use(go_on)
    one = page.locator("#item-1")
    hand.write(one.get_by_label("Say it in your own words"), words)
    hand.tick(one.get_by_label(THEME).first)
    hand.tick(one.get_by_label("Training", exact=True))
    hand.use(page.get_by_role("button", name="Add another thing you need"))
    two = page.locator("#item-2")
    hand.write(two.get_by_label("Say it in your own words"), "A questionnaire in two languages")
    hand.tick(two.get_by_label(re.compile("Something else, or not sure")))
    hand.use(page.get_by_role("button", name="Check and send"))

    summary = page.get_by_role("alert").filter(has_text="missing")
    expect(summary).to_be_focused()
    expect(page.get_by_text("A questionnaire in two languages")).to_be_visible()
    hand.use(summary.get_by_role("link").first)
    expect(page.get_by_label("Who will the help be for?")).to_be_focused()
    hand.write(page.get_by_label("Who will the help be for?"), "Forty officers")
    hand.write(page.get_by_label("Why is it needed?"), "The wing opens in spring.")
    hand.use(go_on)
    expect(page.get_by_role("heading", level=1)).to_contain_text("files")
    hand.use(go_on)
    expect(page.get_by_role("heading", name="Check your answers")).to_be_visible()
    expect(page.get_by_text(words).first).to_be_visible()
    hand.use(page.get_by_role("button", name="Send to UNODC"))
    expect(page.locator(".ref").first).to_have_text(re.compile(r"^TA-\d{4}-\d{5}$"))
    hand.use(page.get_by_role("link", name="Follow the request"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)
    return page.url.removeprefix(_site(page))


def take_up(hand: Mouse, words: str) -> None:
    """From the queue: take the request, read it, ask."""
    page = hand.page
    hand.use(page.get_by_role("link", name=re.compile(re.escape(words))))
    hand.use(page.get_by_role("button", name="Assign to me"))
    expect(page.get_by_text("The request is assigned.")).to_be_visible()
    hand.use(page.get_by_role("button", name="Start the review"))
    expect(page.get_by_text("The request is under review.")).to_be_visible()
    hand.use(page.get_by_role("link", name="Ask a question"))
    hand.write(page.get_by_label("Your question"), "How many officers at a time?")
    hand.use(page.get_by_role("button", name="Ask a question"))
    expect(page.get_by_text("The question is sent.")).to_be_visible()


def answer(hand: Mouse) -> None:
    """The State answers on the page of the request."""
    page = hand.page
    expect(page.get_by_role("heading", name="UNODC asks you")).to_be_visible()
    hand.write(page.get_by_label("Your answer"), "Twenty, in two groups.")
    hand.use(page.get_by_role("button", name="Send the answer"))
    expect(page.get_by_text("The answer is sent.")).to_be_visible()


def accept_and_tie(hand: Mouse, words: str) -> None:
    """Accept the request and say which mandate its first item asks for."""
    page = hand.page
    expect(page.get_by_text("Twenty, in two groups.")).to_be_visible()
    hand.use(page.get_by_role("link", name="Accept", exact=True))
    hand.use(page.get_by_role("button", name="Accept"))
    hand.use(page.get_by_role("link", name=re.compile(r"Tie to a mandate\W+item 1")))
    expect(page.get_by_text(words).first).to_be_visible()
    box = page.locator("input[role=combobox]")  # once the script made it of the plain list
    hand.search(box, f"para. {PARAGRAPH}: Help")
    hand.use(page.get_by_role("button", name="Tie to a mandate"))
    expect(page.get_by_text("The item is tied to the mandate.")).to_be_visible()
    expect(page.locator("#item-1")).to_contain_text(f"Paragraph {PARAGRAPH} of")


def log(hand: Mouse, reference: str, words: str, folder: Path) -> None:
    """An activity with what it answers, its delivery and a file, on one page."""
    page = hand.page
    file = folder / "participants.txt"
    file.write_text("Twenty officers signed.\n")
    pages: list[str] = []
    page.on("domcontentloaded", lambda loaded: pages.append(loaded.url))
    today = dt.datetime.now(dt.UTC).date().isoformat()
    hand.write(page.get_by_label("Title", exact=True), title_of(words))
    hand.write_day(page.get_by_label("From", exact=True), today)
    hand.write_day(page.get_by_label("To", exact=True), today)
    hand.write(page.get_by_label("Find a State"), "keny")
    hand.tick(page.get_by_label("Kenya", exact=True))
    item = page.get_by_label(re.compile(f"^{reference}, 1"))
    expect(item).to_be_visible()
    hand.tick(item)
    expect(page.get_by_label(re.compile(f"comes with {reference}")).first).to_be_checked()
    hand.write(page.get_by_label("Women"), "9")
    hand.write(page.get_by_label("Men", exact=True), "11")
    hand.choose_file(page.get_by_label("Evidence, up to 20 MB"), str(file))
    if isinstance(hand, Keyboard):
        hand.press("Control+Enter")
    else:
        hand.use(page.get_by_role("button", name="Send for approval"))
    expect(page.get_by_text("Sent for approval:")).to_be_visible()
    if isinstance(hand, Keyboard):
        print(f"\nlogging an activity: {hand.presses} keys, {len(pages)} page loads")
        assert hand.presses <= MOST_PRESSES
        assert len(pages) <= MOST_PAGES


def title_of(words: str) -> str:
    """The title of the activity that answers the request."""
    return f"Assessing risks in the new wing {words[words.index('(') :]}"


def approve(hand: Mouse, words: str) -> None:
    """One yes of a second person, with the evidence that was looked at."""
    page = hand.page
    card = page.get_by_role("article", name=title_of(words))
    hand.tick(card.get_by_label(re.compile("participants.txt")))
    hand.use(card.get_by_role("button", name="Approve"))
    expect(page.get_by_role("article", name=title_of(words))).to_have_count(0)


def confirm(hand: Mouse, words: str) -> None:
    """The State sees the delivery and says that it received it."""
    page = hand.page
    box = page.locator(".box--ask").filter(has_text="Did you receive this?")
    hand.tick(box.get_by_label("Received, as described"))
    hand.use(box.get_by_role("button", name="Send reply"))
    expect(page.get_by_text("Your reply is sent.")).to_be_visible()
    expect(page.locator("#item-1")).to_contain_text("Evidenced")


def _site(page: Page) -> str:
    return "/".join(page.url.split("/")[:3])
