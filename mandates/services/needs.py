"""Needs: what a standing mandate takes, written by an officer, published by a manager.

A published need counts. Changing one sends it back: it stops counting until a manager publishes it
again, so that no figure rests on words that only its author has read.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, TypedDict

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory import policy
from directory.access import fetch_to_read, fetch_to_write
from directory.models import User
from directory.policy import PERMISSIONS_OF_ROLE, Permission
from directory.templatetags.dates import long_day
from mandates.models import Mandate, Need
from notifications.kinds import NotificationKind
from notifications.services import notify

if TYPE_CHECKING:
    from django.db.models import QuerySet


class NeedFields(TypedDict):
    """What a need says."""

    words: str
    kind: str
    every_months: int | None
    valid_from: dt.date
    valid_to: dt.date | None


class NeedChangedMeanwhile(ValidationError):
    """Somebody saved the same need since it was read; nothing was changed."""

    def __init__(self) -> None:
        super().__init__(
            _("Somebody changed this need while you were writing. Compare, then save again."),
            code="stale",
        )


@transaction.atomic
def write_need(*, user: User, mandate_pk: int, fields: NeedFields) -> Need:
    """A new need, not yet published; managers are told."""
    policy.authorise(user, Permission.WRITE_NEEDS)
    mandate = fetch_to_read(Mandate.objects.counted(), user, pk=mandate_pk)
    need = Need(mandate=mandate, created_by=user, **fields)
    check_need(need)
    need.save()
    _ask_to_publish(need, user)
    return need


@transaction.atomic
def change_need(*, user: User, need_pk: int, fields: NeedFields, revision: int) -> Need:
    """The need with other words or days; one that was published waits for a manager again."""
    need = fetch_to_write(Need.objects, user, Permission.WRITE_NEEDS, pk=need_pk)
    if need.revision != revision:
        raise NeedChangedMeanwhile
    before = {name: getattr(need, name) for name in fields}
    if before == dict(fields):
        return need
    for name, value in fields.items():
        setattr(need, name, value)
    check_need(need)
    need.published_by, need.published_at = None, None
    need.revision += 1
    need.save()
    _ask_to_publish(need, user)
    return need


@transaction.atomic
def remove_need(*, user: User, need_pk: int, revision: int) -> None:
    """A need that was never published, gone; one that was has counted, and is ended instead."""
    need = fetch_to_write(Need.objects, user, Permission.WRITE_NEEDS, pk=need_pk)
    if need.revision != revision:
        raise NeedChangedMeanwhile
    if was_published(need):
        raise ValidationError(_("It was published, so figures rest on it: end it instead."))
    need.delete()


def was_published(need: Need) -> bool:
    """Whether it ever counted."""
    history: Any = Need.history.rel.related_model  # type: ignore[attr-defined]
    told = history.objects.filter(pgh_obj=need.pk, published_at__isnull=False)
    return need.published_at is not None or bool(told.exists())


@transaction.atomic
def publish_need(
    *, user: User, need_pk: int, revision: int, in_place_of: int | None = None
) -> Need:
    """The need counts from now on; its author is told. Repeating it changes nothing.

    `in_place_of` is the key of a published need of the same mandate: it ends on the day before
    this one begins, and what was delivered for it keeps counting until then.
    """
    need = fetch_to_write(Need.objects, user, Permission.PUBLISH_NEEDS, pk=need_pk)
    if need.revision != revision:
        raise NeedChangedMeanwhile
    if need.published_at is None:
        if in_place_of is not None:
            _supersede(in_place_of, need, user)
        need.published_by, need.published_at = user, timezone.now()
        need.save()
        notify(
            kind=NotificationKind.NEED_PUBLISHED,
            recipients=[need.created_by] if need.created_by != user else [],
            key=f"need:{need.pk}:{need.revision}",
            context=_context(need, user),
            path=reverse("need-edit", args=[need.pk]),
            about=need,
        )
    return need


@transaction.atomic
def end_need(*, user: User, need_pk: int, last_day: dt.date, revision: int) -> Need:
    """A published need ends after its last day and stays published; what it counted stands."""
    need = fetch_to_write(Need.objects, user, Permission.PUBLISH_NEEDS, pk=need_pk)
    if need.revision != revision:
        raise NeedChangedMeanwhile
    if need.published_at is None:
        raise ValidationError(_("Only a published need can be ended; change the other's days."))
    _end(need, last_day, "last_day")
    return need


def _supersede(other_pk: int, need: Need, user: User) -> None:
    others = Need.objects.filter(mandate=need.mandate_id).published()
    other = others.select_for_update().filter(pk=other_pk).first()
    if other is None:
        raise ValidationError({"in_place_of": _("Choose a published need of the same mandate.")})
    _end(other, need.valid_from - dt.timedelta(days=1), "in_place_of")


def _end(need: Need, last_day: dt.date, field: str) -> None:
    """Writes the last day; one before the first, or after the present last, is refused."""
    if last_day < need.valid_from:
        raise ValidationError({field: _("The last day must not be before the first.")})
    if need.valid_to and last_day > need.valid_to:
        raise ValidationError({field: _("It ends before that day already.")})
    need.valid_to = last_day
    need.revision += 1
    need.save()


def check_need(need: Need) -> None:
    """Refuse (`ValidationError`) what no need can say, whoever publishes it."""
    adopted_on = need.mandate.paragraph.resolution.adopted_on
    if need.valid_from and need.valid_from < adopted_on:
        raise ValidationError(
            {
                "valid_from": ValidationError(
                    _("The resolution was adopted on %(day)s; a need can't begin before that day."),
                    params={"day": long_day(adopted_on)},
                )
            }
        )
    need.full_clean(exclude=["published_by", "published_at"])


def _context(need: Need, user: User) -> dict[str, Any]:
    return {"mandate": need.mandate.identifier, "by": str(user)}


def _ask_to_publish(need: Need, user: User) -> None:
    notify(
        kind=NotificationKind.NEED_TO_PUBLISH,
        recipients=publishers().exclude(pk=user.pk),
        key=f"need:{need.pk}:{need.revision}",
        context=_context(need, user),
        path=reverse("need-edit", args=[need.pk]),
        about=need,
    )


def publishers() -> QuerySet[User]:
    """Those who may publish needs."""
    roles = [role for role, held in PERMISSIONS_OF_ROLE.items() if Permission.PUBLISH_NEEDS in held]
    return User.objects.filter(
        is_active=True, memberships__role__in=roles, memberships__ended_on=None
    ).distinct()
