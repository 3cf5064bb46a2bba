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
from directory.models import Country
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
    EVIDENCE = "evidence", gettext_lazy("Add evidence")
    VERIFY = "verify", gettext_lazy("Verify the evidence")


OF_EVIDENCE = {Missing.EVIDENCE, Missing.VERIFY}


@dataclass(frozen=True)
class Step:
    """The next act for a demand, which waits for `days`; `countries` are those it is done for.

    `planned_on` is of what is to be held; `late` when that day has passed.
    """

    missing: Missing
    owed: Owed
    days: int
    countries: Sequence[Country]
    planned_on: dt.date | None = None
    late: bool = False


def steps_to_green(owed: Sequence[Owed], window: Window) -> list[Step]:
    """The next act for each demand that is not delivered and shown, in the order given."""
    return [_step(one, window) for one in owed if one.status != Status.EVIDENCED]


def _step(one: Owed, window: Window) -> Step:
    days = (window.last - one.demand.opened_on).days
    if one.status == Status.DELIVERED:
        bare = one.lacking(lambda entry: entry.counts and bool(entry.evidence))
        if bare or not any(entry.evidence for entry in one.entries):
            return Step(Missing.EVIDENCE, one, days, bare)
        shown = one.lacking(lambda entry: entry.counts and bool(entry.verified))
        return Step(Missing.VERIFY, one, days, shown)
    if one.demand.disputed:
        objecting = {e.delivery.country_id for e in one.entries if e.delivery and not e.counts}
        who = [country for country in one.countries if country.pk in objecting]
        return Step(Missing.SETTLE, one, days, who)
    unserved = one.lacking(lambda entry: entry.counts)
    if one.status == Status.UNMET:
        return Step(Missing.SERVE, one, days, unserved)
    if one.status == Status.PLANNED:
        starts = (e.activity.planned_start for e in one.entries if e.activity)
        start = next(filter(None, starts), None)
        late = start is not None and start < window.last
        return Step(Missing.HOLD if start else Missing.DATE, one, days, unserved, start, late)
    return Step(Missing.DELIVER, one, days, unserved)


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
    acts = [step for step in steps if step.missing not in OF_EVIDENCE]
    if not acts:
        rest = figures.by_status[Status.DELIVERED]
        return format_html(_("Delivered to all. To show it: {acts}."), acts=_joined(steps, rest))
    return format_html(
        _("To turn it green: {acts}."), acts=_joined(acts, figures.demands - figures.served)
    )


def _joined(steps: Sequence[Step], number: int) -> SafeString:
    """The first of so many steps as phrases, and how many more there are."""
    phrases = [_phrase(step) for step in steps[:MOST_PHRASES]]
    if rest := number - len(phrases):
        phrases.append(format_html(ngettext("{number} more", "{number} more", rest), number=rest))
    return format_html_join("; ", "{}", [(phrase,) for phrase in phrases])


def _name(step: Step) -> SafeString:
    """Who waits, as a link to the row below."""
    one, need = step.owed, step.owed.demand.need
    words = ", ".join(country.name for country in step.countries) or one.who
    words = words or (need.words if need else _("the mandate itself"))
    return format_html('<a href="#{}">{}</a>', one.demand.key, words)


def _phrase(step: Step) -> SafeString:
    name = _name(step)
    match step.missing:
        case Missing.EVIDENCE:
            return format_html(_("add evidence for {name}"), name=name)
        case Missing.VERIFY:
            return format_html(_("verify the evidence for {name}"), name=name)
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
            words = (
                _("hold what was planned for {name} on {day}")
                if step.late
                else _("hold what is planned for {name} on {day}")
            )
            return format_html(words, name=name, day=long_day(step.planned_on))
        case Missing.DATE:
            return format_html(_("date what is planned for {name}"), name=name)
    return format_html(_("deliver what has begun for {name}"), name=name)
