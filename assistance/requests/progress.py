"""Where requests stand: the stages line and the next step, read from demands, never stored.

`progress_of` takes any number of requests and makes the same number of queries.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assistance.coverage.models import Demand
from assistance.coverage.status import SERVED, Status, roll_up, status_of_demand
from assistance.models import (
    AssistanceRequest,
    Delivery,
    RequestEvent,
    RequestItem,
    RequestOutcome,
    RequestStatus,
)
from directory.policy import Permission, may
from directory.templatetags.dates import day, long_day, short_day

FIRST_ANSWER = dt.timedelta(days=30)
_S = RequestStatus
WAITING = (_S.SUBMITTED, _S.UNDER_REVIEW)
OPEN = (*WAITING, _S.CLARIFICATION_REQUESTED, _S.ACCEPTED)


@dataclass(frozen=True)
class Stage:
    """One stage of the line: done, now or next."""

    label: str
    state: str
    note: str = ""


@dataclass(frozen=True)
class ItemProgress:
    """An item with its status, None where no mandate is tied to it or it has ended otherwise."""

    item: RequestItem
    status: Status | None
    demands: Sequence[Demand]
    deliveries: Sequence[Delivery]


@dataclass(frozen=True)
class Progress:
    """Where a request stands."""

    asked: AssistanceRequest
    items: Sequence[ItemProgress]
    to_confirm: Sequence[Delivery]
    due_on: dt.date | None
    in_delivery_since: dt.date | None
    internal: bool
    dates: dict[str, dt.date] = field(repr=False)

    @property
    def overdue(self) -> bool:
        """Whether the first answer should have been given by now."""
        return self.due_on is not None and self.due_on < _today()

    @property
    def stages(self) -> list[Stage]:
        """The line: sent, answered, accepted, in delivery, closed."""
        return list(_stages(self))

    @property
    def next_step(self) -> str:
        """What comes next, in one sentence."""
        return _next_step(self)


def due_on(asked: AssistanceRequest) -> dt.date | None:
    """The day by which the first answer is owed, while it is."""
    if asked.state in WAITING and asked.first_answered_at is None and asked.received_on:
        return asked.received_on + FIRST_ANSWER
    return None


def progress_of(requests: Iterable[AssistanceRequest], *, user: Any) -> dict[int, Progress]:
    """The progress of each request, by its key; deliveries as this person may see them."""
    asked = {one.pk: one for one in requests}
    items: dict[int, list[RequestItem]] = defaultdict(list)
    for item in (
        RequestItem.objects.filter(request__in=asked)
        .select_related("referred_to", "merged_into__request")
        .order_by("n")
    ):
        item.request = asked[item.request_id]
        items[item.request_id].append(item)
    demands: dict[int | None, list[Demand]] = defaultdict(list)
    for demand in Demand.objects.filter(item__request__in=asked).select_related(
        "mandate", "paragraph__resolution"
    ):
        demands[demand.item_id].append(demand)
    deliveries: dict[int, list[Delivery]] = defaultdict(list)
    for delivery in (
        Delivery.objects.visible_to(user)
        .approved()
        .filter(items__request__in=asked)
        .select_related("country", "activity")
        .prefetch_related("replies", "item_rows", "evidence")
        .order_by("on", "pk")
        .distinct()
    ):
        for row in delivery.item_rows.all():
            deliveries[row.item_id].append(delivery)
    dates: dict[int, dict[str, dt.date]] = defaultdict(dict)
    for pk, to_state, at in RequestEvent.objects.filter(request__in=asked, item=None).values_list(
        "request", "to_state", "at"
    ):
        dates[pk].setdefault(to_state, at.date())
    return {
        pk: _one(one, items[pk], demands, deliveries, dates[pk], user) for pk, one in asked.items()
    }


def _one(
    asked: AssistanceRequest,
    items: Sequence[RequestItem],
    demands: dict[int | None, list[Demand]],
    deliveries: dict[int, list[Delivery]],
    dates: dict[str, dt.date],
    user: Any,
) -> Progress:
    rows = [
        ItemProgress(item, _status(item, demands[item.pk]), demands[item.pk], deliveries[item.pk])
        for item in items
    ]
    given = {one.pk: one for row in rows for one in row.deliveries}
    return Progress(
        asked,
        rows,
        [one for one in given.values() if _waits_for_reply(one, user)],
        due_on(asked),
        min(
            (one.started_on for row in rows for one in row.demands if one.started_on),
            default=None,
        )
        or min((one.on for one in given.values()), default=None),
        may(user, Permission.READ_ALL_REQUESTS),
        dates,
    )


def _status(item: RequestItem, demands: Sequence[Demand]) -> Status | None:
    ended_elsewhere = {
        RequestOutcome.DECLINED,
        RequestOutcome.REFERRED,
        RequestOutcome.WITHDRAWN,
        RequestOutcome.MERGED,
    }
    if item.outcome in ended_elsewhere or not demands:
        return None
    return roll_up([status_of_demand(one, _today()) for one in demands])


def _waits_for_reply(delivery: Delivery, user: Any) -> bool:
    return delivery.country_id in user.country_ids and delivery.last_reply is None


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def _stages(one: Progress) -> Iterable[Stage]:
    asked = one.asked
    if asked.state == _S.DRAFT:
        yield Stage(_("Draft"), "now")
        yield from (Stage(label, "next") for label in (_("Sent"), _("Answered"), _("Closed")))
        return
    yield Stage(_("Sent"), "done", day(asked.received_on))
    if asked.first_answered_at and asked.received_on:
        yield _answered(one, asked.first_answered_at.date() - asked.received_on)
    ended = {_S.DECLINED: _("Declined"), _S.WITHDRAWN: _("Withdrawn")}
    if asked.state in ended:
        yield Stage(ended[_S(asked.state)], "done", day(one.dates.get(asked.state)))
        return
    if not asked.first_answered_at and asked.state != _S.CLOSED:
        note = _("by %(day)s") % {"day": short_day(one.due_on)} if one.due_on else ""
        yield Stage(_("Answered"), "now", note)
    yield from _later_stages(one)


def _answered(one: Progress, after: dt.timedelta) -> Stage:
    if one.asked.state == _S.CLARIFICATION_REQUESTED:
        return Stage(_("Question to the State") if one.internal else _("Question to you"), "now")
    days = max(after.days, 0)
    note = ngettext("after %(number)d day", "after %(number)d days", days) % {"number": days}
    return Stage(_("Answered"), "done", note)


def _later_stages(one: Progress) -> Iterable[Stage]:
    asked, since = one.asked, one.in_delivery_since
    accepted_on = one.dates.get(_S.ACCEPTED)
    closed = asked.state == _S.CLOSED
    if asked.state == _S.ACCEPTED or accepted_on:
        waits = asked.state == _S.ACCEPTED and not since
        yield Stage(_("Accepted"), "now" if waits else "done", day(accepted_on))
    elif not closed:
        deciding = asked.state == _S.UNDER_REVIEW and asked.first_answered_at
        yield Stage(_("Accepted"), "now" if deciding else "next")
    if since and (closed or asked.state == _S.ACCEPTED):
        note = _("since %(day)s") % {"day": short_day(since)}
        yield Stage(_("In delivery"), "done" if closed else "now", note)
    elif not closed:
        yield Stage(_("In delivery"), "next")
    if closed:
        yield Stage(_("Closed"), "done", day(one.dates.get(_S.CLOSED)))
    else:
        count = len(one.items)
        note = ngettext("when the item is", "when all %(number)d items are", count)
        yield Stage(_("Closed"), "next", note % {"number": count})


def _next_step(one: Progress) -> str:
    asked = one.asked
    if one.to_confirm and asked.state != _S.CLARIFICATION_REQUESTED:
        count = len(one.to_confirm)
        return ngettext(
            "Say whether you received what was delivered.",
            "Say of %(number)d deliveries whether you received them.",
            count,
        ) % {"number": count}
    if one.due_on and one.overdue:
        return _("UNODC reads it. Its first answer was due on %(day)s.") % {
            "day": long_day(one.due_on)
        }
    if one.due_on:
        return _("UNODC reads it, and answers by %(day)s.") % {"day": long_day(one.due_on)}
    sentences = {
        _S.DRAFT: _("Not sent yet. Check the answers and send it."),
        _S.UNDER_REVIEW: _("UNODC decides."),
        _S.CLARIFICATION_REQUESTED: _("The State answers, then UNODC decides.")
        if one.internal
        else _("Your answer, then UNODC decides."),
        _S.DECLINED: _(
            "Declined; the reason stands with each item. A message or a new request is possible."
        ),
        _S.WITHDRAWN: _("Withdrawn; UNODC does nothing more. A new request is possible."),
        _S.CLOSED: _(
            "Closed; each item has its outcome. A message, or a reply to a delivery, is still read."
        ),
    }
    return sentences.get(_S(asked.state)) or _accepted_step(one)


def _accepted_step(one: Progress) -> str:
    statuses = {row.status for row in one.items if row.item.outcome == RequestOutcome.OPEN}
    if statuses and statuses <= SERVED:
        return _("UNODC records the outcome of each item.")
    if Status.UNDER_WAY in statuses or statuses & SERVED:
        return _("UNODC goes on delivering; each delivery appears here for your reply.")
    if Status.PLANNED in statuses:
        return _("UNODC begins what is planned.")
    return _("UNODC plans how to deliver it.")
