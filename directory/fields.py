"""Small pieces shared by the models of every app."""

from django.db import models
from django.db.models import Func


class TodayUTC(Func):
    """The current day in UTC, as the database's clock has it."""

    template = "((now() AT TIME ZONE 'UTC')::date)"
    output_field = models.DateField()


class Versioned(models.Model):
    """A row that several people change: `revision` counts the changes.

    A form or an API client sends the revision it read; when another was saved since, the change is
    refused and both versions are shown.
    """

    revision = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
