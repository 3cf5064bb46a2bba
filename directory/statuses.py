"""The status of a demand, a mandate or a paragraph: code, word and meaning, in one table."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(TextChoices):
    """How far what is owed has come, furthest first (DESIGN section 3)."""

    EVIDENCED = "evidenced", pgettext_lazy("status", "Evidenced")
    DELIVERED = "delivered", pgettext_lazy("status", "Delivered")
    UNDER_WAY = "under_way", pgettext_lazy("status", "Under way")
    PLANNED = "planned", pgettext_lazy("status", "Planned")
    UNMET = "unmet", pgettext_lazy("status", "Unmet")
    NO_DEMAND = "no_demand", pgettext_lazy("status", "No demand")
    NOT_APPLICABLE = "not_applicable", pgettext_lazy("status", "Not UNODC’s")

    @property
    def css(self) -> str:
        """The status as the end of a class name: `under-way`."""
        return self.value.replace("_", "-")

    @property
    def meaning(self) -> str:
        """What the status says, in one line."""
        return str(MEANINGS[self])


MEANINGS = {
    Status.EVIDENCED: _("delivered, and a second person has verified the evidence"),
    Status.DELIVERED: _("delivered to each State that asked, evidence not yet verified"),
    Status.UNDER_WAY: _("begun, or delivered to some"),
    Status.PLANNED: _("an approved activity, nothing begun"),
    Status.UNMET: _("asked, and nothing planned"),
    Status.NO_DEMAND: _("for UNODC, but nobody asked: no gap"),
    Status.NOT_APPLICABLE: _("for others, or a statement: shown, never counted"),
}
