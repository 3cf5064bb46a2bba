import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directory.models import Entity
from mandates.models.mandate import Mandate
from mandates.models.paragraph import ParagraphText
from mandates.models.theme import Theme


class FacetRole(models.TextChoices):
    """What a facet says of its mandate."""

    ADDRESSEE = "addressee", _("Addressee")
    PARTNER = "partner", _("Partner")
    PRODUCT = "product", _("Product")
    THEME = "theme", _("Theme")
    CONDITION = "condition", _("Condition")


class ConditionKind(models.TextChoices):
    """Limits a text sets to what it asks."""

    UPON_REQUEST = "upon_request", _("upon request")
    WITHIN_MANDATE = "within_mandate", _("within its mandate")
    AS_APPROPRIATE = "as_appropriate", _("as appropriate")


class FacetSource(models.TextChoices):
    """Who found it."""

    READER = "reader", _("Read from the text")
    OFFICER = "officer", _("An officer")


@pghistory.track()
class Facet(models.Model):
    """Something said of a mandate: addressee or partner (an entity), theme, product, condition.

    Where it was read from the text, `paragraph_text`, `start` and `end` give its words' place.
    """

    mandate = models.ForeignKey(Mandate, on_delete=models.CASCADE, related_name="facets")
    role = models.CharField(max_length=10, choices=FacetRole)
    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, null=True, blank=True)
    theme = models.ForeignKey(
        Theme, on_delete=models.PROTECT, null=True, blank=True, related_name="facets"
    )
    condition = models.CharField(max_length=20, choices=ConditionKind, blank=True)
    words = models.TextField(blank=True)
    paragraph_text = models.ForeignKey(
        ParagraphText, on_delete=models.CASCADE, null=True, blank=True, related_name="facets"
    )
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    source = models.CharField(max_length=10, choices=FacetSource, default=FacetSource.READER)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["role", "start", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["addressee", "partner"], entity__isnull=False, theme=None)
                | Q(role="theme", theme__isnull=False, entity=None)
                | (Q(role="product", entity=None, theme=None) & ~Q(words=""))
                | (Q(role="condition", entity=None, theme=None) & Q(condition__in=ConditionKind)),
                name="facet_says_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(start=None, end=None) | Q(end__gt=F("start")), name="facet_span"
            ),
            models.UniqueConstraint(
                fields=["mandate", "role", "entity"],
                condition=Q(entity__isnull=False),
                name="facet_entity_once",
            ),
            models.UniqueConstraint(
                fields=["mandate", "theme"],
                condition=Q(theme__isnull=False),
                name="facet_theme_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.entity or self.theme or self.condition or self.words}"
