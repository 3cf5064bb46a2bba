"""Paragraphs by region and, for those who read all requests, by State; a chart or a map of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assistance.coverage.filters import NONE
from dashboards.breakdowns.matrix import Cell, Head, Line, Matrix, heat_of
from dashboards.breakdowns.standing import (
    Group,
    Standing,
    ancestors,
    countries_of,
    demands_of,
    operative,
    paragraph_head,
    standings,
)
from dashboards.charts.shapes import (
    NORTH,
    SCALE,
    Bar,
    Map,
    Picture,
    Place,
    across,
    bars,
    by_status,
    lettered,
    radius_of,
)
from dashboards.links import Rows
from directory.centres import centres
from directory.loading import sort_key
from directory.models import Country
from directory.policy import Person
from directory.regions import region_name
from mandates.models import Paragraph


@dataclass(frozen=True)
class Where:
    """A region or a State: its filter, and whether it stands in a group."""

    code: str
    words: str
    by: str
    group: str = ""

    @property
    def narrow(self) -> dict[str, str]:
        """The filter that lists its rows."""
        return {self.by: self.code}

    @property
    def page(self) -> str:
        """The page of a State; none of a region."""
        return reverse("state", args=[self.code]) if self.by == "state" else ""


@dataclass(frozen=True)
class Places:
    """The page: the table, its picture, and how many demands count in more than one place."""

    matrix: Matrix
    picture: Picture
    demands: Group
    places: int
    shared: int


def places(user: Person, rows: Rows, *, by_state: bool) -> Places:
    """The table of a resolution's demands by paragraph and place; three queries."""
    paragraphs = operative(rows.resolution)
    counted = standings(demands_of(rows.resolution, user, rows.narrowing), rows.window)
    countries = countries_of(counted)
    by_place: dict[Where, list[Standing]] = defaultdict(list)
    for standing in counted:
        for where in _places_of(standing, countries, rows.narrowing, by_state=by_state):
            by_place[where].append(standing)
    wanted = sorted(
        by_place, key=lambda one: (one.code == NONE, sort_key(one.group), sort_key(one.words))
    )
    everything = Group(standing.status for standing in counted)
    make = _states_by_paragraph if by_state else _paragraphs_by_region
    return Places(
        matrix=make(paragraphs, wanted, by_place, counted, rows),
        picture=(_map(by_place, everything) if by_state else _bars(wanted, by_place, everything)),
        demands=everything,
        places=len(wanted),
        shared=sum(len(group) for group in by_place.values()) - len(counted),
    )


def _places_of(
    standing: Standing,
    countries: Mapping[int, Country],
    narrowing: Mapping[str, str],
    *,
    by_state: bool,
) -> set[Where]:
    """The places that a demand counts in, those alone that the figures are narrowed to."""
    own = [countries[pk] for pk in standing.countries if pk in countries]
    if state := narrowing.get("state"):
        own = [country for country in own if country.iso == state]
    if (region := narrowing.get("region")) and region != NONE:
        own = [country for country in own if country.region == region]
    if not standing.countries:
        return {Where(NONE, _("No State named"), "region")}
    if by_state:
        return {Where(one.iso, one.name, "state", region_name(one.region)) for one in own}
    return {Where(one.region, region_name(one.region), "region") for one in own}


def _cell(group: Group, url: str) -> Cell:
    if not group.demands:
        return Cell()
    words = _("{served} of {demands}").format(served=group.served, demands=group.demands)
    heat = heat_of(group.open)
    return Cell(group.demands, url, words, heat, group.served, group.by_status)


def _groups(paragraphs: Sequence[Paragraph], standing: Iterable[Standing]) -> dict[int, Group]:
    above = ancestors(paragraphs)
    found: defaultdict[int, Group] = defaultdict(Group)
    for one in standing:
        for place in above.get(one.paragraph, ()):
            found[place].add(one.status)
    return found


