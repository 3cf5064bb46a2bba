"""Demands by theme, the upper ones with those below them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from assistance.coverage.figures import tallies_of
from assistance.coverage.filters import NONE
from assistance.coverage.tally import Tally, total
from dashboards.breakdowns.standing import Group, operative
from dashboards.charts.shapes import Bar, Bars, bars, by_status
from dashboards.links import Rows
from directory.policy import Person
from directory.statuses import Status
from mandates.models import Facet, Mandate, Paragraph, Theme


@dataclass
class ThemeLine:
    """A theme with the demands under it; `paragraphs` are those that speak of it.

    `status` is that of its mandates together, by the rule of paragraphs.
    """

    words: str
    code: str
    is_upper: bool
    url: str
    group: Group
    status: Status
    paragraphs: list[Paragraph] = field(default_factory=list)


@dataclass(frozen=True)
class Themes:
    """The page: the lines, the picture of the upper ones, all demands together."""

    lines: Sequence[ThemeLine]
    picture: Bars
    demands: Group


def themes(user: Person, rows: Rows) -> Themes:
    """The table of a resolution's demands by theme; six queries."""
    tallies = tallies_of(rows.resolution, user=user, window=rows.window, filters=rows.narrowing)
    mandates = dict(
        Mandate.objects.filter(paragraph__resolution=rows.resolution)
        .with_counted()
        .values_list("pk", "counted")
    )
    paragraphs = {paragraph.pk: paragraph for paragraph in operative(rows.resolution)}
    speak_of: defaultdict[int, set[int]] = defaultdict(set)
    spoken_in: defaultdict[int, set[int]] = defaultdict(set)
    known = {theme.pk: theme for theme in Theme.objects.all()}
    facets = Facet.objects.filter(
        mandate__paragraph__resolution=rows.resolution, theme__isnull=False
    ).values_list("mandate_id", "mandate__paragraph_id", "theme_id")
    for mandate, paragraph, theme in facets:
        for one in filter(None, (theme, known[theme].parent_id)):
            speak_of[one].add(mandate)
            spoken_in[one].add(paragraph)

    def line(words: str, code: str, of: Collection[int], *, is_upper: bool = True) -> ThemeLine:
        tally = total(tallies.get(pk, Tally()) for pk in of)
        status = tally.status(counted=any(mandates[pk] for pk in of))
        return ThemeLine(
            words, code, is_upper, rows.demands(theme=code), Group.of(tally.counted), status
        )

    lines = []
    for theme in _in_order(list(known.values())):
        if speak_of[theme.pk] and _is_wanted(theme, known, rows.narrowing.get("theme", "")):
            found = line(theme.name, theme.code, speak_of[theme.pk], is_upper=not theme.parent_id)
            found.paragraphs = [p for p in paragraphs.values() if p.pk in spoken_in[theme.pk]]
            lines.append(found)
    without = line(_("No theme"), NONE, mandates.keys() - set().union(*speak_of.values()))
    shown = [*lines, *([without] if without.group.demands else [])]
    everything = Group.of(total(tallies.values()).counted)
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
