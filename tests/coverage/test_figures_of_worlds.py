"""Figures, filters and explanations of random worlds agree with the oracle and with each other."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.http import QueryDict

from assistance.coverage.explain import not_counting
from assistance.coverage.figures import (
    ResolutionFigures,
    Window,
    figures_of_resolution,
    figures_of_resolutions,
    unlinked,
)
from assistance.coverage.filters import DemandFilter, WorkFilter, rows_of
from assistance.coverage.flags import Flag
from assistance.coverage.models import Demand, WorkWithoutDemand
from assistance.coverage.reasons import Reason
from mandates.models import Paragraph, Resolution
from tests import factories
from tests.coverage import oracle
from tests.coverage.comparing import as_plain
from tests.coverage.conftest import Written

pytestmark = pytest.mark.django_db


def windows(written: Written, resolution: oracle.Resolution) -> list[tuple[dt.date, dt.date]]:
    """Adoption to today, and a narrower one that ends on a day of the past."""
    begin, today = resolution.adopted_on, written.today
    length = (today - begin).days
    return [
        (begin, today),
        (begin + dt.timedelta(days=length // 3), begin + dt.timedelta(days=length * 3 // 4)),
    ]


def every_figures(written: Written):
    user = factories.officer()
    rows = Resolution.objects.in_bulk()
    for world in written.worlds:
        demands = oracle.demand_rows(world, written.today)
        for resolution in world.resolutions:
            for first, last in windows(written, resolution):
                found = figures_of_resolution(
                    rows[resolution.id], user=user, window=Window(first, last)
                )
                yield world, demands, resolution, found


def test_figures_are_those_of_the_oracle(some_worlds: Written):
    for world, demands, resolution, found in every_figures(some_worlds):
        window = (found.window.first, found.window.last)
        paragraphs = {paragraph.id: paragraph for paragraph in world.paragraphs}
        mandates = {mandate.id: mandate for mandate in world.mandates}
        for row in found.paragraphs:
            own = oracle.mandates_under(world, paragraphs[row.paragraph.pk])
            assert as_plain(row) == oracle.figures(world, own, demands, *window)
            for each in row.mandates:
                mandate = mandates[each.mandate.pk]
                assert as_plain(each) == oracle.figures(world, [mandate], demands, *window)
                assert each.counted == oracle.is_counted(mandate)
        totals = oracle.totals(world, resolution, demands, *window)
        assert {name: getattr(found.totals, name) for name in totals} == totals


def test_the_list_of_resolutions_has_the_totals_of_each(some_worlds: Written):
    user = factories.officer()
    every = list(Resolution.objects.all())
    listed = figures_of_resolutions(every, user=user)
    for resolution in every:
        window = Window.of(resolution)
        assert listed[resolution.pk] == (
            figures_of_resolution(resolution, user=user, window=window).totals
        )


def count(filter_class: type, model: Any, query: str) -> int:
    found = filter_class(QueryDict(query), queryset=model.objects.all())
    assert found.is_valid(), found.errors
    return found.qs.count()


def numbers_of(found: ResolutionFigures):
    """Each number of the figures with the query of its rows."""
    yield from numbers(found, found.resolution, found.window)
    for paragraph in found.paragraphs:
        place = {"paragraph": paragraph.number}
        yield from numbers(paragraph, found.resolution, found.window, **place)
        for mandate in paragraph.mandates:
            place = {"mandate": mandate.identifier}
            yield from numbers(mandate, found.resolution, found.window, **place)


def numbers(figures: Any, resolution: Resolution, window: Window, **place: str):
    def query(**wanted: str) -> str:
        return rows_of(window, resolution=resolution, **place, **wanted)

    if hasattr(figures, "demands"):
        yield figures.demands, query()
        yield figures.served, query(served="true")
        yield figures.demands - figures.served, query(served="false")
    for status, number in figures.by_status.items():
        yield number, query(status=status)
    for flag, number in figures.flags.items():
        yield number, query(flag=flag)
    for reason, number in figures.ended.items():
        yield number, query(ended=reason)
    yield figures.ended.total(), query(ended="any")


def test_every_number_is_the_length_of_its_list(some_worlds: Written):
    checked = 0
    some_worlds.worlds = some_worlds.worlds[:4]
    for _world, _demands, _resolution, found in every_figures(some_worlds):
        for number, query in numbers_of(found):
            of_work = f"flag={Flag.NO_RECORDED_REQUEST}" in query
            listed = (WorkFilter, WorkWithoutDemand) if of_work else (DemandFilter, Demand)
            assert count(*listed, query) == number, query
            checked += 1
    assert checked > 100


def test_the_numbers_of_the_tray_are_the_lengths_of_its_lists(some_worlds: Written):
    tray = unlinked(factories.officer())
    assert tray.items
    assert tray.activities
    for kind, number in (("item", tray.items), ("activity", tray.activities)):
        assert count(WorkFilter, WorkWithoutDemand, f"flag=unlinked&kind={kind}") == number
    assert count(WorkFilter, WorkWithoutDemand, "") == tray.items + tray.activities


def test_what_is_linked_either_counts_or_has_a_reason(some_worlds: Written):
    user, today = factories.officer(), some_worlds.today
    paragraphs = Paragraph.objects.select_related("resolution").in_bulk()
    reasons: set[Reason] = set()
    for world in some_worlds.worlds:
        demands = oracle.demand_rows(world, today)
        for paragraph in world.paragraphs:
            explained = not_counting(paragraphs[paragraph.id], user=user, day=today)
            reasons |= {row.reason for row in explained}
            assert all(row.words and "{" not in row.words for row in explained)
            told = {(row.mandate.pk, row.delivery.pk) for row in explained if row.delivery}
            told_of = {(row.mandate.pk, row.activity.pk) for row in explained if row.activity}
            for mandate in oracle.mandates_under(world, paragraph):
                own = [row for row in demands if row["mandate_id"] == mandate.id]
                counting = {pk for row in own for pk in row["delivery_ids"]}
                busy = {pk for row in own for pk in row["activity_ids"]}
                for link in world.activity_mandates:
                    if link.right is not mandate or not oracle.is_counted(mandate):
                        continue
                    made = [d for d in world.deliveries if d.activity is link.left]
                    assert (mandate.id, link.left.id) in told_of or link.left.id in busy
                    if oracle.is_confirmed(link) and link.left.approvals:
                        assert {d.id for d in made} - counting == {
                            pk for m, pk in told if m == mandate.id and pk in {d.id for d in made}
                        }
    assert len(reasons) > 12
