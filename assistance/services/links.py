"""Links between items, activities and mandates: proposed, confirmed, rejected, looked at again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assistance.models import (
    Activity,
    ActivityItem,
    ActivityMandate,
    DeliveryItem,
    ItemMandate,
    LinkOrigin,
    LinkState,
    RequestItem,
    Visibility,
    Weight,
)
from assistance.models.request import Confidentiality
from assistance.services.plan import locked
from assistance.services.problems import Problems
from directory import policy
from mandates.services.lineage import refuse_superseded
from notifications.kinds import NotificationKind
from notifications.services import notify

if TYPE_CHECKING:
    from directory.models import Country, User
    from mandates.models import Mandate

    AnyLink = ItemMandate | ActivityMandate | ActivityItem

WHOLE = Decimal(100)
NOT_NAMED = _("A share stands at something the activity does not name.")


@transaction.atomic
def propose_link(
    *,
    by: User,
    activity: Activity | None = None,
    item: RequestItem | None = None,
    mandate: Mandate | None = None,
    weight: Weight | str = Weight.PRINCIPAL,
    share: Decimal | None = None,
    reason: str = "",
    origin: LinkOrigin | str = LinkOrigin.PERSON,
    with_others: bool = False,
) -> AnyLink:
    """A proposed link between two of the three; one that was rejected is proposed anew.

    Deliveries already made to a State of an item are ticked for it: that counts once the link is
    confirmed. `with_others` leaves the sum of the shares to the caller. A mandate that was
    superseded is refused, naming what to choose instead.
    """
    policy.authorise(by, policy.Permission.LINK)
    if mandate:
        refuse_superseded(mandate)
    problems = Problems()
    pair: dict[str, Any]
    model: type[AnyLink]
    if activity and mandate and not item:
        model, pair = (
            ActivityMandate,
            {"activity": locked(activity), "mandate": mandate},
        )
    elif activity and item and not mandate:
        model, pair = ActivityItem, {"activity": locked(activity), "item": item}
        check_items([item], activity.countries.all(), problems)
        check_discretion(activity.visibility, [item], problems)
    elif item and mandate and not activity:
        model, pair = ItemMandate, {"item": item, "mandate": mandate}
        RequestItem.objects.select_for_update().get(pk=item.pk)
    else:
        raise TypeError("a link is between two of activity, item and mandate")
    link: AnyLink = model.objects.filter(**pair).first() or model(**pair)  # type: ignore[assignment]
    if link.pk and link.state != LinkState.REJECTED:
        field = "mandate" if mandate else "item"
        problems.add(field, _("This link is there already."))
    set_proposal(link, by=by, origin=origin, reason=reason)
    if isinstance(link, ActivityMandate):
        link.weight, link.share = weight, share
        if not with_others:
            others = link.activity.mandate_links.exclude(pk=link.pk).exclude(state="rejected")
            check_shares([share, *others.values_list("share", flat=True)], problems)
    problems.clean(link, exclude={"origin"})
    problems.raise_if_any()
    link.save()
    if isinstance(link, ActivityItem):
        _tick(link)
    return link


@transaction.atomic
def confirm_link(*, link: AnyLink, by: User, reason: str = "") -> AnyLink:
    """The link confirmed, so that it counts; for an activity's link by a second person."""
    current = _locked(link)
    if isinstance(current, ItemMandate):
        policy.authorise(by, policy.Permission.LINK)
    else:
        policy.authorise(by, policy.Permission.APPROVE, current)
    if current.state == LinkState.CONFIRMED:
        raise ValidationError(_already(current), code="decided")
    if current.state == LinkState.REJECTED:
        raise ValidationError(_("It was rejected; propose it anew first."), code="decided")
    _decide(current, by, LinkState.CONFIRMED, reason)
    _tell(current, by)
    return current


@transaction.atomic
def reject_link(*, link: AnyLink, by: User, reason: str) -> AnyLink:
    """The link rejected, with the reason; it stays on record and counts no longer.

    Where its activity was split by shares the split ends, as the rest no longer makes a whole.
    """
    current = _locked(link)
    policy.authorise(by, policy.Permission.LINK)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the link is wrong.")})
    if current.state == LinkState.REJECTED:
        raise ValidationError(_already(current), code="decided")
    if isinstance(current, ActivityMandate) and current.share is not None:
        current.activity.mandate_links.update(share=None)
        current.share = None
    _decide(current, by, LinkState.REJECTED, reason)
    _tell(current, by)
    return current


