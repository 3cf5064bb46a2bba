"""What pages of figures show, to whom, and what they answer to wrong or narrowed questions."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assistance.models import DeliveryItem, Reply
from mandates.models import ParagraphText
from tests.factories import (
    ActivityFactory,
    CountryFactory,
    DeliveryFactory,
    EvidenceFactory,
    MandateFactory,
    ParagraphFactory,
    RequestFactory,
    ResolutionFactory,
    StateFactory,
    TextFactory,
    UserFactory,
    approve,
    focal_point,
    link,
    manager,
    officer,
    person,
    served_item,
    today,
)

pytestmark = pytest.mark.django_db

SignIn = Callable[[Any], Client]


def asked_by(iso: str, mandate: Any, **fields: Any) -> Any:
    """An item of a State's request, tied to a mandate."""
    state = StateFactory(country=CountryFactory(iso=iso))
    item = RequestFactory(organisation=state, **fields).items.get()
    link(item, mandate)
    return item


def glance(slug: str = "A-RES-70-1", **query: str) -> str:
    query_string = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/resolutions/{slug}/?{query_string}"


def test_a_focal_point_sees_figures_of_its_own_rows_and_is_told_so(sign_in: SignIn) -> None:
    mandate = MandateFactory()
    asked_by("CO", mandate)
    asked_by("KE", mandate)
    page = sign_in(focal_point("KE")).get(glance())
    assert page.context["figures"].totals.demands == 1
    assert "count only what your own State" in page.content.decode()
    assert sign_in(manager()).get(glance()).context["figures"].totals.demands == 2


def test_no_page_of_figures_names_another_state_to_a_focal_point(sign_in: SignIn) -> None:
    item = served_item("CO", title="Salt and pepper")
    item.words = "Very secret help"
    item.save()
    focal = sign_in(focal_point("KE"))
    staff = sign_in(manager())
    mandate = item.mandate_links.get().mandate
    number = mandate.paragraph.number
    for page in (
        f"/resolutions/A-RES-70-1/paragraphs/{number}/",
        "/coverage/demands/",
        "/coverage/demands/?format=csv",
        "/coverage/demands/?state=CO",
    ):
        assert "Very secret help" in staff.get(page).content.decode(), page
        answer = focal.get(page).content.decode()
        assert "Very secret help" not in answer
        assert item.request.ref not in answer
    assert focal.get("/coverage/unlinked/").status_code == 403


def test_the_file_holds_what_the_page_shows(sign_in: SignIn) -> None:
    asked_by("KE", MandateFactory(paragraph=ParagraphFactory(number="1")))
    MandateFactory(paragraph=ParagraphFactory(number="2"))
    client = sign_in(manager())
    page = client.get(glance(status="unmet"))
    rows = list(
        csv.reader(
            client.get(glance(status="unmet", format="csv"))
            .content.decode("utf-8-sig")
            .splitlines()
        )
    )
    lines = rows[1 : rows.index([])]
    assert [line[0] for line in lines] == [line.figures.number for line in page.context["table"]]
    assert [line[0] for line in lines] == ["1"]
    assert ["Coverage definition", "1.0"] in rows


def test_mandates_and_the_trays_come_as_files_too(sign_in: SignIn) -> None:
    client = sign_in(manager())
    asked = asked_by("KE", MandateFactory(paragraph=ParagraphFactory(number="1")))
    MandateFactory(paragraph=ParagraphFactory(number="2"), addressees=["states"])
    page = "/resolutions/A-RES-70-1/mandates/"
    assert "op1/m1" in (file := client.get(f"{page}?show=counted&format=csv").content.decode())
    assert "op2/m1" not in file
    assert client.get(f"{page}?show=x&status=x").context["count"] == 2
    assert client.get(f"{page}?show=x&status=x").context["filter_tags"] == []
    loose, helped = RequestFactory(), ActivityFactory()
    link(helped, asked.mandate_links.get().mandate)
    approve(helped)
    tray = client.get("/coverage/unlinked/?format=csv").content.decode()
    assert f"Tied to no mandate,,{loose.ref},1" in tray
    page = "/coverage/unlinked/?flag=no_recorded_request"
    assert f"?activity={helped.pk}" in sign_in(officer()).get(page).content.decode()
    file = client.get(f"{page}&format=csv").content.decode()
    assert f"No recorded request,{asked.mandate_links.get().mandate.identifier},,," in file


def test_words_that_a_spreadsheet_takes_for_a_formula_are_quoted(sign_in: SignIn) -> None:
    item = asked_by("KE", MandateFactory())
    item.words = "=1+1"
    item.save()
    answer = sign_in(manager()).get("/coverage/demands/?format=csv").content.decode()
    assert ",'=1+1," in answer


