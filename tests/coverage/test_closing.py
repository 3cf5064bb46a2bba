"""A closed period: frozen rows that nobody changes, a hash that agrees, what was revised since."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any
from unittest.mock import patch

import pghistory
import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, transaction
from django.utils import timezone

from assistance.coverage.acts import SOURCES, ActKind
from assistance.coverage.closing import close_period, latest_closing, verify
from assistance.coverage.models import ClosedRow, Closing
from assistance.coverage.package import package_of_closing
from assistance.coverage.period import digest, rows_of_closing, rows_of_period
from assistance.coverage.public import public_figures
from assistance.coverage.revisions import revisions_of
from assistance.coverage.window import Window, today
from assistance.models import (
    ActivityMandate,
    Delivery,
    DeliveryItem,
    ItemMandate,
    Reply,
    RequestItem,
)
from config.selfcheck import check_installation
from mandates.models import Correction, Mandate, Need
from tests import factories

pytestmark = pytest.mark.django_db
YESTERDAY = today() - dt.timedelta(days=1)


def closed(**given: Any) -> Closing:
    """The period from the adoption to yesterday, closed by a manager an hour ago.

    A test is one transaction, whose history carries one moment: what stands there by now is made
    older than the closing.
    """
    an_hour_ago = timezone.now() - dt.timedelta(hours=1)
    for source in SOURCES:
        source.model._default_manager.exclude(**{source.at: None}).update(
            **{source.at: an_hour_ago - dt.timedelta(hours=1)}
        )
    with patch("django.utils.timezone.now", return_value=an_hour_ago):
        return _closed(**given)


def _closed(**given: Any) -> Closing:
    asked = {"first": None, "last": YESTERDAY, "resolution_slug": "A-RES-70-1", **given}
    return close_period(user=asked.pop("user", None) or factories.manager(), **asked)


def approved_by(day: dt.date, item: RequestItem) -> None:
    """As if the yes to the activity that serves it had been given on a day."""
    for link in item.activity_links.all():
        link.activity.approvals.update(on=day)


@pytest.fixture
def item() -> Any:
    """An item delivered the day before yesterday."""
    found = factories.served_item()
    approved_by(YESTERDAY, found)
    return found


def demand(closing: Closing) -> ClosedRow:
    return closing.rows.get(kind="demand")


def test_closing_freezes_each_row_with_the_version_and_a_hash_anybody_can_work_out(item):
    closing = closed(note=" The year ")
    row = demand(closing)
    assert (row.status, row.row["states"], row.row["counted"]) == ("delivered", ["KE"], True)
    assert row.row["request"] == item.request.ref
    assert (closing.first, closing.note) == (
        item.mandate_links.get().mandate.paragraph.resolution.adopted_on,
        "The year",
    )
    about = {
        "definition": "1.0",
        "from": "2019-12-18",
        "resolution": "A/RES/70/1",
        "to": YESTERDAY.isoformat(),
    }
    lines = [about] + [
        {"kind": one.kind, "key": one.key, "status": one.status, **one.row}
        for one in closing.rows.order_by("kind", "key")
    ]
    written = "\n".join(
        json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        for line in lines
    )
    assert closing.sha256 == hashlib.sha256(written.encode()).hexdigest()
    assert verify(closing).agrees


@pytest.mark.parametrize("write", ["update", "delete"])
def test_the_database_refuses_to_change_what_was_closed(item, write):
    closing = closed()
    for model in (ClosedRow, Closing):
        rows = model.objects.all()
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            rows.update(id=-1) if write == "update" else rows._raw_delete(rows.db)
    assert verify(closing).agrees


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (None, today(), "to"),
        (None, dt.date(2019, 12, 17), "to"),
        (dt.date(2019, 12, 17), YESTERDAY, "from"),
        (YESTERDAY, YESTERDAY - dt.timedelta(days=1), "to"),
    ],
)
def test_only_a_period_that_has_ended_can_be_closed(item, first, last, field):
    with pytest.raises(ValidationError) as refused:
        closed(first=first, last=last)
    assert list(refused.value.message_dict) == [field]


def test_a_period_is_closed_once_and_by_managers_alone(item):
    closed()
    with pytest.raises(ValidationError, match="closed already"):
        closed()
    with pytest.raises(PermissionDenied):
        closed(user=factories.officer(), first=dt.date(2020, 1, 1))
    closed(first=dt.date(2020, 1, 1))
    assert latest_closing(Closing.objects.first().resolution).first == dt.date(2019, 12, 18)


def test_time_passing_revises_nothing(item):
    closing = closed(last=today() - dt.timedelta(days=5))
    assert demand(closing).status == "unmet"
    assert demand(closing).row["deliveries"] == []
    assert revisions_of(closing) == []


def _of_demand(closing: Closing) -> Any:
    (revision,) = [one for one in revisions_of(closing) if one.kind == "demand" and one.before]
    return revision


def acts_after(closing: Closing) -> list[tuple[str, str]]:
    revision = _of_demand(closing)
    assert revision.row.key == revision.key
    return [(act.kind, act.path.split("/")[1] if act.path else "") for act in revision.acts]


def test_evidence_verified_since_is_listed_with_before_and_after(item):
    closing = closed()
    officer = factories.officer()
    factories.EvidenceFactory(
        delivery=item.deliveries.get(), verified_by=officer, verified_at=timezone.now()
    )
    of_delivery, of_demand = revisions_of(closing)
    assert of_demand.changed == ["status", "evidenced_on"]
    assert of_delivery.changed == ["status"]
    for revision in (of_delivery, of_demand):
        assert (revision.before.status, revision.after.status) == ("delivered", "evidenced")
        (act,) = revision.acts
        assert (act.kind, act.who, act.on) == (ActKind.VERIFICATION, str(officer), today())
        assert act.path == f"/deliveries/{item.deliveries.get().pk}/"
    assert verify(closing).agrees, "what was closed stays as it was"


def test_each_kind_of_correction_is_told_by_its_act(item):
    closing = closed()
    delivery, mandate = item.deliveries.get(), item.mandate_links.get().mandate
    piece = factories.EvidenceFactory(
        delivery=delivery, verified_by=factories.UserFactory(), verified_at=timezone.now()
    )

    def undone(change: Any) -> list[tuple[str, str]]:
        with transaction.atomic():
            change()
            found = acts_after(closing)
            transaction.set_rollback(True)
        return found

    def reply() -> None:
        Reply.objects.create(
            delivery=delivery,
            country=delivery.country,
            verdict="disputed",
            words="No",
            by=factories.UserFactory(),
        )

    assert (ActKind.VERIFICATION, "deliveries") in undone(lambda: None)
    with transaction.atomic():
        piece.delete()
        # What is as it was closed is no revision, whatever was done in between.
        assert revisions_of(closing) == []
        reply()
        assert acts_after(closing) == [
            (ActKind.REPLY, "deliveries"),
            (ActKind.VERIFICATION, "deliveries"),
        ]
    assert (ActKind.LINK, "activities") in undone(
        lambda: [link.delete() for link in ActivityMandate.objects.all()]
    )
    assert (ActKind.LINK, "requests") in undone(
        lambda: [_save(link, state="rejected") for link in ItemMandate.objects.all()]
    )
    assert (ActKind.DELIVERY, "deliveries") in undone(
        lambda: _save(delivery, on=delivery.on - dt.timedelta(days=1))
    )
    assert (ActKind.DELIVERY, "") in undone(lambda: Delivery.objects.get().delete())
    assert (ActKind.DELIVERY, "deliveries") in undone(lambda: DeliveryItem.objects.get().delete())
    assert (ActKind.ACTIVITY, "activities") in undone(
        lambda: [_save(delivery.activity, status="5"), reply()]
    )
    assert (ActKind.END, "requests") in undone(
        lambda: _save(
            item,
            outcome="declined",
            outcome_on=YESTERDAY,
            outcome_basis="officer",
            outcome_reason="No",
        )
    )

    def correct() -> None:
        _save(mandate, basis="standing")
        Correction.objects.create(
            mandate=mandate,
            field="basis",
            before="on_request",
            after="standing",
            reason="Read",
            by=factories.UserFactory(),
        )

    with transaction.atomic():
        correct()
        found = {one.key: one for one in revisions_of(closing)}
        revised = found[mandate.identifier]
        assert (revised.changed, [act.kind for act in revised.acts]) == (["basis"], ["correction"])
        assert found[f"m{mandate.pk}"].before is None


def _save(thing: Any, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.save()


def test_a_second_approval_since_is_told(item):
    closing = closed()
    delivery = item.deliveries.get()
    late = factories.DeliveryFactory(
        activity=delivery.activity, country=delivery.country, on=YESTERDAY
    )
    DeliveryItem.objects.create(delivery=late, item=item)
    factories.approve(late)
    of_delivery, of_demand = revisions_of(closing)
    assert of_delivery.before is None
    assert of_demand.changed == ["deliveries"]
    for revision in (of_delivery, of_demand):
        assert {act.kind for act in revision.acts} == {ActKind.APPROVAL, ActKind.DELIVERY}


def test_a_delivery_moved_to_another_clause_is_told_by_the_link(item):
    other = factories.MandateFactory(paragraph=item.mandate_links.get().mandate.paragraph)
    closing = closed()
    factories.link(item.deliveries.get().activity, other)
    (revision,) = [one for one in revisions_of(closing) if one.kind == "delivery"]
    assert revision.changed == ["mandates"]
    assert [act.kind for act in revision.acts] == [ActKind.LINK]


def test_a_period_closed_before_deliveries_were_kept_reads_as_it_did(item):
    resolution = item.mandate_links.get().mandate.paragraph.resolution
    window = Window(resolution.adopted_on, YESTERDAY)
    rows = rows_of_period(resolution, window)
    closing = Closing.objects.create(
        resolution=resolution,
        first=window.first,
        last=window.last,
        definition="1.0",
        sha256=digest(resolution.symbol, window, "1.0", rows),
        public=public_figures(rows, window),
        closed_by=factories.manager(),
    )
    ClosedRow.objects.bulk_create(
        ClosedRow(closing=closing, kind=row.kind, key=row.key, status=row.status, row=row.row)
        for row in rows
    )
    assert not closing.keeps_deliveries
    assert verify(closing).agrees
    assert revisions_of(closing) == []
    assert "deliveries" not in package_of_closing(closing).decode("latin-1")


def test_a_need_published_late_and_help_found_since_are_revisions():
    mandate = factories.MandateFactory(basis="standing")
    activity = factories.ActivityFactory(actual_start=YESTERDAY)
    factories.link(activity, factories.MandateFactory(paragraph=mandate.paragraph))
    closing = closed()
    factories.approve(activity, on=YESTERDAY)
    need = factories.NeedFactory(mandate=mandate, published=True)
    found = {one.key: one for one in revisions_of(closing)}
    assert found[f"n{need.pk}"].acts[0].path == f"/needs/{need.pk}/"
    assert found[f"m{mandate.pk}"].after is None
    (work,) = [one for one in found.values() if one.kind == "work"]
    assert [act.kind for act in work.acts] == [ActKind.APPROVAL]
    Need.objects.get().delete()
    assert len(revisions_of(closing)) == 1


def test_who_did_it_is_read_from_the_history(item):
    closing, officer = closed(), factories.officer()
    with pghistory.context(user=officer.pk):
        _save(item.mandate_links.get(), state="rejected")
    acts = _of_demand(closing).acts
    assert [(act.kind, act.who) for act in acts] == [(ActKind.LINK, str(officer))]


def test_a_mandate_that_is_no_longer_there_is_a_revision(item):
    factories.MandateFactory(paragraph=Mandate.objects.get().paragraph, addressees=[])
    closing = closed()
    Mandate.objects.get(ordinal=2).delete()
    (revision,) = revisions_of(closing)
    assert (revision.after, revision.acts) == (None, [])


def test_the_command_and_the_nightly_check_say_whether_every_closing_agrees(item, capsys, caplog):
    closing = closed()
    call_command("verify_closings")
    assert "agrees" in capsys.readouterr().out
    assert check_installation() == []
    ClosedRow.objects.create(
        closing=closing,
        kind="work",
        key="slipped in",
        status="planned",
        row={"mandate": "x", "paragraph": "1", "activities": []},
    )
    with pytest.raises(CommandError):
        call_command("verify_closings")
    assert "does not agree" in capsys.readouterr().out
    assert check_installation() == ["1 closed period does not agree with its hash"]
    assert f"{closing} does not agree" in caplog.text


def test_two_closings_do_not_tell_of_the_one_state_that_asked_between_them():
    items = [factories.served_item(iso) for iso in ("KE", "CO", "NE")]
    mandate = items[0].mandate_links.get().mandate
    for one in items:
        one.mandate_links.update(mandate=mandate)
    late = factories.served_item("PE")
    late.mandate_links.update(mandate=mandate)
    late.request.received_on = YESTERDAY
    late.request.save()
    first = closed(last=YESTERDAY - dt.timedelta(days=1))
    assert first.public["requesting_states"] == 3
    second = closed()
    assert second.public["withheld"] == "subtraction"
    assert second.public["compared_with"] == [first.pk]
    assert second.rows.filter(kind="demand").count() == 4
    assert verify(first).agrees
    assert verify(second).agrees


def test_rows_of_a_closing_come_back_as_they_were_frozen(item):
    assert [row.kind for row in rows_of_closing(closed())] == ["delivery", "demand", "mandate"]


def test_who_may_not_enter_sees_no_closing(item, settings):
    closing = closed()
    assert str(demand(closing)) == f"{closing.pk} {demand(closing).key}"
    assert list(Closing.objects.visible_to(AnonymousUser())) == []
    settings.PUBLIC_SITE = True
    assert list(Closing.objects.visible_to(AnonymousUser())) == [closing]
