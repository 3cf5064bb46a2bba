"""Links to look at again: their mandate's words changed, or a later resolution continues it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assistance.models import ActivityMandate, ItemMandate
from assistance.services import look_again, reject_link
from directory.models import Entity, EntityKind
from mandates.models import Lineage, Resolution
from mandates.services.lineage import successors_of
from mandates.wordings import Rewording, rewordings

KINDS: dict[str, Any] = {"mandate": ActivityMandate, "tie": ItemMandate}


CONTINUED = "continued"


class SuspectForm(forms.Form):
    """Which of them: those to a resolution, those of a unit, those that are continued."""

    resolution = forms.ModelChoiceField(
        label=_("Resolution"),
        queryset=Resolution.objects.all(),
        to_field_name="slug",
        required=False,
        empty_label=_("All"),
    )
    unit = forms.ModelChoiceField(
        label=_("Lead unit"),
        queryset=Entity.objects.filter(kind=EntityKind.UNIT),
        to_field_name="code",
        required=False,
        empty_label=_("All"),
    )
    why = forms.ChoiceField(
        label=_("Why"),
        choices=[("", _("All")), (CONTINUED, _("A later resolution continues the mandate"))],
        required=False,
    )


@dataclass
class SuspectRow:
    """A link with what changed since it was confirmed; `kind` is "mandate", of an item "tie"."""

    kind: str
    link: Any
    rewordings: list[Rewording] = field(default_factory=list)
    successors: list[Lineage] = field(default_factory=list)

    @property
    def name(self) -> str:
        """How the link is named where several are ticked."""
        return f"{self.kind}-{self.link.pk}"


def suspect_links(
    user: Any, *, resolution: Any = None, unit: Any = None, why: str = ""
) -> list[SuspectRow]:
    """All that this person may read, oldest decision first, without what changed. Two queries.

    A unit has the links of its activities and those to the mandates it leads.
    """
    rows = []
    for kind, model in KINDS.items():
        thing = "activity" if kind == "mandate" else "item__request"
        links = model.objects.visible_to(user).suspect()
        if resolution:
            links = links.filter(mandate__paragraph__resolution=resolution)
        if unit:
            own = Q(mandate__lead_unit=unit)
            links = links.filter(own | Q(activity__unit=unit) if kind == "mandate" else own)
        if why == CONTINUED:
            links = links.continued()
        links = links.select_related(thing, "mandate__paragraph__resolution", "decided_by")
        rows += [SuspectRow(kind, link) for link in links]
    return sorted(rows, key=lambda row: (row.link.decided_at, row.name))


def with_changes(rows: list[SuspectRow]) -> list[SuspectRow]:
    """The rows with the words before and after, and the successors; three queries."""
    changed = rewordings({(row.link.mandate_id, row.link.mandate_revision) for row in rows})
    successors = successors_of({row.link.mandate_id for row in rows})
    for row in rows:
        row.rewordings = changed[row.link.mandate_id, row.link.mandate_revision]
        row.successors = [
            one
            for one in successors[row.link.mandate_id]
            if one.decided_at and one.decided_at > row.link.decided_at
        ]
    return rows


def decide(names: Iterable[str], *, user: Any, reason: str | None = None) -> tuple[int, list[str]]:
    """Links by their names kept, or rejected with a reason: how many, and what was refused.

    Each in its own transaction: one that can't be stops no other.
    """
    done, refused = 0, []
    for row in suspect_links(user):
        if row.name not in names:
            continue
        try:
            if reason is None:
                look_again(link=row.link, by=user)
            else:
                reject_link(link=row.link, by=user, reason=reason)
            done += 1
        except ValidationError as error:
            refused += error.messages
    return done, list(dict.fromkeys(refused))
