"""Rows of what States asked for: entered in their name and sent; what was sent is only compared.

A sheet does not change what a State asked: that is done on the page of the request, where its
history is. Undone, what was entered is withdrawn, so that its reference is not used again.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from assistance.models import (
    ActivityItem,
    AssistanceRequest,
    RequestItem,
    RequestOrigin,
    RequestStatus,
    RowOutcome,
    SheetKey,
    SheetKind,
    SheetRow,
)
from assistance.services.problems import by_field
from assistance.services.undoing import BuiltOn
from assistance.sheets.asked import (
    DAYS,
    TEXTS,
    items_for_sheet,
    row_of_item,
    values_of_item,
)
from assistance.sheets.columns import columns_by_name
from assistance.sheets.comparing import (
    CHANGED_SINCE,
    LOOK_AGAIN,
    Comparison,
    Done,
    Results,
    difference,
    given_in,
    new_row,
    refused,
)
from assistance.sheets.problems import problem
from assistance.sheets.vocabulary import Vocabulary
from assistance.workflow import ItemDraft, save_draft, submit_on_behalf, withdraw_request
from directory.models import User
from directory.policy import Permission, may

REFERENCE = re.compile(r"TA-\d{4}-\d{5,}")
SITE_KEY = re.compile(r"[AD]-\d+")
OF_ALL_ITEMS = ("asker", *TEXTS, *DAYS)
UNDONE = _("The spreadsheet it was entered with was undone.")


def enter_requests(
    rows: Iterable[SheetRow], by: User, known: Vocabulary, *, as_shown: bool
) -> Results:
    """Each row with what it came to; needs a transaction. The rows of a request stand together."""
    groups: dict[str, list[SheetRow]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)
    recorded = _recorded({row.values["request"] for row in rows}, by)
    broken = _with_refused_rows(groups)
    results: Results = {}
    for group, together in groups.items():
        together.sort(key=lambda row: row.values["number"] or 0)
        items = recorded.get(together[0].values["request"])
        if items is not None:
            results |= {row.pk: Done(_compared(row, items)) for row in together}
            continue
        objection = _objection(together, by, is_broken=group in broken)
        if objection:
            results |= {row.pk: Done(refused(row, *objection)) for row in together}
            continue
        shown = {row.pk: new_row(given_in(row)) for row in together}
        if as_shown and not all(shown[row.pk].says(row) for row in together):
            results |= {
                row.pk: Done(refused(row, "", CHANGED_SINCE, LOOK_AGAIN)) for row in together
            }
            continue
        results |= _enter(together, shown, by, known)
    return results


def _recorded(keys: Iterable[str], by: User) -> dict[str, dict[int, RequestItem]]:
    """The items of the requests that this person sees, by the key a sheet gives and number."""
    seen = AssistanceRequest.objects.visible_to(by)
    wanted = seen.filter(sheet_key__key__in=keys) | seen.filter(ref__in=keys)
    found: dict[str, dict[int, RequestItem]] = {}
    for item in items_for_sheet(wanted):
        row = row_of_item(item)
        for name in {row["request"], str(item.request.ref)}:
            found.setdefault(name, {})[item.n] = item
    return found


def _with_refused_rows(groups: Mapping[str, Sequence[SheetRow]]) -> set[str]:
    """Requests of which a row could not be read: entered without it, they would ask for less."""
    upload = next(iter(groups.values()))[0].upload_id
    rows = SheetRow.objects.filter(upload=upload, sheet=SheetKind.REQUESTS, group__in=groups)
    refused_rows = rows.filter(outcome=RowOutcome.REFUSED)
    here = {row.pk for together in groups.values() for row in together}
    return set(refused_rows.exclude(pk__in=here).values_list("group", flat=True))


def _compared(row: SheetRow, items: Mapping[int, RequestItem]) -> Comparison:
    item = items.get(row.values["number"])
    if item is None:
        return refused(
            row,
            "number",
            _("The request has no item %(number)d.") % {"number": row.values["number"]},
            _("Ask for more in a request of its own."),
        )
    compared = difference(values_of_item(item), given_in(row))
    if compared.outcome == RowOutcome.CHANGED:
        compared.outcome = RowOutcome.REFUSED
        compared.problems = [
            problem(
                "",
                _("The request was sent; a sheet does not change what a State asked for."),
                _("Look at %(reference)s on its own page.") % {"reference": item.request.ref},
            )
        ]
    return compared


def _objection(
    rows: Sequence[SheetRow], by: User, *, is_broken: bool
) -> tuple[str, Any, Any] | None:
    """Why the rows can't be one new request: column, reason and remedy."""
    key = rows[0].values["request"]
    if not may(by, Permission.ASK_ON_BEHALF):
        return "", _("You may not enter requests."), _("Somebody who may has to upload the rows.")
    if any(row.values["origin"] == RequestOrigin.PORTAL for row in rows):
        return (
            "origin",
            _("A State asks on this site itself."),
            _("Say how it reached UNODC: a letter, a meeting, an assessment."),
        )
    if REFERENCE.fullmatch(key) or SITE_KEY.fullmatch(key):
        return (
            "request",
            _("There is no request %(key)s.") % {"key": key},
            _("Give a new request a key of your own, in another form."),
        )
    if is_broken:
        return (
            "",
            _("Another row of this request can't be taken, and it is sent whole or not at all."),
            _("Correct that row."),
        )
    if [row.values["number"] for row in rows] != list(range(1, len(rows) + 1)):
        return (
            "number",
            _("The items of a request are numbered from 1 on, without a gap."),
            _("Correct the numbers."),
        )
    for name in OF_ALL_ITEMS:
        if len({str(row.values.get(name) or "") for row in rows}) > 1:
            return (
                name,
                _("The rows of one request differ here."),
                _("Write the same in each of its rows."),
            )
    return None


