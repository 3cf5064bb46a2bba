"""What a need does to the figures is shown before it is saved, published, ended or replaced."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from assistance.coverage.foresee import foresee
from assistance.models import DeliveryNeed
from mandates.models import Need
from mandates.services.needs import NeedChangedMeanwhile, end_need, publish_need
from notifications.models import OutboxMessage
from tests.factories import (
    ActivityFactory,
    DeliveryFactory,
    MandateFactory,
    NeedFactory,
    ParagraphFactory,
    approve,
    link,
    manager,
    officer,
    today,
)

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]
FIELDS = {"words": "A meeting", "kind": "", "every_months": "", "valid_from": "2020-01-01"}


@pytest.fixture
def mandate() -> Any:
    """A standing mandate of a sub-paragraph, with its one delivery made."""
    above = ParagraphFactory()
    found = MandateFactory(paragraph=ParagraphFactory(parent=above), basis="standing")
    activity = ActivityFactory()
    link(activity, found)
    approve(activity)
    approve(DeliveryFactory(activity=activity))
    return found


def lines(foreseen: Any) -> list[tuple[Any, ...]]:
    return [
        (line.before.status, line.before.served, line.after.status, line.after.served)
        for line in foreseen
    ]


def test_publishing_a_need_that_nothing_was_ticked_for_opens_a_gap(mandate: Any) -> None:
    boss, need = manager(), NeedFactory(mandate=mandate)
    found = foresee(
        mandate, user=boss, act=lambda: publish_need(user=boss, need_pk=need.pk, revision=1)
    )
    # The mandate, its sub-paragraph, the paragraph above, the resolution.
    assert lines(found) == [
        *[("delivered", 1, "planned", 0)] * 3,
        (None, 1, None, 0),
    ]
    assert all(line.changes for line in found)
    need.refresh_from_db()
    assert need.published_at is None
    assert not OutboxMessage.objects.exists(), "nobody is told of what was only looked at"


def test_what_an_act_refuses_is_raised_and_leaves_nothing(mandate: Any) -> None:
    need = NeedFactory(mandate=mandate)
    with pytest.raises(PermissionDenied):
        foresee(
            mandate,
            user=officer(),
            act=lambda: publish_need(user=officer(), need_pk=need.pk, revision=1),
        )
    assert Need.objects.get().published_at is None


def test_an_officer_sees_what_a_new_need_would_do_and_nothing_is_saved(
    mandate: Any, sign_in: SignIn
) -> None:
    client, page = sign_in(officer()), reverse("need-new", args=[mandate.pk])
    seen = client.post(page, {**FIELDS, "foresee": "1"})
    assert lines(seen.context["foreseen"])[0] == ("delivered", 1, "planned", 0)
    assert seen.context["form"]["words"].value() == "A meeting"
    assert not Need.objects.exists()
    wrong = client.post(page, {**FIELDS, "valid_from": "2000-01-01", "foresee": "1"})
    assert "foreseen" not in wrong.context
    assert not Need.objects.exists()


def test_a_changed_need_is_foreseen_as_it_will_be_published(mandate: Any, sign_in: SignIn) -> None:
    need = NeedFactory(mandate=mandate, published=True)
    delivery = DeliveryFactory(activity=mandate.activity_links.get().activity)
    DeliveryNeed.objects.create(delivery=delivery, need=need)
    approve(delivery)
    page = reverse("need-edit", args=[need.pk])
    sent = {**FIELDS, "valid_from": today().isoformat(), "revision": "1", "foresee": "1"}
    seen = sign_in(officer()).post(page, sent)
    assert lines(seen.context["foreseen"])[0] == ("delivered", 1, "planned", 0)
    assert "stops counting until" in seen.content.decode()
    need.refresh_from_db()
    assert need.valid_from == dt.date(2020, 1, 1)


def test_a_manager_sees_what_publishing_does_and_publishes_in_place_of_another(
    mandate: Any, sign_in: SignIn
) -> None:
    old = NeedFactory(mandate=mandate, published=True)
    new = NeedFactory(mandate=mandate, valid_from=today() - dt.timedelta(days=5))
    client, page = sign_in(manager()), reverse("need-edit", args=[new.pk])
    beside = client.get(page).context["when_published"][0]
    assert (beside.before.demands, beside.after.demands) == (1, 2)
    instead = client.get(page, {"in_place_of": old.pk}).context["when_published"][0]
    assert (instead.before.demands, instead.after.demands) == (1, 1)
    client.post(
        reverse("need-publish", args=[new.pk]), {"revision": "1", "in_place_of": str(old.pk)}
    )
    old.refresh_from_db()
    new.refresh_from_db()
    assert new.published_at
    assert old.valid_to == new.valid_from - dt.timedelta(days=1)
    assert old.published_at


def test_a_need_that_begins_later_is_not_replaced(mandate: Any, sign_in: SignIn) -> None:
    old = NeedFactory(mandate=mandate, published=True, valid_from=today())
    new = NeedFactory(mandate=mandate)
    client = sign_in(manager())
    page = client.get(reverse("need-edit", args=[new.pk]), {"in_place_of": old.pk})
    assert "when_published" not in page.context
    assert page.context["publish_form"].errors["in_place_of"]
    address = reverse("need-publish", args=[new.pk])
    for other in (old.pk, NeedFactory(published=True).pk):
        client.post(address, {"revision": "1", "in_place_of": str(other)})
        new.refresh_from_db()
        assert new.published_at is None


def test_ending_a_need_shows_first_what_it_does(mandate: Any, sign_in: SignIn) -> None:
    need = NeedFactory(mandate=mandate, published=True)
    client, page = sign_in(manager()), reverse("need-edit", args=[need.pk])
    assert "when_ended" not in client.get(page).context
    yesterday = today() - dt.timedelta(days=1)
    seen = client.get(page, {"last_day": yesterday.isoformat()})
    first = seen.context["when_ended"][0]
    assert (first.before.demands, first.after.demands, first.after.status) == (1, 0, "no_demand")
    need.refresh_from_db()
    assert need.valid_to is None
    assert client.get(page, {"last_day": "2019-12-31"}).context["end_form"].errors
    sent = {"revision": "1", "last_day": yesterday.isoformat()}
    client.post(reverse("need-end", args=[need.pk]), {"revision": "1"})
    client.post(reverse("need-end", args=[need.pk]), {**sent, "revision": "x"})
    need.refresh_from_db()
    assert need.valid_to is None
    client.post(reverse("need-end", args=[need.pk]), sent)
    need.refresh_from_db()
    assert (need.valid_to, need.published_at is None) == (yesterday, False)


def test_only_a_published_need_that_goes_on_can_be_ended() -> None:
    boss, draft = manager(), NeedFactory()
    over = NeedFactory(published=True, valid_to=dt.date(2020, 6, 1))
    for need in (draft, over):
        with pytest.raises(ValidationError):
            end_need(user=boss, need_pk=need.pk, last_day=today(), revision=1)
    with pytest.raises(NeedChangedMeanwhile):
        end_need(user=boss, need_pk=over.pk, last_day=today(), revision=4)
    with pytest.raises(PermissionDenied):
        end_need(user=officer(), need_pk=over.pk, last_day=today(), revision=1)


def test_taking_a_proposal_fills_the_form_of_a_new_need(mandate: Any, sign_in: SignIn) -> None:
    page = sign_in(officer()).get(reverse("need-new", args=[mandate.pk]), {"proposal": "es:0"})
    assert page.context["proposals"] == []
    assert page.context["form"].initial["valid_from"] == mandate.paragraph.resolution.adopted_on


def test_what_no_need_can_say_is_said_at_its_field(mandate: Any, sign_in: SignIn) -> None:
    """Before it is foreseen just as before it is saved."""
    client, page = sign_in(officer()), reverse("need-new", args=[mandate.pk])
    for wrong in (
        {"every_months": "0"},
        {"every_months": "999"},
        {"words": "x" * 2001},
        {"valid_from": "1999-01-01"},
    ):
        for button in ({"foresee": "1"}, {}):
            shown = client.post(page, {**FIELDS, **wrong, **button})
            assert set(shown.context["form"].errors) == set(wrong)
            assert "foreseen" not in shown.context
    assert not Need.objects.exists()


def test_a_need_that_was_never_published_can_be_removed(mandate: Any, sign_in: SignIn) -> None:
    client, need = sign_in(officer()), NeedFactory(mandate=mandate)
    page, remove = (reverse(name, args=[need.pk]) for name in ("need-edit", "need-remove"))
    assert "Remove the need" in client.get(page).content.decode()
    client.post(remove, {"revision": "7"})
    assert Need.objects.exists()
    assert client.post(remove, {"revision": "1"}).url == reverse("need-list")
    assert not Need.objects.exists()
    published = NeedFactory(mandate=mandate, published=True)
    shown = client.get(reverse("need-edit", args=[published.pk])).content.decode()
    assert "Remove the need" not in shown
