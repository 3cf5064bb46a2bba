"""Reading coverage: demands as of a day, in a window, as a person may see them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, F, Q, Value, When

from assistance.coverage.status import STAGES, Status
from assistance.models import AssistanceRequest
from directory import policy

if TYPE_CHECKING:
    from assistance.coverage.models import Demand, WorkWithoutDemand
    from directory.models import User

SERVED_NAMES = [Status.EVIDENCED.value, Status.DELIVERED.value]


class DemandQuerySet(models.QuerySet["Demand"]):
    def visible_to(self, user: User) -> DemandQuerySet:
        """UNODC reads all; others the demands of requests they may know of."""
        if policy.may(user, policy.Permission.READ_ALL_REQUESTS):
            return self
        return self.filter(item__request__in=AssistanceRequest.objects.visible_to(user))

    def as_of(self, day: dt.date) -> DemandQuerySet:
        """Each demand with its `status` on a day."""
        return self.annotate(
            status=Case(
                *(
                    When(**{f"{stage}__lte": day}, then=Value(status.value))
                    for status, stage in STAGES.items()
                ),
                default=Value(Status.UNMET.value),
                output_field=models.CharField(),
            )
        )

    def opened_by(self, day: dt.date) -> DemandQuerySet:
        """Those that had opened by a day, whether or not they ended since."""
        return self.filter(opened_on__lte=day)

    def open_on(self, day: dt.date) -> DemandQuerySet:
        """Those open on a day: opened by then and not ended."""
        return self.opened_by(day).filter(Q(ended_on=None) | Q(ended_on__gt=day))

    def counted_in(self, first: dt.date, last: dt.date) -> DemandQuerySet:
        """Those the figures of a period count: open on its last day, less those served before it."""
        return self.open_on(last).exclude(delivered_on__lt=first)

    def ended_in(self, first: dt.date, last: dt.date) -> DemandQuerySet:
        """Those that ended within a period, for the figure beside the denominator."""
        return self.filter(ended_on__gte=first, ended_on__lte=last, ended_on__gt=F("opened_on"))


class WorkWithoutDemandQuerySet(models.QuerySet["WorkWithoutDemand"]):
    def visible_to(self, user: User) -> WorkWithoutDemandQuerySet:
        """Only UNODC reads the trays."""
        if policy.may(user, policy.Permission.READ_ALL_REQUESTS):
            return self
        return self.none()

    def on(self, day: dt.date) -> WorkWithoutDemandQuerySet:
        """Those without a demand on a day."""
        return self.filter(Q(until=None) | Q(until__gt=day))
