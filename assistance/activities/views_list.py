"""Being written."""

from django.http import Http404, HttpRequest, HttpResponse


def activity_list(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def activity_export(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
