"""The page of gaps: each row leads to the page of its act, the table and the file list the same."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from assistance.coverage.next_acts import GapAct
from assistance.models import Reply
from directory.models import Entity, Membership, Organisation, User
from mandates.models import Mandate
from tests.factories import (
    ActivityFactory,
    CountryFactory,
    EvidenceFactory,
    RequestFactory,
    StateFactory,
    UserFactory,
    focal_point,
    link,
    officer,
    served_item,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]
ACT = re.compile(r'<td class="act"><a [^>]*href="([^"]+)"')


def test_help_without_a_request_fills_in_the_request_that_asked_for_it(sign_in: SignIn) -> None:
    activity = ActivityFactory(title="Course on tracing")
    state = StateFactory(country=CountryFactory(iso="KE"))
    activity.countries.add(state.country)
    address = f"/requests/new/?activity={activity.pk}"
    shown = sign_in(officer()).get(address)
    form = shown.context["form"]
    assert (form.initial["title"], form.initial["organisation"]) == ("Course on tracing", state)
    assert b"Course on tracing" not in sign_in(focal_point("KE")).get(address).content
    for unknown in ("999999", "x", "9" * 40):
        empty = sign_in(officer()).get(f"/requests/new/?activity={unknown}")
        assert "title" not in empty.context["form"].initial


def test_every_act_leads_to_a_page_that_an_officer_may_open(world: None, sign_in: SignIn) -> None:
    client = sign_in("officer")
    acts: set[str] = set()
    links: set[str] = set()
    for page in (1, 2):
        shown = client.get(f"/gaps/?page={page}")
        acts |= {closing.row.act for closing in shown.context["closings"]}
        links |= {unescape(one) for one in ACT.findall(shown.content.decode())}
    assert acts >= {GapAct.PLAN, GapAct.VERIFY, GapAct.SETTLE, GapAct.UPDATE, GapAct.LINK}
    assert len(links) > 20
    for address in links:
        assert client.get(address).status_code == 200, address


def test_who_may_not_act_reads_what_would_close_it(world: None, sign_in: SignIn) -> None:
    words = sign_in("auditor").get("/gaps/").content.decode()
    assert "Plan an activity" in words
    assert not ACT.findall(words)


def test_an_act_leads_to_its_very_thing_and_only_whom_it_takes(sign_in: SignIn) -> None:
    author, other = officer(), officer()
    item = served_item()
    delivery = item.deliveries.get()
    EvidenceFactory(delivery=delivery, added_by=author)
    wish = RequestFactory().items.get()
    waiting = ActivityFactory(created_by=author, changed_by=author)
    open_item = RequestFactory().items.get()
    link(open_item, item.mandate_links.get().mandate)
    link(waiting, open_item, "proposed", proposed_by=author)
    written, read = (
        sign_in(who).get("/gaps/?unit=none").content.decode() for who in (author, other)
    )
    verify, approve_it = f"/evidence/?delivery={delivery.pk}", f"/activities/{waiting.pk}/"
    assert {verify, approve_it} <= set(ACT.findall(read))
    assert not {verify, approve_it} & set(ACT.findall(written))
    assert f"/requests/{wish.request_id}/items/1/do/tie/" in ACT.findall(read)
    plan = sign_in(other).get("/activities/new/?status=1").context["form"]
    assert plan["status"].value() == "1"
    logged = sign_in(other).get("/activities/new/?status=x").context["form"]
    assert logged["status"].value() == "4"
    page = sign_in(other).get(verify)
    assert [piece.delivery for piece in page.context["page_obj"]] == [delivery]
    assert page.context["filter_tags"][0]["url"] == "/evidence/"
    assert len(sign_in(other).get("/evidence/?delivery=0").context["page_obj"]) == 0
    Reply.objects.create(
        delivery=delivery, country=delivery.country, verdict="disputed", by=UserFactory(), words="-"
    )
    shown = ACT.findall(sign_in(other).get("/gaps/?kind=disputed&unit=none").content.decode())
    assert shown == [f"/requests/{item.request_id}/#messages"]


def test_the_file_lists_what_the_page_counts(world: None, sign_in: SignIn) -> None:
    client = sign_in("manager")
    for query in ("", "unit=tpb&kind=unmet", "waiting=365&region=014"):
        number = client.get(f"/gaps/?{query}").context["page_obj"].paginator.count
        written = client.get(f"/gaps/?{query}&format=csv").content.decode()
        assert written.split("\r\n\r\n")[0].count("\r\n") == number, query
        assert ("Region,Eastern Africa" in written) == ("region" in query)
        book = load_workbook(io.BytesIO(client.get(f"/gaps/?{query}&format=xlsx").content))
        assert book.worksheets[0].max_row == number + 1, query


def test_a_filter_that_means_nothing_is_said_at_its_field(world: None, sign_in: SignIn) -> None:
    shown = sign_in("manager").get("/gaps/?unit=nobody")
    assert shown.status_code == 400
    assert shown.context["filter"].form.errors["unit"]


def test_filters_are_tags_that_can_be_removed(world: None, sign_in: SignIn) -> None:
    shown = sign_in("manager").get("/gaps/?unit=tpb&state=KE&waiting=30")
    assert [tag["url"] for tag in shown.context["filter_tags"]] == [
        "/gaps/?state=KE&waiting=30",
        "/gaps/?unit=tpb&waiting=30",
        "/gaps/?unit=tpb&state=KE",
    ]


def test_a_mandate_without_a_unit_is_given_one_from_its_gap(world: None, sign_in: SignIn) -> None:
    mandate = Mandate.objects.get(identifier="A/RES/74/175/op6/m1")
    mandate.lead_unit = None
    mandate.save()
    words = sign_in("officer").get("/gaps/?unit=none").content.decode()
    assert f'href="/mandates/{mandate.pk}/correct/"' in words


def test_the_home_shows_the_gaps_of_the_own_unit(world: None, sign_in: SignIn) -> None:
    own = sign_in("officer").get("/").context["gaps"]
    every = sign_in("manager").get("/").context["gaps"]
    assert (own.unit.code, every.unit) == ("tpb", None)
    assert 0 < own.number < every.number
    assert sign_in("officer").get(own.url).context["page_obj"].paginator.count == own.number
    nobody = User.objects.create(username="new-unit")
    Membership.objects.create(
        user=nobody,
        organisation=Organisation.objects.get(kind="unodc"),
        role="manager",
        unit=Entity.objects.filter(kind="unit", led_mandates=None, activities=None).first(),
    )
    assert sign_in(nobody).get("/").context["gaps"].rows == []
