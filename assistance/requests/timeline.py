"""What happened to a request and what comes next, in the order of time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.models import RequestEvent, RequestOutcome
from assistance.requests.progress import OPEN, Progress
from directory.templatetags.dates import day

SENTENCES: Mapping[str, Promise] = {
    "submit_request": gettext_lazy("Sent"),
    "submit_on_behalf": gettext_lazy("Entered by UNODC"),
    "start_review": gettext_lazy("UNODC begins to read it"),
    "request_clarification": gettext_lazy("UNODC asks a question"),
    "answer_clarification": gettext_lazy("The question is answered"),
    "accept_request": gettext_lazy("Accepted"),
    "decline_request": gettext_lazy("Declined"),
    "withdraw_request": gettext_lazy("Withdrawn"),
    "close_request": gettext_lazy("Closed"),
    "hand_over_request": gettext_lazy("%(note)s answers for it now"),
    "fulfil_item": gettext_lazy("Item %(number)s: fulfilled"),
    "remind_item": gettext_lazy("Item %(number)s: UNODC asks whether it was received"),
    "fulfil_silent_item": gettext_lazy("Item %(number)s: closed after 60 days without a reply"),
    "fulfil_item_partly": gettext_lazy("Item %(number)s: partly fulfilled"),
    "decline_item": gettext_lazy("Item %(number)s: declined"),
    "refer_item": gettext_lazy("Item %(number)s: passed on to another entity"),
    "answer_referral": gettext_lazy("Item %(number)s: the other entity answers"),
    "withdraw_item": gettext_lazy("Item %(number)s: withdrawn"),
    "merge_item": gettext_lazy("Item %(number)s: merged into another"),
}
INTERNAL: Mapping[str, Promise] = {
    "assign_request": gettext_lazy("Assigned to %(note)s"),
    "tie_item_to_mandate": gettext_lazy("Item %(number)s: tied to %(note)s"),
    "untie_item_from_mandate": gettext_lazy("Item %(number)s: untied from %(note)s"),
    "take_over": gettext_lazy("Item %(number)s: taken over to %(note)s"),
}


@dataclass(frozen=True)
class Moment:
    """One thing on the timeline: done, now or next."""

    words: str
    state: str
    note: Any = ""


def timeline(progress: Progress, events: Iterable[RequestEvent], *, internal: bool) -> list[Moment]:
    """The past by day, then what comes next."""
    past = [*_events(events, internal), *_deliveries(progress)]
    past.sort(key=lambda pair: pair[0])
    return [*(moment for _at, moment in past), *_to_come(progress)]


def _events(events: Iterable[RequestEvent], internal: bool) -> Iterable[tuple[dt.date, Moment]]:
    sentences = {**SENTENCES, **INTERNAL} if internal else SENTENCES
    for event in events:
        if event.transition in sentences:
            words = str(sentences[event.transition]) % {
                "number": event.item.n if event.item else "",
                "note": event.note,
            }
            note = day(event.at)
            if internal and event.by:
                note = format_html("{}, {}", note, event.by)
            yield event.at.date(), Moment(words, "done", note)


def _deliveries(progress: Progress) -> Iterable[tuple[dt.date, Moment]]:
    seen = set()
    for row in progress.items:
        for delivery in row.deliveries:
            if delivery.pk in seen:
                continue
            seen.add(delivery.pk)
            words = _("Item %(number)s: %(delivery)s") % {
                "number": row.item.n,
                "delivery": delivery.title or delivery.get_kind_display(),
            }
            yield delivery.on, Moment(words, "done", day(delivery.on))
            for reply in delivery.replies.all():
                said = _("The State replies: %(verdict)s") % {
                    "verdict": reply.get_verdict_display()
                }
                yield reply.at.date(), Moment(said, "done", day(reply.at))


def _to_come(progress: Progress) -> Iterable[Moment]:
    if progress.asked.state not in OPEN:
        return
    yield Moment(progress.next_step, "now")
    for row in progress.items:
        if row.item.outcome == RequestOutcome.OPEN and not row.deliveries:
            words = _("Item %(number)s: a delivery appears here") % {"number": row.item.n}
            yield Moment(words, "next", _("when approved"))
    yield Moment(_("Closed, with an outcome for each item"), "next")