def _enter(
    rows: Sequence[SheetRow], shown: Mapping[int, Comparison], by: User, known: Vocabulary
) -> Results:
    first = shown[rows[0].pk].after
    organisation = known.askers.get(first["asker"])
    if organisation is None:
        name = known.label("states", first["asker"])
        reason = _("%(state)s is no Member State.") % {"state": name}
        choose = _("Choose from the list of the template.")
        return {row.pk: Done(refused(row, "asker", reason, choose)) for row in rows}
    fields: Any = {name: first[name] for name in TEXTS if name in first}
    fields |= {name: dt.date.fromisoformat(first[name]) for name in DAYS if name in first}
    items = [
        ItemDraft(
            words=row.values["words"],
            themes=[known.themes[code] for code in row.values.get("themes", ())],
            help_kinds=row.values.get("help_kinds", ()),
        )
        for row in rows
    ]
    try:
        with transaction.atomic():
            draft = save_draft(user=by, organisation=organisation, items=items, **fields)
            sent = submit_on_behalf(draft=draft, user=by)
            SheetKey.objects.create(key=rows[0].values["request"], request=sent)
    except ValidationError as error:
        return {row.pk: Done(_refusal(row, error, shown[row.pk])) for row in rows}
    things = {item.n: item for item in sent.items.all()}
    kept = {"request": sent.pk, "revision": sent.revision}
    return {row.pk: Done(shown[row.pk], things[row.values["number"]], kept) for row in rows}


def _refusal(row: SheetRow, error: ValidationError, compared: Comparison) -> Comparison:
    """What the workflow objects to, at the column it is about."""
    columns, problems = columns_by_name(row.sheet), []
    for name, messages in by_field(error).items():
        column = columns.get(name.rpartition(".")[2])
        heading = str(column.heading) if column else ""
        words = ValidationError(list(messages)).messages
        problems += [problem(heading, one) for one in words]
    return Comparison(RowOutcome.REFUSED, compared.before, compared.after, problems)


def withdraw_entered(rows: Sequence[SheetRow], by: User) -> dict[int, ValidationError]:
    """The requests that rows entered, withdrawn where nobody worked on them; objections by row."""
    entered = {row.kept["request"]: row.kept["revision"] for row in rows}
    answered = ActivityItem.objects.filter(item__request=OuterRef("pk"))
    found = AssistanceRequest.objects.filter(pk__in=entered).annotate(is_answered=Exists(answered))
    refused_requests: dict[int, ValidationError] = {}
    for asked in found:
        try:
            untouched = asked.state == RequestStatus.SUBMITTED
            if not untouched or asked.revision != entered[asked.pk] or asked.is_answered:
                raise BuiltOn(_("The request was worked on since."))
            with transaction.atomic():
                withdraw_request(request=asked, user=by, reason=str(UNDONE))
                SheetKey.objects.filter(request=asked).delete()
        except ValidationError as error:
            refused_requests[asked.pk] = error
    return {
        row.pk: refused_requests[row.kept["request"]]
        for row in rows
        if row.kept["request"] in refused_requests
    }
