from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from assistance.models.activity import Activity
from assistance.models.request import RequestItem
from assistance.querysets import DeliveryQuerySet
from directory.fields import TodayUTC, Versioned
from directory.models import Country
from directory.templatetags.dates import long_day
from mandates.models import DeliveryKind, Need

if TYPE_CHECKING:
    from assistance.models.evidence import Reply


class AgeGroup(models.TextChoices):
    """How old participants were."""

    UNDER_18 = "under_18", _("Under 18")
    FROM_18 = "18_29", _("18 to 29")
    FROM_30 = "30_59", _("30 to 59")
    FROM_60 = "60_over", _("60 and over")
    NOT_STATED = "not_stated", _("Age not stated")


class Function(models.TextChoices):
    """What participants do."""

    LAW_ENFORCEMENT = "law_enforcement", _("Law enforcement")
    PROSECUTORS = "prosecutors", _("Prosecutors")
    JUDGES = "judges", _("Judges")
    PRISONS = "prisons", _("Prison and probation staff")
    GOVERNMENT = "government", _("Ministries and other authorities")
    LEGISLATORS = "legislators", _("Legislators")
    CIVIL_SOCIETY = "civil_society", _("Civil society, academia, private sector")
    NOT_STATED = "not_stated", _("Function not stated")


class AddsUp(Func):
    """Whether counts by group sum to women, men and not stated, or none are given."""

    function = "participants_add_up"
    output_field = models.BooleanField()


@pghistory.track()
class Delivery(Versioned):
    """One thing that happened under an activity, for one State named or for none.

    `on` is the day it ended, `began_on` its first day when it took several. Participants are
    persons; `by_age` and `by_function` hold a number for each `AgeGroup` and `Function` given, or
    nothing. `revision` counts changes; each sends the delivery back for approval.
    """

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="deliveries")
    country = models.ForeignKey(
        Country,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="deliveries",
        verbose_name=_("State"),
    )
    began_on = models.DateField(_("first day"), null=True, blank=True)
    on = models.DateField(_("last day"))
    kind = models.CharField(_("kind"), max_length=20, choices=DeliveryKind)
    title = models.CharField(_("title"), max_length=250, blank=True)
    women = models.PositiveIntegerField(_("women"), null=True, blank=True)
    men = models.PositiveIntegerField(_("men"), null=True, blank=True)
    not_stated = models.PositiveIntegerField(_("not stated"), null=True, blank=True)
    by_age = models.JSONField(_("by age group"), default=dict, blank=True)
    by_function = models.JSONField(_("by function"), default=dict, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    items = models.ManyToManyField(RequestItem, through="DeliveryItem", related_name="deliveries")
    needs = models.ManyToManyField(Need, through="DeliveryNeed", related_name="deliveries")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "country", "on", "kind"],
                name="delivery_once",
                nulls_distinct=False,
                violation_error_message=_(
                    "A delivery of this kind to this State on this day is entered already."
                ),
            ),
            models.CheckConstraint(condition=Q(kind__in=DeliveryKind), name="delivery_kind"),
            models.CheckConstraint(
                condition=Q(began_on=None) | Q(began_on__lte=F("on")),
                name="delivery_days_in_order",
                violation_error_message=_("The last day must not be before the first."),
            ),
            models.CheckConstraint(
                condition=Q(on__lte=TodayUTC()),
                name="delivery_not_to_come",
                violation_error_message=_(
                    "A delivery can't be dated in the future; plan it as an activity."
                ),
            ),
        ]

        constraints += [
            models.CheckConstraint(
                condition=AddsUp(field, "women", "men", "not_stated"),
                name=f"delivery_{field}_adds_up",
            )
            for field in ("by_age", "by_function")
        ]

    def __str__(self) -> str:
        return self.title or f"{self.get_kind_display()}, {long_day(self.on)}"

    @property
    def author_ids(self) -> frozenset[int]:
        """Those who may not approve it themselves."""
        return frozenset({self.created_by_id, self.changed_by_id})

    @property
    def last_reply(self) -> Reply | None:
        """What the State concerned last said of it. Prefetch `replies` where several are asked."""
        own = (one for one in self.replies.all() if one.country_id == self.country_id)
        return max(own, key=lambda one: (one.at, one.pk), default=None)

    @property
    def participants(self) -> int | None:
        """All participants, or None where none were counted."""
        counts = [n for n in (self.women, self.men, self.not_stated) if n is not None]
        return sum(counts) if counts else None


@pghistory.track()
class DeliveryItem(models.Model):
    """This delivery was for this item."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="item_rows")
    item = models.ForeignKey(RequestItem, on_delete=models.PROTECT, related_name="delivery_rows")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery", "item"], name="delivery_item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} for {self.item_id}"


@pghistory.track()
class DeliveryNeed(models.Model):
    """This delivery meets this need."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="need_rows")
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="delivery_rows")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery", "need"], name="delivery_need_once"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} for need {self.need_id}"
