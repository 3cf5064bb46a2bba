"""Written rows taken back: what they made goes, what they changed is restored.

Deliveries first, then links, then activities, each of which nothing may hang on any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assistance.models import (
    Activity,
    ActivityItem,
    ActivityMandate,
    Approval,
    Delivery,
    Evidence,
    LinkState,
    RequestItem,
    RowOutcome,
    RowResult,
    SheetKind,
    SheetRow,
)
from assistance.services.in_bulk import Batch, Parts
from assistance.services.plan import locked_many
from assistance.services.undoing import (
    BuiltOn,
    approval_as_before,
    check_unchanged,
    check_unverified,
    end_broken_splits,
    remove_activities,
    remove_deliveries,
    remove_links,
    take_back,
)
from assistance.sheets.entering import withdraw_entered
from assistance.sheets.here import ALSO_READ
from assistance.sheets.problems import problem
from assistance.sheets.recorded import fields_of, state_shares, with_sheet_parts
from assistance.sheets.vocabulary import Vocabulary
from directory.models import User

LOOK = _("Change or remove it on its own page.")


class Undoer:
    """Takes rows back for a person."""

    def __init__(self, by: User, known: Vocabulary) -> None:
        self.by, self.known = by, known

    def take_back(self, rows: Sequence[SheetRow]) -> None:
        """Each row undone or kept with the reason; the rows are changed, not saved."""
        new: dict[str, list[SheetRow]] = {sheet: [] for sheet in SheetKind}
        changed: dict[str, list[SheetRow]] = {sheet: [] for sheet in SheetKind}
        for row in rows:
            (new if row.outcome == RowOutcome.NEW else changed)[row.sheet].append(row)
        asked = new[SheetKind.REQUESTS]
        objections = withdraw_entered(asked, self.by)
        for row in asked:
            _note(row, objections.get(row.pk))
        things = {int(row.thing or 0) for row in rows if row.sheet == SheetKind.DELIVERIES}
        under = Delivery.objects.filter(pk__in=things).values_list("activity", flat=True)
        list(locked_many(under))
        own = {pk for row in rows for pk in row.kept.get("evidence", ())}
        remove = partial(remove_deliveries, own=own)
        self._end(new[SheetKind.DELIVERIES], remove, "deliveries")
        split = self._links(new[SheetKind.LINKS], changed[SheetKind.LINKS])
        self._restore(changed[SheetKind.DELIVERIES], changed[SheetKind.ACTIVITIES])
        self._end(new[SheetKind.ACTIVITIES], remove_activities, "activities")
        end_broken_splits(activities=split, by=self.by)

    def _end(
        self, rows: Iterable[SheetRow], remove: Callable[..., Mapping[int, BuiltOn]], name: str
    ) -> None:
        """What rows made removed, by the key of the thing and the revision it was made at."""
        made = {int(row.thing or 0): row.revision or 0 for row in rows}
        refused = remove(**{name: made}, by=self.by)
        for row in rows:
            _note(row, refused.get(row.thing or 0))

    def _links(self, new: Sequence[SheetRow], changed: Sequence[SheetRow]) -> set[int]:
        """Links taken back; the activities whose shares that may have touched."""
        keys = [row.thing for row in (*new, *changed) if not row.values.get("item")]
        split = set(ActivityMandate.objects.filter(pk__in=keys).values_list("activity", flat=True))
        list(locked_many(split))
        models: tuple[type[Any], ...] = (ActivityMandate, ActivityItem)
        for model in models:
            rows = [row for row in new if bool(row.values.get("item")) == (model is ActivityItem)]
            refused = remove_links(model=model, links=[row.thing or 0 for row in rows], by=self.by)
            for row in rows:
                _note(row, refused.get(row.thing or 0))
        links = ActivityMandate.objects.select_related("activity").in_bulk(
            [row.thing for row in changed]
        )
        for row in changed:
            try:
                if row.thing not in links:
                    raise BuiltOn(_("It was removed since."))
                with transaction.atomic():
                    take_back(link=links[row.thing], by=self.by, left=_left(row), kept=row.kept)
            except ValidationError as error:
                _note(row, error)
            else:
                _note(row)
        return split

    def _restore(self, deliveries: Sequence[SheetRow], activities: Sequence[SheetRow]) -> None:
        """Changed fields as they were, deliveries before the activities that name their States."""
        if not deliveries and not activities:
            return
        batch, approvals = Batch(self.by), list[Approval]()
        keys = {row.thing for row in deliveries}
        under = Delivery.objects.filter(pk__in=keys).values_list("activity", flat=True)
        wanted = {*under, *(row.thing or 0 for row in activities)}
        list(locked_many(wanted))
        found = with_sheet_parts(Activity.objects.filter(pk__in=wanted))
        parts = {one.pk: Parts.of(one) for one in found.prefetch_related(*ALSO_READ)}
        held = {one.pk: (each, one) for each in parts.values() for one in each.deliveries}
        ticked = {pk for row in deliveries for pk in row.kept["items"]}
        items = RequestItem.objects.prefetch_related("request__states").in_bulk(ticked)
        gone: list[int] = []

        def restored(row: SheetRow) -> Activity | Delivery:
            fields: Any = fields_of(row.sheet, row.before, self.known)
            if row.sheet == SheetKind.DELIVERIES:
                each, delivery = held[row.thing or 0]
                own = set(row.kept.get("evidence", ()))
                for piece in delivery.evidence.all():
                    if piece.pk in own:
                        check_unverified(piece)
                fields.pop("evidence", None)
                if row.revision != row.kept["revision"]:
                    # Evidence alone makes no new revision.
                    check_unchanged(delivery, row.revision or 0)
                gone.extend(own)
                if row.revision == row.kept["revision"]:
                    return delivery
                before = [items[pk] for pk in row.kept["items"]]
                return batch.change_delivery(each, delivery, items=before, **fields)
            each = parts[row.thing or 0]
            check_unchanged(each.activity, row.revision or 0)
            shares = row.after.get("state_shares")
            if shares is not None and shares != state_shares(each.activity):
                raise BuiltOn(_("Its shares were changed since."))
            if "countries" in fields:
                before = {"state_shares": row.kept.get("state_shares", {})}
                fields = {**fields_of(row.sheet, before, self.known), **fields}
            return batch.change_activity(each, **fields)

        for row in (*deliveries, *activities):
            try:
                if row.thing not in (held if row.sheet == SheetKind.DELIVERIES else parts):
                    raise BuiltOn(_("It was removed since."))
                thing = restored(row)
            except ValidationError as error:
                _note(row, error)
                continue
            _note(row)
            approval = approval_as_before(thing, row.kept["revision"])
            if approval and row.kept["approved"]:
                approvals.append(approval)
        batch.write()
        Evidence.objects.filter(pk__in=gone).delete()
        Approval.objects.bulk_create(approvals)


def _left(row: SheetRow) -> dict[str, Any]:
    """How a row left the link that it changed; another weight waits for a decision."""
    waits = "weight" in row.after
    return {
        **row.after,
        "state": LinkState.PROPOSED if waits else row.kept["state"],
        "decided_by_id": None if waits else row.kept["decided_by_id"],
    }


def _note(row: SheetRow, objection: ValidationError | None = None) -> None:
    """What became of a row that was to be taken back."""
    row.result = RowResult.KEPT if objection else RowResult.UNDONE
    if objection:
        row.problems = [problem("", words, LOOK) for words in objection.messages]
