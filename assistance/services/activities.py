"""Logging an activity, changing its plan, sending it to a second person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Unpack, cast

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assistance.models import Activity, LinkState, RequestItem, Series
from assistance.services.deliveries import add_deliveries
from assistance.services.links import check_discretion, check_items, check_shares, propose_link
from assistance.services.people import approvers
from assistance.services.plan import check_cost, check_dates, locked
from assistance.services.problems import Problems, StaleRevision
from directory import policy
from directory.models import Country, Entity
from notifications.kinds import NotificationKind
from notifications.services import notify

if TYPE_CHECKING:
    from assistance.services.parts import MandateLink, NewDelivery, Plan
    from directory.models import User


@transaction.atomic
def log_activity(
    *,
    by: User,
    countries: Iterable[Country] = (),
    partners: Iterable[Entity] = (),
    mandates: Sequence[MandateLink] = (),
    items: Sequence[RequestItem] = (),
    deliveries: Sequence[NewDelivery] = (),
    send: bool = False,
    demonstration: bool = False,
    series: Series | None = None,
    **plan: Unpack[Plan],
) -> Activity:
    """A new activity with its proposed links, deliveries and evidence: all of it, or nothing.

    Raises `ValidationError` keyed by field; problems of the n-th delivery at `deliveries.n.field`,
    of its evidence at `deliveries.n.evidence.m.field`.
    """
    policy.authorise(by, policy.Permission.LOG_ACTIVITIES)
    countries = list(countries)
    activity = Activity(created_by=by, changed_by=by, demonstration=demonstration, series=series)
    set_plan(activity, plan)
    problems = Problems()
    check_dates(activity, problems)
    check_cost(activity, problems)
    check_items(items, countries, problems)
    check_discretion(activity.visibility, items, problems)
    check_shares([one.share for one in mandates], problems)
    problems.clean(activity)
    problems.raise_if_any()
    activity.save()
    activity.countries.set(countries)
    activity.partners.set(partners)
    for one in mandates:
        propose_link(
            by=by,
            activity=activity,
            mandate=one.mandate,
            weight=one.weight,
            share=one.share,
            reason=one.reason,
            with_others=True,
        )
    for item in items:
        propose_link(by=by, activity=activity, item=item)
    add_deliveries(activity=activity, by=by, deliveries=deliveries)
    if send:
        return send_for_approval(activity=activity, by=by)
    return activity


@transaction.atomic
def change_activity(
    *,
    activity: Activity,
    by: User,
    revision: int,
    countries: Iterable[Country] | None = None,
    partners: Iterable[Entity] | None = None,
    **plan: Unpack[Plan],
) -> Activity:
    """The activity with another plan, which waits for approval; what was approved goes on counting.

    `revision` is the one the caller read: raises `StaleRevision` when another was saved since.
    Closing, suspending and cancelling are changes of its status. Other States end a split of its
    cost over States, as the rest no longer makes a whole.
    """
    current = locked(activity)
    policy.authorise(by, policy.Permission.LOG_ACTIVITIES, current)
    named = None if countries is None else list(countries)
    with_whom = None if partners is None else list(partners)
    if revision != current.revision:
        related = {"countries": named, "partners": with_whom}
        given = {name: things for name, things in related.items() if things is not None}
        raise StaleRevision(current, {**plan, **given})
    problems = Problems()
    before = set(current.countries.all())
    if "cost" in plan and plan["cost"] is None:
        plan.setdefault("currency", "")
    changed = set_plan(current, plan)
    if with_whom is not None and set(with_whom) != set(current.partners.all()):
        changed = True
    if named is not None and set(named) != before:
        delivered = set(current.deliveries.values_list("country_id", flat=True))
        links = current.item_links.exclude(state="rejected").select_related("item__request")
        items = [link.item for link in links.prefetch_related("item__request__states")]
        check_removed(before, set(named), delivered, items, problems)
        changed = True
    if not changed:
        return current
    current.changed_by = by
    current.revision += 1
    check_dates(current, problems)
    check_discretion(current.visibility, _answered(current), problems)
    check_cost(current, problems)
    problems.clean(current)
    problems.raise_if_any()
    current.save()
    if named is not None and set(named) != before:
        current.country_rows.update(share=None)
        current.countries.set(named)
    if with_whom is not None:
        current.partners.set(with_whom)
    return current


@transaction.atomic
def send_for_approval(*, activity: Activity, by: User, tell: bool = True) -> Activity:
    """The activity in the queue of those who may say yes to it; they are told.

    `tell=False` leaves telling them to the caller, who sends many at once.
    """
    current = locked(activity)
    policy.authorise(by, policy.Permission.LOG_ACTIVITIES, current)
    if current.sent_at is None:
        current.sent_at = timezone.now()
        current.save(update_fields=["sent_at", "updated_at"])
        if not tell:
            return current
        notify(
            kind=NotificationKind.ACTIVITY_TO_APPROVE,
            recipients=approvers(except_for=current.author_ids | {by.pk}),
            key=f"activity:{current.pk}:sent:{current.sent_at.isoformat()}",
            context={"title": current.title, "by": str(by)},
            path=reverse("activity", args=[current.pk]),
            about=current,
        )
    return current


def _answered(activity: Activity) -> Iterable[RequestItem]:
    return RequestItem.objects.filter(
        activity_links__in=activity.item_links.exclude(state=LinkState.REJECTED)
    )


def set_plan(activity: Activity, plan: Plan) -> bool:
    """Write the fields given; whether any differs."""
    changed = False
    for name, value in cast("dict[str, Any]", plan).items():
        attribute, plain = ("unit_id", value.pk) if name == "unit" else (name, value)
        if getattr(activity, attribute) != plain:
            setattr(activity, name, value)
            changed = True
    return changed


def check_removed(
    before: set[Country],
    named: set[Country],
    delivered: set[int | None],
    answered: Iterable[RequestItem],
    problems: Problems,
) -> None:
    """A State stays named while a delivery was made to it or an item of it is answered."""
    for country in before - named:
        if country.pk in delivered:
            problems.add(
                "countries",
                _("%(state)s has a delivery, so it stays named.") % {"state": country.name},
            )
    kept = before & named
    for item in answered if before - named else ():
        if not kept & set(item.request.states.all()):
            problems.add(
                "countries",
                _("The activity answers %(item)s; reject that link before removing its State.")
                % {"item": item.request.ref},
            )
