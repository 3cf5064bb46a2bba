"""Gathers what a report says: one pass over the record, in the order of the paragraphs."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from assistance.coverage.figures import ParagraphFigures
from assistance.coverage.flags import Flag
from assistance.coverage.models import Closing, DemandKind
from assistance.coverage.small_numbers import FEWEST, Line, is_small, protect
from assistance.coverage.status import SERVED
from assistance.coverage.window import Window
from assistance.models import Activity, HelpKind
from dashboards.demand_rows import what_is_owed
from dashboards.glance.whose import UNODC, addressees_by_mandate
from dashboards.links import ClosedRows, Rows, address
from dashboards.report.content import (
    ActivityLine,
    Asked,
    Clause,
    Closed,
    Content,
    Delivered,
    Figure,
    Need,
    Note,
    Obligation,
    OfficialWords,
    ParagraphPart,
    RegionLine,
    Standing,
    Totals,
)
from dashboards.report.counting import (
    Coverage,
    Made,
    asked_line,
    coverage_of,
    internal_line,
    status_of,
)
from dashboards.report.models import Narrative
from directory.models import User
from directory.regions import AREAS, region_name
from directory.statuses import Status
from mandates.models import Footnote, ParagraphText, Resolution

ITEM = {"kind": DemandKind.ITEM.value}
STANDING = {"kind": [kind.value for kind in DemandKind if kind != DemandKind.ITEM]}


def gather(
    resolution: Resolution,
    *,
    user: User,
    first: dt.date,
    last: dt.date,
    as_of: dt.date,
    language: str,
) -> Content:
    """The report on a resolution over a period, in one language; a fixed number of queries.

    Statuses are of the day `as_of`, the last day of the period or an earlier one.
    """
    window = Window(first, as_of)
    with translation.override(language):
        return _Gathering(resolution, user, window).content(last, language)


class _Gathering:
    def __init__(self, resolution: Resolution, user: User, window: Window) -> None:
        self.resolution = resolution
        self.window = window
        self.coverage: Coverage = coverage_of(resolution, user=user, window=window)
        self.closing = self.coverage.closing
        self.rows = ClosedRows(self.closing) if self.closing else Rows(resolution, window)
        self.made = self.coverage.made
        self.addressees = addressees_by_mandate(resolution)
        self.families = _families(self.coverage.figures.paragraphs)
        self.asked = {
            top: asked_line(d for d in self.coverage.demands if d.paragraph_id in family)
            for top, family in self.families.items()
        }
        self.delivered = {top: internal_line(self.made_under(top)) for top in self.families}
        self.by_region = {
            code: _only(asked_line(self.coverage.demands), self.states_of(code)) for code in AREAS
        }
        self.delivered_by_region = {code: internal_line(self.made_in(code)) for code in AREAS}
        self.asked_shown = protect(self.asked, adds_up=False, withheld=self.withheld())
        self.region_shown = protect(self.by_region)
        self.delivered_shown = protect(self.delivered, adds_up=False)
        self.delivered_region_shown = protect(self.delivered_by_region)

    def withheld(self) -> frozenset[int]:
        """The paragraphs of which the public figures of the closing say nothing."""
        if self.closing is None:
            return frozenset()
        numbers = {one["number"] for one in self.closing.public["paragraphs"] if one["withheld"]}
        return frozenset(
            row.paragraph.pk
            for row in self.coverage.figures.paragraphs
            if row.paragraph.pk in self.families and row.number in numbers
        )

    def made_under(self, top: int) -> list[Made]:
        return [one for one in self.made if one.paragraphs & self.families[top]]

    def states_of(self, region: str) -> frozenset[int]:
        return frozenset(
            pk for pk, one in self.coverage.countries.items() if one.region in AREAS[region]
        )

    def made_in(self, region: str) -> list[Made]:
        states = self.states_of(region)
        return [one for one in self.made if one.country and one.country.pk in states]

    # The whole

    def content(self, last: dt.date, language: str) -> Content:
        texts = list(self.resolution.texts.order_by("language"))
        title = next((t for t in texts if t.language == language), texts[0] if texts else None)
        narratives = {
            one.paragraph_id: one.words
            for one in Narrative.objects.of_period(
                self.resolution, self.window.first, last, language
            )
        }
        words = _official_words(self.resolution, language)
        return Content(
            symbol=self.resolution.symbol,
            title=title.title if title else self.resolution.symbol,
            title_language=title.language if title else language,
            label=self.resolution.label,
            language=language,
            adopted_on=self.resolution.adopted_on,
            first=self.window.first,
            last=last,
            as_of=self.window.last,
            definition=self.coverage.figures.definition,
            obligation=_obligation(self.coverage),
            summary=narratives.get(None, ""),
            totals=self.totals(),
            paragraphs=tuple(
                self.part(top, words, narratives.get(top.paragraph.pk, ""))
                for top in self.coverage.figures.paragraphs
                if top.paragraph.parent_id is None
            ),
            regions=tuple(self.region(code) for code in AREAS),
            demonstration=any(one.activity and one.activity.demonstration for one in self.made)
            or any(d.item.request.demonstration for d in self.coverage.demands if d.item),
            closed=self.closed(self.closing) if self.closing else None,
        )

    def closed(self, closing: Closing) -> Closed:
        return Closed(
            on=closing.closed_at.date(),
            sha256=closing.sha256,
            keeps_deliveries=closing.keeps_deliveries,
            revised=Figure(
                "closing.revised",
                _("Rows of the closed period corrected since"),
                self.coverage.revised,
                ClosedRows(closing).revised(),
            ),
        )

    def totals(self) -> Totals:
        figures = self.coverage.figures.totals
        whole = asked_line(self.coverage.demands)
        ended = asked_line(self.coverage.ended)
        shown_mandates = [
            mandate
            for paragraph in self.coverage.figures.paragraphs
            for mandate in paragraph.mandates
            if self.top_of(paragraph.paragraph.pk) not in self.asked_shown.kept_back
        ]
        with_demand = [row for row in shown_mandates if row.demands]
        partly = bool(self.asked_shown.kept_back)
        return Totals(
            mandates=Figure("all.clauses", _("Clauses"), figures.mandates, self.rows.mandates()),
            counted=Figure(
                "all.mandates",
                _("Mandates of UNODC"),
                figures.counted,
                self.rows.mandates(show="counted"),
            ),
            with_demand=Figure(
                "all.with_demand",
                _("Mandates with demand"),
                len(with_demand),
                "" if partly else self.rows.mandates(show="asked"),
            ),
            mandates_served=Figure(
                "all.mandates_served",
                _("Mandates served in full"),
                sum(row.status in SERVED for row in with_demand),
                "" if partly else self.rows.mandates(show="asked", status="in_full"),
            ),
            of_shown_only=partly,
            asked=self.asked_figures("all", whole, self.total_shown(whole), ""),
            ended=Figure(
                "all.ended",
                _("Requested items ended otherwise"),
                None if is_small(ended.states) else ended.numbers[0],
                self.rows.demands(ended="any", **ITEM),
            ),
            standing=self.standing("all", None),
            delivered=self.delivered_figures(
                "all",
                self.made,
                _both(self.delivered_shown.totals, self.delivered_region_shown.totals)[1:],
                "",
            ),
        )

    def total_shown(self, whole: Line) -> Sequence[bool]:
        """Whether the totals of States and items may stand, in neither table telling of a line."""
        states, *numbers = self.asked_shown.totals
        return (states and self.region_shown.totals[0], *numbers)

    def top_of(self, paragraph: int) -> int:
        return next(top for top, family in self.families.items() if paragraph in family)

    # One paragraph

    def part(
        self, top: ParagraphFigures, words: Mapping[int, OfficialWords], narrative: str
    ) -> ParagraphPart:
        pk, number = top.paragraph.pk, top.number
        family = [
            row for row in self.coverage.figures.paragraphs if row.paragraph.pk in self.families[pk]
        ]
        kept_back = pk in self.asked_shown.kept_back
        mandates = [mandate for row in family for mandate in row.mandates]
        counted = any(mandate.counted for mandate in mandates)
        made = self.made_under(pk)
        # Where nothing was delivered, nothing that was asked is served: a figure kept back.
        shown = pk not in self.delivered_shown.kept_back and not (kept_back and not made)
        return ParagraphPart(
            number=number,
            label=top.paragraph.label,
            asked_of=self.asked_of(row.mandate.pk for row in mandates),
            counted=counted,
            words=tuple(words[row.paragraph.pk] for row in family if row.paragraph.pk in words),
            clauses=tuple(
                Clause(
                    identifier=row.identifier,
                    label=row.mandate.label,
                    kind=str(row.mandate.get_kind_display()),
                    addressees=self.asked_of([row.mandate.pk]),
                    counted=row.counted,
                    basis=str(row.mandate.get_basis_display()),
                )
                for row in mandates
            ),
            status=None if kept_back else top.status,
            asked=self.asked_figures(f"p{number}", self.asked[pk], (not kept_back,) * 4, number),
            standing=self.standing(f"p{number}", pk),
            delivered=self.delivered_figures(f"p{number}", made, (shown, shown), number),
            activities=_lines(made),
            # Its absence would say that a public activity answers one of so few States.
            without_request=not kept_back and Flag.NO_RECORDED_REQUEST in top.flags,
            narrative=narrative,
        )

    def asked_of(self, mandates: Iterable[int]) -> tuple[str, ...]:
        """Who is asked by some mandates, UNODC first."""
        entities = [one for pk in mandates for one in self.addressees.get(pk, ())]
        entities.sort(key=lambda one: one.code != UNODC)
        return tuple(dict.fromkeys(one.acronym or one.name for one in entities))

    def asked_figures(self, name: str, line: Line, shown: Sequence[bool], number: str) -> Asked:
        """`shown` says it of States, items, items served and items evidenced."""
        items, served, _evidenced = line.numbers
        values = (len(line.states), *line.numbers, items - served)
        rows = {"paragraph": number, **ITEM}
        parts: tuple[tuple[str, str, dict[str, str]], ...] = (
            ("states", _("States that asked"), {}),
            ("items", _("Requested items"), {}),
            ("served", _("Requested items served"), {"served": "true"}),
            (
                "evidenced",
                _("Requested items served, with verified evidence"),
                {"status": Status.EVIDENCED.value},
            ),
            ("waiting", _("Requested items not yet served"), {"served": "false"}),
        )
        figures = [
            Figure(
                f"{name}.{key}",
                label,
                value if may else None,
                self.rows.demands(**{**rows, **narrow}),
                few=is_small(line.states) and key == "states",
            )
            for (key, label, narrow), value, may in zip(
                parts, values, (*shown, shown[1] and shown[2]), strict=True
            )
        ]
        family = self.families[self.top_by_number(number)] if number else None
        return Asked(*figures, kinds=self.kinds(family) if all(shown) else ())

    def top_by_number(self, number: str) -> int:
        return next(
            row.paragraph.pk for row in self.coverage.figures.paragraphs if row.number == number
        )

    def kinds(self, family: Collection[int] | None) -> tuple[str, ...]:
        """The kinds of help that three States or more asked for."""
        states: defaultdict[str, set[int]] = defaultdict(set)
        for demand in self.coverage.demands:
            if demand.item and (family is None or demand.paragraph_id in family):
                for kind in demand.item.help_kinds:
                    states[kind].update(demand.country_ids)
        words = {
            HelpKind.TRAINING: _("training"),
            HelpKind.TOOL: _("tools or manuals"),
            HelpKind.LAW: _("advice on laws"),
            HelpKind.EXPERT: _("experts"),
            HelpKind.EQUIPMENT: _("equipment"),
        }
        return tuple(words[kind] for kind in words if len(states[kind]) >= FEWEST)

    def standing(self, name: str, top: int | None) -> Standing:
        number = next(
            (r.number for r in self.coverage.figures.paragraphs if r.paragraph.pk == top), ""
        )
        demands = [
            demand
            for demand in self.coverage.demands
            if demand.kind != DemandKind.ITEM
            and (top is None or demand.paragraph_id in self.families[top])
        ]
        rows = {"paragraph": number, **STANDING}
        served = sum(status_of(demand) in SERVED for demand in demands)
        return Standing(
            needs=Figure(
                f"{name}.needs", _("Standing tasks"), len(demands), self.rows.demands(**rows)
            ),
            served=Figure(
                f"{name}.needs_served",
                _("Standing tasks served"),
                served,
                self.rows.demands(**rows, served="true"),
            ),
            rows=()
            if top is None
            else tuple(
                Need(what_is_owed(demand), demand.opened_on, status_of(demand))
                for demand in demands
            ),
        )

    def delivered_figures(
        self, name: str, made: Sequence[Made], shown: Sequence[bool], number: str
    ) -> Delivered:
        may, verified_may = shown[0], shown[-1]
        return Delivered(
            deliveries=Figure(
                f"{name}.deliveries",
                _("Deliveries in the period"),
                len(made) if may else None,
                self.rows.made(paragraph=number),
            ),
            verified=Figure(
                f"{name}.verified",
                _("Deliveries with verified evidence"),
                sum(one.is_verified for one in made) if verified_may else None,
                self.rows.made(paragraph=number, verified="true"),
            ),
        )

    def region(self, code: str) -> RegionLine:
        name = region_name(code)
        line, made = self.by_region[code], self.made_in(code)
        return RegionLine(
            name=name,
            asked=Figure(
                f"r{code}.states",
                _("States that asked, %(region)s") % {"region": name},
                len(line.states) if code not in self.region_shown.kept_back else None,
                self.rows.demands(**ITEM, area=code),
                few=is_small(line.states),
            ),
            deliveries=Figure(
                f"r{code}.deliveries",
                _("Deliveries to States, %(region)s") % {"region": name},
                len(made) if code not in self.delivered_region_shown.kept_back else None,
                self.rows.made(area=code),
            ),
        )


def _families(paragraphs: Sequence[ParagraphFigures]) -> dict[int, frozenset[int]]:
    """Each paragraph that stands by itself, with the lettered ones below it."""
    parents = {row.paragraph.pk: row.paragraph.parent_id for row in paragraphs}
    found: dict[int, set[int]] = {pk: {pk} for pk, parent in parents.items() if parent is None}
    for pk in parents:
        top = pk
        while parents[top] is not None:
            top = parents[top]
        found[top].add(pk)
    return {pk: frozenset(family) for pk, family in found.items()}


def _obligation(coverage: Coverage) -> Obligation | None:
    """The clause that asks for a report, the last one where several do."""
    asking = [
        Obligation(paragraph.number, row.mandate.report_session)
        for paragraph in coverage.figures.paragraphs
        for row in paragraph.mandates
        if row.mandate.report_session
    ]
    return asking[-1] if asking else None


def _only(line: Line, states: frozenset[int]) -> Line:
    """A line of the States of one region, each counted once."""
    found = line.states & states
    return Line(found, (len(found),))


def _both(one: Sequence[bool], other: Sequence[bool]) -> list[bool]:
    return [left and right for left, right in zip(one, other, strict=True)]


def _lines(made: Iterable[Made]) -> tuple[ActivityLine, ...]:
    """Activities with their deliveries of the period, in the order of the days."""
    language = translation.get_language()
    grouped: defaultdict[Activity, list[Made]] = defaultdict(list)
    for one in made:
        if one.activity and one.is_listed:
            grouped[one.activity].append(one)
    lines = []
    for activity, group in grouped.items():
        states = {one.country.sort_keys[language]: one.country.name for one in group if one.country}
        lines.append(
            ActivityLine(
                title=activity.title,
                language=activity.language,
                unit=activity.unit.name,
                kinds=tuple(dict.fromkeys(one.kind for one in group)),
                states=tuple(name for _key, name in sorted(states.items())),
                first=min(one.began_on for one in group),
                last=max(one.on for one in group),
                deliveries=len(group),
                verified=sum(one.is_verified for one in group),
                record=address("activity", activity.pk),
                demonstration=activity.demonstration,
            )
        )
    return tuple(sorted(lines, key=lambda line: (line.first, line.last, line.title)))


def _official_words(resolution: Resolution, language: str) -> dict[int, OfficialWords]:
    """The words of each operative paragraph, in the language of the report where it is loaded."""
    found: dict[int, OfficialWords] = {}
    notes: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for note in Footnote.objects.filter(text__resolution=resolution):
        notes[note.text_id][note.mark] = note.words
    texts = (
        ParagraphText.objects.filter(paragraph__resolution=resolution, paragraph__kind="operative")
        .select_related("text", "paragraph")
        .order_by("text__language")
    )
    for one in texts:
        if one.paragraph_id in found and one.text.language != language:
            continue
        found[one.paragraph_id] = OfficialWords(
            number=one.paragraph.number,
            language=one.text.language,
            words=one.words,
            notes=tuple(
                Note(mark["offset"], mark["mark"], notes[one.text_id].get(mark["mark"], ""))
                for mark in one.footnote_marks
            ),
            italics=tuple((start, end) for start, end in one.emphasis),
        )
    return found
