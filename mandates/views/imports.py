"""Handing in a file, and how far its reading has come."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from directory.guard import reading
from directory.policy import Permission
from mandates.doubts import in_words
from mandates.forms import ImportForm
from mandates.models import ImportState, ResolutionImport
from mandates.refusals import refusal_words
from mandates.services import intake


@reading(Permission.IMPORT_RESOLUTIONS)
def resolution_import(request: HttpRequest) -> HttpResponse:
    """The form for a file, and the imports before."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        handed_in = intake.hand_in(
            file=form.cleaned_data["file"],
            language=form.cleaned_data["language"],
            user=request.user,
        )
        return redirect("import-progress", handed_in.pk)
    return render(
        request,
        "mandates/resolution_import.html",
        {
            "form": form,
            "earlier": ResolutionImport.objects.select_related("started_by", "text__resolution")[
                :10
            ],
            "crumbs": [{"label": _("Resolutions"), "url": reverse("resolution-list")}],
        },
    )


@reading(Permission.IMPORT_RESOLUTIONS)
def import_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far an import has come; when done what was unsure, when refused why and the form."""
    handed_in = get_object_or_404(
        ResolutionImport.objects.select_related("text__resolution", "started_by"), pk=pk
    )
    form = None
    if handed_in.state == ImportState.REFUSED:
        form = ImportForm({"language": handed_in.language}, {})
        form.errors["file"] = form.error_class([refusal_words(handed_in.refusal)])
    return render(
        request,
        "mandates/import_progress.html",
        {
            "import": handed_in,
            "under_way": handed_in.state in intake.UNFINISHED,
            "form": form,
            "doubts": in_words(handed_in.text.diagnostics) if handed_in.text else [],
            "crumbs": [
                {"label": _("Resolutions"), "url": reverse("resolution-list")},
                {"label": _("Import"), "url": reverse("resolution-import")},
            ],
        },
    )
