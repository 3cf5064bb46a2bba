"""Being written."""

from django.http import Http404, HttpRequest, HttpResponse


def link_new(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def suspect_list(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def link_decide(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
