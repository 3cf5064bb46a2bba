"""Adding and changing deliveries: what happened under an activity."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack, cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assistance.models import (
    Activity,
    ActivityStatus,
    Delivery,
    DeliveryItem,
    DeliveryNeed,
    RequestItem,
)
from assistance.services.evidence import add_evidence
from assistance.services.participants import check_groups, settle_total
from assistance.services.plan import locked, today_utc
from assistance.services.problems import Problems, StaleRevision
from directory import policy

if TYPE_CHECKING:
    from assistance.services.parts import DeliveryFields, NewDelivery, NewEvidence
    from directory.models import Country, User
    from mandates.models import Need


@transaction.atomic
def add_delivery(
    *,
    activity: Activity,
    by: User,
    items: Sequence[RequestItem] | None = None,
    needs: Sequence[Need] = (),
    evidence: Sequence[NewEvidence] = (),
    **fields: Unpack[DeliveryFields],
) -> Delivery:
    """A delivery to one State or to none, with its evidence; it waits for approval on its own.

    `items=None` ticks the items the activity answers whose request names the State.
    """
    current = locked(activity)
    policy.authorise(by, policy.Permission.LOG_ACTIVITIES, current)
    delivery = Delivery(activity=current, created_by=by, changed_by=by)
    problems = Problems()
    total = fields.pop("participants", None)
    for name, value in {"kind": current.kind, **fields}.items():
        setattr(delivery, name, value)
    settle_total(delivery, total, problems)
    ticked = items_to_tick(current, delivery.country) if items is None else list(items)
    check_delivery(delivery, ticked, needs, Around.of(current, ticked), problems)
    problems.clean(delivery)
    problems.raise_if_any()
    delivery.save()
    DeliveryItem.objects.bulk_create(DeliveryItem(delivery=delivery, item=one) for one in ticked)
    DeliveryNeed.objects.bulk_create(DeliveryNeed(delivery=delivery, need=one) for one in needs)
    for n, one in enumerate(evidence):
        try:
            add_evidence(delivery=delivery, by=by, kind=one.kind, file=one.file, url=one.url)
        except ValidationError as error:
            problems.add_all(error, prefix=f"evidence.{n}.")
    problems.raise_if_any()
    return delivery


@transaction.atomic
def add_deliveries(
    *, activity: Activity, by: User, deliveries: Sequence[NewDelivery]
) -> list[Delivery]:
    """Several deliveries with their evidence, all of them or none.

    Raises `ValidationError`; problems of the n-th stand at `deliveries.n.field`.
    """
    problems, made = Problems(), []
    for n, one in enumerate(deliveries):
        try:
            made.append(add_delivery(activity=activity, by=by, **one.given()))
        except ValidationError as error:
            problems.add_all(error, prefix=f"deliveries.{n}.")
    problems.raise_if_any()
    return made


@transaction.atomic
def change_delivery(
    *,
    delivery: Delivery,
    by: User,
    revision: int,
    items: Sequence[RequestItem] | None = None,
    needs: Sequence[Need] | None = None,
    **fields: Unpack[DeliveryFields],
) -> Delivery:
    """The delivery corrected; only it goes back for approval, and does not count until then.

    Without `items` the ticks stay, and follow the State when that changes. Raises `StaleRevision`
    when another revision than the one read was saved since.
    """
    activity = locked(delivery.activity)
    policy.authorise(by, policy.Permission.LOG_ACTIVITIES, activity)
    current = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if revision != current.revision:
        extra = {"items": items, "needs": needs}
        raise StaleRevision(
            current,
            {**fields, **{name: given for name, given in extra.items() if given}},
        )
    problems = Problems()
    total = fields.pop("participants", None)
    changed, moved = set_held(current, fields)
    changed |= settle_total(current, total, problems)
    ticked_before, needs_before = set(current.items.all()), set(current.needs.all())
    if items is None:
        items = items_to_tick(activity, current.country) if moved else list(ticked_before)
    needs = list(needs_before) if needs is None else list(needs)
    problems.raise_if_any()
    if not changed and set(items) == ticked_before and set(needs) == needs_before:
        return current
    current.revision += 1
    current.changed_by = by
    check_delivery(current, items, needs, Around.of(activity, items), problems)
    problems.clean(current)
    problems.raise_if_any()
    current.save()
    current.items.set(items)
    current.needs.set(needs)
    return current


def items_to_tick(activity: Activity, country: Country | None) -> list[RequestItem]:
    """The items the activity answers whose request names this State."""
    if country is None:
        return []
    return list(
        RequestItem.objects.filter(
            activity_links__in=activity.item_links.exclude(state="rejected"),
            request__states=country,
        )
    )


def set_held(delivery: Delivery, fields: DeliveryFields) -> tuple[bool, bool]:
    """Write the fields given; whether any differs, and whether the State does."""
    changed = moved = False
    for name, value in cast("dict[str, Any]", fields).items():
        if getattr(delivery, name) != value:
            setattr(delivery, name, value)
            changed, moved = True, moved or name == "country"
    return changed, moved


@dataclass(frozen=True)
class Around:
    """What a delivery is checked against, by keys.

    The States that its activity names, the items it answers, the mandates it carries out, and whose
    States asked for each of the items to tick.
    """

    named: Container[int]
    answered: Container[int]
    mandates: Container[int]
    asked_by: Mapping[int, Container[int]]

    @classmethod
    def of(cls, activity: Activity, items: Iterable[RequestItem]) -> Around:
        """As it is recorded."""
        asked_by: dict[int, set[int]] = {item.pk: set() for item in items}
        if asked_by:
            rows = RequestItem.objects.filter(pk__in=asked_by, request__states__isnull=False)
            for item, country in rows.values_list("pk", "request__states"):
                asked_by[item].add(country)
        standing_items = activity.item_links.exclude(state="rejected")
        standing_mandates = activity.mandate_links.exclude(state="rejected")
        return cls(
            named=set(activity.countries.values_list("pk", flat=True)),
            answered=set(standing_items.values_list("item_id", flat=True)),
            mandates=set(standing_mandates.values_list("mandate_id", flat=True)),
            asked_by=asked_by,
        )


def check_delivery(
    delivery: Delivery,
    items: Iterable[RequestItem],
    needs: Iterable[Need],
    around: Around,
    problems: Problems,
) -> None:
    """Days that have come, under what has begun, to a State named, for what was linked."""
    if delivery.on and delivery.on > today_utc():
        problems.add("on", _("A delivery can't be dated in the future; plan it as an activity."))
    if delivery.on and delivery.began_on and delivery.began_on > delivery.on:
        problems.add("on", _("The last day must not be before the first."))
    if delivery.activity.status == ActivityStatus.PIPELINE and delivery._state.adding:
        problems.add(
            "on",
            _("The activity is still in the pipeline; say first that it has begun."),
        )
    if delivery.country and delivery.country.pk not in around.named:
        problems.add(
            "country",
            _("The activity does not name %(state)s; add it to the activity's States first.")
            % {"state": delivery.country.name},
        )
    check_groups(delivery, problems)
    for item in items:
        if delivery.country_id not in around.asked_by[item.pk]:
            problems.add("items", _("This item is not one of the State the delivery was for."))
        elif item.pk not in around.answered:
            problems.add("items", _("Link the activity to this item first."))
    for need in needs:
        if need.mandate_id not in around.mandates or need.published_by_id is None:
            problems.add(
                "needs",
                _("Choose published needs of the mandates the activity carries out."),
            )
