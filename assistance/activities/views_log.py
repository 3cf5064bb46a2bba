"""Being written."""

from django.http import Http404, HttpRequest, HttpResponse


def activity_new(request: HttpRequest, **kwargs: object) -> HttpResponse:
    raise Http404
