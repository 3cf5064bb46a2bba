"""Each page asks the database as often for three rows as for one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assistance.coverage.closing import close_period
from assistance.coverage.models import Closing
from assistance.models import DeliveryItem, Reply
from mandates.models import Need, Resolution
from tests.factories import (
    ActivityFactory,
    CountryFactory,
    DeliveryFactory,
    EvidenceFactory,
    MandateFactory,
    NeedFactory,
    ParagraphFactory,
    RequestFactory,
    ResolutionFactory,
    StateFactory,
    UnitFactory,
    UserFactory,
    approve,
    focal_point,
    link,
    manager,
    officer,
    today,
)

pytestmark = pytest.mark.django_db

SLUG = "A-RES-70-1"


def add_rows(number: int, author: Any) -> None:
    """So many of everything under one paragraph: served, open, disputed, proposed, untied."""
    resolution = ResolutionFactory()
    country = CountryFactory(iso="KE")
    state = StateFactory(country=country)
    paragraph = ParagraphFactory(resolution=resolution, number="1")
    unit = UnitFactory()
    for _each in range(number):
        mandate = MandateFactory(paragraph=paragraph, report_session=75, lead_unit=unit)
        NeedFactory(mandate=MandateFactory(paragraph=paragraph, basis="standing"))
        item = RequestFactory(organisation=state, assigned_to=author).items.get()
        link(item, mandate)
        activity = ActivityFactory(created_by=author, planned_end=today())
        activity.countries.add(country)
        link(activity, mandate)
        link(activity, item)
        approve(activity)
        delivery = DeliveryFactory(activity=activity, country=country)
        DeliveryItem.objects.create(delivery=delivery, item=item)
        approve(delivery)
        EvidenceFactory(delivery=delivery)
        Reply.objects.create(
            delivery=delivery, country=country, verdict="partly", words="More", by=UserFactory()
        )
        counting = DeliveryFactory(activity=activity, country=country, kind="tool")
        DeliveryItem.objects.create(delivery=counting, item=item)
        approve(counting)
        open_item = RequestFactory(organisation=state, state="under_review").items.get()
        link(open_item, mandate)
        RequestFactory(organisation=state, state="clarification_requested")
        RequestFactory(organisation=state, state="draft", received_on=None, logged_by=author)
        waiting = ActivityFactory()
        link(waiting, mandate, "proposed")
        approve(ActivityFactory(visibility="public"))
        ActivityFactory()
        close_period(
            user=manager(),
            resolution_slug=SLUG,
            first=None,
            last=today() - dt.timedelta(days=1 + Closing.objects.count()),
        )
        ResolutionFactory(symbol=f"A/RES/71/{Resolution.objects.count()}")


def queries(client: Client, page: str) -> int:
    """How many queries the page takes, with what is kept for the whole site already read."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(page)
    assert response.status_code == 200, page
    return len(captured)


PEOPLE: dict[str, Callable[[], Any]] = {
    "officer": officer,
    "manager": manager,
    "focal_point": focal_point,
    "visitor": AnonymousUser,
}


@pytest.mark.parametrize(
    ("role", "page", "expected"),
    [
        ("officer", "/", 22),
        ("manager", "/", 20),
        ("focal_point", "/", 18),
        ("focal_point", "/received/", 10),
        ("manager", "/resolutions/", 9),
        ("manager", f"/resolutions/{SLUG}/", 16),
        ("focal_point", f"/resolutions/{SLUG}/", 14),
        ("manager", f"/resolutions/{SLUG}/mandates/", 8),
        ("manager", f"/resolutions/{SLUG}/paragraphs/1/", 35),
        ("manager", f"/resolutions/{SLUG}/places/", 10),
        ("manager", f"/resolutions/{SLUG}/places/?by=state", 10),
        ("manager", f"/resolutions/{SLUG}/quarters/", 10),
        ("manager", f"/resolutions/{SLUG}/quarters/?show=asked", 9),
        ("manager", f"/resolutions/{SLUG}/steps/", 8),
        ("manager", f"/resolutions/{SLUG}/themes/", 13),
        ("focal_point", f"/resolutions/{SLUG}/themes/", 10),
        ("focal_point", f"/resolutions/compare/?a={SLUG}&b={SLUG}", 13),
        ("manager", f"/resolutions/{SLUG}/?format=xlsx", 13),
        ("manager", "/coverage/deliveries/", 8),
        ("manager", "/coverage/demands/", 9),
        ("manager", "/coverage/unlinked/", 5),
        ("manager", f"/resolutions/{SLUG}/closings/", 6),
        ("manager", f"/resolutions/{SLUG}/compare/", 23),
        ("manager", "/reports/", 7),
        ("manager", "/gaps/", 22),
        ("manager", "/units/tpb/", 19),
        ("manager", "/states/KE/", 10),
        ("focal_point", "/states/KE/", 10),
        ("manager", "/states/KE/print/", 13),
        ("focal_point", "/states/KE/print/", 13),
        ("visitor", "/", 4),
        ("visitor", "/resolutions/", 3),
        ("visitor", f"/resolutions/{SLUG}/", 4),
        ("visitor", f"/resolutions/{SLUG}/paragraphs/1/", 7),
        ("visitor", f"/resolutions/{SLUG}/closings/", 3),
        ("visitor", "/activities/", 5),
    ],
)
def test_a_page_takes_the_same_queries_for_one_row_and_for_three(
    sign_in: Callable[[Any], Client], settings: Any, role: str, page: str, expected: int
) -> None:
    settings.PUBLIC_SITE = True
    person = PEOPLE[role]()
    client = Client() if role == "visitor" else sign_in(person)
    author = officer() if role == "visitor" else person
    add_rows(1, author)
    queries(client, page)
    with_one = queries(client, page)
    add_rows(2, author)
    assert (with_one, queries(client, page)) == (expected, expected)
    assert Need.objects.count() == 3
