from django.db import models
from django.utils.translation import gettext_lazy as _

from directory.names import in_language


class EntityKind(models.TextChoices):
    """What an entity is: one that acts, a class of actors named by a text, or a unit of UNODC."""

    BODY = "body", _("Entity")
    GROUP = "group", _("Group of actors")
    UNIT = "unit", _("Unit of UNODC")


class Entity(models.Model):
    """Who may be an addressee, a partner or the lead unit of a mandate.

    `code` is the one the reader and the API use (`unodc`, `member_states`, `interpol`, `tpb` ...).
    """

    code = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=10, choices=EntityKind)
    names = models.JSONField()
    acronym = models.CharField(max_length=30, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("entity")
        verbose_name_plural = _("entities")
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=EntityKind), name="entity_kind"),
        ]

    def __str__(self) -> str:
        return in_language(self.names)

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_language(self.names)
