import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assistance.models.activity import Activity, shares_sum_to_100
from assistance.models.request import RequestItem
from assistance.querysets import LinkQuerySet
from mandates.models import Mandate


class LinkState(models.TextChoices):
    """What was decided of a link; only confirmed ones count."""

    PROPOSED = "proposed", _("Proposed")
    CONFIRMED = "confirmed", _("Confirmed")
    REJECTED = "rejected", _("Rejected")


class LinkOrigin(models.TextChoices):
    """Who proposed a link."""

    PERSON = "person", _("A person")
    SUGGESTION = "suggestion", _("A suggestion")
    IMPORT = "import", _("An import")


class Weight(models.TextChoices):
    """How much of an activity a mandate is, after the OECD-DAC policy marker. For reading only."""

    PRINCIPAL = "principal", _("Principal")
    SIGNIFICANT = "significant", _("Significant")


class Link(models.Model):
    """What the three kinds of link share: who proposed it, who decided, and why."""

    origin = models.CharField(max_length=10, choices=LinkOrigin, default=LinkOrigin.PERSON)
    state = models.CharField(max_length=10, choices=LinkState, default=LinkState.PROPOSED)
    reason = models.TextField(blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(origin__in=LinkOrigin), name="%(class)s_origin"),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by=None, decided_at=None)
                | Q(state__in=["confirmed", "rejected"], decided_at__isnull=False),
                name="%(class)s_state",
            ),
        ]

    @property
    def author_ids(self) -> frozenset[int]:
        """Who may not confirm it: whoever proposed it."""
        return frozenset({self.proposed_by_id} if self.proposed_by_id else ())


@pghistory.track()
class ItemMandate(Link):
    """A request item asks for what a mandate promises."""

    item = models.ForeignKey(RequestItem, on_delete=models.CASCADE, related_name="mandate_links")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="item_links")
    mandate_revision = models.PositiveIntegerField()

    class Meta(Link.Meta):
        constraints = [
            *Link.Meta.constraints,
            models.UniqueConstraint(fields=["item", "mandate"], name="item_mandate_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} - {self.mandate_id} ({self.state})"


@pghistory.track()
class ActivityMandate(Link):
    """An activity carries out a mandate. `share` is a percentage of its cost and participants."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="mandate_links")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="activity_links")
    mandate_revision = models.PositiveIntegerField()
    weight = models.CharField(max_length=12, choices=Weight, default=Weight.PRINCIPAL)
    share = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)

    class Meta(Link.Meta):
        constraints = [
            *Link.Meta.constraints,
            models.UniqueConstraint(fields=["activity", "mandate"], name="activity_mandate_once"),
            models.CheckConstraint(condition=Q(weight__in=Weight), name="activity_mandate_weight"),
            models.CheckConstraint(
                condition=Q(share=None) | Q(share__gt=0, share__lte=100),
                name="activity_mandate_share",
                violation_error_message=_("A share lies between 0 and 100."),
            ),
        ]
        triggers = [shares_sum_to_100("assistance_activitymandate", among="state <> 'rejected'")]

    def __str__(self) -> str:
        return f"{self.activity_id} - {self.mandate_id} ({self.state})"


@pghistory.track()
class ActivityItem(Link):
    """An activity answers a request item."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="item_links")
    item = models.ForeignKey(RequestItem, on_delete=models.PROTECT, related_name="activity_links")

    class Meta(Link.Meta):
        constraints = [
            *Link.Meta.constraints,
            models.UniqueConstraint(fields=["activity", "item"], name="activity_item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} - {self.item_id} ({self.state})"
