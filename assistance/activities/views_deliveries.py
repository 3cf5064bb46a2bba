"""Being written."""

from django.http import Http404, HttpRequest, HttpResponse


def delivery_new(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def delivery(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def delivery_edit(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def evidence_add(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def evidence_file(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def evidence_remove(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
