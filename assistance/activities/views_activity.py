"""Being written."""

from django.http import Http404, HttpRequest, HttpResponse


def activity(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def activity_edit(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def activity_send(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
