"""What would turn a paragraph green: the acts that are missing, and one sentence of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assistance.coverage.figures import MandateFigures, ParagraphFigures
from assistance.coverage.flags import Flag
from assistance.coverage.window import Window
from dashboards.paragraph_page.owed import Owed
from directory.statuses import Status
from directory.templatetags.dates import long_day

MOST_PHRASES = 4


class Missing(TextChoices):
    """What is missing for one demand."""

    SETTLE = "settle", gettext_lazy("Settle what the State found missing")
    SERVE = "serve", gettext_lazy("Plan and deliver what was asked")
    HOLD = "hold", gettext_lazy("Hold what is planned")
    DATE = "date", gettext_lazy("Date what is planned")
    DELIVER = "deliver", gettext_lazy("Deliver what has begun")
    VERIFY = "verify", gettext_lazy("Verify the evidence")


@dataclass(frozen=True)
class Step:
    """The next act for a demand, which waits for `days`; `planned_on` of what is to be held."""

    missing: Missing
    owed: Owed
    days: int
    planned_on: dt.date | None = None


def steps_to_green(owed: Sequence[Owed], window: Window) -> list[Step]:
    """The next act for each demand that is not delivered and shown, in the order given."""
    return [_step(one, window) for one in owed if one.status != Status.EVIDENCED]


def _step(one: Owed, window: Window) -> Step:
    days = (window.last - one.demand.opened_on).days
    if one.status == Status.DELIVERED:
        return Step(Missing.VERIFY, one, days)
    if one.demand.disputed:
        return Step(Missing.SETTLE, one, days)
    if one.status == Status.UNMET:
        return Step(Missing.SERVE, one, days)
    if one.status == Status.PLANNED:
        start = next((e.activity.planned_start for e in one.entries if e.activity), None)
        return Step(Missing.HOLD if start else Missing.DATE, one, days, start)
    return Step(Missing.DELIVER, one, days)


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
    steps = steps_to_green(owed, window)
    acts = [step for step in steps if step.missing != Missing.VERIFY]
    if not acts:
        return format_html(
            _("Delivered to all. To show it: verify the evidence for {names}."),
            names=_names([step.owed for step in steps]),
        )
    phrases = [_phrase(step) for step in acts[:MOST_PHRASES]]
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


def _phrase(step: Step) -> SafeString:
    name = _name(step.owed)
    match step.missing:
        case Missing.SETTLE:
            return format_html(_("settle what {name} found missing"), name=name)
        case Missing.SERVE:
            days = step.days
            return format_html(
                ngettext(
                    "serve {name}, waiting {days} day", "serve {name}, waiting {days} days", days
                ),
                name=name,
                days=days,
            )
        case Missing.HOLD if step.planned_on:
            return format_html(
                _("hold what is planned for {name} on {day}"),
                name=name,
                day=long_day(step.planned_on),
            )
        case Missing.DATE:
            return format_html(_("date what is planned for {name}"), name=name)
    return format_html(_("deliver what has begun for {name}"), name=name)
