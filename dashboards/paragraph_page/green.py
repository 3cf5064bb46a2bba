"""What would turn a paragraph green, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assistance.coverage.figures import MandateFigures, ParagraphFigures
from assistance.coverage.flags import Flag
from assistance.coverage.status import SERVED
from assistance.coverage.window import Window
from dashboards.paragraph_page.owed import Owed
from directory.statuses import Status
from directory.templatetags.dates import long_day

MOST_PHRASES = 4


def turn_green(
    figures: ParagraphFigures | MandateFigures, owed: Sequence[Owed], window: Window
) -> SafeString | str:
    """The acts that are still missing, each naming who waits; or why there is nothing to do.

    `owed` holds the first demands of each status.
    """
    match figures.status:
        case Status.NOT_APPLICABLE:
            return _("It asks others, or nobody: shown here, never counted for UNODC.")
        case Status.NO_DEMAND:
            return _("Nobody has asked for it, so it is no gap.")
        case Status.EVIDENCED if figures.demands:
            return _("All that was asked is delivered and shown.")
    if not figures.demands and Flag.NO_RECORDED_REQUEST in figures.flags:
        return _("Help was given without a request on record. To count it: enter the request.")
    missing = [one for one in owed if one.status not in SERVED]
    if not missing:
        to_show = [one for one in owed if one.status == Status.DELIVERED]
        return format_html(
            _("Delivered to all. To show it: verify the evidence for {names}."),
            names=_names(to_show),
        )
    phrases = [_phrase(one, window) for one in missing[:MOST_PHRASES]]
    rest = figures.demands - figures.served - len(phrases)
    if rest:
        phrases.append(format_html(ngettext("{number} more", "{number} more", rest), number=rest))
    return format_html(
        _("To turn it green: {acts}."), acts=format_html_join("; ", "{}", [(p,) for p in phrases])
    )


def _name(one: Owed) -> SafeString:
    """Who waits, as a link to the row below."""
    words = one.who or (one.demand.need.words if one.demand.need else _("the mandate itself"))
    return format_html('<a href="#{}">{}</a>', one.demand.key, words)


def _names(owed: Sequence[Owed]) -> SafeString:
    return format_html_join(", ", "{}", [(_name(one),) for one in owed[:MOST_PHRASES]])


def _phrase(one: Owed, window: Window) -> SafeString:
    days = (window.last - one.demand.opened_on).days
    if one.demand.disputed:
        return format_html(_("settle what {name} found missing"), name=_name(one))
    match one.status:
        case Status.UNMET:
            return format_html(
                ngettext(
                    "serve {name}, waiting {days} day", "serve {name}, waiting {days} days", days
                ),
                name=_name(one),
                days=days,
            )
        case Status.PLANNED:
            start = next((e.activity.planned_start for e in one.entries if e.activity), None)
            if start:
                return format_html(
                    _("hold what is planned for {name} on {day}"),
                    name=_name(one),
                    day=long_day(start),
                )
            return format_html(_("date what is planned for {name}"), name=_name(one))
    return format_html(_("deliver what has begun for {name}"), name=_name(one))
