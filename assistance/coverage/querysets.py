"""Reading coverage: demands as of a day, in a window, as a person may see them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, cast

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, Least, TruncDate

from assistance.coverage.behind import behind_on, confirming_states
from assistance.coverage.flags import Flag
from assistance.coverage.status import STAGES, Status
from assistance.models import AssistanceRequest
from directory import policy

if TYPE_CHECKING:
    from assistance.coverage.models import (  # noqa: F401
        Closing,
        CoverageRecord,
        Demand,
        WorkWithoutDemand,
    )
    from assistance.coverage.window import Window
    from directory.models import User
    from directory.policy import Person


def is_opened_by(day: dt.date) -> Q:
    """Opened on that day or before, whether or not ended since."""
    return Q(opened_on__lte=day)


def is_open_on(day: dt.date) -> Q:
    """Opened by that day and not ended; `ended_on` is the first day no longer open."""
    return is_opened_by(day) & (Q(ended_on=None) | Q(ended_on__gt=day))


def is_counted_in(window: Window) -> Q:
    """Counted by the figures of a period: open on its last day, less those served before it."""
    return is_open_on(window.last) & (Q(delivered_on=None) | Q(delivered_on__gte=window.first))


def has_ended_in(window: Window) -> Q:
    """Ended within a period: the figure that stands beside the denominator."""
    return Q(ended_on__gte=window.first, ended_on__lte=window.last)


def has_reached_a_stage_by(day: dt.date) -> Q:
    """At least one of the stage days is on that day or before."""
    reached = Q()
    for stage in STAGES.values():
        reached |= Q(**{f"{stage}__lte": day})
    return reached


def status_on(day: dt.date) -> Case:
    """The status on a day as a column: the highest stage reached by then."""
    return Case(
        *(
            When(**{f"{stage}__lte": day}, then=Value(status.value))
            for status, stage in STAGES.items()
        ),
        default=Value(Status.UNMET.value),
        output_field=models.CharField(),
    )


class DemandQuerySet(models.QuerySet["Demand"]):
    def visible_to(self, user: Person) -> DemandQuerySet:
        """UNODC reads all; others the demands of requests they may know of."""
        if policy.may(user, policy.Permission.READ_ALL_REQUESTS):
            return self
        return self.filter(
            item__request__in=AssistanceRequest.objects.visible_to(cast("User", user))
        )

    def as_of(self, day: dt.date) -> DemandQuerySet:
        """Each demand with its `status` on a day."""
        return self.annotate(status=status_on(day))

    def opened_by(self, day: dt.date) -> DemandQuerySet:
        """Those that had opened by a day, whether or not they ended since."""
        return self.filter(is_opened_by(day))

    def open_on(self, day: dt.date) -> DemandQuerySet:
        """Those open on a day: opened by then and not ended."""
        return self.filter(is_open_on(day))

    def counted_in(self, window: Window) -> DemandQuerySet:
        """Those the figures of a period count: open on its last day, less those served before."""
        return self.filter(is_counted_in(window))

    def ended_in(self, window: Window) -> DemandQuerySet:
        """Those that ended within a period, for the figure beside the denominator."""
        return self.filter(has_ended_in(window))

    def opened_in(self, window: Window) -> DemandQuerySet:
        """Those that opened within a period, whether or not they ended since: a flow."""
        return self.filter(opened_on__gte=window.first, opened_on__lte=window.last)

    def served_in(self, window: Window) -> DemandQuerySet:
        """Those first served within a period, whether or not they ended since: a flow.

        What had ended before is served no more: of an item that was taken over to a later
        resolution, help counts once.
        """
        return self.filter(
            Q(ended_on=None) | Q(ended_on__gt=F("delivered_on")),
            delivered_on__gte=window.first,
            delivered_on__lte=window.last,
        )

    def standing_behind(self, day: dt.date, *, inside: bool) -> DemandQuerySet:
        """Those of items that were asked for, each with `behind`: why it goes no further.

        `inside` tells activities that are not approved yet, which only UNODC may know of.
        """
        return self.filter(item__isnull=False).annotate(
            confirming_states=confirming_states(), behind=behind_on(day, inside=inside)
        )


class WorkWithoutDemandQuerySet(models.QuerySet["WorkWithoutDemand"]):
    def visible_to(self, user: Person) -> WorkWithoutDemandQuerySet:
        """Only UNODC reads the trays."""
        if policy.may(user, policy.Permission.READ_ALL_REQUESTS):
            return self
        return self.none()

    def on(self, day: dt.date) -> WorkWithoutDemandQuerySet:
        """Those without a demand on a day."""
        return self.filter(Q(until=None) | Q(until__gt=day))

    def without_request(self, day: dt.date) -> WorkWithoutDemandQuerySet:
        """Help that had reached a stage by a day, while no demand stood for it."""
        return (
            self.filter(flag=Flag.NO_RECORDED_REQUEST).on(day).filter(has_reached_a_stage_by(day))
        )

    def unlinked(self) -> WorkWithoutDemandQuerySet:
        """Items and activities tied to no mandate: the tray."""
        return self.filter(flag=Flag.UNLINKED)

    def with_since(self) -> WorkWithoutDemandQuerySet:
        """Each with `since`: its first stage, or the day it was received or entered."""
        return self.annotate(
            since=Coalesce(
                Least("planned_on", "started_on", "delivered_on"),
                F("item__request__received_on"),
                TruncDate("activity__created_at", tzinfo=dt.UTC),
            )
        )


class CoverageRecordQuerySet(models.QuerySet["CoverageRecord"]):
    def latest_by(self, day: dt.date) -> CoverageRecordQuerySet:
        """The last record of each demand on a day or before, also of those that are gone."""
        return (
            self.filter(recorded_on__lte=day).order_by("demand", "-recorded_on").distinct("demand")
        )


class ClosingQuerySet(models.QuerySet["Closing"]):
    def visible_to(self, user: Person) -> ClosingQuerySet:
        """That a period was closed, and what is public of it, is read by all who may enter."""
        if policy.may(user, policy.Permission.READ_RESOLUTIONS):
            return self
        return self.none()
