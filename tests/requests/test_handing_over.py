"""A focal point leaves: drafts and requests stay with the State, a colleague answers for them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from assistance.workflow import hand_over_all, hand_over_request, save_draft, submit_on_behalf
from directory.models import Membership
from notifications.kinds import NotificationKind
from notifications.models import OutboxMessage
from tests import factories
from tests.requests import worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def first():
    return factories.focal_point("KE", display_name="Mission")


@pytest.fixture
def second(first):
    return factories.person(
        "focal_point", first.memberships.get().organisation, display_name="Capital"
    )


def leave(person):
    Membership.objects.filter(user=person).update(ended_on=dt.date(2026, 1, 1))


def told(person):
    return OutboxMessage.objects.filter(
        kind=NotificationKind.REQUEST_HANDED_OVER, recipient=person
    ).count()


@pytest.mark.parametrize("make", [worlds.draft, worlds.submitted])
def test_a_request_is_handed_over_to_a_colleague_who_is_told(client, first, second, make):
    asked = make(first)
    assert asked.responsible == first
    client.force_login(first)
    act = reverse("request-act", args=[asked.pk, "hand-over"])
    assert "Capital" in client.get(act).content.decode()
    client.post(act, {"to": second.username, "revision": asked.revision})
    asked.refresh_from_db()
    assert asked.responsible == second
    assert told(second) == 1
    page = client.get(reverse("request-receipt", args=[asked.pk]) if asked.ref else act)
    assert page.status_code == 200


def test_what_somebody_left_behind_is_seen_written_and_taken_over(client, first, second):
    draft, asked = worlds.draft(first), worlds.submitted(first)
    leave(first)
    client.force_login(second)
    act = reverse("request-act", args=[asked.pk, "hand-over"])
    assert act in client.get(reverse("home")).content.decode(), "waits for those who stay"
    page = client.get(reverse("request", args=[asked.pk])).content.decode()
    assert "Mission, who acts for them no more" in page
    step = client.get(reverse("request-step", args=[draft.pk, "whom"]))
    assert step.status_code == 200
    client.post(act, {"to": second.username, "revision": asked.revision})
    asked.refresh_from_db()
    assert asked.responsible == second
    assert told(second) == 0, "who takes it over knows"
    client.force_login(first)
    assert client.get(reverse("request", args=[asked.pk])).status_code == 404


def test_only_a_colleague_can_answer_for_it(first, second):
    asked = worlds.submitted(first)
    for other in (factories.focal_point("CO"), factories.officer()):
        with pytest.raises(ValidationError):
            hand_over_request(request=asked, to=other, user=first)
    leave(second)
    with pytest.raises(ValidationError):
        hand_over_request(request=asked, to=second, user=first)
    with pytest.raises(PermissionDenied):
        hand_over_request(request=asked, to=first, user=factories.officer())


def test_nobody_in_particular_answers_for_what_unodc_entered(client, first):
    officer = factories.officer()
    draft = save_draft(
        user=officer,
        organisation=first.memberships.get().organisation,
        origin="meeting",
        received_on=dt.date(2026, 5, 4),
        title="Training",
        items=[worlds.ItemDraft(words="A course")],
    )
    asked = submit_on_behalf(draft=draft, user=officer)
    assert asked.responsible is None
    client.force_login(first)
    page = client.get(reverse("request", args=[asked.pk])).content.decode()
    assert "Name somebody" in page
    hand_over_request(request=asked, to=first, user=first)
    asked.refresh_from_db()
    assert asked.responsible == first


def test_an_administrator_hands_over_all_of_one_who_leaves_without_reading_it(first, second):
    admin = factories.person("administrator")
    draft, asked = worlds.draft(first), worlds.submitted(first)
    other = worlds.submitted(second)
    organisation = first.memberships.get().organisation
    leave(first)
    number = hand_over_all(person=first, organisation=organisation, to=second, user=admin)
    assert number == 2
    for one in (draft, asked):
        one.refresh_from_db()
        assert one.contact == second
    other.refresh_from_db()
    assert other.contact is None
    with pytest.raises(PermissionDenied):
        hand_over_all(person=second, organisation=organisation, to=first, user=second)


def test_an_administrator_ends_a_role_and_names_who_takes_over(client, first, second):
    admin = factories.person("administrator", is_staff=True, is_superuser=True)
    asked = worlds.submitted(first)
    membership = first.memberships.get()
    client.force_login(admin)
    url = reverse("admin:directory_membership_change", args=[membership.pk])
    form = {
        "user": first.pk,
        "organisation": membership.organisation_id,
        "role": membership.role,
        "ended_on": "2026-05-04",
        "hand_over_to": second.pk,
    }
    assert client.post(url, form).status_code == 302
    membership.refresh_from_db()
    asked.refresh_from_db()
    assert str(membership.ended_on) == "2026-05-04"
    assert asked.contact == second
    assert told(second) == 1


def test_who_takes_over_has_to_act_for_the_same_organisation(client, first):
    admin = factories.person("administrator", is_staff=True, is_superuser=True)
    stranger = factories.focal_point("CO")
    membership = first.memberships.get()
    client.force_login(admin)
    url = reverse("admin:directory_membership_change", args=[membership.pk])
    form = {
        "user": first.pk,
        "organisation": membership.organisation_id,
        "role": membership.role,
        "ended_on": "2026-05-04",
        "hand_over_to": stranger.pk,
    }
    answer = client.post(url, form)
    assert answer.status_code == 200
    assert "hand_over_to" in answer.context["adminform"].form.errors
    membership.refresh_from_db()
    assert membership.ended_on is None