def test_days_in_the_wrong_order_are_told_at_their_field(sign_in: SignIn) -> None:
    MandateFactory()
    answer = sign_in(manager()).get(glance(**{"from": "2024-05-01", "to": "2024-01-01"}))
    assert answer.status_code == 200
    assert answer.context["form"].errors["to"] == ["The last day must not be before the first."]


def test_status_as_of_an_earlier_day_forgets_what_came_later(sign_in: SignIn) -> None:
    mandate = MandateFactory()
    asked_by("KE", mandate, received_on=dt.date(2021, 5, 1))
    asked_by("CO", mandate, received_on=dt.date(2023, 5, 1))
    answer = sign_in(manager()).get(glance(to="2022-01-01"))
    assert answer.context["figures"].totals.demands == 1


def test_a_paragraph_without_a_label_shows_how_it_begins(sign_in: SignIn) -> None:
    paragraph = MandateFactory(paragraph=ParagraphFactory(labels={})).paragraph
    for language, words in (
        ("es", "Acoge con beneplácito la labor de la Comisión en la materia;"),
        ("en", "Welcomes the work of the Commission in this matter;"),
    ):
        text = TextFactory(resolution=paragraph.resolution, language=language)
        ParagraphText.objects.create(paragraph=paragraph, text=text, words=words)
    shown = sign_in(manager()).get(glance()).content.decode()
    assert '<span lang="en">Welcomes the work of the\xa0…</span>' in shown
    shown = sign_in(manager()).get(glance(), headers={"accept-language": "es"}).content.decode()
    assert '<span lang="es">Acoge con beneplácito la labor\xa0…</span>' in shown


def test_paragraphs_sort_by_column(sign_in: SignIn) -> None:
    MandateFactory(paragraph=ParagraphFactory(number="1"))
    asked_by("KE", MandateFactory(paragraph=ParagraphFactory(number="2")))
    client = sign_in(manager())

    def order(sort: str) -> list[str]:
        return [line.figures.number for line in client.get(glance(sort=sort)).context["table"]]

    assert order("number") == ["1", "2"]
    assert order("-number") == ["2", "1"]
    assert order("status") == ["2", "1"]
    assert order("nonsense") == ["1", "2"]


def test_the_growth_ends_with_the_figures_of_the_page(sign_in: SignIn) -> None:
    served_item("KE")
    asked_by("CO", MandateFactory())
    page = sign_in(manager()).get(glance()).context["page"]
    totals = page.figures.totals
    assert (page.chart.last.asked, page.chart.last.served) == (totals.demands, totals.served)
    assert page.chart.last.day == today()


def test_a_paragraph_says_what_would_turn_it_green(sign_in: SignIn) -> None:
    mandate = MandateFactory()
    asked_by("KE", mandate, received_on=today() - dt.timedelta(days=41))
    path = reverse("paragraph", args=["A-RES-70-1", mandate.paragraph.number])
    answer = sign_in(officer()).get(path).content.decode()
    assert "To turn it green: serve" in answer
    assert "waiting 41 days" in answer


def test_what_would_turn_it_green_names_who_still_waits_and_the_very_next_act(
    sign_in: SignIn,
) -> None:
    item = served_item("KE")
    mandate, delivery = item.mandate_links.get().mandate, item.deliveries.get()
    path = reverse("paragraph", args=["A-RES-70-1", mandate.paragraph.number])

    def sentence() -> str:
        words = sign_in(officer()).get(path).context["page"].sentence
        return re.sub("<[^>]+>", "", words)

    assert sentence() == "Delivered to all. To show it: add evidence for State KE."
    EvidenceFactory(delivery=delivery)
    assert sentence() == "Delivered to all. To show it: verify the evidence for State KE."
    item.request.states.add(CountryFactory(iso="CO"))
    assert sentence() == "To turn it green: deliver what has begun for State CO."
    Reply.objects.create(
        delivery=delivery, country=delivery.country, verdict="disputed", by=UserFactory(), words="-"
    )
    assert sentence() == "To turn it green: settle what State KE found missing."
    late = today() - dt.timedelta(days=3)
    planned = ActivityFactory(planned_start=late)
    asked = asked_by("NE", mandate)
    for thing in (mandate, asked):
        link(planned, thing)
    approve(planned)
    assert "hold what was planned for State NE on" in sentence()


