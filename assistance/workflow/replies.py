"""What the State concerned says of a delivery to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assistance.models import Delivery, Reply, Verdict
from assistance.workflow.people import tell
from directory.access import fetch_to_write
from directory.policy import Permission
from notifications.kinds import NotificationKind

if TYPE_CHECKING:
    from directory.models import Country, User


@transaction.atomic
def reply_to_delivery(
    *, delivery: Delivery, country: Country, verdict: str, words: str, user: User
) -> Reply:
    """The reply, which counts from now on; the same reply sent twice is one.

    An objection ("partly", "disputed") needs words. Those who entered the delivery are told.
    """
    current = fetch_to_write(Delivery.objects, user, Permission.REPLY, pk=delivery.pk)
    if country.pk != current.country_id or country.pk not in user.country_ids:
        raise PermissionDenied(Permission.REPLY.value)
    if verdict not in Verdict:
        raise ValidationError({"verdict": _("Choose what you say of the delivery.")})
    words = words.strip()
    if verdict != Verdict.CONFIRMED and not words:
        raise ValidationError({"words": _("Say in your words what was missing.")})
    latest: Reply | None = current.replies.filter(country=country).last()
    if latest is not None and (latest.verdict, latest.words) == (verdict, words):
        return latest
    reply: Reply = Reply.objects.create(
        delivery=current, country=country, verdict=verdict, words=words, by=user
    )
    authors = {person.pk: person for person in (current.created_by, current.changed_by)}
    tell(
        kind=NotificationKind.DELIVERY_REPLIED,
        recipients=authors.values(),
        key=f"reply:{reply.pk}",
        path=reverse("delivery", args=[current.pk]),
        about=current,
        values={
            "country": country,
            "title": current.title or current.activity.title,
            "verdict": Verdict(verdict).label,
        },
    )
    return reply
