"""What a report says: the figures of the API, in three languages, and nobody told apart."""

from __future__ import annotations

import datetime as dt

import pgtrigger
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from assistance.coverage.closing import close_period
from assistance.coverage.models import Closing
from assistance.models import Delivery, Evidence, Reply
from dashboards.report.blocks import Bullets, Heading, Quote, Table, Text
from dashboards.report.compose import compose
from dashboards.report.content import Content, Figure
from dashboards.report.gather import gather
from mandates.models import Need
from tests import factories as f
from tests.report.conftest import FIRST, WORDS, ReportWorld

MANY = ("KE", "CO", "NE", "PH")


def words_of(document) -> str:
    """All words of a document, a block a line."""
    lines = []
    for block in document.blocks:
        match block:
            case Heading():
                lines.append(block.words)
            case Text() | Quote():
                lines.append("".join(run.words for run in block.runs))
            case Bullets():
                lines += ["".join(run.words for run in item) for item in block.items]
            case Table():
                lines += [
                    " | ".join("".join(run.words for run in cell) for cell in row)
                    for row in block.rows
                ]
    return "\n".join(lines)


def part(content, number):
    return next(one for one in content.paragraphs if one.number == number)


def test_figures_equal_the_coverage_of_the_api(report_world: ReportWorld) -> None:
    report_world.help("1", *MANY, served=3, evidenced=2)
    report_world.help("2", *MANY, "TN", served=1)
    standing = f.MandateFactory(paragraph=report_world.paragraphs["3"], basis="standing")
    f.NeedFactory(mandate=standing, published=True)
    client = APIClient()
    client.force_login(report_world.officer)
    answer = client.get(f"/api/v1/resolutions/A-RES-70-1/coverage/?from={FIRST}").json()

    content = report_world.content()

    assert content.definition == answer["definition"]
    for told in answer["paragraphs"]:
        here = part(content, told["number"])
        assert here.status == told["status"]
        for name, ours in (
            ("demands", (here.asked.items, here.standing.needs)),
            ("served", (here.asked.served, here.standing.served)),
        ):
            assert sum(m[name] for m in told["mandates"]) == sum(one.value for one in ours)
    totals = content.totals
    assert answer["totals"] == {
        "mandates": totals.mandates.value,
        "counted": totals.counted.value,
        "demands": totals.asked.items.value + totals.standing.needs.value,
        "served": totals.asked.served.value + totals.standing.served.value,
        "with_demand": totals.with_demand.value,
        "delivered": totals.mandates_served.value,
    }


def test_each_figure_of_demands_opens_as_many_rows(report_world: ReportWorld, client) -> None:
    report_world.help("1", *MANY, served=3, evidenced=2)
    client.force_login(report_world.officer)

    asked = part(report_world.content(), "1").asked

    assert [one.value for one in asked] == [4, 4, 3, 2, 1]
    for figure in (asked.items, asked.served, asked.evidenced, asked.waiting):
        page = client.get(figure.record)
        assert page.context["page_obj"].paginator.count == figure.value, figure.name


def test_a_report_on_a_closed_period_counts_what_was_closed(
    report_world: ReportWorld, client
) -> None:
    yesterday = f.today() - dt.timedelta(days=1)
    report_world.help("1", *MANY, served=3, evidenced=2)
    standing = f.MandateFactory(paragraph=report_world.paragraphs["3"], basis="standing")
    f.NeedFactory(mandate=standing, published=True)

    def on_period() -> Content:
        return gather(
            report_world.resolution,
            user=report_world.officer,
            first=FIRST,
            last=yesterday,
            as_of=yesterday,
            language="en",
        )

    before = on_period()
    assert before.closed is None
    closing = close_period(
        user=f.manager(), resolution_slug="A-RES-70-1", first=FIRST, last=yesterday
    )
    report_world.help("1", "TN", served=1)
    Need.objects.all().delete()
    first, *_others = Delivery.objects.filter(activity__title="Closed course")
    first.delete()
    Evidence.objects.all().delete()
    report_world.activity.deliveries.update(on=FIRST - dt.timedelta(days=9))

    content = on_period()
    closed = content.closed
    assert closed
    assert (closed.on, closed.sha256) == (closing.closed_at.date(), closing.sha256)
    values = [(one.name, one.value) for one in content.figures if one is not closed.revised]
    assert values == [(one.name, one.value) for one in before.figures]
    document = compose(content)
    assert f"whose SHA-256 is {closing.sha256}" in words_of(document)
    assert any("Figures of the period as closed on" in fact[0].words for fact in document.facts)

    client.force_login(report_world.officer)
    assert [one.value for one in content.totals.delivered] == [4, 2]
    assert "Open course" in words_of(document)
    assert "The record was corrected since the period was closed" in words_of(document)
    assert closed.revised.value
    assert opened(content, client) > 8
    assert client.get(content.totals.counted.record).status_code == 200


