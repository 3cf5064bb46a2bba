"""The mandates an item can be tied to, those on the State's own themes first."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from assistance.models import RequestItem
from mandates.models import Mandate


def mandate_choices(item: RequestItem) -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups of choices: on the themes ticked, counted for UNODC, all other clauses."""
    ticked = set(item.themes.values_list("pk", flat=True))
    tied = set(item.mandate_links.filter(state="confirmed").values_list("mandate", flat=True))
    fitting: list[tuple[str, str]] = []
    counted: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    mandates: Any = Mandate.objects.with_counted()
    for mandate in (
        mandates.select_related("paragraph__resolution")
        .prefetch_related("facets")
        .order_by("paragraph__resolution__adopted_on", "paragraph__position", "ordinal")
    ):
        if mandate.pk in tied:
            continue
        themes = {facet.theme_id for facet in mandate.facets.all() if facet.theme_id}
        name = name_of(mandate)
        if not mandate.counted:
            others.append((mandate.identifier, _("%(name)s (not counted)") % {"name": name}))
        elif themes & ticked:
            words = _("%(name)s (on a theme the State ticked)") % {"name": name}
            fitting.append((mandate.identifier, words))
        else:
            counted.append((mandate.identifier, name))
    groups = [
        (_("On the themes the State ticked"), fitting),
        (_("Counted for UNODC"), counted),
        (_("Other clauses: shown as related, not counted"), others),
    ]
    return [(label, choices) for label, choices in groups if choices]


def name_of(mandate: Mandate) -> str:
    """How a mandate is named in a list."""
    paragraph = mandate.paragraph
    where = _("%(symbol)s, para. %(number)s") % {
        "symbol": paragraph.resolution.symbol,
        "number": paragraph.number,
    }
    return f"{where}: {mandate.label or paragraph.label or mandate.identifier}"
