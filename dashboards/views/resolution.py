"""Pages of a resolution: at a glance, its mandates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from assistance.coverage.closing import latest_closing
from assistance.coverage.figures import (
    MandateFigures,
    figures_of_resolution,
)
from assistance.coverage.flags import Flag
from assistance.coverage.package import package_file
from assistance.coverage.small_numbers import FEWEST
from assistance.coverage.status import OF_DEMANDS, SERVED
from dashboards.citing import cite
from dashboards.closed_figures import closed_lines
from dashboards.exports import Sheet, about_figures, exported, exports_of, narrowed_to
from dashboards.forms import PeriodForm, chosen_status, without
from dashboards.glance.page import Glance, glance
from dashboards.glance.table import Line, in_order
from dashboards.links import Rows, address
from directory import policy
from directory.access import fetch_to_read
from directory.guard import reading
from directory.policy import Permission
from directory.sheets import Figure
from directory.templatetags.dates import long_day
from mandates.models import Resolution, Text

SHOWN = {"counted": gettext_lazy("UNODC’s"), "asked": gettext_lazy("Somebody asked for them")}
IN_FULL = "in_full"
FLAGS_OF_PARAGRAPHS = [flag for flag in Flag if flag != Flag.UNLINKED]


@reading(Permission.READ_RESOLUTIONS)
def resolution(request: HttpRequest, slug: str) -> HttpResponse:
    """One resolution at a glance; as a file with `format=csv`."""
    found = fetch_to_read(Resolution.objects, request.user, slug=slug)
    texts = list(found.texts.defer("diagnostics"))
    if not policy.may(request.user, Permission.READ_COVERAGE):
        closing, paragraphs = latest_closing(found), _operative(found)
        context = {
            "resolution": found,
            "texts": texts,
            "title": title_of(found, texts),
            "citation": cite(found, texts),
            "paragraphs": paragraphs,
            "closing": closing,
            "closed_lines": closed_lines(closing, paragraphs),
            "fewest": FEWEST,
            "exports": akoma_ntoso_links(found.slug, texts),
        }
        return render(request, "dashboards/resolution_public.html", context)
    form = PeriodForm(request.GET, found, request.user)
    window = form.window
    status = request.GET.get("status", "") if chosen_status(request.GET) else ""
    page = glance(found, user=request.user, window=window, narrowing=form.narrowing, status=status)
    table = in_order(page.table, request.GET.get("sort", "number"))
    narrowed = narrowed_to(form, request.user)
    if form.is_valid() and (file := exported(request, lambda: _sheet(page, table, narrowed))):
        return file
    closing = latest_closing(found) if page.own_rows_only else None
    return render(
        request,
        "dashboards/resolution.html",
        {
            "page": page,
            "resolution": found,
            "texts": texts,
            "figures": page.figures,
            "rows": page.rows,
            "table": table,
            "form": form,
            "filter_tags": form.tags(request.GET, request.path),
            "window": window,
            "own_rows_only": page.own_rows_only,
            "closing": closing,
            "closed_lines": closed_lines(
                closing, [row.paragraph for row in page.figures.paragraphs]
            ),
            "fewest": FEWEST,
            "may_read_gaps": not page.own_rows_only,
            "view": "resolution",
            "report_url": _report(request, found),
            "exports": [*exports_of(request), *_downloads(request, page.rows, texts)],
            "title": title_of(found, texts),
            "two_days": _two_days(page),
        },
    )


@reading(Permission.EXPORT)
def resolution_package(request: HttpRequest, slug: str) -> HttpResponse:
    """The coverage over a period as a data package, with definition and hashes."""
    policy.authorise(request.user, Permission.READ_COVERAGE)
    found = fetch_to_read(Resolution.objects, request.user, slug=slug)
    window = PeriodForm(request.GET, found, request.user).window
    return package_file(found, user=request.user, window=window)


def _operative(resolution: Resolution) -> Any:
    return resolution.paragraphs.filter(kind="operative").order_by("position")


def title_of(resolution: Resolution, texts: list[Text]) -> str:
    """The unofficial name in the reader's language, else the official title, else the symbol."""
    return resolution.label or (texts[0].title if texts else resolution.symbol)


def _report(request: HttpRequest, resolution: Resolution) -> str:
    if not policy.may(request.user, Permission.READ_REPORTS):
        return ""
    return reverse("resolution-report", args=[resolution.slug])


def _downloads(request: HttpRequest, rows: Rows, texts: list[Text]) -> list[dict[str, str]]:
    """The same period for other programs: data package, activities as IATI, texts."""
    slug, found = rows.resolution.slug, []
    if policy.may(request.user, Permission.EXPORT):
        found.append({"label": _("Data package (zip)"), "url": rows.package()})
    if policy.may(request.user, Permission.READ_ALL_ACTIVITIES):
        iati = address("activity-iati", resolution=slug)
        found.append({"label": _("Activities, IATI (XML)"), "url": iati})
    return [*found, *akoma_ntoso_links(slug, texts)]


def akoma_ntoso_links(slug: str, texts: list[Text]) -> list[dict[str, str]]:
    """The texts of a resolution as Akoma Ntoso, by language."""
    return [
        {
            "label": _("Akoma Ntoso, {language} (XML)").format(
                language=translate_language(text.language)
            ),
            "url": reverse("resolution-akoma-ntoso", args=[slug, text.language]),
        }
        for text in texts
    ]


