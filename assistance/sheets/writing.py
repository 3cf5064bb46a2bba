"""Rows carried out through the services that the forms use, an activity at a time.

The comparison runs this too and takes it back, so that it refuses just what writing would refuse.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from assistance.models import (
    Activity,
    ActivityMandate,
    Approval,
    Delivery,
    LinkOrigin,
    RowOutcome,
    SheetKey,
    SheetKind,
    SheetRow,
)
from assistance.services import (
    add_delivery,
    change_activity,
    change_delivery,
    change_weight,
    log_activity,
    propose_link,
    send_for_approval,
    share_out,
)
from assistance.services.problems import by_field
from assistance.sheets.columns import columns_by_name
from assistance.sheets.comparing import (
    Comparison,
    compare_activity,
    compare_delivery,
    compare_link,
    refused,
)
from assistance.sheets.here import Here
from assistance.sheets.problems import problem
from assistance.sheets.recorded import PLAN_DAYS
from assistance.sheets.vocabulary import Vocabulary
from directory.models import User

COLUMN_OF_FIELD = {"countries": "states", "items": "item"}
LOOK_AGAIN = _("Upload the sheet again to see what would change now.")


@dataclass
class Done:
    """What carrying out a row came to: what it was, and the thing it made or changed."""

    comparison: Comparison
    thing: Any = None
    kept: Mapping[str, Any] | None = None


Results = dict[int, Done]


class Writer:
    """Carries out rows for a person; `as_shown` refuses what was shown otherwise before the yes."""

    def __init__(
        self, by: User, known: Vocabulary, *, as_shown: bool = False, send: bool = False
    ) -> None:
        self.by, self.known, self.as_shown, self.send = by, known, as_shown, send
        self.here: Here
        self.results: Results

    def carry_out(self, rows: Sequence[SheetRow]) -> Results:
        """Each row with what it came to, by its number in the database; needs a transaction."""
        self.here, self.results = Here(rows, self.by), {}
        groups: dict[str, list[SheetRow]] = {}
        for row in rows:
            groups.setdefault(row.group, []).append(row)
        for group in groups.values():
            try:
                with transaction.atomic():
                    self._group(group)
            except IntegrityError:
                # What a constraint refuses that no check foresaw, such as two writers at once.
                for row in group:
                    self.results[row.pk] = Done(
                        refused(row, "", _("The database refused it."), LOOK_AGAIN)
                    )
        return self.results

    def _group(self, rows: Sequence[SheetRow]) -> None:
        """The rows of one activity: the activity first, its links, then its deliveries."""
        by_sheet: dict[str, list[SheetRow]] = {sheet: [] for sheet in SheetKind}
        for row in rows:
            by_sheet[row.sheet].append(row)
        for row in by_sheet[SheetKind.ACTIVITIES]:
            self._one(row, compare_activity, self._write_activity)
        rest = by_sheet[SheetKind.LINKS] + by_sheet[SheetKind.DELIVERIES]
        if rows[0].group not in self.here.activities:
            for row in rest:
                self.results[row.pk] = Done(self._without_activity(row))
            return
        self._links(by_sheet[SheetKind.LINKS])
        for row in by_sheet[SheetKind.DELIVERIES]:
            self._one(row, compare_delivery, self._write_delivery)

    def _one(
        self,
        row: SheetRow,
        compare: Callable[[SheetRow, Here], Comparison],
        write: Callable[[SheetRow, Comparison], Done],
    ) -> None:
        compared = compare(row, self.here)
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

    # activities

    def _write_activity(self, row: SheetRow, compared: Comparison) -> Done:
        values = dict(compared.after)
        countries = None
        if "states" in values:
            countries = [self.known.countries[iso] for iso in values.pop("states")]
        plan = self._plan(values)
        recorded = self.here.activities.get(row.group)
        if recorded is None:
            activity = log_activity(by=self.by, countries=countries or (), **plan)
            SheetKey.objects.create(key=row.group, activity=activity)
            if self.send:
                activity = send_for_approval(activity=activity, by=self.by, tell=False)
            self._now_here(row.group, activity)
            return Done(compared, activity)
        kept = {"revision": recorded.revision, "approved": _approved(activity=recorded)}
        changed = change_activity(
            activity=recorded, by=self.by, revision=recorded.revision, countries=countries, **plan
        )
        self._now_here(row.group, changed)
        return Done(compared, changed, kept)

    def _plan(self, values: Mapping[str, Any]) -> Any:
        plan = {name: as_day(one) if name in PLAN_DAYS else one for name, one in values.items()}
        if "unit" in plan:
            plan["unit"] = self.known.units[plan["unit"]]
        return plan

    def _now_here(self, key: str, activity: Activity) -> None:
        """The activity as written, its parts as they were read before: none of a new one."""
        before = self.here.activities.get(key)
        parts = ("mandate_links", "item_links", "deliveries")
        activity._prefetched_objects_cache = {  # type: ignore[attr-defined]
            name: getattr(before, "_prefetched_objects_cache", {}).get(name, []) for name in parts
        }
        self.here.activities[key] = activity

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
        return refused(
            row, "", _("Somebody changed it since you looked at this sheet."), LOOK_AGAIN
        )

    # links

    def _links(self, rows: Sequence[SheetRow]) -> None:
        """All links of an activity: their shares make sense together or not at all."""
        if not rows:
            return
        activity = self.here.activities[rows[0].group]

        def compare(row: SheetRow, here: Here) -> Comparison:
            return compare_link(row, here, self.known)

        try:
            with transaction.atomic():
                for row in rows:
                    self._one(row, compare, self._write_link)
                self._share_out(activity, rows)
        except ValidationError as error:
            reason = " ".join(error.messages)
            for row in rows:
                done = self.results[row.pk]
                if "mandate" in row.values and done.thing is not None:
                    self.results[row.pk] = Done(
                        refused(row, "share", reason, _("Correct the shares of the activity."))
                    )
            self._again_without_shares(rows, compare)

    def _again_without_shares(
        self, rows: Sequence[SheetRow], compare: Callable[[SheetRow, Here], Comparison]
    ) -> None:
        """The links that have no share, once those that don't add up were taken back."""
        for row in rows:
            if self.results[row.pk].thing is not None:
                self._one(row, compare, self._write_link)

    def _write_link(self, row: SheetRow, compared: Comparison) -> Done:
        activity = self.here.activities[row.group]
        link = self.here.link_of(row, activity)
        if link is None:
            end: dict[str, Any] = {}
            if row.values.get("item"):
                end["item"] = self.here.items[row.values["item"]]
            else:
                end["mandate"] = self.known.mandates[row.values["mandate"]]
                end["weight"] = compared.after["weight"]
            made = propose_link(
                by=self.by,
                activity=activity,
                reason=compared.after.get("reason", ""),
                origin=LinkOrigin.IMPORT,
                with_others=True,
                **end,
            )
            return Done(compared, made)
        assert isinstance(link, ActivityMandate)
        names = ("state", "weight", "reason", "mandate_revision", "proposed_by_id", "decided_by_id")
        kept: dict[str, Any] = {name: getattr(link, name) for name in names}
        kept["decided_at"] = link.decided_at.isoformat() if link.decided_at else None
        kept["share"] = None if link.share is None else str(link.share)
        if "weight" in compared.after:
            link = change_weight(link=link, by=self.by, weight=compared.after["weight"])
        return Done(compared, link, kept)

    def _share_out(self, activity: Activity, rows: Sequence[SheetRow]) -> None:
        """The shares as the sheet has them, the others as they are recorded."""
        links = list(
            ActivityMandate.objects.filter(activity=activity)
            .exclude(state="rejected")
            .select_related("mandate")
        )
        shares: dict[Any, Decimal | None] = {link.mandate: link.share for link in links}
        said = {
            self.known.mandates[row.values["mandate"]]: row.values["share"]
            for row in rows
            if row.values.get("mandate")
            and "share" in row.values
            and self.results[row.pk].comparison.outcome != RowOutcome.REFUSED
        }
        for mandate, share in said.items():
            if mandate in shares:
                shares[mandate] = None if share is None else Decimal(share)
        before = {link.mandate: link.share for link in links}
        mixed = len({share is None for share in shares.values()}) > 1
        if shares != before or mixed:
            share_out(activity=activity, by=self.by, shares=shares)

    # deliveries

    def _write_delivery(self, row: SheetRow, compared: Comparison) -> Done:
        activity = self.here.activities[row.group]
        fields = dict(compared.after)
        if "country" in fields:
            iso = fields["country"]
            fields["country"] = self.known.countries[iso] if iso else None
        for name in ("began_on", "on"):
            if name in fields:
                fields[name] = as_day(fields[name])
        recorded = self.here.delivery_of(row, activity)
        if recorded is None:
            made = add_delivery(activity=activity, by=self.by, **fields)
            if key := row.values.get("key"):
                SheetKey.objects.create(key=key, delivery=made)
            return Done(compared, made)
        kept = {
            "revision": recorded.revision,
            "approved": _approved(delivery=recorded),
            "items": sorted(recorded.items.values_list("pk", flat=True)),
        }
        changed = change_delivery(
            delivery=recorded, by=self.by, revision=recorded.revision, **fields
        )
        return Done(compared, changed, kept)


def as_day(value: str | None) -> dt.date | None:
    """A day kept as text."""
    return dt.date.fromisoformat(value) if value else None


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


def _approved(**thing: Activity | Delivery) -> bool:
    [(_name, one)] = thing.items()
    return Approval.objects.filter(**thing, revision=one.revision).exists()