def opened(content: Content, client) -> int:
    """How many figures of requests and deliveries were opened; each lists as many rows."""
    found = 0
    for figure in content.figures:
        of_rows = figure.record.split("?")[0].split("/")[1] in {"demands", "coverage", "closings"}
        if not (figure.value and of_rows) or figure.name.endswith((".states", "mandates")):
            continue
        if figure.record.endswith("#public-figures"):
            continue
        page = client.get(figure.record)
        assert page.context["page_obj"].paginator.count == figure.value, figure.name
        found += 1
    return found


def test_each_figure_of_deliveries_opens_as_many_rows(report_world: ReportWorld, client) -> None:
    report_world.help("1", *MANY, served=3, evidenced=2)
    report_world.help("2", *MANY, served=4, evidenced=1)
    client.force_login(report_world.officer)
    content = report_world.content()

    assert [one.value for one in part(content, "1").delivered] == [4, 2]
    assert [one.value for one in content.totals.delivered] == [8, 3]
    assert [line.deliveries.value for line in content.regions if line.deliveries.value]
    assert opened(content, client) > 10


def test_what_a_state_objects_to_is_not_told_as_delivered(report_world: ReportWorld) -> None:
    report_world.help("1", *MANY, served=4)
    assert part(report_world.content(), "1").delivered.deliveries.value == 5

    delivery = report_world.activity.deliveries.get()
    Reply.objects.create(
        delivery=delivery,
        country=delivery.country,
        verdict="disputed",
        words="It did not come.",
        by=f.UserFactory(),
    )

    content = report_world.content()
    assert part(content, "1").delivered.deliveries.value == 4
    assert "Open course" not in words_of(compose(content))


def test_an_activity_made_internal_since_the_closing_is_not_named(
    report_world: ReportWorld,
) -> None:
    yesterday = f.today() - dt.timedelta(days=1)
    days = {"first": FIRST, "last": yesterday}
    close_period(user=f.manager(), resolution_slug="A-RES-70-1", **days)
    report_world.activity.visibility = "internal"
    report_world.activity.save()

    content = gather(
        report_world.resolution,
        user=report_world.officer,
        **days,
        as_of=yesterday,
        language="en",
    )

    assert "Open course" not in words_of(compose(content))


def test_a_report_says_what_of_an_older_closing_is_of_today(report_world: ReportWorld) -> None:
    yesterday = f.today() - dt.timedelta(days=1)
    days = {"first": FIRST, "last": yesterday}
    closing = close_period(user=f.manager(), resolution_slug="A-RES-70-1", **days)
    with pgtrigger.ignore("coverage.Closing:frozen", "coverage.ClosedRow:frozen"):
        Closing.objects.update(keeps_deliveries=False)
        closing.rows.filter(kind="delivery").delete()
    report_world.activity.deliveries.get().delete()

    content = gather(
        report_world.resolution,
        user=report_world.officer,
        **days,
        as_of=yesterday,
        language="en",
    )

    words = words_of(compose(content))
    assert content.totals.delivered.deliveries.value == 0
    assert "The period was closed before deliveries were kept" in words
    assert "Deliveries are counted as the record stands when it is built." in words
    assert "All figures are counted" not in words
    assert content.totals.delivered.deliveries.record.startswith("/coverage/deliveries/")


def test_fewer_than_three_states_are_not_told(report_world: ReportWorld) -> None:
    report_world.help("1", *MANY, served=3)
    report_world.help("2", "KE", "CO", confidentiality="confidential")
    report_world.help("3", *MANY, "TN", served=2)

    content = report_world.content()
    words = words_of(compose(content))

    small = part(content, "2")
    assert small.status is None
    assert small.asked.states.few
    assert {figure.value for figure in small.asked} == {None}
    assert "States that asked: fewer than 3." in words
    # 11 in all less 4 and 5 elsewhere would tell of 2: so another line is kept back too.
    others = [part(content, "1").asked.items.value, part(content, "3").asked.items.value]
    assert sorted(others, key=bool) == [None, 5]
    assert content.totals.asked.items.value == 11
    for country in ("State KE", "State CO", "State TN"):
        assert country not in words


def test_a_single_request_is_not_told_by_any_total(report_world: ReportWorld) -> None:
    report_world.help("2", "KE", served=1)

    content = report_world.content()

    told = [
        *content.totals.asked,
        *part(content, "2").asked,
        *(line.asked for line in content.regions if line.asked.few),
        part(content, "2").delivered.deliveries,
    ]
    assert {figure.value for figure in told} == {None}
    assert any(line.asked.few for line in content.regions)


