"""Filters for days and moments: short on the page, exact for screen readers and on hover."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from django import template
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

register = template.Library()

LONG = {"es": r"j \d\e F \d\e Y"}
LONG_ELSEWHERE = "j F Y"
SHORT = {"en": "j M Y", "fr": "j N Y"}
SHORT_ELSEWHERE = "j b Y"
"""Months begin with a small letter; three letters would not tell juin from juillet in French."""
ONE_DAY = timedelta(days=1)


def _day_of(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def _written(value: date | datetime, formats: dict[str, str], elsewhere: str) -> str:
    """A day as the reader's language writes it; in French the first of a month is the 1er."""
    language = (get_language() or "en").split("-")[0]
    return _in_words(_day_of(value), formats.get(language, elsewhere), language)


@lru_cache(maxsize=4096)  # a page may write the same days many times
def _in_words(day_of: date, written: str, language: str) -> str:
    words = date_format(day_of, written)
    return words.replace("1", "1er", 1) if language == "fr" and day_of.day == 1 else words


def long_day(value: date | datetime) -> str:
    """A day in full in the reader's language: 24 November 2026, 24 de noviembre de 2026."""
    return _written(value, LONG, LONG_ELSEWHERE)


@register.filter
def short_day(value: date | datetime) -> str:
    """A day in short in the reader's language: 24 Nov 2026, 24 nov 2026."""
    return _written(value, SHORT, SHORT_ELSEWHERE)


def exactly(value: date | datetime) -> str:
    """A day in full, or a moment in full with its time zone."""
    if not isinstance(value, datetime):
        return long_day(value)
    local = timezone.localtime(value)
    return _("%(day)s, %(time)s %(zone)s") % {
        "day": long_day(local),
        "time": local.strftime("%H:%M"),
        "zone": local.tzname(),
    }


def from_today(value: date | datetime) -> str:
    """How far a day is from today: yesterday, in 18 days, 41 days ago."""
    days = (_day_of(value) - timezone.localdate()).days
    near = {0: _("today"), -1: _("yesterday"), 1: _("tomorrow")}
    if days in near:
        return near[days]
    number = abs(days)
    shown = {"number": number_format(number, use_l10n=True, force_grouping=True)}
    if days < 0:
        return ngettext("%(number)s day ago", "%(number)s days ago", number) % shown
    return ngettext("in %(number)s day", "in %(number)s days", number) % shown


@register.filter
def day(value: date | datetime | None) -> SafeString | str:
    """A day in short with how long ago on hover: 17 Nov 2026."""
    if not value:
        return ""
    return format_html(
        '<time class="nowrap" datetime="{}" title="{}, {}">{}</time>',
        value.isoformat(),
        exactly(value),
        from_today(value),
        short_day(value),
    )


def short_period(first: date, last: date) -> str:
    """Two days as one stretch, what they share said once: 7–11 Feb 2022, 30 Mar – 2 Apr 2022."""
    if first == last:
        return short_day(last)
    if first.year != last.year:
        return f"{short_day(first)} – {short_day(last)}"
    if first.month != last.month:
        return f"{short_day(first).removesuffix(f' {first.year}')} – {short_day(last)}"
    return f"{short_day(first).split()[0]}–{short_day(last)}"


def long_period(first: date, last: date) -> str:
    """The same in full: 7–11 February 2022, 30 March – 2 April 2022."""
    begin, end = long_day(first), long_day(last)
    if first == last:
        return end
    if first.year != last.year:
        return f"{begin} – {end}"
    if first.month != last.month:
        return f"{begin.removesuffix(str(first.year)).rstrip().removesuffix(' de')} – {end}"
    return f"{begin.split()[0]}–{end}"


@register.filter
def until(first: date, last: date) -> SafeString | str:
    """From a day until another, in short, with both in full on hover."""
    if first == last:
        return day(last)
    return format_html(
        '<span class="{}" title="{} – {}">{}</span>',
        "nowrap" if first.year == last.year else "",
        long_day(first),
        long_day(last),
        short_period(first, last),
    )


@register.filter
def full_day(value: date | datetime | None) -> SafeString | str:
    """A day in full with how long ago on hover: 17 November 2026."""
    if not value:
        return ""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        from_today(value),
        long_day(value),
    )


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """A moment in full with its time zone: 24 November 2026, 10:02 UTC."""
    if not value:
        return ""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        from_today(value),
        exactly(value),
    )


@register.filter
def ago(value: date | datetime | None) -> SafeString | str:
    """How long ago, the exact day or moment on hover and for screen readers."""
    if not value:
        return ""
    if isinstance(value, datetime) and abs(timezone.now() - value) < ONE_DAY:
        words = str(naturaltime(value))
    else:
        words = from_today(value)
    return format_html(
        '<time datetime="{}" title="{exact}">{}'
        '<span class="govuk-visually-hidden"> ({exact})</span></time>',
        value.isoformat(),
        words,
        exact=exactly(value),
    )


@register.filter
def waiting(value: date | datetime | None) -> str:
    """Whole days since a day: 41 days."""
    if not value:
        return ""
    days = (timezone.localdate() - _day_of(value)).days
    number = number_format(days, use_l10n=True, force_grouping=True)
    return ngettext("%(number)s day", "%(number)s days", days) % {"number": number}
