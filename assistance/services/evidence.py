"""What shows a delivery: added by one person, verified by another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assistance.files import check_upload
from assistance.models import Delivery, Evidence, EvidenceKind
from assistance.services.plan import locked
from assistance.services.problems import Problems
from assistance.stored_once import stored_before
from directory import policy
from notifications.kinds import NotificationKind
from notifications.services import notify

if TYPE_CHECKING:
    from django.core.files import File

    from directory.models import User


@transaction.atomic
def add_evidence(
    *,
    delivery: Delivery,
    by: User,
    kind: EvidenceKind | str,
    file: File[Any] | None = None,
    url: str = "",
) -> Evidence:
    """A file or an address that shows a delivery; it counts once somebody else has verified it."""
    policy.authorise(by, policy.Permission.LOG_ACTIVITIES, delivery)
    evidence = Evidence(delivery=delivery, kind=kind, added_by=by, url=url)
    problems = Problems()
    if file and url:
        problems.add("url", _("Give a file or an address, not both."))
    elif not file and not url:
        problems.add("file", _("Choose a file, or give an address."))
    elif url:
        check_address(url, problems)
    if file:
        try:
            checked = check_upload(file)
        except ValidationError as error:
            problems.add_all(ValidationError({"file": error.messages}))
        else:
            evidence.filename = checked.filename
            evidence.content_type = checked.content_type
            evidence.size = checked.size
            evidence.sha256 = checked.sha256
            evidence.file = stored_before(evidence) or file  # type: ignore[assignment]
    problems.clean(evidence, exclude={"file"})
    problems.raise_if_any()
    evidence.save()
    return evidence


def check_address(url: str, problems: Problems) -> None:
    """An address of the web."""
    if not url.startswith(("https://", "http://")):
        problems.add("url", _("The address must begin with https:// or http://."))


@transaction.atomic
def remove_evidence(*, evidence: Evidence, by: User) -> Delivery:
    """The delivery without this piece; its file stays in the store for the history to name."""
    locked(evidence.delivery.activity)
    policy.authorise(by, policy.Permission.LOG_ACTIVITIES, evidence)
    delivery = evidence.delivery
    evidence.delete()
    return delivery


@transaction.atomic
def verify_evidence(*, evidence: Evidence, by: User) -> Evidence:
    """The piece verified by a second person; its author is told.

    In an office of one the author may, and every figure that rests on it says so.
    """
    current = Evidence.objects.select_for_update().get(pk=evidence.pk)
    policy.authorise(by, policy.Permission.VERIFY_EVIDENCE, current)
    if current.verified_at is not None:
        raise ValidationError(
            _("%(name)s has verified it already.") % {"name": current.verified_by},
            code="verified",
        )
    current.verified_by = by
    current.verified_at = timezone.now()
    current.self_verified = by.pk == current.added_by_id
    current.save()
    activity = current.delivery.activity
    if not current.self_verified:
        notify(
            kind=NotificationKind.EVIDENCE_VERIFIED,
            recipients=[current.added_by],
            key=f"evidence:{current.pk}:verified",
            context={"title": activity.title, "by": str(by)},
            path=reverse("activity", args=[activity.pk]),
            about=activity,
        )
    return current


def verify_many(*, evidence: Iterable[Evidence], by: User) -> list[Evidence]:
    """Those of the pieces that this person could verify; the others are left as they are."""
    verified = []
    for piece in evidence:
        if policy.may_on(by, policy.Permission.VERIFY_EVIDENCE, piece):
            try:
                verified.append(verify_evidence(evidence=piece, by=by))
            except ValidationError:
                continue
    return verified
