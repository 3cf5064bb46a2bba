"""What was asked twice: found by likeness, merged by a person, readable in both places."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from rest_framework.test import APIClient

from assistance.requests.duplicates import duplicates_of, mergeable_into
from assistance.workflow import (
    ItemDraft,
    StaleRevision,
    accept_request,
    merge_item,
    merge_items,
    save_draft,
    start_review,
    submit_request,
)
from notifications.models import OutboxMessage
from tests import factories
from tests.requests import worlds
from tests.security.switches import without_row_security

pytestmark = pytest.mark.django_db


@pytest.fixture
def focal():
    return factories.focal_point("KE")


@pytest.fixture
def officer():
    return factories.officer()


def asked(user, officer, title, *words):
    draft = save_draft(
        user=user,
        organisation=user.memberships.get().organisation,
        title=title,
        beneficiaries="Police",
        reason="Cases rise",
        items=[ItemDraft(words=one) for one in words],
    )
    sent = submit_request(draft=draft, user=user)
    return accept_request(request=start_review(request=sent, user=officer), user=officer)


@pytest.fixture
def first(focal, officer):
    return asked(
        focal,
        officer,
        "Tracing virtual assets",
        "A course on tracing virtual assets for investigators",
        "A manual on seizing them",
    )


@pytest.fixture
def second(focal, officer):
    return asked(
        focal,
        officer,
        "Tracing of virtual assets, again",
        "Course on tracing of virtual assets for our investigators",
    )


def found(request):
    return [one.ref for one in duplicates_of(request, request.items.all())]


def test_like_words_of_the_same_state_are_found(focal, officer, first, second):
    asked(focal, officer, "Border posts", "Radios for posts at the border")
    asked(factories.focal_point("CO"), officer, "Tracing virtual assets", "A course on tracing")
    assert found(second) == [first.ref]
    assert found(first) == [second.ref]


def test_what_is_ended_or_a_draft_is_no_duplicate(focal, first, second):
    save_draft(
        user=focal, organisation=first.organisation, title="Tracing virtual assets", items=[]
    )
    type(second).objects.filter(pk=second.pk).update(state="closed")
    assert found(first) == []
    second.refresh_from_db()
    assert found(second) == []


def test_the_officer_sees_it_and_a_state_does_not(client, focal, officer, first, second):
    address = reverse("request", args=[second.pk])
    client.force_login(officer)
    page = client.get(address).content.decode()
    assert "May be the same" in page
    assert f"/do/merge/?into={first.pk}" in page
    client.force_login(focal)
    assert "May be the same" not in client.get(address).content.decode()


def test_items_are_merged_by_a_person_on_one_page(client, focal, officer, first, second):
    client.force_login(officer)
    address = reverse("request-act", args=[first.pk, "merge"])
    form = client.get(f"{address}?into={second.pk}").context["form"]
    target = second.items.get()
    assert form["item-1"].initial == target
    assert form["item-2"].initial is None
    client.post(address, {"item-1": target.pk, "item-2": "", "reason": "Asked twice"})
    one, two = first.items.order_by("n")
    assert (one.outcome, one.merged_into, one.outcome_reason) == ("merged", target, "Asked twice")
    assert two.outcome == "open"
    told = OutboxMessage.objects.get(kind="item_merged", recipient=focal)
    assert told.worded.subject == f"{first.ref}: item 1 goes on in {second.ref}"


def test_both_stay_readable_and_lead_to_each_other(client, focal, officer, first, second):
    merge_item(item=second.items.get(), into=first.items.get(n=1), user=officer)
    second.refresh_from_db()
    assert second.state == "closed"
    client.force_login(focal)
    page = client.get(reverse("request", args=[second.pk])).content.decode()
    assert f'href="/requests/{first.pk}/#item-1"' in page
    page = client.get(reverse("request", args=[first.pk])).content.decode()
    assert f"Also asked for as item 1 of {second.ref}" in page
    assert "for our investigators" in page


def test_one_that_cannot_be_merged_stops_all_and_is_named(officer, first, second):
    one, two = first.items.order_by("n")
    worlds.delivery_for(two)
    target = second.items.get()
    with pytest.raises(ValidationError) as refused:
        merge_items(pairs=[(one, target), (two, target)], user=officer)
    assert set(refused.value.message_dict) == {"item-2"}
    assert "partly fulfilled" in refused.value.message_dict["item-2"][0]
    one.refresh_from_db()
    assert one.outcome == "open"
    with pytest.raises(ValidationError):
        merge_items(pairs=[], user=officer)
    merge_items(pairs=[(one, target)], user=officer)
    with pytest.raises(ValidationError) as ended:
        merge_items(pairs=[(one, target)], user=officer)
    assert set(ended.value.message_dict) == {"item-1"}


def test_items_changed_since_they_were_read_are_not_merged(officer, first, second):
    with pytest.raises(StaleRevision):
        merge_items(pairs=[(first.items.get(n=1), second.items.get())], user=officer, revision=999)


def test_a_refusal_stands_at_its_item_and_the_choice_stays(client, officer, first, second):
    worlds.delivery_for(first.items.get(n=2))
    client.force_login(officer)
    target = second.items.get()
    page = client.post(
        reverse("request-act", args=[first.pk, "merge"]),
        {"item-1": target.pk, "item-2": target.pk, "reason": "Twice"},
    )
    assert page.status_code == 422
    assert "partly fulfilled" in str(page.context["form"].errors["item-2"])
    assert page.content.decode().count(f'value="{target.pk}" selected') == 2


def test_a_request_that_does_not_name_its_states_takes_no_item():
    officer = factories.officer()
    body = factories.RegionalBodyFactory()
    kenya, niger = (factories.CountryFactory(iso=iso) for iso in ("KE", "NE"))
    both, one = (
        factories.RequestFactory(organisation=body, state="accepted", countries=countries)
        for countries in ([kenya, niger], [kenya])
    )
    with pytest.raises(ValidationError, match="is not for these States: State NE"):
        merge_item(item=both.items.get(), into=one.items.get(), user=officer)
    assert list(mergeable_into(both.items.get())) == []
    merge_item(item=one.items.get(), into=both.items.get(), user=officer)
    assert one.items.get().merged_into == both.items.get()


def test_the_api_lists_what_may_be_the_same(officer, first, second):
    client = APIClient()
    client.force_login(officer)
    answer = client.get(reverse("api:request-duplicates", args=[second.pk]))
    assert [one["ref"] for one in answer.data["results"]] == [first.ref]
    assert 0.35 <= answer.data["results"][0]["likeness"] <= 1


PAIRS = [
    (
        ("en", "Tracing virtual assets", "A course on tracing virtual assets for investigators"),
        ("fr", "Suivre les actifs virtuels", "Un cours sur le traçage des actifs virtuels"),
    ),
    (
        ("fr", "Formation sur les preuves électroniques", "Un cours pour les procureurs"),
        ("en", "Course for prosecutors on electronic evidence", "Ten days for prosecutors"),
    ),
    (
        ("en", "Prisons: rehabilitation of prisoners", "Risks of violent extremist prisoners"),
        ("es", "Prisiones: rehabilitación de reclusos", "Riesgos de reclusos extremistas"),
    ),
]


def written(language, title, words, **fields):
    fields.setdefault(
        "organisation", factories.StateFactory(country=factories.CountryFactory(iso="KE"))
    )
    request = factories.RequestFactory(title=title, language=language, with_items=0, **fields)
    factories.ItemFactory(request=request, words=words)
    return request


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_the_same_wish_in_two_languages_is_found(one, other):
    first, second = written(*one), written(*other)
    stranger = factories.StateFactory(country=factories.CountryFactory(iso="CO"))
    written(*other, organisation=stranger)
    assert found(first) == [second.ref]
    assert found(second) == [first.ref]


def test_other_wishes_in_another_language_are_not(first):
    written("fr", "Enfants recrutés par des groupes terroristes", "Réinsertion des enfants")
    written("es", "Radios para puestos fronterizos", "Veinte radios")
    written("en", "Support for victims of terrorist attacks", "A guide for prosecutors")
    assert found(first) == []


def test_duplicates_are_found_in_a_constant_number_of_queries(second, django_assert_num_queries):
    for n in range(3):
        written("fr", f"Suivre les actifs virtuels, {n}", "Un cours sur les actifs virtuels")
        items = list(second.items.all())
        with django_assert_num_queries(2):
            assert len(duplicates_of(second, items)) == n + 1


def test_who_is_named_in_one_request_alone_reads_nothing_of_what_was_merged_into_it(
    client, officer
):
    body = factories.RegionalBodyFactory()
    kenya, colombia = (factories.CountryFactory(iso=iso) for iso in ("KE", "CO"))
    of_kenya, of_both = (
        factories.RequestFactory(organisation=body, state="accepted", countries=named)
        for named in ([kenya], [kenya, colombia])
    )
    merge_item(item=of_kenya.items.get(), into=of_both.items.get(), user=officer)
    page = reverse("request", args=[of_both.pk])
    with without_row_security():
        for iso, told in (("KE", True), ("CO", False)):
            client.force_login(factories.focal_point(iso))
            assert (of_kenya.ref in client.get(page).text) is told, iso
