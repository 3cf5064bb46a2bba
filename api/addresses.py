"""The address in the API of what a page links to: the same rows, narrowed by the same names.

Figures are read by the functions of the pages, each with the page that lists its rows. A list of
the API takes the filters of its page, so that one link says both.
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlencode

from django.urls import get_script_prefix, resolve, reverse
from rest_framework.request import Request

# The list, or the object, of the API that shows what a page shows.
LISTS = {
    "activity-list": "activity-list",
    "coverage-deliveries": "counted-delivery-list",
    "demand-list": "demand-list",
    "gap-list": "gap-list",
    "unlinked-list": "unlinked-list",
}
OBJECTS = {"activity": "activity", "delivery": "delivery", "request": "request"}


@lru_cache(maxsize=1024)
def _same(path: str) -> str:
    """The path, and where it needs one the beginning of a query."""
    page = resolve("/" + path.removeprefix(get_script_prefix()))
    name = page.url_name or ""
    if name == "paragraph":
        where = {"resolution": page.kwargs["slug"], "number": page.kwargs["number"]}
        return f"{reverse('api:paragraph-list')}?{urlencode(where)}"
    if name in LISTS:
        return reverse(f"api:{LISTS[name]}")
    return reverse(f"api:{OBJECTS[name]}-detail", kwargs=page.kwargs)


def in_the_api(request: Request, url: str) -> str:
    """The absolute address in the API of what stands at the address of a page."""
    path, _mark, query = url.partition("#")[0].partition("?")
    found = _same(path)
    if query and "?" not in found:
        found = f"{found}?{query}"
    return request.build_absolute_uri(found)
