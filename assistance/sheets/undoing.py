"""Written rows taken back, the last first: what they made goes, what they changed is restored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assistance.models import (
    Activity,
    ActivityItem,
    ActivityMandate,
    Delivery,
    RequestItem,
    RowOutcome,
    RowResult,
    SheetKind,
    SheetRow,
)
from assistance.services import change_activity, change_delivery
from assistance.services.undoing import (
    BuiltOn,
    approve_as_before,
    check_unchanged,
    end_broken_split,
    remove_activity,
    remove_delivery,
    remove_link,
    restore_link,
)
from assistance.sheets.problems import problem
from assistance.sheets.recorded import fields_of
from assistance.sheets.vocabulary import Vocabulary
from directory.models import User

LOOK = _("Change or remove it on its own page.")


class Undoer:
    """Takes rows back for a person."""

    def __init__(self, by: User, known: Vocabulary) -> None:
        self.by, self.known = by, known

    def take_back(self, rows: Sequence[SheetRow]) -> None:
        """Each row undone or kept with the reason; the rows are changed, not saved."""
        split: set[int] = set()
        for row in rows:
            try:
                with transaction.atomic():
                    activity_pk = self._one(row)
                if activity_pk:
                    split.add(activity_pk)
                row.result = RowResult.UNDONE
            except ValidationError as error:
                row.result = RowResult.KEPT
                row.problems = [problem("", words, LOOK) for words in error.messages]
        for activity in Activity.objects.filter(pk__in=split):
            end_broken_split(activity=activity, by=self.by)

    def _one(self, row: SheetRow) -> int | None:
        """Undo a row; the number of the activity whose shares it may have touched."""
        if row.sheet == SheetKind.LINKS:
            return self._link(row)
        model: type[Any] = Activity if row.sheet == SheetKind.ACTIVITIES else Delivery
        thing = model.objects.filter(pk=row.thing).first()
        if thing is None:
            if row.outcome == RowOutcome.NEW:
                return None
            raise BuiltOn(_("It was removed since."))
        if row.outcome == RowOutcome.NEW:
            if isinstance(thing, Activity):
                remove_activity(activity=thing, by=self.by, revision=row.revision or 0)
            else:
                remove_delivery(delivery=thing, by=self.by, revision=row.revision or 0)
        elif isinstance(thing, Activity):
            self._activity(row, thing)
        else:
            self._delivery(row, thing)
        return None

    def _activity(self, row: SheetRow, activity: Activity) -> None:
        check_unchanged(activity, row.revision or 0)
        plan: Any = fields_of(row.sheet, row.before, self.known)
        restored = change_activity(
            activity=activity,
            by=self.by,
            revision=activity.revision,
            **plan,
        )
        if row.kept["approved"]:
            approve_as_before(restored, row.kept["revision"])

    def _delivery(self, row: SheetRow, delivery: Delivery) -> None:
        check_unchanged(delivery, row.revision or 0)
        fields: Any = fields_of(row.sheet, row.before, self.known)
        items = list(RequestItem.objects.filter(pk__in=row.kept["items"]))
        restored = change_delivery(
            delivery=delivery, by=self.by, revision=delivery.revision, items=items, **fields
        )
        if row.kept["approved"]:
            approve_as_before(restored, row.kept["revision"])

    def _link(self, row: SheetRow) -> int | None:
        model: type[Any] = ActivityItem if row.values.get("item") else ActivityMandate
        link = model.objects.select_related("activity").filter(pk=row.thing).first()
        if link is None:
            if row.outcome == RowOutcome.NEW:
                return None
            raise BuiltOn(_("It was removed since."))
        if row.outcome == RowOutcome.NEW:
            remove_link(link=link, by=self.by)
        else:
            restore_link(link=link, by=self.by, left=row.after, kept=row.kept)
        return int(link.activity_id) if isinstance(link, ActivityMandate) else None
