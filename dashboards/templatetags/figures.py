"""Tags for figures: each number on a dashboard is a link to exactly its rows."""

import datetime as dt

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboards.links import Rows, figure_link
from directory.templatetags.dates import day
from directory.templatetags.ui import icon as shape
from mandates.models import Basis

register = template.Library()


@register.simple_tag
def figure(number: int, url: str, words: str = "", css: str = "") -> SafeString:
    """A number that opens its rows, alone or within words; nothing to open stays plain."""
    return figure_link(number, url, words, css)


@register.simple_tag
def figure_flag(number: int, url: str, words: str, icon: bool = True) -> SafeString:
    """A flag with its number, opening its rows."""
    return format_html(
        '<a class="flag{}" href="{}" data-figure="{}">{}<bdi>{}</bdi></a>',
        "" if icon else " flag--quiet",
        url,
        number,
        shape("flag") if icon else "",
        words,
    )


@register.simple_tag
def url_of(rows: Rows, kind: str, *args: object, **narrow: str) -> str:
    """The address of some rows: `{% url_of rows "demands" status="unmet" as url %}`."""
    address: str = getattr(rows, kind)(*args, **narrow)
    return address


@register.filter
def iso_day(value: str | None) -> SafeString | str:
    """A day of a frozen row, as pages show days."""
    return day(dt.date.fromisoformat(value) if value else None)


@register.filter
def basis_words(value: str) -> str:
    """The basis of a mandate in a frozen row, in words."""
    return str(Basis(value).label)