@transaction.atomic
def decline_suggestion(
    *, by: User, thing: Activity | RequestItem, mandate: Mandate
) -> ActivityMandate | ItemMandate:
    """A suggested link rejected without being proposed first, so that it is not offered again."""
    policy.authorise(by, policy.Permission.LINK)
    model, field = (
        (ActivityMandate, "activity") if isinstance(thing, Activity) else (ItemMandate, "item")
    )
    link, made = model.objects.get_or_create(  # type: ignore[attr-defined]
        **{field: thing, "mandate": mandate},
        defaults={
            "state": LinkState.REJECTED,
            "origin": LinkOrigin.SUGGESTION,
            "reason": gettext("Suggested, and found not to fit."),
            "decided_by": by,
            "decided_at": timezone.now(),
            "mandate_revision": mandate.revision,
        },
    )
    if not made:
        raise ValidationError({"mandate": _("This link is there already.")})
    return link  # type: ignore[no-any-return]


@transaction.atomic
def reopen_link(*, link: AnyLink, by: User) -> AnyLink:
    """A decided link back among the proposed ones; whoever reopens it is not who confirms it."""
    current = _locked(link)
    policy.authorise(by, policy.Permission.LINK)
    if current.state == LinkState.PROPOSED:
        raise ValidationError(_("Nothing was decided of it yet."), code="decided")
    if isinstance(current, ActivityMandate) and current.state == LinkState.REJECTED:
        current.activity.mandate_links.update(share=None)
        current.share = None
    if isinstance(current, ActivityItem):
        problems = Problems()
        check_discretion(current.activity.visibility, [current.item], problems)
        problems.raise_if_any()
    current.state, current.decided_by, current.decided_at = (
        LinkState.PROPOSED,
        None,
        None,
    )
    current.proposed_by = by
    if not isinstance(current, ActivityItem):
        current.mandate_revision = current.mandate.revision
    current.save()
    return current


@transaction.atomic
def look_again(*, link: ItemMandate | ActivityMandate, by: User) -> ItemMandate | ActivityMandate:
    """The link still right though the mandate's words changed: no longer suspect."""
    current = _locked(link)
    policy.authorise(by, policy.Permission.LINK)
    current.mandate_revision = current.mandate.revision
    current.save()
    return current


@transaction.atomic
def change_weight(*, link: ActivityMandate, by: User, weight: Weight | str) -> ActivityMandate:
    """The link with another weight, which waits for another look; a proposed one stays so."""
    current: ActivityMandate = _locked(link)
    policy.authorise(by, policy.Permission.LINK)
    if current.state == LinkState.REJECTED:
        raise ValidationError(_("It was rejected; propose it anew first."), code="decided")
    if current.weight == weight:
        return current
    set_weight(current, by=by, weight=weight)
    current.save()
    return current


def set_proposal(link: AnyLink, *, by: User, origin: LinkOrigin | str, reason: str) -> None:
    """The link as this person proposes it, of the mandate's words as they are now."""
    link.state, link.decided_by, link.decided_at = LinkState.PROPOSED, None, None
    link.proposed_by, link.origin, link.reason = by, origin, reason
    if not isinstance(link, ActivityItem):
        link.mandate_revision = link.mandate.revision


def set_weight(link: ActivityMandate, *, by: User, weight: Weight | str) -> None:
    """Another weight, which waits for another look."""
    link.weight, link.proposed_by = Weight(weight), by
    link.state, link.decided_by, link.decided_at = LinkState.PROPOSED, None, None


@transaction.atomic
def share_out(
    *,
    activity: Activity,
    by: User,
    shares: Mapping[Mandate, Decimal | None] | None = None,
    states: Mapping[Country, Decimal | None] | None = None,
) -> Activity:
    """The activity split over its mandates, its States, or both: each sums to 100, or is no split.

    What is not given stays as it is.
    """
    current = locked(activity)
    policy.authorise(by, policy.Permission.LOG_ACTIVITIES, current)
    problems = Problems()
    if shares is not None:
        links = ActivityMandate.objects.filter(activity=current).exclude(state="rejected")
        _split(links, "mandate_id", shares, problems, "shares")
    if states is not None:
        _split(current.country_rows.all(), "country_id", states, problems, "states")
    problems.raise_if_any()
    return current


