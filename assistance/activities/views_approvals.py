"""Being written."""

from django.http import Http404, HttpRequest, HttpResponse


def activity_approve(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def activity_send_back(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def evidence_list(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404


def approval_list(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
