"""Logging an activity with all that belongs to it, through the services."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from assistance.models import Activity, ActivityStatus, LinkState, Weight
from assistance.services import (
    MandateLink,
    NewDelivery,
    NewEvidence,
    StaleRevision,
    change_activity,
    log_activity,
)
from tests import factories as f
from tests.activities.conftest import PDF, asked_by, plan

pytestmark = pytest.mark.django_db


def test_one_act_makes_activity_links_delivery_and_evidence():
    kenya, item, mandate = asked_by("KE")
    by = f.officer()
    activity = log_activity(
        by=by,
        countries=[kenya],
        mandates=[MandateLink(mandate, Weight.SIGNIFICANT)],
        items=[item],
        deliveries=[
            NewDelivery(
                on=f.today() - dt.timedelta(days=3),
                country=kenya,
                women=10,
                men=12,
                evidence=[
                    NewEvidence("participants", file=SimpleUploadedFile("../../list.pdf", PDF))
                ],
            )
        ],
        send=True,
        **plan(),
    )
    link = activity.mandate_links.get()
    assert (link.state, link.weight, link.proposed_by) == (
        LinkState.PROPOSED,
        "significant",
        by,
    )
    delivery = activity.deliveries.get()
    assert (delivery.kind, delivery.participants) == ("training", 22)
    assert list(delivery.items.all()) == [item], "ticked by default for the State's item"
    evidence = delivery.evidence.get()
    assert (evidence.filename, evidence.content_type) == ("list.pdf", "application/pdf")
    assert evidence.file.read() == PDF
    assert "list" not in evidence.file.name
    assert activity.sent_at is not None


def test_items_of_a_state_that_is_not_named_are_refused_at_the_field():
    _kenya, item, _mandate = asked_by("KE")
    with pytest.raises(ValidationError) as refused:
        log_activity(
            by=f.officer(),
            countries=[f.CountryFactory(iso="CO")],
            items=[item],
            **plan(),
        )
    assert refused.value.message_dict == {
        "items": [f"{item.request.ref} is of State KE, which the activity does not name."]
    }
    assert not Activity.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"actual_end": dt.date(2020, 1, 1)}, "actual_end"),
        ({"actual_start": None}, "actual_start"),
        ({"actual_end": dt.date(2999, 1, 1)}, "actual_end"),
        (
            {"planned_start": dt.date(2024, 2, 1), "planned_end": dt.date(2024, 1, 1)},
            "planned_end",
        ),
        ({"status": ActivityStatus.PIPELINE}, "status"),
        ({"status": "9"}, "status"),
        ({"kind": "party"}, "kind"),
    ],
)
def test_a_wrong_plan_is_refused_at_its_field(changes, field):
    with pytest.raises(ValidationError) as refused:
        log_activity(by=f.officer(), **plan(**changes))
    assert list(refused.value.message_dict) == [field]
    assert not Activity.objects.exists()


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        (["60", "50"], "The shares sum to 110; they must sum to 100."),
        (["60", None], "Give each mandate a share, or none of them."),
        (["120", "-20"], "A share lies between 0 and 100."),
    ],
)
def test_shares_sum_to_100_or_none_is_given(shares, message):
    links = [
        MandateLink(f.MandateFactory(), share=None if share is None else Decimal(share))
        for share in shares
    ]
    with pytest.raises(ValidationError) as refused:
        log_activity(by=f.officer(), mandates=links, **plan())
    assert refused.value.message_dict == {"share": [message]}


def test_shares_that_sum_to_100_are_kept():
    links = [MandateLink(f.MandateFactory(), share=Decimal(share)) for share in (60, 40)]
    activity = log_activity(by=f.officer(), mandates=links, **plan())
    assert sorted(activity.mandate_links.values_list("share", flat=True)) == [40, 60]


def test_a_wrong_delivery_leaves_nothing_behind():
    kenya, *_rest = asked_by("KE")
    with pytest.raises(ValidationError) as refused:
        log_activity(
            by=f.officer(),
            countries=[kenya],
            deliveries=[NewDelivery(on=f.today() + dt.timedelta(days=1), country=kenya)],
            **plan(),
        )
    assert list(refused.value.message_dict) == ["deliveries.0.on"]
    assert not Activity.objects.exists()


def test_wrong_evidence_leaves_nothing_behind():
    kenya, *_rest = asked_by("KE")
    program = NewEvidence("report", file=SimpleUploadedFile("report.pdf", b"\x7fELF\x02\x01\x01"))
    with pytest.raises(ValidationError) as refused:
        log_activity(
            by=f.officer(),
            countries=[kenya],
            deliveries=[NewDelivery(on=f.today(), country=kenya, evidence=[program])],
            **plan(),
        )
    assert list(refused.value.message_dict) == ["deliveries.0.evidence.0.file"]
    assert not Activity.objects.exists()


def test_only_officers_log_activities():
    for person in (f.manager(), f.focal_point(), f.person("auditor")):
        with pytest.raises(PermissionDenied):
            log_activity(by=person, **plan())


def test_a_change_makes_a_new_revision_and_an_empty_one_does_not():
    by, other = f.officer(), f.officer()
    activity = log_activity(by=by, **plan())
    same = change_activity(activity=activity, by=other, revision=1, title=activity.title)
    assert same.revision == 1
    changed = change_activity(activity=activity, by=other, revision=1, title="Another title")
    assert (changed.revision, changed.title) == (2, "Another title")
    assert changed.author_ids == {by.pk, other.pk}


def test_a_change_of_an_old_revision_carries_both_versions():
    activity = log_activity(by=f.officer(), **plan())
    change_activity(activity=activity, by=f.officer(), revision=1, title="Theirs")
    with pytest.raises(StaleRevision) as refused:
        change_activity(activity=activity, by=f.officer(), revision=1, title="Mine")
    assert refused.value.current.title == "Theirs"
    assert refused.value.attempted == {"title": "Mine"}
    activity.refresh_from_db()
    assert activity.title == "Theirs"


def test_a_state_with_a_delivery_stays_named():
    kenya, item, _mandate = asked_by("KE")
    activity = log_activity(
        by=f.officer(),
        countries=[kenya],
        items=[item],
        deliveries=[NewDelivery(on=f.today(), country=kenya)],
        **plan(),
    )
    with pytest.raises(ValidationError) as refused:
        change_activity(activity=activity, by=f.officer(), revision=1, countries=[])
    assert len(refused.value.message_dict["countries"]) == 2