def on_closed(world: ReportWorld) -> tuple[Closing, Content]:
    """The period from the first day to yesterday, closed, with its report."""
    days = {"first": FIRST, "last": f.today() - dt.timedelta(days=1)}
    closing = close_period(user=f.manager(), resolution_slug="A-RES-70-1", **days)
    return closing, gather(
        world.resolution, user=world.officer, **days, as_of=days["last"], language="en"
    )


def test_what_is_public_of_a_closing_and_its_report_do_not_tell_of_each_other(
    report_world: ReportWorld,
) -> None:
    """Each alone keeps back the small line and one more: not the same one, so both would tell."""
    report_world.help("1", *MANY[:3])
    report_world.help("1", *MANY[:3])
    report_world.help("2", "TN")
    report_world.help("3", *MANY)
    open_report = report_world.content()
    closing, content = on_closed(report_world)

    def kept_back(of: Content) -> set[str]:
        return {one.number for one in of.paragraphs if one.kept_back}

    withheld = {one["number"] for one in closing.public["paragraphs"] if one["withheld"]}
    assert withheld == {"1", "2"}
    assert kept_back(open_report) == {"2", "3"}
    assert kept_back(content) == {"1", "2"}
    assert content.totals.asked.items.value == closing.public["demands"] == 11


def test_where_figures_are_kept_back_nothing_else_tells_them(report_world: ReportWorld) -> None:
    """Nothing delivered would say: not served. No help without a request: this one asked."""
    report_world.help("2", "KE")
    report_world.help("3", "CO", served=1)
    f.link(report_world.activity, report_world.mandates["3"])
    content = report_world.content()

    undelivered, delivered = part(content, "2"), part(content, "3")
    assert undelivered.delivered.deliveries.value is None
    assert not delivered.without_request
    assert "Nothing was delivered in the period." not in words_of(compose(content))
    f.link(f.ActivityFactory(actual_start=FIRST), report_world.mandates["3"])
    assert not part(report_world.content(), "3").without_request


def test_public_activities_stand_with_their_states_and_internal_ones_do_not(
    report_world: ReportWorld,
) -> None:
    report_world.help("1", *MANY, served=4)

    words = words_of(compose(report_world.content()))

    assert "Open course" in words
    assert "State TG" in words
    assert "Closed course" not in words


def test_official_words_stay_in_their_language(report_world: ReportWorld) -> None:
    document = compose(report_world.content("fr"))

    quotes = [block for block in document.blocks if isinstance(block, Quote)]

    assert {quote.language for quote in quotes} == {"es"}
    assert "".join(run.words for run in quotes[0].runs) == f"1. {WORDS}"
    noted = [run for run in quotes[0].runs if run.note]
    assert [(run.words[-5:], run.note) for run in noted] == [("noted", "Resolución 69/1.")]
    assert quotes[0].runs[1].italic


def test_the_session_is_numbered_as_each_language_does(report_world: ReportWorld) -> None:
    f.MandateFactory(paragraph=report_world.paragraphs["3"], report_session=75)

    for language, number in (("en", "75th"), ("es", "75º"), ("fr", "75e")):
        facts = compose(report_world.content(language)).facts
        assert any(f" {number} " in run.words for fact in facts for run in fact)


def test_a_narrative_is_put_in_paragraphs_and_lists(report_world: ReportWorld) -> None:
    f.NarrativeFactory(
        resolution=report_world.resolution,
        paragraph=report_world.paragraphs["1"],
        first=FIRST,
        last="2030-12-31",
        words="First.\nStill first.\n\n- one\n- two\n  more\n\nLast.",
    )

    lines = words_of(compose(report_world.content())).split("\n")

    start = lines.index("Account. First. Still first.")
    assert lines[start + 1 : start + 4] == ["one", "two more", "Last."]


def test_a_report_takes_as_many_queries_for_many_as_for_few(report_world: ReportWorld) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            report_world.content()
        return len(asked)

    report_world.help("1", "KE", served=1, evidenced=1)
    report_world.content()  # fills what is kept for the process
    few = queries()
    report_world.help("1", *MANY[1:], served=3, evidenced=2)
    report_world.help("2", *MANY, served=2)

    assert queries() == few


def test_every_figure_has_a_name_of_its_own(report_world: ReportWorld) -> None:
    names = [figure.name for figure in report_world.content().figures]

    assert all(isinstance(one, Figure) for one in report_world.content().figures)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("language", ["en", "es", "fr"])
def test_the_digest_follows_the_content(report_world: ReportWorld, language: str) -> None:
    before = report_world.content(language).sha256
    assert report_world.content(language).sha256 == before
    report_world.help("1", "KE")
    report_world.help("1", "CO")
    report_world.help("1", "NE")
    assert report_world.content(language).sha256 != before
