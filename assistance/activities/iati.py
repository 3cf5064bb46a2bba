"""Activities as the International Aid Transparency Initiative exchanges them (IATI 2.03).

Each carries the identifiers of its mandates as tags. What IATI requires and the record does not
have is never made up: an activity without any start is left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.http import StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone

from assistance.activities.access import reads_words, sees_all, states_shown
from assistance.models import Activity, ActivityMandate
from directory.models import Country
from directory.xml import DECLARATION, LANGUAGE, Element, as_bytes, below
from mandates.models import DeliveryKind, Facet, FacetRole, Mandate, Theme

UNODC = "XM-DAC-41128"
"""UNODC among the reporting organisations: the agency list of OECD-DAC, channel 41128."""
UNODC_NAME = "United Nations Office on Drugs and Crime"
MULTILATERAL = "40"
IMPLEMENTING = "4"
VERSION = "2.03"
CONTENT_TYPE = "application/xml"
TECHNICAL_COOPERATION, PROJECT = "D02", "C01"
MULTILATERAL_OUTFLOW = "4"
MULTISECTOR = "43010"
DAC_PURPOSE, OWN_TAGS, SDG_TARGETS = "1", "99", "3"
ALL_STATES = "998"
"""The region of what names no State: developing countries, unspecified."""
GLOBAL, SEVERAL_STATES, ONE_STATE = "1", "3", "4"
ORIGINAL, INDICATIVE = "1", "1"
ONE_YEAR = dt.timedelta(days=365)
"""A budget is of one year at most."""
CHUNK = 200


@dataclass(frozen=True)
class Source:
    """Who reads, when, and where the vocabulary of mandates is found."""

    user: Any
    at: dt.datetime
    vocabulary: str


def exchangeable(activities: QuerySet[Activity]) -> QuerySet[Activity]:
    """Those that IATI can hold, with all that is told of them."""
    links = ActivityMandate.objects.filter(state="confirmed").select_related("mandate")
    themes = Facet.objects.filter(role=FacetRole.THEME).select_related("theme")
    return (
        activities.filter(Q(planned_start__isnull=False) | Q(actual_start__isnull=False))
        .select_related("unit")
        .prefetch_related(
            "countries",
            "country_rows",
            "partners",
            Prefetch("mandate_links", links.order_by("mandate__identifier")),
            Prefetch("mandate_links__mandate__facets", themes, to_attr="theme_facets"),
        )
        .order_by("pk")
    )


def iati(activities: QuerySet[Activity], source: Source) -> Iterator[bytes]:
    """The file in parts, some activities at a time.

    Without any activity the file is an empty list, which the schema does not foresee.
    """
    rows = exchangeable(activities).iterator(chunk_size=CHUNK)
    yield DECLARATION
    made = f"{source.at:%Y-%m-%dT%H:%M:%SZ}"
    yield f'<iati-activities version="{VERSION}" generated-datetime="{made}">'.encode()
    for activity in rows:
        yield b"\n" + as_bytes(_activity(activity, source))
    yield b"\n</iati-activities>\n"


def iati_file(activities: QuerySet[Activity], request: Any) -> StreamingHttpResponse:
    """The file as an answer, sent while it is being made."""
    vocabulary = request.build_absolute_uri(reverse("resolution-list"))
    source = Source(request.user, timezone.now(), vocabulary)
    response = StreamingHttpResponse(iati(activities, source), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = 'attachment; filename="activities-iati.xml"'
    return response


def _activity(activity: Activity, source: Source) -> Element:
    """One activity; the elements stand in the order of the schema."""
    root = Element(
        "iati-activity",
        {
            "default-currency": "USD",
            "last-updated-datetime": activity.updated_at.astimezone(dt.UTC).strftime(
                "%Y-%m-%dT%H:%M:%SZ"
            ),
            "humanitarian": "0",
            LANGUAGE: activity.language,
        },
    )
    below(root, "iati-identifier", f"{UNODC}-MT-{activity.pk}")
    _said(below(root, "reporting-org", ref=UNODC, type=MULTILATERAL), UNODC_NAME, "en")
    _said(below(root, "title"), activity.title)
    in_words = reads_words(activity, source.user)
    description = activity.description if in_words else ""
    _said(below(root, "description", type="1"), description or activity.title)
    taking_part = below(root, "participating-org", ref=UNODC, type=MULTILATERAL, role=IMPLEMENTING)
    _said(taking_part, f"{UNODC_NAME}, {activity.unit.names.get('en', activity.unit.code)}", "en")
    internal = sees_all(source.user)
    if internal:
        for partner in activity.partners.all():
            taking_part = below(root, "participating-org", role=IMPLEMENTING)
            _said(taking_part, partner.names.get("en", partner.code), "en")
        if activity.project_code:
            below(root, "other-identifier", ref=activity.project_code, type="A1")
    below(root, "activity-status", code=activity.status)
    for kind, day in (
        ("1", activity.planned_start),
        ("2", activity.actual_start),
        ("3", activity.planned_end),
        ("4", activity.actual_end),
    ):
        if day:
            below(root, "activity-date", type=kind, **{"iso-date": day.isoformat()})
    _places(root, states_shown(activity, source.user), _split(activity) if internal else {})
    links: Any = activity.mandate_links.all() if in_words else ()
    mandates = [link.mandate for link in links]
    themes = [facet.theme for mandate in mandates for facet in mandate.theme_facets]
    _sectors(root, themes)
    _tags(root, mandates, themes, source)
    below(root, "collaboration-type", code=MULTILATERAL_OUTFLOW)
    is_equipment = activity.kind == DeliveryKind.EQUIPMENT
    below(root, "default-aid-type", code=PROJECT if is_equipment else TECHNICAL_COOPERATION)
    if internal:
        _budget(root, activity)
    return root


def _said(parent: Element, words: str, language: str = "") -> None:
    narrative = below(parent, "narrative", words)
    if language:
        narrative.set(LANGUAGE, language)


def _shares(things: Sequence[Any]) -> Iterator[tuple[Any, str]]:
    """Equal shares that sum to 100; none is said where there is one thing only."""
    if len(things) < 2:
        yield from ((one, "") for one in things)
        return
    each = (Decimal(100) / len(things)).quantize(Decimal("0.01"))
    for one in things[:-1]:
        yield one, str(each)
    yield things[-1], str(Decimal(100) - each * (len(things) - 1))


def _split(activity: Activity) -> dict[int, Decimal]:
    """By State its recorded share of the cost; empty unless it is split over all of them."""
    rows = list(activity.country_rows.all())
    shares = {row.country_id: row.share for row in rows if row.share is not None}
    return shares if len(shares) == len(rows) else {}


def _places(root: Element, states: Iterable[Country], split: Mapping[int, Decimal]) -> None:
    named = sorted(states, key=lambda one: one.iso)
    scope = {0: GLOBAL, 1: ONE_STATE}.get(len(named), SEVERAL_STATES)
    below(root, "activity-scope", code=scope)
    for state, equal in _shares(named):
        share = str(split[state.pk]) if equal and split else equal
        below(root, "recipient-country", code=state.iso, percentage=share)
    if not named:
        below(root, "recipient-region", code=ALL_STATES, vocabulary="1")


def _budget(root: Element, activity: Activity) -> None:
    """What it costs, over its planned days or else its actual ones, where these are one year."""
    planned, actual = (
        (activity.planned_start, activity.planned_end),
        (activity.actual_start, activity.actual_end),
    )
    first, last = planned if all(planned) else actual
    if activity.cost is None or not first or not last or last - first > ONE_YEAR:
        return
    budget = below(root, "budget", type=ORIGINAL, status=INDICATIVE)
    below(budget, "period-start", **{"iso-date": first.isoformat()})
    below(budget, "period-end", **{"iso-date": last.isoformat()})
    dated = {"currency": activity.currency, "value-date": first.isoformat()}
    below(budget, "value", activity.cost, **dated)


def _sectors(root: Element, themes: Iterable[Theme]) -> None:
    """The purpose codes of the themes of its mandates, in equal shares."""
    codes = sorted({theme.dac_code for theme in themes if theme.dac_code})
    for code, share in _shares(codes or [MULTISECTOR]):
        below(root, "sector", vocabulary=DAC_PURPOSE, code=code, percentage=share)


def _tags(
    root: Element, mandates: Iterable[Mandate], themes: Iterable[Theme], source: Source
) -> None:
    """Its mandates, and the targets of the Sustainable Development Goals that these serve."""
    for mandate in mandates:
        uri = {"vocabulary-uri": source.vocabulary}
        tag = below(root, "tag", vocabulary=OWN_TAGS, code=mandate.identifier, **uri)
        _said(tag, mandate.labels.get("en") or mandate.identifier, "en")
    for target in sorted({one for theme in themes for one in theme.sdg_targets}):
        below(root, "tag", vocabulary=SDG_TARGETS, code=target)
