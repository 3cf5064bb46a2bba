"""What a row would do, compared with what is recorded: nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from assistance.models import (
    Activity,
    ActivityItem,
    ActivityMandate,
    Delivery,
    Evidence,
    RowOutcome,
    SheetRow,
)
from assistance.services.in_bulk import stands
from assistance.sheets.columns import columns_by_name, compared_columns
from assistance.sheets.here import Here
from assistance.sheets.keys import OF_ACTIVITY, OF_DELIVERY
from assistance.sheets.problems import problem
from assistance.sheets.recorded import link_values, values_of
from assistance.sheets.vocabulary import Vocabulary
from directory.templatetags.dates import long_day

LOOK_AGAIN = _("Upload the sheet again to see what would change now.")
CHANGED_SINCE = _("Somebody changed it since you looked at this sheet.")


@dataclass
class Comparison:
    """What a row is: the cells that differ, or why it can't be taken."""

    outcome: str
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    problems: list[dict[str, str]] = field(default_factory=list)

    def says(self, row: SheetRow) -> bool:
        """Whether the row was shown so to whoever said yes to it."""
        return (self.outcome, self.before, self.after) == (row.outcome, row.before, row.after)


@dataclass
class Done:
    """What carrying out a row came to: what it was, and the thing it made or changed."""

    comparison: Comparison
    thing: Any = None
    kept: Mapping[str, Any] | None = None
    evidence: Sequence[Evidence] = ()


Results = dict[int, Done]


def refused(row: SheetRow, column: str, reason: Any, remedy: Any) -> Comparison:
    """A row that can't be taken; `column` is the name of one."""
    heading = columns_by_name(row.sheet)[column].heading if column else ""
    return Comparison(RowOutcome.REFUSED, problems=[problem(str(heading), reason, remedy)])


def compare_activity(row: SheetRow, here: Here) -> Comparison:
    """A row of the first sheet."""
    parts = here.activities.get(row.group)
    if parts is None:
        if OF_ACTIVITY.fullmatch(row.group) or OF_DELIVERY.fullmatch(row.group):
            return refused(
                row,
                "activity",
                _("There is no activity %(key)s.") % {"key": row.group},
                _("Give a new activity a key of your own, in another form."),
            )
        return new_row(given_in(row))
    return _differing(row, here, parts.activity)


def compare_delivery(row: SheetRow, here: Here) -> Comparison:
    """A row of the deliveries, its activity recorded."""
    delivery = here.delivery_of(row)
    key = row.values.get("key") or ""
    if delivery is not None:
        first = here.taken.setdefault(delivery.pk, row.number)
        if first != row.number:
            return refused(
                row,
                "",
                _("The row %(number)d is of the same.") % {"number": first},
                _("Delete one of the two, or give it another key."),
            )
        return _differing(row, here, delivery)
    if key in here.deliveries:
        return refused(
            row,
            "key",
            _("The delivery %(key)s is one of another activity.") % {"key": key},
            _("Correct the key of the activity, or give the delivery another key."),
        )
    if OF_DELIVERY.fullmatch(key) or OF_ACTIVITY.fullmatch(key):
        return refused(
            row,
            "key",
            _("There is no delivery %(key)s.") % {"key": key},
            _("Leave the key of a new delivery empty, or give it one in another form."),
        )
    return new_row(given_in(row))


def compare_link(row: SheetRow, here: Here, known: Vocabulary) -> Comparison:
    """A row of the links, its activity recorded."""
    link = here.link_of(row)
    if link is None:
        return _new_link(row, here, known)
    if not stands(link):
        return refused(
            row,
            "mandate" if isinstance(link, ActivityMandate) else "item",
            _("%(name)s rejected this link: %(reason)s")
            % {"name": link.decided_by or "–", "reason": link.reason or "–"},
            _("Delete the row; where the link is right, propose it on the page of the activity."),
        )
    recorded = link_values(link)
    if isinstance(link, ActivityItem):
        return Comparison(RowOutcome.UNCHANGED)
    # The reason of a link is that of its proposal; a decision may have replaced it.
    return difference(recorded, {**given_in(row), "reason": recorded["reason"]})


def _new_link(row: SheetRow, here: Here, known: Vocabulary) -> Comparison:
    if name := row.values.get("item"):
        if name not in here.items:
            return refused(
                row,
                "item",
                _("There is no item %(item)s.") % {"item": name},
                _("Look up the reference on the page of the request."),
            )
        return new_row({"reason": row.values.get("reason")})
    mandate = known.mandates[row.values["mandate"]]
    successors = known.successors.get(mandate.pk)
    if successors:
        return refused(
            row,
            "mandate",
            _("A later resolution continues this mandate: choose %(successor)s instead.")
            % {"successor": ", ".join(one.later.identifier for one in successors)},
            _("Choose the mandate of the resolution that followed."),
        )
    superseded_on = mandate.paragraph.resolution.superseded_on
    if superseded_on:
        return refused(
            row,
            "mandate",
            _("The resolution of this mandate was superseded on %(day)s.")
            % {"day": long_day(superseded_on)},
            _("Choose the mandate of the resolution that followed."),
        )
    return new_row({"weight": "principal", **given_in(row)})


def given_in(row: SheetRow) -> dict[str, Any]:
    """The values of the columns that the sheet has, without those that empty cells leave."""
    return {
        column.name: row.values[column.name]
        for column in compared_columns(row.sheet)
        if column.name in row.values and not (column.stays and not row.values[column.name])
    }


def new_row(values: Mapping[str, Any]) -> Comparison:
    return Comparison(
        RowOutcome.NEW,
        after={name: one for name, one in values.items() if one not in ("", None, [], {})},
    )


def _same(given: Any, recorded: Any) -> bool:
    """Whether a cell says what is recorded; lines may end otherwise, as in each spreadsheet."""
    if isinstance(given, str) and isinstance(recorded, str):
        return given.split() == recorded.split()
    return bool(given == recorded)


def difference(recorded: Mapping[str, Any], values: Mapping[str, Any]) -> Comparison:
    after = {name: one for name, one in values.items() if not _same(one, recorded[name])}
    if not after:
        return Comparison(RowOutcome.UNCHANGED)
    return Comparison(RowOutcome.CHANGED, {name: recorded[name] for name in after}, after)


def _differing(row: SheetRow, here: Here, thing: Activity | Delivery) -> Comparison:
    """The cells that differ; refused where somebody else changed the thing since the export."""
    recorded, given = values_of(row.sheet, thing), given_in(row)
    for column in compared_columns(row.sheet):
        if column.grows and column.name in given:
            given[column.name] = sorted({*recorded[column.name], *given[column.name]})
    compared = difference(recorded, given)
    change = here.changed_since(row, thing)
    if compared.outcome == RowOutcome.CHANGED and change is not None:
        compared.outcome = RowOutcome.REFUSED
        compared.problems = [
            problem(
                "",
                _("%(name)s changed it on %(day)s, after this sheet was exported.")
                % {"name": change.changed_by, "day": long_day(change.pgh_created_at.date())},
                _("Export the list again and make your change there."),
            )
        ]
    return compared
