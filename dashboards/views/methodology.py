"""How coverage is counted, in plain words and from one text."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assistance.coverage.flags import Flag
from assistance.coverage.models import DemandKind, EndedBy
from assistance.coverage.versions import VERSIONS
from directory.guard import for_everybody
from directory.statuses import Status


@for_everybody
def methodology(request: HttpRequest) -> HttpResponse:
    """What a demand is, what serves it, what each status and flag says."""
    return render(
        request,
        "dashboards/methodology.html",
        {
            "statuses": list(Status),
            "flags": list(Flag),
            "kinds": list(DemandKind),
            "endings": list(EndedBy),
            "versions": VERSIONS,
        },
    )
