"""What a figure warns of: each flag with its label, once."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Flag(models.TextChoices):
    """The flags of DESIGN section 3. They stand as of today and each opens to its rows."""

    NO_RECORDED_REQUEST = "no_recorded_request", _("No recorded request")
    DISPUTED = "disputed", _("Disputed by the State")
    OVERDUE = "overdue", _("Overdue")
    CLOSED_SHORT = "closed_short", _("Closed short")
    CLOSED_WITHOUT_DELIVERY = "closed_without_delivery", _("Closed without delivery")
    SUSPECT_LINK = "suspect_link", _("Words changed since linked")
    SELF_APPROVED = "self_approved", _("Approved by its author")
    UNLINKED = "unlinked", _("Tied to no mandate")

    @property
    def meaning(self) -> str:
        """What the flag says, in one line."""
        return str(MEANINGS[self])

    @property
    def of_demands(self) -> bool:
        """Whether rows of `coverage_demand` carry it; the others mark work without a demand."""
        return self in DEMAND_FLAGS


MEANINGS = {
    Flag.NO_RECORDED_REQUEST: _("help is given, and no request is recorded that asked for it"),
    Flag.DISPUTED: _("a State says that a delivery did not reach it, or only in part"),
    Flag.OVERDUE: _("the planned end has passed without an approved delivery"),
    Flag.CLOSED_SHORT: _("closed as partly fulfilled"),
    Flag.CLOSED_WITHOUT_DELIVERY: _("an activity was closed without an approved delivery"),
    Flag.SUSPECT_LINK: _("the words of the mandate changed after the link was confirmed"),
    Flag.SELF_APPROVED: _("an office of one person approved or verified its own work"),
    Flag.UNLINKED: _("an item or an activity that is tied to no mandate"),
}

DEMAND_FLAGS = (
    Flag.DISPUTED,
    Flag.OVERDUE,
    Flag.CLOSED_SHORT,
    Flag.CLOSED_WITHOUT_DELIVERY,
    Flag.SUSPECT_LINK,
    Flag.SELF_APPROVED,
)
"""The flags that are columns of `coverage_demand`."""
