"""Deliveries made under clauses that count, whether or not a demand stands for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Cast, Collate, Concat, JSONObject

from assistance.coverage.models import RowKind
from assistance.coverage.period import PeriodRow
from assistance.coverage.status import Status
from assistance.models import Activity, ActivityMandate, Delivery, Evidence, LinkState, Verdict
from directory.models import Country
from mandates.models import Mandate, ParagraphKind, Resolution

if TYPE_CHECKING:
    from assistance.coverage.window import Window
    from assistance.querysets import DeliveryQuerySet, LinkQuerySet
    from mandates.querysets import MandateQuerySet

OBJECTIONS = (Verdict.PARTLY, Verdict.DISPUTED)


def counted_clauses(resolution: Resolution) -> MandateQuerySet:
    """The clauses of a resolution under which deliveries are counted."""
    return Mandate.objects.counted().filter(
        paragraph__resolution=resolution, paragraph__kind=ParagraphKind.OPERATIVE
    )


def made_under(clauses: MandateQuerySet, window: Window) -> DeliveryQuerySet:
    """The deliveries of a period, each once: approved, and the State does not object.

    Their activity is approved and tied to one of the clauses, of a resolution in force that day.
    """
    return (
        Delivery.objects.approved()
        .with_last_reply()
        .filter(
            Exists(_ties(clauses)),
            Q(verdict=None) | ~Q(verdict__in=OBJECTIONS),
            activity__in=Activity.objects.approved(),
            on__gte=window.first,
            on__lte=window.last,
        )
    )


def _ties(clauses: MandateQuerySet) -> LinkQuerySet:
    """The links of a delivery's activity to clauses, as a subquery."""
    place = "mandate__paragraph__resolution"
    ended = f"{place}__superseded_on"
    return ActivityMandate.objects.filter(
        Q(**{ended: None}) | Q(**{f"{ended}__gt": OuterRef("on")}),
        activity=OuterRef("activity"),
        state=LinkState.CONFIRMED,
        mandate__in=clauses.values("pk"),
        **{f"{place}__adopted_on__lte": OuterRef("on")},
    )


def as_rows(made: DeliveryQuerySet, clauses: MandateQuerySet) -> Any:
    """Each with `key`, `status` and `row`, as they are frozen when a period is closed."""
    verified = Evidence.objects.filter(delivery=OuterRef("pk"), verified_at__isnull=False)
    identifiers = (
        _ties(clauses)
        .order_by(Collate("mandate__identifier", "C"))
        .values_list("mandate__identifier")
    )
    return made.annotate(
        key=Concat(Value("d"), Cast("pk", models.TextField()), output_field=models.TextField()),
        status=Case(
            When(Exists(verified), then=Value(Status.EVIDENCED.value)),
            default=Value(Status.DELIVERED.value),
            output_field=models.TextField(),
        ),
        row=JSONObject(
            mandates=ArraySubquery(identifiers),
            activities=_list_of("activity_id"),
            deliveries=_list_of("pk"),
            states=ArraySubquery(
                Country.objects.filter(pk=OuterRef("country_id")).values_list("iso")
            ),
            began_on=F("began_on"),
            on=F("on"),
            kind_of_delivery=F("kind"),
            visibility=F("activity__visibility"),
        ),
    )


def _list_of(column: str) -> models.Func:
    return models.Func(F(column), function="jsonb_build_array", output_field=models.JSONField())


def rows_now(resolution: Resolution, window: Window) -> Any:
    """The deliveries of a period as the record stands now, with what would be frozen of each."""
    clauses = counted_clauses(resolution)
    return as_rows(made_under(clauses, window), clauses)


def rows_of(made: Any) -> list[PeriodRow]:
    """What `as_rows` gives, as rows of a period; one query."""
    return [
        PeriodRow(RowKind.DELIVERY, key, Status(status), row)
        for key, status, row in made.values_list("key", "status", "row")
    ]