def test_the_page_of_a_paragraph_keeps_the_filters_of_the_figure_it_was_opened_from(
    sign_in: SignIn,
) -> None:
    mandate = MandateFactory(paragraph=ParagraphFactory(number="1"))
    MandateFactory(paragraph=ParagraphFactory(number="2"))
    asked_by("KE", mandate), asked_by("CO", mandate)
    path = reverse("paragraph", args=["A-RES-70-1", "1"])
    client = sign_in(manager())
    assert client.get(path).context["page"].figures.demands == 2
    answer = client.get(f"{path}?state=KE")
    page = answer.context["page"]
    assert page.figures.demands == 1
    assert [owed.who for clause in page.clauses for owed in clause.owed] == ["State KE"]
    assert answer.context["filter_tags"] == [{"label": "State", "value": "State KE", "url": path}]
    assert 'paragraphs/2/?state=KE"' in answer.content.decode()
    assert client.get(page.clauses[0].demands_url).context["page_obj"].paginator.count == 1


def test_an_earlier_day_shows_no_delivery_made_later(sign_in: SignIn) -> None:
    item = served_item()
    mandate, delivery = item.mandate_links.get().mandate, item.deliveries.get()
    path = reverse("paragraph", args=["A-RES-70-1", mandate.paragraph.number])
    before = delivery.on - dt.timedelta(days=1)
    for day, shown in ((before, False), (delivery.on, True)):
        page = sign_in(officer()).get(path, {"to": day.isoformat()}).context["page"]
        ((owed,),) = [clause.owed for clause in page.clauses]
        assert any(entry.delivery for entry in owed.entries) is shown


def test_a_delivery_the_state_objects_to_is_shown_and_said_not_to_count(sign_in: SignIn) -> None:
    mandate = MandateFactory()
    item = asked_by("KE", mandate)
    activity = ActivityFactory(title="Half a course")
    link(activity, mandate)
    link(activity, item)
    approve(activity)
    country = CountryFactory(iso="KE")
    delivery = DeliveryFactory(activity=activity, country=country)
    DeliveryItem.objects.create(delivery=delivery, item=item)
    approve(delivery)
    Reply.objects.create(
        delivery=delivery, country=country, verdict="partly", words="Half", by=UserFactory()
    )
    path = reverse("paragraph", args=["A-RES-70-1", mandate.paragraph.number])
    page = sign_in(officer()).get(path)
    answer = page.content.decode()
    assert "settle what" in answer
    assert "does not count" in answer
    assert [mend.row.code for mend in page.context["page"].not_counting] == ["partly"]


def test_a_paragraph_that_is_not_there_is_not_found(sign_in: SignIn) -> None:
    ResolutionFactory()
    assert sign_in(officer()).get("/resolutions/A-RES-70-1/paragraphs/99/").status_code == 404


@pytest.mark.parametrize(
    ("role", "template"),
    [
        ("programme_officer", "dashboards/home_officer.html"),
        ("manager", "dashboards/home_manager.html"),
        ("auditor", "dashboards/home_manager.html"),
        ("administrator", "dashboards/home_administrator.html"),
    ],
)
def test_each_role_has_its_home_even_in_an_empty_installation(
    sign_in: SignIn, role: str, template: str
) -> None:
    answer = sign_in(person(role)).get("/")
    assert answer.status_code == 200
    assert template in [one.name for one in answer.templates]


def test_a_person_without_a_role_is_told_so(sign_in: SignIn) -> None:
    assert "hold no role" in sign_in(UserFactory()).get("/").content.decode()


def test_whoever_holds_two_roles_chooses_the_home(sign_in: SignIn) -> None:
    both = officer()
    both.memberships.create(organisation=both.memberships.get().organisation, role="manager")
    client = sign_in(both)
    assert client.get("/").context["role"] == "programme_officer"
    assert client.get("/?as=manager").context["role"] == "manager"
    assert client.get("/?as=auditor").context["role"] == "programme_officer"


def test_visitors_are_asked_to_sign_in(client: Client) -> None:
    ResolutionFactory()
    for page in ("/", glance(), "/coverage/demands/", "/received/"):
        answer = client.get(page)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")


def test_the_public_reads_words_and_no_figures(client: Client, settings: Any) -> None:
    settings.PUBLIC_SITE = True
    mandate = MandateFactory()
    asked_by("KE", mandate)
    for page in (glance(), f"/resolutions/A-RES-70-1/paragraphs/{mandate.paragraph.number}/"):
        answer = client.get(page)
        assert answer.status_code == 200
        assert "data-figure" not in answer.content.decode()
    assert client.get("/coverage/demands/").status_code == 302


def test_the_method_is_explained_to_everybody(client: Client) -> None:
    answer = client.get("/help/coverage/").content.decode()
    assert "How coverage is counted" in answer
    assert "asked, and nothing planned" in answer
