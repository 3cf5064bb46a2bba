"""The lasting address of a resolution, a paragraph or a mandate: its identifier."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Value
from django.db.models.functions import Replace
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from directory.access import fetch_to_read
from directory.guard import reading
from directory.policy import Permission
from mandates.models import Mandate, Paragraph, ParagraphKind, Resolution

PARTS = re.compile(r"(?P<symbol>.+?)(/op(?P<number>[^/]+)(?P<mandate>/m[0-9]{1,4})?)?")


@reading(Permission.READ_RESOLUTIONS)
def identified(request: HttpRequest, identifier: str) -> HttpResponse:
    """Leads from `A/RES/74/175/op6/m1` to the clause on the page that shows it now."""
    parts = PARTS.fullmatch(identifier)
    if parts is None:
        raise Http404
    resolution = fetch_to_read(Resolution.objects, request.user, symbol=parts["symbol"])
    if not parts["number"]:
        return redirect("resolution", resolution.slug)
    anchor = ""
    if parts["mandate"]:
        mandate = fetch_to_read(
            Mandate.objects.select_related("paragraph"), request.user, identifier=identifier
        )
        anchor, paragraph = f"#clause-{mandate.ordinal}", mandate.paragraph
    else:
        paragraph = _paragraph(resolution, parts["number"])
    return redirect(reverse("paragraph", args=[resolution.slug, paragraph.number]) + anchor)


def _paragraph(resolution: Resolution, number: str) -> Paragraph:
    """The operative paragraph of a number as identifiers have it, without spaces."""
    bare: Any = Replace("number", Value(" "), Value(""))
    found: Paragraph | None = (
        resolution.paragraphs.filter(kind=ParagraphKind.OPERATIVE)
        .annotate(bare=bare)
        .filter(bare=number)
        .first()
    )
    if found is None:
        raise Http404
    return found
