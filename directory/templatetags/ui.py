"""Tags for what every page shows the same way: statuses, marks, flags, sortable heads."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django import template
from django.forms import BaseForm, BoundField
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info, ngettext
from django.utils.translation import gettext as _
from django_guid import get_guid

from directory.statuses import Status

register = template.Library()

MOST_SHAPES = 24
BAR_WIDTH = 180


@dataclass(frozen=True)
class Problem:
    """One error of a form: its words, and the id of the field to go to."""

    words: str
    target: str = ""


@register.simple_tag
def request_number() -> str:
    """The id of this request, as in the log; empty outside a request."""
    return get_guid() or ""


@register.simple_tag
def colon() -> str:
    """What stands between a thing and what is said of it; French puts a space before it."""
    return "\N{NO-BREAK SPACE}: " if (get_language() or "").startswith("fr") else ": "


@register.filter
def within(language: str) -> str:
    """The name of a language within a sentence; only English writes it with a capital."""
    name = str(get_language_info(language)["name_translated"])
    return name if (get_language() or "en").startswith("en") else name.lower()


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A shape of the sprite that stands beside its word, so hidden from screen readers."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        extra,
        static("img/sprite.svg"),
        name,
    )


@register.simple_tag
def status_shape(status: str) -> SafeString:
    """Only the shape of a status, for where its word already stands beside it."""
    found = Status(status)
    return format_html(
        '<svg class="status-mark status-mark--{}" aria-hidden="true" focusable="false">'
        '<use href="{}#status-{}"></use></svg>',
        found.css,
        static("img/sprite.svg"),
        found.value,
    )


@register.simple_tag
def status_mark(status: str, extra: str = "") -> SafeString:
    """Shape and word of a status in its colour; `extra` adds a class such as `status--large`."""
    found = Status(status)
    return format_html(
        '<span class="status status--{} {}">{}{}</span>',
        found.css,
        extra,
        status_shape(found),
        found.label,
    )


def _in_words(counts: Counter[Status]) -> str:
    parts = [
        _("%(word)s: %(number)d") % {"word": status.label, "number": counts[status]}
        for status in Status
        if counts[status]
    ]
    return ", ".join(parts)


def _bar(counts: Counter[Status]) -> SafeString:
    total = counts.total()
    rects, start = [], 0.0
    for status in Status:
        width = BAR_WIDTH * counts[status] / total
        if width:
            rects.append((status.css, f"{start + 0.5:.1f}", f"{max(width - 1, 0.5):.1f}"))
        start += width
    return format_html(
        '<svg class="marks-bar" viewBox="0 0 {} 12" preserveAspectRatio="none" role="img"'
        ' aria-label="{}">{}</svg>',
        BAR_WIDTH,
        _in_words(counts),
        format_html_join(
            "",
            '<rect class="fill--{}" x="{}" y="1" width="{}" height="10"></rect>',
            rects,
        ),
    )


@register.simple_tag
def demand_marks(statuses: Iterable[str] | dict[str, int]) -> SafeString:
    """One small shape a demand, furthest first; above 24 a bar.

    Takes the statuses of the demands, or a mapping from status to how many.
    """
    counted = Counter(statuses)
    counts: Counter[Status] = Counter({Status(key): number for key, number in counted.items()})
    if not counts.total():
        return SafeString("")
    if counts.total() > MOST_SHAPES:
        return _bar(counts)
    shapes = [(status_shape(status),) for status in Status for _each in range(counts[status])]
    return format_html(
        '<span class="marks" role="img" aria-label="{}">{}</span>',
        _in_words(counts),
        format_html_join("", "{}", shapes),
    )


@register.simple_tag
def served(number: int, total: int, url: str = "") -> SafeString:
    """The words "5 of 8 served", a link to exactly these rows when there is an address."""
    words = ngettext("%(number)d of %(total)d served", "%(number)d of %(total)d served", total) % {
        "number": number,
        "total": total,
    }
    if not url:
        return format_html("{}", words)
    return format_html('<a class="nowrap" dir="auto" href="{}">{}</a>', url, words)


@register.simple_tag
def flag(words: str, url: str, quiet: bool = False) -> SafeString:
    """An outlined label that opens its rows; quiet ones have no flag and no colour."""
    return format_html(
        '<a class="flag{}" href="{}">{}<bdi>{}</bdi></a>',
        " flag--quiet" if quiet else "",
        url,
        "" if quiet else icon("flag"),
        words,
    )


@register.simple_tag(takes_context=True)
def sort_header(
    context: template.Context, key: str, words: str, default: str = "", css: str = ""
) -> SafeString:
    """A column's head that sorts by `?sort=key`, then `?sort=-key`, keeping the other filters."""
    query = context["request"].GET.copy()
    now = query.get("sort", default)
    query.pop("page", None)
    query["sort"] = f"-{key}" if now == key else key
    order = {key: "ascending", f"-{key}": "descending"}.get(now, "none")
    return format_html(
        '<th scope="col" class="{}" aria-sort="{}"><a href="?{}">{}\u00a0{}</a></th>',
        css,
        order,
        query.urlencode(),
        words,
        icon(f"sort-{order}"),
    )


@register.simple_tag
def form_problems(form: BaseForm | None, forms: Iterable[BaseForm] | None) -> list[Problem]:
    """Every error of one form or several, in the order of the page, with the id of its field."""
    problems: list[Problem] = []
    if non_form := getattr(forms, "non_form_errors", None):
        problems += [Problem(str(words)) for words in non_form()]
    for one in [*([form] if form else []), *(forms or [])]:
        problems += [Problem(str(words)) for words in one.non_field_errors()]
        for field in one:
            problems += [
                Problem(_with_label(field.label, words), _target(field)) for words in field.errors
            ]
    return problems


def _with_label(label: str | None, words: str) -> str:
    if not label:
        return str(words)
    return f"{label}{' ' if label.endswith('?') else colon()}{words}"


def _target(field: BoundField) -> str:
    """The element to focus: of a group of options the first one."""
    if field.use_fieldset and (options := field.subwidgets):
        return str(options[0].id_for_label) or field.auto_id
    return field.id_for_label or field.auto_id
