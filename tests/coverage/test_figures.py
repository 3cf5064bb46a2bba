"""The figures of a resolution: what they count, who sees them, in how many queries."""

from __future__ import annotations

import datetime as dt

import pytest

from assistance.coverage.figures import (
    Window,
    WindowError,
    figures_of_paragraph,
    figures_of_resolution,
    figures_of_resolutions,
    unlinked,
)
from assistance.coverage.status import Status
from assistance.coverage.window import today
from mandates.models import Mandate
from tests import factories

pytestmark = pytest.mark.django_db


def figures(user=None, resolution=None, **days):
    resolution = resolution or Mandate.objects.get().paragraph.resolution
    return figures_of_resolution(
        resolution, user=user or factories.officer(), window=Window.of(resolution, **days)
    )


def test_a_served_demand_is_counted_from_paragraph_to_resolution():
    factories.served_item()
    found = figures()
    (paragraph,) = found.paragraphs
    (mandate,) = paragraph.mandates
    assert (mandate.status, mandate.demands, mandate.served) == (Status.DELIVERED, 1, 1)
    assert (paragraph.status, paragraph.demands, paragraph.served) == (Status.DELIVERED, 1, 1)
    assert found.totals.mandates == found.totals.counted == found.totals.with_demand == 1
    assert found.totals.demands == found.totals.served == found.totals.delivered == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_figures_take_four_queries_however_much_there_is(rows, django_assert_num_queries):
    for _row in range(rows):
        factories.served_item()
    user = factories.officer()
    assert user.roles
    resolution = Mandate.objects.first().paragraph.resolution
    with django_assert_num_queries(4):
        figures(user, resolution)
    with django_assert_num_queries(3):
        figures_of_resolutions([resolution], user=user)