def _split(
    rows: Any, key: str, given: Mapping[Any, Decimal | None], problems: Problems, field: str
) -> None:
    """Write the shares of the rows, which the database holds to their sum once more."""
    by_key = {thing.pk: share for thing, share in given.items()}
    shared = list(rows)
    for row in shared:
        row.share = by_key.pop(getattr(row, key), None)
    if any(share is not None for share in by_key.values()):
        problems.add(field, NOT_NAMED)
        return
    check_shares([row.share for row in shared], problems, field)
    rows.model.objects.bulk_update(shared, ["share"])


def check_shares(
    shares: Sequence[Decimal | None], problems: Problems, field: str = "share"
) -> None:
    """Shares sum to 100, each above 0, or none is given."""
    given = [share for share in shares if share is not None]
    if not given:
        return
    if any(share <= 0 or share > WHOLE for share in given):
        problems.add(field, _("A share lies between 0 and 100."))
    elif len(given) < len(shares):
        problems.add(
            field,
            _("Give each State a share, or none of them.")
            if field == "states"
            else _("Give each mandate a share, or none of them."),
        )
    elif sum(given) != WHOLE:
        problems.add(
            field,
            _("The shares sum to %(sum)s; they must sum to 100.") % {"sum": f"{sum(given):f}"},
        )


def check_discretion(visibility: str, items: Iterable[RequestItem], problems: Problems) -> None:
    """What answers a confidential request is not public."""
    if visibility != Visibility.PUBLIC:
        return
    confidential = RequestItem.objects.filter(
        pk__in=[item.pk for item in items], request__confidentiality=Confidentiality.CONFIDENTIAL
    )
    for item in confidential.select_related("request"):
        problems.add(
            "visibility",
            _("%(item)s is confidential: what answers it can't be public.")
            % {"item": item.request.ref},
        )


def check_items(
    items: Sequence[RequestItem], countries: Iterable[Country], problems: Problems
) -> None:
    """Each item was submitted, and a State of its request is named by the activity."""
    named = {country.pk for country in countries}
    fresh = (
        RequestItem.objects.filter(pk__in=[item.pk for item in items])
        .select_related("request")
        .prefetch_related("request__states")
    )
    for item in fresh:
        check_item(item, named, problems)


def check_item(item: RequestItem, named: set[int], problems: Problems) -> None:
    """One item beside the keys of the States that the activity names."""
    states = list(item.request.states.all())
    if item.request.state == "draft":
        problems.add("items", _("This request was not sent yet."))
    elif not named & {state.pk for state in states}:
        problems.add(
            "items",
            _("%(item)s is of %(states)s, which the activity does not name.")
            % {
                "item": item.request.ref,
                "states": ", ".join(state.name for state in states),
            },
        )


def item_fits(item: RequestItem, activity: Activity) -> bool:
    """Whether the activity may answer the item."""
    problems = Problems()
    check_items([item], activity.countries.all(), problems)
    check_discretion(activity.visibility, [item], problems)
    return not problems


def _tick(link: ActivityItem) -> None:
    asked_by = link.item.request.state_rows.values("country")
    DeliveryItem.objects.bulk_create(
        (
            DeliveryItem(delivery=delivery, item=link.item)
            for delivery in link.activity.deliveries.filter(country__in=asked_by)
        ),
        ignore_conflicts=True,
    )


def _locked(link: Any) -> Any:
    """The link as it stands, its activity locked first, as every act on an activity does."""
    if not isinstance(link, ItemMandate):
        locked(link.activity)
    return type(link).objects.select_for_update().get(pk=link.pk)


def _decide(link: AnyLink, by: User, state: LinkState, reason: str) -> None:
    link.state, link.decided_by, link.decided_at = state, by, timezone.now()
    if reason:
        link.reason = reason
    if isinstance(link, ActivityMandate | ItemMandate) and state == LinkState.CONFIRMED:
        link.mandate_revision = link.mandate.revision
    link.save()


def _already(link: AnyLink) -> Any:
    return _("%(name)s decided it already.") % {"name": link.decided_by}


def _tell(link: AnyLink, by: User) -> None:
    """Whoever proposed an activity's link reads what was decided."""
    if isinstance(link, ItemMandate) or link.proposed_by in (None, by):
        return
    activity = link.activity
    other = link.mandate if isinstance(link, ActivityMandate) else link.item.request.ref
    notify(
        kind=NotificationKind.LINK_DECIDED,
        recipients=[link.proposed_by],
        key=f"{link._meta.model_name}:{link.pk}:{link.decided_at}",
        context={"title": activity.title, "by": str(by), "mandate": str(other)},
        path=reverse("activity", args=[activity.pk]),
        about=activity,
    )
