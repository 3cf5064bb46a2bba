"""The pages of a report: its texts, what is written on a paragraph, what was built."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assistance.history.parts import Part
from assistance.history.reading import history_of
from dashboards.report.builds import ask_for_report
from dashboards.report.forms import NarrativeForm, ReportForm
from dashboards.report.models import FileKind, Narrative, ReportBuild, ReportFile
from dashboards.report.narratives import (
    NarrativeChangedMeanwhile,
    Place,
    write_narrative,
)
from directory import policy
from directory.access import fetch_to_read
from directory.guard import reading
from directory.models import User
from directory.policy import Permission
from directory.templatetags.dates import long_day
from mandates.models import Paragraph, ParagraphKind, Resolution

BUILDS_A_PAGE = 5
HISTORY_A_PAGE = 25
CONTENT_TYPES = {
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.PDF: "application/pdf",
}
FILES = Prefetch("files", ReportFile.objects.without_content())
NARRATIVE = (
    Part(
        Narrative,
        gettext_lazy("Text"),
        of="",
        names=(),
        authors=("changed_by",),
        fields={"words": gettext_lazy("Words")},
    ),
)


@reading(Permission.READ_REPORTS)
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """`/resolutions/<slug>/report/`: what is written paragraph by paragraph, and what was built."""
    resolution = fetch_to_read(Resolution.objects, request.user, slug=slug)
    return _report(request, resolution, ReportForm(request.GET, resolution))


@require_POST
@reading(Permission.WRITE_REPORTS)
def report_build(request: HttpRequest, slug: str) -> HttpResponse:
    """Have the report built; the page of the build says how far it is."""
    resolution = fetch_to_read(Resolution.objects, request.user, slug=slug)
    form = ReportForm(request.POST, resolution)
    if not form.is_valid():
        return _report(request, resolution, form, status=422)
    build = ask_for_report(resolution=resolution, by=cast(User, request.user), **form.period)
    return redirect("report-build", build.pk)


def _report(
    request: HttpRequest, resolution: Resolution, form: ReportForm, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "resolution": resolution,
        "form": form,
        "fields": [form[name] for name in ("from", "to", "language")],
        "may_write": policy.may(request.user, Permission.WRITE_REPORTS),
        "page_obj": Paginator(
            ReportBuild.objects.visible_to(request.user)
            .filter(resolution=resolution)
            .select_related("asked_by")
            .prefetch_related(FILES),
            BUILDS_A_PAGE,
        ).get_page(request.GET.get("page")),
    }
    if form.is_valid():
        written = {
            one.paragraph_id: one
            for one in Narrative.objects.of_period(resolution, **form.period)
            .visible_to(request.user)
            .select_related("changed_by")
        }
        paragraphs = resolution.paragraphs.filter(kind=ParagraphKind.OPERATIVE, parent=None)
        context |= {
            "period": form.period,
            "language_name": get_language_info(form.period["language"])["name_translated"],
            "lines": [
                (
                    paragraph,
                    written.get(paragraph.pk if paragraph else None),
                    _query(form, paragraph),
                )
                for paragraph in [None, *paragraphs.order_by("position")]
            ],
            "written": sum(bool(one.words) for one in written.values()),
        }
    return render(request, "report/report.html", context, status=status)


def _query(form: ReportForm, paragraph: Paragraph | None) -> str:
    period = form.period
    told = {
        "paragraph": paragraph.number if paragraph else "",
        "from": period["first"].isoformat(),
        "to": period["last"].isoformat(),
        "language": period["language"],
    }
    return urlencode({name: value for name, value in told.items() if value})


@reading(Permission.WRITE_REPORTS)
def narrative(request: HttpRequest, slug: str) -> HttpResponse:
    """What is written on one paragraph; when somebody else was faster, both texts to choose."""
    resolution = fetch_to_read(Resolution.objects, request.user, slug=slug)
    chosen = ReportForm(request.GET, resolution)
    if not chosen.is_valid():
        return redirect("resolution-report", slug)
    place = Place(
        resolution=resolution,
        paragraph=_paragraph(resolution, request.GET.get("paragraph", "")),
        **chosen.period,
    )
    saved = place.find()
    clash: Narrative | None = None
    if request.method == "POST":
        form = NarrativeForm(_kept(request, saved))
        if form.is_valid():
            try:
                write_narrative(place=place, by=cast(User, request.user), **form.cleaned_data)
            except NarrativeChangedMeanwhile as stale:
                clash = stale.current
                form.data = form.data.copy()
                form.data["revision"] = clash.revision
            except ValidationError as error:
                form.add_error(None, error)
            else:
                period = _query(chosen, None)
                return redirect(f"{reverse('resolution-report', args=[slug])}?{period}")
    else:
        form = NarrativeForm(
            initial={"words": saved.words, "revision": saved.revision} if saved else {}
        )
    return render(
        request,
        "report/narrative.html",
        {
            "resolution": resolution,
            "place": place,
            "form": form,
            "saved": saved,
            "clash": clash,
            "words": place.paragraph.texts.select_related("text") if place.paragraph else [],
            "query": _query(chosen, place.paragraph),
            "report_query": _query(chosen, None),
            "language_name": get_language_info(place.language)["name_translated"],
        },
        status=409 if clash else 200,
    )


def _paragraph(resolution: Resolution, number: str) -> Paragraph | None:
    """The paragraph with a number; none for the summary."""
    if not number:
        return None
    paragraphs = resolution.paragraphs.filter(kind=ParagraphKind.OPERATIVE, parent=None)
    return get_object_or_404(paragraphs, number=number)


def _kept(request: HttpRequest, saved: Narrative | None) -> Any:
    """What was sent; after a conflict the text that was chosen."""
    keep = request.POST.get("keep")
    if saved is None or keep not in {"theirs", "both"}:
        return request.POST
    data = request.POST.copy()
    mine = data.get("words", "")
    data["words"] = saved.words if keep == "theirs" else f"{saved.words}\n\n{mine}"
    return data


@reading(Permission.READ_REPORTS)
def narrative_history(request: HttpRequest, pk: int) -> HttpResponse:
    """`/narratives/<pk>/history/`: who changed what of a text, when, before and after."""
    found = fetch_to_read(
        Narrative.objects.select_related("resolution", "paragraph"), request.user, pk=pk
    )
    title = _title(found.paragraph)
    address = reverse("resolution-report", args=[found.resolution.slug])
    period = {"from": found.first, "to": found.last, "language": found.language}
    return render(
        request,
        "history/history.html",
        {
            "page_obj": Paginator(history_of(found, NARRATIVE), HISTORY_A_PAGE).get_page(
                request.GET.get("page")
            ),
            "of": _("%(symbol)s, %(part)s, %(first)s to %(last)s")
            % {
                "symbol": found.resolution.symbol,
                "part": title,
                "first": long_day(found.first),
                "last": long_day(found.last),
            },
            "crumbs": [
                {"label": found.resolution.symbol, "url": _of(found.resolution)},
                {"label": _("Report"), "url": f"{address}?{urlencode(period)}"},
            ],
        },
    )


def _title(paragraph: Paragraph | None) -> str:
    if paragraph is None:
        return _("Summary")
    return _("Paragraph %(number)s") % {"number": paragraph.number}


def _of(resolution: Resolution) -> str:
    return reverse("resolution", args=[resolution.slug])


@reading(Permission.READ_REPORTS)
def build(request: HttpRequest, pk: int) -> HttpResponse:
    """`/reports/<pk>/`: how far a report is; once it is built, its files."""
    scoped = ReportBuild.objects.select_related("resolution", "asked_by").prefetch_related(FILES)
    found = fetch_to_read(scoped, request.user, pk=pk)
    return render(
        request,
        "report/build.html",
        {
            "build": found,
            "resolution": found.resolution,
            "language_name": get_language_info(found.language)["name_translated"],
            "report_query": urlencode(
                {"from": found.first, "to": found.last, "language": found.language}
            ),
            "may_write": policy.may(request.user, Permission.WRITE_REPORTS),
        },
    )


@reading(Permission.READ_REPORTS)
def report_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """`/reports/<pk>/docx/`, `/reports/<pk>/pdf/`: a file of a report, to save."""
    found = fetch_to_read(ReportBuild.objects.select_related("resolution"), request.user, pk=pk)
    return file_answer(found, kind)


def file_answer(found: ReportBuild, kind: str) -> HttpResponse:
    """The file of a report to save; 404 before it is built and after its time."""
    file = ReportFile.objects.filter(build=found, kind=kind, content__isnull=False).first()
    if file is None:
        raise Http404
    response = HttpResponse(bytes(file.content), content_type=CONTENT_TYPES[FileKind(kind)])
    days = f"{found.first.isoformat()}-{found.last.isoformat()}"
    name = f"report-{found.resolution.slug}-{days}-{found.language}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
