"""Reading of narratives and reports."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models

from directory import policy


class ReportQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> ReportQuerySet:
        """All of them for those who read reports; nobody outside UNODC."""
        if policy.may(user, policy.Permission.READ_REPORTS):
            return self
        return self.none()

    def of_period(
        self, resolution: Any, first: dt.date, last: dt.date, language: str
    ) -> ReportQuerySet:
        """Those of one report."""
        return self.filter(resolution=resolution, first=first, last=last, language=language)


class ReportFileQuerySet(models.QuerySet[Any]):
    def without_content(self) -> ReportFileQuerySet:
        """What a list shows of files: each with `is_kept`, none with its bytes."""
        return self.defer("content").annotate(
            is_kept=models.ExpressionWrapper(
                models.Q(content__isnull=False), output_field=models.BooleanField()
            )
        )
