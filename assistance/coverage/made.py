"""Deliveries made under clauses that count, whether or not a demand stands for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Cast, Coalesce, Collate, Concat, JSONObject

from assistance.coverage.models import RowKind
from assistance.coverage.period import PeriodRow
from assistance.coverage.status import Status
from assistance.models import (
    OBJECTIONS,
    Activity,
    ActivityMandate,
    Delivery,
    Evidence,
    LinkState,
)
from mandates.models import Mandate, ParagraphKind, Resolution

if TYPE_CHECKING:
    from assistance.coverage.window import Window
    from assistance.querysets import DeliveryQuerySet, LinkQuerySet


Clauses = Iterable[int] | models.QuerySet[Any]
"""The keys of mandates."""


def counted_clauses(resolution: Resolution) -> list[int]:
    """The clauses of a resolution under which deliveries are counted."""
    clauses = Mandate.objects.counted().filter(
        paragraph__resolution=resolution, paragraph__kind=ParagraphKind.OPERATIVE
    )
    return list(clauses.values_list("pk", flat=True))


def made_under(clauses: Clauses, window: Window) -> DeliveryQuerySet:
    """The deliveries of a period, each once: approved, and the State does not object.

    Their activity is approved and tied to one of the clauses, of a resolution in force that day.
    """
    made: DeliveryQuerySet = (
        Delivery.objects.approved()
        .with_last_reply()
        .alias(said=Coalesce("verdict", Value("")))
        .filter(
            ~Q(said__in=OBJECTIONS),
            Exists(ties_to(clauses)),
            activity__in=Activity.objects.approved(),
            on__gte=window.first,
            on__lte=window.last,
        )
    )
    return made


def ties_to(clauses: Clauses) -> LinkQuerySet:
    """The links of a delivery's activity to clauses of a resolution in force, as a subquery."""
    place = "mandate__paragraph__resolution"
    ended = f"{place}__superseded_on"
    return ActivityMandate.objects.filter(
        Q(**{ended: None}) | Q(**{f"{ended}__gt": OuterRef("on")}),
        activity=OuterRef("activity"),
        state=LinkState.CONFIRMED,
        mandate__in=clauses,
        **{f"{place}__adopted_on__lte": OuterRef("on")},
    )


def is_evidenced() -> Exists:
    """Whether a piece of evidence for a delivery is verified."""
    return Exists(Evidence.objects.filter(delivery=OuterRef("pk"), verified_at__isnull=False))


def as_rows(made: DeliveryQuerySet, clauses: Clauses) -> Any:
    """Each with `key`, `status` and `row`, as they are frozen when a period is closed."""
    identifiers = (
        ties_to(clauses)
        .order_by(Collate("mandate__identifier", "C"))
        .values_list("mandate__identifier")
    )
    return made.annotate(
        key=Concat(Value("d"), Cast("pk", models.TextField()), output_field=models.TextField()),
        status=Case(
            When(is_evidenced(), then=Value(Status.EVIDENCED.value)),
            default=Value(Status.DELIVERED.value),
            output_field=models.TextField(),
        ),
        row=JSONObject(
            mandates=ArraySubquery(identifiers),
            activities=_list_of("activity_id"),
            deliveries=_list_of("pk"),
            states=Case(When(country=None, then=_list_of()), default=_list_of("country__iso")),
            began_on=F("began_on"),
            on=F("on"),
            kind_of_delivery=F("kind"),
            visibility=F("activity__visibility"),
        ),
    )


def _list_of(*columns: str) -> models.Func:
    return models.Func(*columns, function="jsonb_build_array", output_field=models.JSONField())


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
