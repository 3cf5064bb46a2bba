"""The journeys of the three roles, on one chain: asked, delivered, seen, counted."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.keyboard import Keyboard, Mouse
from tests.browser.ways import Way, by_keyboard_and

RESOLUTION = "/resolutions/A-RES-74-175/"
PARAGRAPH = "26"
PRISONS = re.compile("^(Prisons|Cárceles)")
STANDING = "27"
ASKED = {
    "en": "Officers of the new prison wing learn to assess risks",
    "es": "El personal del ala nueva de la prisión aprende a evaluar riesgos",
    "fr": "Le personnel de la prison apprend à évaluer les risques",
}
MOST_PRESSES = 300
"""Under a minute for somebody who types five keys a second."""
MOST_PAGES = 2

FigureOf = tuple[int, int]


@by_keyboard_and("phone-es")
def test_a_state_asks_officers_deliver_and_the_figure_changes(way: Way, tmp_path: Path) -> None:
    words = ASKED[way.language]
    served, demands = figure_of_the_paragraph(way)

    state = way.open("focal-ke", "/")
    address, reference = ask(way, state, words)
    take_up(way, way.open("officer", "/requests/"), words)
    answer(way, way.open("focal-ke", address))
    accept(way, way.open("officer", address))
    tie(way, way.open("officer", "/workbench/?kind=item&state=KE&mine=true"), words)
    assert figure_of_the_paragraph(way) == (served, demands + 1)

    log(way, way.open("officer", "/activities/new/"), reference, tmp_path)
    approve(way, way.open("officer2", "/approvals/"))
    assert figure_of_the_paragraph(way) == (served + 1, demands + 1)

    reply(way, way.open("focal-ke", address))


@by_keyboard_and("phone-fr")
def test_a_manager_goes_from_a_resolution_to_a_gap_and_publishes_a_need(way: Way) -> None:
    words = f"A yearly meeting of prison administrations ({way.language})"
    write_a_need(way, way.open("officer", f"{RESOLUTION}paragraphs/{STANDING}/"), words)

    hand = way.open("manager", "/")
    page = hand.page
    way.look(page, "manager-home")
    way.go_to(hand, "/resolutions/")
    hand.use(page.locator(f'th a[href="{RESOLUTION}"]'))
    way.look(page, "resolution")
    hand.use(page.locator(f"#paragraph-{STANDING} th a"))
    expect(page.locator("h1")).to_contain_text(STANDING)
    way.look(page, "paragraph")
    way.go_to(hand, "/gaps/")
    expect(page.locator("h1")).to_have_text(way.say("Gaps and their owners"))
    way.look(page, "gaps")
    hand.use(page.locator('tfoot a[href*="kind=unmet"]'))
    page.wait_for_url(re.compile("kind=unmet"))
    hand.use(page.locator(".gap-table a[href*='/paragraphs/']").first)
    expect(page.locator(".clause-notes").first).to_be_visible()

    way.go_to(hand, "/")
    hand.use(page.locator(".rows li").filter(has_text=words).locator("a[href^='/needs/']"))
    page.wait_for_url("**/needs/*/")
    expect(page.get_by_text(words).first).to_be_visible()
    way.look(page, "need")
    hand.use(page.locator("form[action$='/publish/'] button"))
    way.expect_done(page, "Published. The need counts from now on.")


def figure_of_the_paragraph(way: Way) -> FigureOf:
    """The demands served and all demands, as resolution at a glance says."""
    page = way.open("manager", RESOLUTION).page
    served, demands = re.findall(
        r"\d+", page.locator(f"#paragraph-{PARAGRAPH} .served").inner_text()
    )[:2]
    return int(served), int(demands)


def ask(way: Way, hand: Mouse, words: str) -> tuple[str, str]:
    """Ask for two things; the address of the request and its reference."""
    page = hand.page
    go_on = page.locator("button[name=continue]")
    way.look(page, "state-home")
    hand.use(page.locator('main a[href="/requests/new/"]').first)
    hand.write(page.locator("[name=title]"), words)
    way.look(page, "step-about")
    hand.use(go_on)
    one = page.locator("#item-1")
    hand.write(one.locator("textarea[name$=words]"), words)
    hand.tick(one.get_by_label(PRISONS).first)
    hand.tick(one.locator("[type=checkbox][name$=help_kinds][value=training]"))
    hand.use(page.locator("button[name=more]"))
    two = page.locator("#item-2")
    hand.write(two.locator("textarea[name$=words]"), "–")
    hand.tick(two.locator("[type=checkbox][name$=theme_unsure]"))
    way.look(page, "step-needs")
    hand.use(page.locator("button[name=go][value=check]"))

    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    way.look(page, "check-missing")
    hand.use(summary.get_by_role("link").first)
    expect(page.locator("textarea[name=beneficiaries]")).to_be_focused()
    hand.write(page.locator("textarea[name=beneficiaries]"), "40")
    hand.write(page.locator("textarea[name=reason]"), words)
    way.look(page, "step-whom")
    hand.use(go_on)
    expect(page.locator("input[name=file]")).to_be_visible()
    way.look(page, "step-files")
    hand.use(go_on)
    expect(page.locator("h1")).to_contain_text(way.say("Check your answers"))
    expect(page.get_by_text(words).first).to_be_visible()
    way.look(page, "check")
    hand.use(page.locator("form[action$='/send/'] button"))
    expect(page.locator(".ref").first).to_have_text(re.compile(r"^TA-\d{4}-\d{5}$"))
    way.look(page, "sent")
    reference = page.locator(".ref").first.inner_text()
    hand.use(page.locator("a.govuk-button[href^='/requests/']"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)
    way.look(page, "state-follows")
    return path_of(page), reference


def take_up(way: Way, hand: Mouse, words: str) -> None:
    """From the queue: take the request, read it, ask."""
    page = hand.page
    way.look(page, "queue")
    hand.use(page.get_by_role("link", name=words))
    way.look(page, "triage")
    hand.use(page.locator("form[action$='/assign/'] button"))
    way.expect_done(page, "The request is assigned.")
    hand.use(page.locator("form[action$='/review/'] button"))
    way.expect_done(page, "The request is under review.")
    hand.use(page.locator("a[href$='/ask/']"))
    page.wait_for_url("**/ask/")
    hand.write(page.locator("main form textarea").last, "?")
    hand.use(page.locator("main form [type=submit].govuk-button").last)
    way.expect_done(page, "The question is sent.")


def answer(way: Way, hand: Mouse) -> None:
    """The State answers on the page of the request."""
    page = hand.page
    expect(page.locator("#question")).to_have_text(way.say("UNODC asks you"))
    way.look(page, "question")
    form = page.locator("form[action$='/answer/']")
    hand.write(form.locator("[name=words]"), "2 × 20")
    hand.use(form.get_by_role("button"))
    way.expect_done(page, "The answer is sent.")


def accept(way: Way, hand: Mouse) -> None:
    """Accept the request once its answer is there."""
    page = hand.page
    expect(page.get_by_text("2 × 20").first).to_be_visible()
    hand.use(page.locator("a[href$='/accept/']"))
    page.wait_for_url("**/accept/")
    way.look(page, "accept")
    hand.use(page.locator("main form [type=submit].govuk-button").last)
    way.expect_done(page, "The request is accepted.")


def tie(way: Way, hand: Mouse, words: str) -> None:
    """At the workbench: the paragraph its words suggest."""
    page = hand.page
    here = page.locator(".bench__thing div").filter(has_text=words)
    row = page.locator("nav .choices li").filter(has_text=words)
    expect(row).to_have_count(1)
    if not here.count():
        hand.use(row.get_by_role("link"))
    expect(here).to_be_visible()
    choice = page.locator(".suggestion").filter(
        has=page.locator("legend strong", has_text=re.compile(f"^{PARAGRAPH}$"))
    )
    hand.tick(choice.locator("[value=principal]").first)
    way.look(page, "workbench")
    hand.use(page.locator("button[name=act][value=link]"))
    expect(page.locator("#bench .box--done")).to_be_visible()
    expect(row).to_have_count(0)


def log(way: Way, hand: Mouse, reference: str, folder: Path) -> None:
    """An activity with what it answers, its delivery and a file, on one page."""
    page = hand.page
    file = folder / "participants.txt"
    file.write_text("Twenty officers signed.\n")
    pages: list[str] = []
    page.on("domcontentloaded", lambda loaded: pages.append(loaded.url))
    today = dt.datetime.now(dt.UTC).date().isoformat()
    hand.write(page.locator("[name=title]"), title_of(way))
    hand.write_day(page.locator("[name=first]"), today)
    hand.write_day(page.locator("[name=last]"), today)
    states = page.locator("#id_countries")
    hand.write(page.locator(".narrow:has(+ #id_countries) input"), "ken")
    hand.tick(states.locator("input:visible"))
    choice = page.locator("#log-answers li").filter(has_text=f"{reference}, 1")
    item = choice.locator("input[name=items]")
    expect(item).to_be_visible()
    hand.tick(item)
    expect(choice.locator("input[name=mandates]").first).to_be_checked()
    hand.write(page.locator("[name=women]"), "9")
    hand.write(page.locator("[name=men]"), "11")
    hand.choose_file(page.locator("input[name=file]"), str(file))
    way.look(page, "log")
    if isinstance(hand, Keyboard):
        hand.press("Control+Enter")
    else:
        hand.use(page.locator("button[name=act][value=send]"))
    expect(page.get_by_role("heading", level=1)).to_have_text(title_of(way))
    way.look(page, "activity")
    if isinstance(hand, Keyboard):
        print(f"\nlogging an activity: {hand.presses} keys, {len(pages)} page loads")
        assert hand.presses <= MOST_PRESSES
        assert len(pages) <= MOST_PAGES


def title_of(way: Way) -> str:
    """The title of the activity that answers the request."""
    return f"Assessing risks in the new wing ({way.language})"


def approve(way: Way, hand: Mouse) -> None:
    """One yes of a second person, with the evidence that was looked at."""
    page = hand.page
    card = page.get_by_role("article", name=title_of(way))
    hand.tick(card.locator("input[name=verify]"))
    way.look(page, "approvals")
    hand.use(card.locator("button[name=only]"))
    expect(card).to_have_count(0)


def reply(way: Way, hand: Mouse) -> None:
    """The State sees the delivery and says that it received it."""
    page = hand.page
    way.look(page, "delivered")
    box = page.locator(".box--ask").filter(has_text=way.say("Did you receive this?"))
    hand.tick(box.locator("[type=radio][value=confirmed]"))
    hand.use(box.get_by_role("button"))
    way.expect_done(page, "Your reply is sent. The latest one counts.")
    expect(page.locator("#item-1")).to_contain_text(way.say("Evidenced"))
    way.look(page, "confirmed")


def write_a_need(way: Way, hand: Mouse, words: str) -> None:
    """An officer says what a standing mandate takes."""
    page = hand.page
    hand.use(page.locator("a[href$='/needs/new/']").first)
    page.wait_for_url("**/needs/new/")
    hand.write(page.locator("[name=words]"), words)
    way.look(page, "need-new")
    hand.use(page.locator("main form button.govuk-button:not([name])").last)
    way.expect_done(page, "Saved. It counts once a manager has published it.")


def path_of(page: Page) -> str:
    """The address of a page within the site."""
    return "/" + page.url.split("/", 3)[3]