def translate_language(code: str) -> str:
    """The name of a language in the reader's."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def _two_days(page: Glance) -> str:
    """The comparison of these figures with those of the earlier day."""
    if page.previous is None:
        return ""
    slug = page.resolution.slug
    first, last = page.previous.day.isoformat(), page.rows.window.last.isoformat()
    if page.own_rows_only:
        return address("compare", a=slug, a_to=first, b=slug, b_to=last)
    return address("comparison", slug, **{"from": first, "to": last})


def _sheet(page: Glance, table: Sequence[Line], narrowed: Sequence[tuple[str, str]]) -> Sheet:
    rows, day = page.rows, page.previous.day if page.previous else None
    since = [
        words.format(day=long_day(day))
        for words in (_("Asked since {day}"), _("Served since {day}"))
        if day
    ]
    return Sheet(
        f"{page.resolution.slug}-{rows.window.last.isoformat()}",
        about=about_figures(rows, narrowed),
        head=[
            _("Paragraph"),
            _("Label (unofficial)"),
            _("Whose work"),
            _("Status"),
            _("Demands served"),
            _("Demands"),
            *(status.label for status in OF_DEMANDS),
            *since,
            _("Longest wait in days"),
            _("Ended"),
            *(flag.label for flag in FLAGS_OF_PARAGRAPHS),
        ],
        rows=[_cells(line, rows) for line in table],
    )


def _cells(line: Line, rows: Rows) -> list[Any]:
    """A line of the file: every figure with the address of its rows."""
    figures, here = line.figures, {"paragraph": line.figures.number}
    links = {flag.flag: Figure(flag.number, flag.url) for flag in line.flags}
    trend: list[Any] = []
    if line.trend:
        trend = [
            Figure(line.trend.asked, line.trend.asked_url),
            Figure(line.trend.served, line.trend.served_url),
        ]
    return [
        figures.number,
        line.paragraph.label,
        line.whose,
        line.status.label,
        Figure(figures.served, rows.demands(served="true", **here)),
        Figure(figures.demands, line.demands_url),
        *(
            Figure(figures.by_status[status], rows.demands(status=status.value, **here))
            for status in OF_DEMANDS
        ),
        *trend,
        line.wait,
        Figure(line.ended, line.ended_url),
        *(links.get(flag) for flag in FLAGS_OF_PARAGRAPHS),
    ]


@reading(Permission.READ_COVERAGE)
def mandate_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The mandates behind a resolution's figures: all, UNODC's, or those somebody asked for."""
    found = fetch_to_read(Resolution.objects, request.user, slug=slug)
    form = PeriodForm(request.GET, found, request.user)
    figures = figures_of_resolution(
        found, user=request.user, window=form.window, filters=form.narrowing
    )
    show = request.GET.get("show", "")
    show = show if show in SHOWN else ""
    status = request.GET.get("status", "")
    status = status if status == IN_FULL or chosen_status(request.GET) else ""
    rows = Rows(found, form.window, form.narrowing)
    mandates = [
        (paragraph, mandate, rows.demands(mandate=mandate.identifier))
        for paragraph in figures.paragraphs
        for mandate in paragraph.mandates
        if _is_shown(mandate, show) and _has_status(mandate, status)
    ]
    if form.is_valid() and (
        file := exported(
            request, lambda: _mandates_sheet(rows, mandates, narrowed_to(form, request.user))
        )
    ):
        return file
    tags = []
    if show:
        tags.append(
            {
                "label": _("Mandates"),
                "value": SHOWN[show],
                "url": without(request.GET, request.path, "show"),
            }
        )
    if status:
        tags.append(
            {
                "label": _("Status"),
                "value": chosen_status(request.GET) or _("Delivered in full"),
                "url": without(request.GET, request.path, "status"),
            }
        )
    tags += [tag for tag in form.tags(request.GET, request.path) if tag["label"] != _("Status")]
    return render(
        request,
        "dashboards/mandate_list.html",
        {
            "resolution": found,
            "form": form,
            "rows": rows,
            "mandates": mandates,
            "count": len(mandates),
            "of": figures.totals.mandates,
            "filter_tags": tags,
            "exports": exports_of(request),
            "window": form.window,
            "own_rows_only": not policy.may(request.user, Permission.READ_ALL_REQUESTS),
        },
    )


def _mandates_sheet(
    rows: Rows, mandates: Sequence[Any], narrowed: Sequence[tuple[str, str]]
) -> Sheet:
    return Sheet(
        f"{rows.resolution.slug}-mandates-{rows.window.last.isoformat()}",
        about=about_figures(rows, narrowed),
        head=[
            _("Paragraph"),
            _("Mandate"),
            _("Label (unofficial)"),
            _("Kind"),
            _("Basis"),
            _("Status"),
            _("Demands served"),
            _("Demands"),
        ],
        rows=[
            [
                paragraph.number,
                figures.identifier,
                figures.mandate.label,
                figures.mandate.get_kind_display(),
                figures.mandate.get_basis_display() if figures.counted else "",
                figures.status.label,
                figures.served,
                Figure(figures.demands, demands_url),
            ]
            for paragraph, figures, demands_url in mandates
        ],
    )


def _is_shown(mandate: MandateFigures, show: str) -> bool:
    return {"counted": mandate.counted, "asked": bool(mandate.demands)}.get(show, True)


def _has_status(mandate: MandateFigures, status: str) -> bool:
    if status == IN_FULL:
        return mandate.status in SERVED
    return not status or mandate.status == status
