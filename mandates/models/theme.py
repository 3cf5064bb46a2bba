from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from directory.names import in_language


class Theme(models.Model):
    """An entry of the two-level vocabulary of subjects.

    `plain` is the same subject in the words of somebody who asks for help; `dac_code` is a purpose
    code of the OECD-DAC Creditor Reporting System, `sdg_targets` are targets of the Sustainable
    Development Goals ("16.a").
    """

    code = models.SlugField(max_length=60, unique=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    names = models.JSONField()
    plain = models.JSONField(default=dict, blank=True)
    dac_code = models.CharField(max_length=5, blank=True)
    sdg_targets = ArrayField(models.CharField(max_length=6), default=list, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("theme")
        verbose_name_plural = _("themes")

    def __str__(self) -> str:
        return in_language(self.names)

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_language(self.names)

    @property
    def plain_name(self) -> str:
        """The subject as somebody who asks for help would say it."""
        return in_language(self.plain) or self.name
