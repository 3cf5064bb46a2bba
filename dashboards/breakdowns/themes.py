"""Demands by theme, the upper ones with those below them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from assistance.coverage.filters import NONE
from dashboards.breakdowns.standing import Group, demands_of, operative, standings
from dashboards.charts.shapes import Bar, Bars, bars, by_status
from dashboards.links import Rows
from directory.policy import Person
from mandates.models import Facet, Paragraph, Theme


@dataclass
class ThemeLine:
    """A theme with the demands under it; `paragraphs` are those that speak of it."""

    words: str
    code: str
    is_upper: bool
    url: str
    group: Group = field(default_factory=Group)
    paragraphs: list[Paragraph] = field(default_factory=list)


@dataclass(frozen=True)
class Themes:
    """The page: the lines, the picture of the upper ones, all demands together."""

    lines: Sequence[ThemeLine]
    picture: Bars
    demands: Group


def themes(user: Person, rows: Rows) -> Themes:
    """The table of a resolution's demands by theme; four queries."""
    counted = standings(demands_of(rows.resolution, user, rows.narrowing), rows.window)
    paragraphs = {paragraph.pk: paragraph for paragraph in operative(rows.resolution)}
    by_mandate: defaultdict[int, set[int]] = defaultdict(set)
    spoken_in: defaultdict[int, set[int]] = defaultdict(set)
    known = {theme.pk: theme for theme in Theme.objects.all()}
    facets = Facet.objects.filter(
        mandate__paragraph__resolution=rows.resolution, theme__isnull=False
    ).values_list("mandate_id", "mandate__paragraph_id", "theme_id")
    for mandate, paragraph, theme in facets:
        for one in filter(None, (theme, known[theme].parent_id)):
            by_mandate[mandate].add(one)
            spoken_in[one].add(paragraph)
    lines = {
        theme.pk: ThemeLine(
            theme.name,
            theme.code,
            theme.parent_id is None,
            rows.demands(theme=theme.code),
            paragraphs=[p for p in paragraphs.values() if p.pk in spoken_in[theme.pk]],
        )
        for theme in _in_order(list(known.values()))
        if spoken_in[theme.pk] and _is_wanted(theme, known, rows.narrowing.get("theme", ""))
    }
    without = ThemeLine(_("No theme"), NONE, True, rows.demands(theme=NONE))
    for standing in counted:
        for theme in by_mandate[standing.mandate] & lines.keys():
            lines[theme].group.add(standing.status)
        if not by_mandate[standing.mandate]:
            without.group.add(standing.status)
    shown = [*lines.values(), *([without] if without.group.demands else [])]
    everything = Group(standing.status for standing in counted)
    return Themes(shown, _picture(shown, everything), everything)


def _is_wanted(theme: Theme, known: Mapping[int, Theme], code: str) -> bool:
    """Whether a theme is the one chosen or stands below it; any when none was chosen."""
    above = known.get(theme.parent_id or 0)
    return not code or theme.code == code or (above is not None and above.code == code)


def _in_order(known: Sequence[Theme]) -> list[Theme]:
    """Each upper theme before those below it."""
    below: defaultdict[int | None, list[Theme]] = defaultdict(list)
    for theme in known:
        below[theme.parent_id].append(theme)
    return [one for upper in below[None] for one in (upper, *below[upper.pk])]


def _picture(lines: Sequence[ThemeLine], everything: Group) -> Bars:
    summary = _(
        "{served} of {demands} demands are served; one under two themes counts in both."
    ).format(served=everything.served, demands=everything.demands)
    return bars(
        _("Demands by theme and status"),
        summary,
        [
            Bar(
                line.words,
                _("{served} of {demands} served").format(
                    served=line.group.served, demands=line.group.demands
                ),
                by_status(line.group.by_status),
            )
            for line in lines
            if line.group.demands and (line.is_upper or not any(one.is_upper for one in lines))
        ],
    )