def _paragraphs_by_region(
    paragraphs: Sequence[Paragraph],
    wanted: Sequence[Where],
    by_place: Mapping[Where, list[Standing]],
    counted: Sequence[Standing],
    rows: Rows,
) -> Matrix:
    groups = {where: _groups(paragraphs, by_place[where]) for where in wanted}
    all_of = _groups(paragraphs, counted)
    lines = [
        Line(
            paragraph_head(paragraph, rows),
            [
                _cell(
                    groups[where][paragraph.pk],
                    rows.demands(paragraph=paragraph.number, **where.narrow),
                )
                for where in wanted
            ],
            _cell(all_of[paragraph.pk], rows.demands(paragraph=paragraph.number)),
            muted=not all_of[paragraph.pk].demands,
        )
        for paragraph in paragraphs
    ]
    totals = Line(
        Head(_("All paragraphs")),
        [_cell(_group(by_place[where]), rows.demands(**where.narrow)) for where in wanted],
        _cell(_group(counted), rows.demands()),
    )
    heads = [Head(where.words, rows.demands(**where.narrow), code=where.code) for where in wanted]
    return Matrix(_("Paragraph"), heads, lines, totals)


def _states_by_paragraph(
    paragraphs: Sequence[Paragraph],
    wanted: Sequence[Where],
    by_place: Mapping[Where, list[Standing]],
    counted: Sequence[Standing],
    rows: Rows,
) -> Matrix:
    all_of = _groups(paragraphs, counted)
    shown = [paragraph for paragraph in paragraphs if all_of[paragraph.pk].demands]
    lines = []
    for where in wanted:
        groups = _groups(paragraphs, by_place[where])
        lines.append(
            Line(
                Head(where.words, where.page, group=where.group, code=where.code),
                [
                    _cell(
                        groups[paragraph.pk],
                        rows.demands(paragraph=paragraph.number, **where.narrow),
                    )
                    for paragraph in shown
                ],
                _cell(_group(by_place[where]), rows.demands(**where.narrow)),
            )
        )
    totals = Line(
        Head(_("All States")),
        [
            _cell(all_of[paragraph.pk], rows.demands(paragraph=paragraph.number))
            for paragraph in shown
        ],
        _cell(_group(counted), rows.demands()),
    )
    heads = [paragraph_head(paragraph, rows) for paragraph in shown]
    return Matrix(_("State"), heads, lines, totals)


def _group(standing: Iterable[Standing]) -> Group:
    return Group(one.status for one in standing)


def _served(group: Group) -> str:
    return _("{served} of {demands} served").format(served=group.served, demands=group.demands)


def _bars(
    wanted: Sequence[Where],
    by_place: Mapping[Where, list[Standing]],
    everything: Group,
) -> Picture:
    shown = [
        Bar(where.words, _served(group), by_status(group.by_status))
        for where in wanted
        for group in [_group(by_place[where])]
    ]
    regions = sum(where.code != NONE for where in wanted)
    summary = ngettext(
        "{served} of {demands} demands are served, in {places} region.",
        "{served} of {demands} demands are served, in {places} regions.",
        regions,
    ).format(served=everything.served, demands=everything.demands, places=regions)
    return bars(_("Demands by region and status"), summary, shown)


def _map(
    by_place: Mapping[Where, list[Standing]],
    everything: Group,
) -> Picture:
    points = centres()
    marks = []
    for where, standing in by_place.items():
        group = _group(standing)
        if where.by != "state" or where.code not in points:
            continue
        x, y = across(points[where.code])
        marks.append(
            Place(
                words=f"{where.words}: {_served(group)}",
                x=x,
                y=y,
                radius=radius_of(group.demands),
                status=group.status,
                label=where.code,
            )
        )
    summary = ngettext(
        "{served} of {demands} demands are served, in {places} State. One mark a State at its"
        " centre, as large as the number of its demands, in the colour of their status.",
        "{served} of {demands} demands are served, in {places} States. One mark a State at its"
        " centre, as large as the number of its demands, in the colour of their status.",
        len(marks),
    ).format(served=everything.served, demands=everything.demands, places=len(marks))
    return Map(
        _("Demands by State"),
        summary,
        lettered(marks),
        [round((NORTH - latitude) * SCALE, 1) for latitude in (60, 30, 0, -30)],
        un_notice(),
    )


def un_notice() -> str:
    """What the United Nations says below each map."""
    return _(
        "The designations employed and the presentation of material on this map do not imply the"
        " expression of any opinion whatsoever on the part of the Secretariat of the United Nations"
        " concerning the legal status of any country, territory, city or area or of its"
        " authorities, or concerning the delimitation of its frontiers or boundaries."
    )
