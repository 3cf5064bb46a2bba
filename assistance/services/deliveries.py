"""Adding and changing deliveries: what happened under an activity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    _check(delivery, ticked, needs, problems)
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
    changed = moved = False
    problems = Problems()
    total = fields.pop("participants", None)
    for name, value in cast("dict[str, Any]", fields).items():
        if getattr(current, name) != value:
            setattr(current, name, value)
            changed, moved = True, moved or name == "country"
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
    _check(current, items, needs, problems)
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


def _check(
    delivery: Delivery, items: Iterable[RequestItem], needs: Iterable[Need], problems: Problems
) -> None:
    activity = delivery.activity
    if delivery.on and delivery.on > today_utc():
        problems.add("on", _("A delivery can't be dated in the future; plan it as an activity."))
    if delivery.on and delivery.began_on and delivery.began_on > delivery.on:
        problems.add("on", _("The last day must not be before the first."))
    if activity.status == ActivityStatus.PIPELINE and delivery._state.adding:
        problems.add(
            "on",
            _("The activity is still in the pipeline; say first that it has begun."),
        )
    if delivery.country and not activity.countries.filter(pk=delivery.country.pk).exists():
        problems.add(
            "country",
            _("The activity does not name %(state)s; add it to the activity's States first.")
            % {"state": delivery.country.name},
        )
    check_groups(delivery, problems)
    _check_items(delivery, items, problems)
    linked = set(
        activity.mandate_links.exclude(state="rejected").values_list("mandate_id", flat=True)
    )
    for need in needs:
        if need.mandate_id not in linked or need.published_by_id is None:
            problems.add(
                "needs",
                _("Choose published needs of the mandates the activity carries out."),
            )
    problems.clean(delivery)


def _check_items(delivery: Delivery, items: Iterable[RequestItem], problems: Problems) -> None:
    """Ticked are items that the activity answers and that the delivery's State asked for."""
    chosen = [item.pk for item in items]
    if not chosen:
        return
    answered = set(
        delivery.activity.item_links.exclude(state="rejected").values_list("item_id", flat=True)
    )
    of_state = set(
        RequestItem.objects.filter(
            pk__in=chosen, request__states=delivery.country_id or 0
        ).values_list("pk", flat=True)
    )
    for pk in chosen:
        if pk not in of_state:
            problems.add("items", _("This item is not one of the State the delivery was for."))
        elif pk not in answered:
            problems.add("items", _("Link the activity to this item first."))
