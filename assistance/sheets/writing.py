"""Rows carried out by the rules of the forms, a page of activities at a time.

The comparison runs this too and takes it back, so that it refuses just what writing would refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from assistance.models import (
    Activity,
    ActivityItem,
    ActivityMandate,
    Delivery,
    EvidenceKind,
    RowOutcome,
    SheetKey,
    SheetKind,
    SheetRow,
)
from assistance.services import NewEvidence
from assistance.services.in_bulk import Batch
from assistance.services.problems import by_field
from assistance.sheets.columns import columns_by_name
from assistance.sheets.comparing import (
    CHANGED_SINCE,
    LOOK_AGAIN,
    Comparison,
    Done,
    Results,
    compare_activity,
    compare_delivery,
    compare_link,
    refused,
)
from assistance.sheets.entering import enter_requests
from assistance.sheets.here import Here
from assistance.sheets.problems import problem
from assistance.sheets.recorded import fields_of, state_shares
from assistance.sheets.vocabulary import Vocabulary
from directory.models import User

COLUMN_OF_FIELD = {
    "countries": "states",
    "states": "state_shares",
    "items": "item",
    "url": "evidence",
}


class Writer:
    """Carries out rows for a person; `as_shown` refuses what was shown otherwise before the yes."""

    def __init__(
        self, by: User, known: Vocabulary, *, as_shown: bool = False, send: bool = False
    ) -> None:
        self.by, self.known, self.as_shown, self.send = by, known, as_shown, send
        self.here: Here
        self.batch: Batch
        self.results: Results
        self.keys: list[SheetKey]

    def carry_out(self, rows: Sequence[SheetRow]) -> Results:
        """Each row with what it came to, by its number in the database; needs a transaction.

        Written at once. What a constraint refuses that no check foresaw, such as two writers at
        once, is found by writing each activity alone.
        """
        asked = [row for row in rows if row.sheet == SheetKind.REQUESTS]
        if asked:
            others = [row for row in rows if row.sheet != SheetKind.REQUESTS]
            entered = enter_requests(asked, self.by, self.known, as_shown=self.as_shown)
            return entered | self.carry_out(others)
        groups: dict[str, list[SheetRow]] = {}
        for row in rows:
            groups.setdefault(row.group, []).append(row)
        try:
            with transaction.atomic():
                self._together(rows, groups)
        except IntegrityError:
            if len(groups) > 1:
                results: Results = {}
                for group in groups.values():
                    results |= self.carry_out(group)
                return results
            return {
                row.pk: Done(refused(row, "", _("The database refused it."), LOOK_AGAIN))
                for row in rows
            }
        return self.results

    def _together(self, rows: Sequence[SheetRow], groups: Mapping[str, list[SheetRow]]) -> None:
        self.here, self.batch = Here(rows, self.by, to_write=self.as_shown), Batch(self.by)
        self.results, self.keys = {}, []
        for group in groups.values():
            self._group(group)
        self.batch.write()
        SheetKey.objects.bulk_create(self.keys)

    def _group(self, rows: Sequence[SheetRow]) -> None:
        """The rows of one activity: the activity first, its links, then its deliveries."""
        by_sheet: dict[str, list[SheetRow]] = {sheet: [] for sheet in SheetKind}
        for row in rows:
            by_sheet[row.sheet].append(row)
        for row in by_sheet[SheetKind.ACTIVITIES]:
            self._one(row, compare_activity(row, self.here), self._write_activity)
        if rows[0].group not in self.here.activities:
            for row in by_sheet[SheetKind.LINKS] + by_sheet[SheetKind.DELIVERIES]:
                self.results[row.pk] = Done(self._without_activity(row))
            return
        self._links(by_sheet[SheetKind.LINKS])
        for row in by_sheet[SheetKind.DELIVERIES]:
            self._one(row, compare_delivery(row, self.here), self._write_delivery)

    def _one(
        self,
        row: SheetRow,
        compared: Comparison,
        write: Callable[[SheetRow, Comparison], Done],
    ) -> None:
        done = Done(compared)
        if compared.outcome in {RowOutcome.NEW, RowOutcome.CHANGED}:
            if self.as_shown and not compared.says(row):
                done = Done(self._otherwise(row))
            else:
                try:
                    done = write(row, compared)
                except ValidationError as error:
                    done = Done(refusal(row, error, compared))
        self.results[row.pk] = done

    def _write_activity(self, row: SheetRow, compared: Comparison) -> Done:
        plan: Any = fields_of(row.sheet, compared.after, self.known)
        recorded = self.here.activities.get(row.group)
        if recorded is None:
            made = self.batch.log_activity(send=self.send, **plan)
            self.keys.append(SheetKey(key=row.group, activity=made.activity))
            self.here.activities[row.group] = made
            return Done(compared, made.activity)
        kept = {**_kept(recorded.activity), "state_shares": state_shares(recorded.activity)}
        changed = self.batch.change_activity(recorded, **plan)
        return Done(compared, changed, kept)

    def _without_activity(self, row: SheetRow) -> Comparison:
        return refused(
            row,
            "activity",
            _("There is no activity with the key %(key)s: it is neither recorded, nor in a row that"
              " can be taken.") % {"key": row.group},
            _("Correct the key, or the row of the activity."),
        )  # fmt: skip

    @staticmethod
    def _otherwise(row: SheetRow) -> Comparison:
        return refused(row, "", CHANGED_SINCE, LOOK_AGAIN)

    def _links(self, rows: Sequence[SheetRow]) -> None:
        """All links of an activity: their shares make sense together or not at all."""
        if not rows:
            return
        parts = self.here.activities[rows[0].group]
        for row in rows:
            self._one(row, compare_link(row, self.here, self.known), self._write_link)
        try:
            self.batch.keep_links(parts, self._changed_links(rows), self._shares(rows))
        except ValidationError as error:
            reason = " ".join(error.messages)
            for row in rows:
                if row.values.get("mandate") and self.results[row.pk].thing is not None:
                    self.results[row.pk] = Done(
                        refused(row, "share", reason, _("Correct the shares of the activity."))
                    )
            # Those to items have none, and stand.
            self.batch.keep_links(parts, self._changed_links(rows), {})

    def _changed_links(self, rows: Sequence[SheetRow]) -> list[ActivityMandate | ActivityItem]:
        return [thing for row in rows if (thing := self.results[row.pk].thing) is not None]

    def _shares(self, rows: Sequence[SheetRow]) -> dict[int, Decimal | None]:
        """The shares that the sheet gives, by mandate."""
        return {
            self.known.mandates[row.values["mandate"]].pk: as_share(row.values["share"])
            for row in rows
            if row.values.get("mandate")
            and "share" in row.values
            and self.results[row.pk].comparison.outcome != RowOutcome.REFUSED
        }

    def _write_link(self, row: SheetRow, compared: Comparison) -> Done:
        parts, link = self.here.activities[row.group], self.here.link_of(row)
        if link is None:
            end: dict[str, Any] = {}
            if row.values.get("item"):
                end["item"] = self.here.items[row.values["item"]]
            else:
                end["mandate"] = self.known.mandates[row.values["mandate"]]
                end["weight"] = compared.after["weight"]
            reason = compared.after.get("reason", "")
            return Done(compared, self.batch.proposed(parts, reason=reason, **end))
        assert isinstance(link, ActivityMandate)
        names = ("state", "weight", "reason", "mandate_revision", "proposed_by_id", "decided_by_id")
        kept: dict[str, Any] = {name: getattr(link, name) for name in names}
        kept["decided_at"] = link.decided_at.isoformat() if link.decided_at else None
        kept["share"] = None if link.share is None else str(link.share)
        weight = compared.after.get("weight", link.weight)
        return Done(compared, self.batch.reweighed(link, weight), kept)

    def _write_delivery(self, row: SheetRow, compared: Comparison) -> Done:
        parts, recorded = self.here.activities[row.group], self.here.delivery_of(row)
        fields: Any = fields_of(row.sheet, compared.after, self.known)
        fields["evidence"] = [
            NewEvidence(row.values.get("evidence_kind") or EvidenceKind.OTHER, url=url)
            for url in compared.after.get("evidence", ())
        ]
        if recorded is None:
            made = self.batch.add_delivery(parts, **fields)
            if key := row.values.get("key"):
                self.keys.append(SheetKey(key=key, delivery=made))
            return Done(compared, made, evidence=self.batch.evidence_of(made))
        kept = {**_kept(recorded), "items": sorted(item.pk for item in recorded.items.all())}
        changed = self.batch.change_delivery(parts, recorded, **fields)
        return Done(compared, changed, kept, self.batch.evidence_of(recorded))


def as_share(value: str | None) -> Decimal | None:
    """A percentage kept as text."""
    return None if value is None else Decimal(value)


def refusal(row: SheetRow, error: ValidationError, compared: Comparison) -> Comparison:
    """What a service objects to, at the column it is about; the cells stay to be seen."""
    columns = columns_by_name(row.sheet)
    problems = []
    for name, messages in by_field(error).items():
        column = columns.get(COLUMN_OF_FIELD.get(name, name))
        heading = column.heading if column else ""
        problems += [problem(str(heading), words) for words in _messages(messages)]
    return Comparison(RowOutcome.REFUSED, compared.before, compared.after, problems)


def _messages(messages: Iterable[Any]) -> list[str]:
    return ValidationError(list(messages)).messages


def _kept(thing: Activity | Delivery) -> dict[str, Any]:
    """What undoing restores beside the cells: which revision it was, and whether approved."""
    approved = any(one.revision == thing.revision for one in thing.approvals.all())
    return {"revision": thing.revision, "approved": approved}
