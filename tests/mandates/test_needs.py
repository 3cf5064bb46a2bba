"""Needs are written by officers and published by managers."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404

from mandates.models import Need
from mandates.services.needs import (
    NeedChangedMeanwhile,
    change_need,
    publish_need,
    remove_need,
    write_need,
)
from notifications.models import OutboxMessage
from tests.factories import MandateFactory, NeedFactory, focal_point, manager, officer, person

pytestmark = pytest.mark.django_db

FIELDS = {
    "words": "A meeting of experts",
    "kind": "expert_meeting",
    "every_months": 12,
    "valid_from": dt.date(2020, 1, 1),
    "valid_to": None,
}


def test_a_need_written_by_an_officer_counts_once_a_manager_publishes_it():
    author, boss = officer(), manager()
    need = write_need(user=author, mandate_pk=MandateFactory().pk, fields=FIELDS)
    assert need.published_at is None
    assert [told.recipient for told in OutboxMessage.objects.all()] == [boss]
    publish_need(user=boss, need_pk=need.pk, revision=need.revision)
    need.refresh_from_db()
    assert need.published_by == boss
    assert OutboxMessage.objects.filter(recipient=author, kind="need_published").count() == 1


def test_publishing_twice_changes_nothing():
    need, boss = NeedFactory(), manager()
    first = publish_need(user=boss, need_pk=need.pk, revision=1).published_at
    assert publish_need(user=manager(), need_pk=need.pk, revision=1).published_at == first


def test_a_change_sends_a_published_need_back():
    need = NeedFactory(published=True)
    changed = change_need(
        user=officer(), need_pk=need.pk, fields={**FIELDS, "words": "Two meetings"}, revision=1
    )
    assert (changed.published_by, changed.published_at, changed.revision) == (None, None, 2)


def test_saving_without_a_change_leaves_a_need_published():
    need = NeedFactory(published=True, **FIELDS)
    assert change_need(user=officer(), need_pk=need.pk, fields=FIELDS, revision=1).published_at


def test_the_version_that_was_not_read_is_neither_changed_nor_published():
    need = NeedFactory()
    change_need(user=officer(), need_pk=need.pk, fields=FIELDS, revision=1)
    with pytest.raises(NeedChangedMeanwhile):
        publish_need(user=manager(), need_pk=need.pk, revision=1)
    with pytest.raises(NeedChangedMeanwhile):
        change_need(user=officer(), need_pk=need.pk, fields=FIELDS, revision=1)


@pytest.mark.parametrize(
    ("field", "day"),
    [("valid_to", dt.date(2019, 12, 31)), ("valid_from", dt.date(2019, 1, 1))],
)
def test_days_out_of_order_are_refused(field, day):
    with pytest.raises(ValidationError):
        write_need(user=officer(), mandate_pk=MandateFactory().pk, fields={**FIELDS, field: day})
    assert not Need.objects.exists()


def test_a_need_is_removed_until_it_was_published():
    author, need = officer(), NeedFactory()
    with pytest.raises(NeedChangedMeanwhile):
        remove_need(user=author, need_pk=need.pk, revision=9)
    with pytest.raises(PermissionDenied):
        remove_need(user=person("auditor"), need_pk=need.pk, revision=1)
    remove_need(user=author, need_pk=need.pk, revision=1)
    assert not Need.objects.exists()
    kept = NeedFactory()
    publish_need(user=manager(), need_pk=kept.pk, revision=1)
    kept = change_need(
        user=author, need_pk=kept.pk, revision=1, fields={**FIELDS, "words": "Another"}
    )
    with pytest.raises(ValidationError, match="end it instead"):
        remove_need(user=author, need_pk=kept.pk, revision=kept.revision)
    assert Need.objects.get() == kept


def test_only_counted_mandates_have_needs():
    mandate = MandateFactory(addressees=["member_states"])
    with pytest.raises(Http404):
        write_need(user=officer(), mandate_pk=mandate.pk, fields=FIELDS)


def test_only_managers_publish():
    with pytest.raises(PermissionDenied):
        publish_need(user=officer(), need_pk=NeedFactory().pk, revision=1)


def test_states_see_only_published_needs():
    published, draft = NeedFactory(published=True), NeedFactory()
    assert list(Need.objects.visible_to(focal_point())) == [published]
    assert set(Need.objects.visible_to(person("auditor"))) == {published, draft}
