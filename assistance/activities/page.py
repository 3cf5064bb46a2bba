"""What the page of one activity shows, read through `Activity.objects.with_parts()`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assistance.models import (
    Activity,
    ActivityItem,
    ActivityMandate,
    Approval,
    AssistanceRequest,
    Delivery,
    LinkState,
    Reply,
    RequestItem,
    SendBack,
    Visibility,
)
from assistance.services import waiting_of
from assistance.services.participants import GROUPS
from directory import policy
from directory.policy import Permission
from directory.templatetags.ui import colon
from mandates.models import Mandate
from mandates.wordings import ClauseWords


@dataclass
class LinkRow:
    """A link with what this person may do to it."""

    link: ActivityMandate | ActivityItem
    kind: str
    suspect: bool
    may_confirm: bool
    may_decide: bool
    words: ClauseWords | None = None


@dataclass
class DeliveryRow:
    """A delivery with its approval, and the latest reply of its State."""

    delivery: Delivery
    approved: bool
    reply: Reply | None


def link_rows(activity: Activity, user: Any) -> list[LinkRow]:
    """Links to mandates in the order of their texts, then to items."""
    may_link = policy.may(user, Permission.LINK)
    mandates = sorted(
        activity.mandate_links.all(),
        key=lambda link: (link.mandate.paragraph.position, link.mandate.ordinal),
    )
    links: list[ActivityMandate | ActivityItem] = [*mandates, *activity.item_links.all()]
    return [
        LinkRow(
            link=link,
            kind="mandate" if isinstance(link, ActivityMandate) else "item",
            suspect=isinstance(link, ActivityMandate)
            and link.state == LinkState.CONFIRMED
            and link.mandate_revision < link.mandate.revision,
            may_confirm=link.state == LinkState.PROPOSED
            and policy.may_on(user, Permission.APPROVE, link),
            may_decide=may_link,
        )
        for link in links
    ]


def series_of(activity: Activity) -> list[Activity]:
    """The activities of its series in the order of their days, itself among them."""
    if activity.series is None:
        return []
    together = activity.series.activities.annotate(
        starts_on=Coalesce("actual_start", "planned_start"),
        ends_on=Coalesce("actual_end", "planned_end"),
    )
    return list(together.order_by(F("starts_on").asc(nulls_last=True), "pk"))


def shares_of(activity: Activity) -> list[tuple[str, Decimal]]:
    """The States it is split over, each with its share in per cent."""
    return [(row.country.name, row.share) for row in activity.country_rows.all() if row.share]


def delivery_rows(activity: Activity) -> list[DeliveryRow]:
    """Deliveries, latest first."""
    return [delivery_row(one) for one in activity.deliveries.all()]


def delivery_row(delivery: Delivery) -> DeliveryRow:
    """One delivery with its approval and the latest reply of its State."""
    return DeliveryRow(
        delivery=delivery,
        approved=any(one.revision == delivery.revision for one in delivery.approvals.all()),
        reply=delivery.last_reply,
    )


def people_of(delivery: Delivery) -> str:
    """How many took part; those whose sex was not stated only where there are any."""
    if delivery.participants is None:
        return _("not counted")
    women, men = delivery.women or 0, delivery.men or 0
    parts = [
        ngettext("%(number)s woman", "%(number)s women", women) % {"number": women},
        ngettext("%(number)s man", "%(number)s men", men) % {"number": men},
    ]
    if delivery.not_stated:
        parts.append(_("%(number)s not stated") % {"number": delivery.not_stated})
    return f"{delivery.participants}{colon()}{', '.join(parts)}"


def groups_of(delivery: Delivery) -> list[list[tuple[str, int]]]:
    """Its participants by age group, then by function, where they were counted so."""
    return [
        [(str(label), counts[code]) for code, label in groups.choices if code in counts]
        for field, groups in GROUPS.items()
        if (counts := getattr(delivery, field))
    ]


def history(activity: Activity, send_backs: Sequence[SendBack]) -> list[dict[str, Any]]:
    """Every yes and every "not yet", to which revision of what, by whom; the latest last."""
    given = [(one, activity.title) for one in activity.approvals.all()]
    given += [
        (one, str(each)) for each in activity.deliveries.all() for one in each.approvals.all()
    ]
    events = [
        {
            "at": activity.created_at,
            "words": _("%(name)s logged it") % {"name": activity.created_by},
            "state": "done",
        }
    ]
    said = [*_approved(given), *(_sent_back(one) for one in send_backs)]
    events += sorted(said, key=lambda event: event["at"])
    if activity.sent_at and waiting_of(activity):
        events.append({"at": None, "words": _("A second person says yes"), "state": "next"})
    return events


def _sent_back(one: SendBack) -> dict[str, Any]:
    words = _("%(name)s sent it back: “%(reason)s”") % {"name": one.by, "reason": one.reason}
    return {"at": one.at, "words": words, "state": "done"}


def _approved(given: Sequence[tuple[Approval, str]]) -> Iterator[dict[str, Any]]:
    for approval, title in given:
        words = _("%(name)s approved “%(title)s”, revision %(revision)d") % {
            "name": approval.by,
            "title": title,
            "revision": approval.revision,
        }
        if approval.self_approved:
            words = _("%(words)s (own work, office of one person)") % {"words": words}
        yield {"at": approval.at, "words": words, "state": "done"}


def items_shown(activity: Activity, user: Any) -> list[RequestItem]:
    """For a State: the own items that the activity answers."""
    return list(
        RequestItem.objects.filter(
            activity_links__in=activity.item_links.confirmed(),
            request__in=AssistanceRequest.objects.visible_to(user),
        ).select_related("request")
    )


def mandates_shown(activity: Activity) -> list[Mandate]:
    """Of a public activity the mandates that it serves; of another none."""
    if activity.visibility != Visibility.PUBLIC:
        return []
    links = activity.mandate_links.confirmed().select_related("mandate__paragraph__resolution")
    in_order = links.order_by("mandate__paragraph__position", "mandate__ordinal")
    return [link.mandate for link in in_order]
