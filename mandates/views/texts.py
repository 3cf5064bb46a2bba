"""The whole text of a resolution, and the file it was read from."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from directory import policy
from directory.access import fetch_to_read
from directory.guard import reading
from directory.policy import Permission
from directory.stored_files import opened_to_send
from mandates.akoma_ntoso import akoma_ntoso_file
from mandates.doubts import in_words
from mandates.models import ParagraphKind, Resolution, Text
from mandates.reading import marked_text


def _text_of(resolution: Resolution, language: str) -> tuple[Text, list[Text]]:
    """The text in the language asked for, else the reader's, else the first; and all texts."""
    texts = list(resolution.texts.order_by("pk"))
    by_language = {text.language: text for text in texts}
    if (language and language not in by_language) or not texts:
        raise Http404
    return by_language.get(language) or by_language.get(get_language() or "") or texts[0], texts


@reading(Permission.READ_RESOLUTIONS)
def resolution_text(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole text with recitals, paragraphs, notes and clauses marked."""
    resolution = fetch_to_read(Resolution.objects, request.user, slug=slug)
    text, texts = _text_of(resolution, request.GET.get("language", ""))
    paragraphs = marked_text(text)
    works_on_it = policy.may(request.user, Permission.CORRECT_MANDATES)
    return render(
        request,
        "mandates/resolution_text.html",
        {
            "resolution": resolution,
            "text": text,
            "texts": texts,
            "recitals": [
                each for each in paragraphs if each.paragraph.kind == ParagraphKind.PREAMBULAR
            ],
            "operative": [
                each for each in paragraphs if each.paragraph.kind == ParagraphKind.OPERATIVE
            ],
            "footnotes": text.footnotes.all(),
            "doubts": in_words(text.diagnostics) if works_on_it else [],
            "crumbs": [
                {"label": _("Resolutions"), "url": reverse("resolution-list")},
                {"label": resolution.symbol, "url": reverse("resolution", args=[slug])},
            ],
        },
    )


@reading(Permission.READ_RESOLUTIONS)
def resolution_source(request: HttpRequest, slug: str, language: str) -> FileResponse:
    """The file a text was read from, byte for byte."""
    resolution = fetch_to_read(Resolution.objects, request.user, slug=slug)
    text, _texts = _text_of(resolution, language)
    if not text.file:
        raise Http404
    response = FileResponse(
        opened_to_send(text.file),
        as_attachment=True,
        filename=text.file.name.rpartition("/")[2],
        content_type="application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["ETag"] = f'"{text.sha256}"'
    return response


@reading(Permission.READ_RESOLUTIONS)
def resolution_akoma_ntoso(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """A text as Akoma Ntoso, its mandates marked."""
    resolution = fetch_to_read(Resolution.objects, request.user, slug=slug)
    return akoma_ntoso_file(_text_of(resolution, language)[0], request)
