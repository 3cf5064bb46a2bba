"""The sheets of the template and their columns: what each is called, holds and offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assistance.models import SheetKind
from assistance.sheets import cells
from assistance.sheets.cells import Reads
from assistance.sheets.vocabulary import LANGUAGES, plain


@dataclass(frozen=True)
class Column:
    """A column: `name` in code, its heading, how its cells are read, and the list they offer.

    `says` explains it on the sheet of instructions. A required one must stand in the sheet and be
    filled in each row. A `compared` one is a field of what the row is of, named `field` there; the
    others tell which thing the row is of. An empty cell empties the field unless it `stays`; of one
    that `grows` a cell only adds. A further plain field takes a line here and nothing else.
    """

    name: str
    heading: str | Promise
    reads: Reads
    says: str | Promise = ""
    words: str = ""
    required: bool = False
    width: int = 16
    hidden: bool = False
    compared: bool = True
    stays: bool = False
    grows: bool = False
    field: str = ""

    @property
    def of(self) -> str:
        """The name of the field."""
        return self.field or self.name


ACTIVITY_KEY = Column(
    "activity",
    _("Activity key"),
    cells.key,
    _("Your own name for the activity, such as GLOU40-2026-07; one of this site is like A-12."),
    required=True,
    compared=False,
)
REVISION = Column("revision", _("Version"), cells.count, hidden=True, compared=False, width=9)
PROBLEM = Column("problem", _("What is wrong"), cells.nothing, compared=False, width=60)
IGNORED = (PROBLEM,)

COLUMNS: Mapping[str, tuple[Column, ...]] = {
    SheetKind.ACTIVITIES: (
        ACTIVITY_KEY,
        Column("title", _("Title"), cells.text, required=True, width=45),
        Column("description", _("Description"), cells.text, width=40),
        Column(
            "kind",
            _("Kind"),
            cells.one_of("kinds"),
            words="kinds",
            required=True,
            stays=True,
            width=22,
        ),
        Column(
            "status",
            _("Status"),
            cells.one_of("statuses"),
            _("Pipeline for what has not begun."),
            words="statuses",
            required=True,
        ),
        Column("planned_start", _("Planned start"), cells.day, width=13),
        Column("planned_end", _("Planned end"), cells.day, width=13),
        Column("actual_start", _("Actual start"), cells.day, width=13),
        Column("actual_end", _("Actual end"), cells.day, width=13),
        Column(
            "states",
            _("States"),
            cells.states,
            _("Several are separated by semicolons."),
            words="states",
            field="countries",
            width=30,
        ),
        Column(
            "state_shares",
            _("Shares of the States in percent"),
            cells.shares,
            _("Such as Kenya: 60; Colombia: 40. They sum to 100, or no State has one."),
            words="states",
            width=30,
        ),
        Column("unit", _("Lead unit"), cells.one_of("units"), words="units", required=True),
        Column(
            "partners",
            _("Partners"),
            cells.partners,
            _("Several are separated by semicolons."),
            words="partners",
            width=30,
        ),
        Column("project_code", _("Project code"), cells.text, width=13),
        Column("place", _("Place"), cells.text),
        Column("cost", _("Cost"), cells.amount, width=13),
        Column(
            "currency",
            _("Currency"),
            cells.one_of("currencies"),
            _("Where there is a cost: the code after ISO 4217, such as USD."),
            words="currencies",
            width=10,
        ),
        Column(
            "language",
            _("Language of the title"),
            cells.one_of("languages"),
            words="languages",
            stays=True,
        ),
        Column(
            "visibility",
            _("Who may read it"),
            cells.one_of("visibilities"),
            _("A public activity that names a State can tell who asked."),
            words="visibilities",
            stays=True,
        ),
        REVISION,
    ),
    SheetKind.DELIVERIES: (
        ACTIVITY_KEY,
        Column(
            "key",
            _("Delivery key"),
            cells.key,
            _("Needed only where State, day or kind of the delivery may change later."),
            compared=False,
        ),
        Column(
            "country",
            _("State"),
            cells.one_of("states"),
            _("One that the activity names, or none."),
            words="states",
            width=22,
        ),
        Column("began_on", _("First day"), cells.day, _("When it took several."), width=13),
        Column("on", _("Last day"), cells.day, _("Never a day to come."), required=True, width=13),
        Column(
            "kind",
            _("Kind"),
            cells.one_of("kinds"),
            _("Empty: that of the activity."),
            words="kinds",
            stays=True,
            width=22,
        ),
        Column("title", _("Title"), cells.text, _("When it has its own."), width=40),
        Column("women", _("Women"), cells.count, width=9),
        Column("men", _("Men"), cells.count, width=9),
        Column("not_stated", _("Not stated"), cells.count, width=9),
        Column(
            "participants",
            _("Participants in all"),
            cells.count,
            _("Checked against the three before it; alone, it counts as not stated."),
            compared=False,
            width=12,
        ),
        Column(
            "by_age",
            _("By age group"),
            cells.counted("ages", cells.count),
            _("Such as 18 to 29: 12; 30 to 59: 8. They sum to the participants, or none is given."),
            words="ages",
            width=30,
        ),
        Column(
            "by_function",
            _("By function"),
            cells.counted("functions", cells.count),
            _("Such as Judges: 9; Prosecutors: 8. They sum to the participants, or none is given."),
            words="functions",
            width=30,
        ),
        Column(
            "needs",
            _("Needs"),
            cells.needs,
            _("Published needs that it meets; several are separated by semicolons."),
            words="needs",
            width=40,
        ),
        Column(
            "evidence",
            _("Evidence (addresses)"),
            cells.addresses,
            _("Of what shows the delivery. A sheet adds addresses and removes none."),
            grows=True,
            width=40,
        ),
        Column(
            "evidence_kind",
            _("Kind of the evidence"),
            cells.one_of("evidence_kinds"),
            _("Of the addresses that are added."),
            words="evidence_kinds",
            compared=False,
            width=22,
        ),
        REVISION,
    ),
    SheetKind.LINKS: (
        ACTIVITY_KEY,
        Column(
            "mandate",
            _("Mandate"),
            cells.mandate,
            _("A mandate or an item in each row, not both."),
            words="mandates",
            compared=False,
            width=50,
        ),
        Column(
            "item",
            _("Item of a request"),
            cells.item,
            _("Reference and number, such as TA-2026-00042/1."),
            compared=False,
            width=18,
        ),
        Column(
            "weight",
            _("Weight"),
            cells.one_of("weights"),
            _("How much of the activity the mandate is; for reading only."),
            words="weights",
            stays=True,
        ),
        Column(
            "share",
            _("Share in percent"),
            cells.share,
            _("Those of one activity sum to 100, or none has one."),
            width=10,
        ),
        Column("reason", _("Reason"), cells.text, width=40),
    ),
    SheetKind.REQUESTS: (
        Column(
            "request",
            _("Request key"),
            cells.key,
            _("Your own name for a request, the same in the row of each item; or its reference."),
            required=True,
            compared=False,
        ),
        Column(
            "number",
            _("Number of the item"),
            cells.count,
            _("From 1 on: one row for each thing asked for."),
            required=True,
            compared=False,
            width=10,
        ),
        Column(
            "asker", _("State"), cells.one_of("states"), words="states", required=True, width=22
        ),
        Column(
            "origin",
            _("How it reached UNODC"),
            cells.one_of("origins"),
            words="origins",
            required=True,
            width=22,
        ),
        Column("received_on", _("Received on"), cells.day, required=True, width=13),
        Column("title", _("Title"), cells.text, required=True, width=40),
        Column("words", _("What is needed"), cells.text, required=True, width=50),
        Column(
            "help_kinds",
            _("Kinds of help"),
            cells.several("help_kinds"),
            _("Several are separated by semicolons."),
            words="help_kinds",
            width=22,
        ),
        Column(
            "themes",
            _("Themes"),
            cells.several("themes"),
            _("Several are separated by semicolons."),
            words="themes",
            width=30,
        ),
        Column("beneficiaries", _("For whom"), cells.text, width=30),
        Column("reason", _("Why"), cells.text, width=30),
        Column("needed_by", _("Needed by"), cells.day, width=13),
        Column("urgency", _("How soon"), cells.one_of("urgencies"), words="urgencies", stays=True),
    ),
}


def compared_columns(sheet: str) -> tuple[Column, ...]:
    """The columns of a sheet that hold fields, in their order."""
    return tuple(column for column in COLUMNS[sheet] if column.compared)


def columns_by_name(sheet: str) -> dict[str, Column]:
    """The columns of a sheet by their names."""
    return {column.name: column for column in COLUMNS[sheet]}


@cache
def headings_known(sheet: str) -> Mapping[str, Column]:
    """Each heading of a sheet in each language, and each name, with its column."""
    known: dict[str, Column] = {}
    for column in (*COLUMNS[sheet], *IGNORED):
        for language in LANGUAGES:
            with translation.override(language):
                known[plain(column.heading)] = column
        known[plain(column.name)] = column
    return known


@cache
def titles_known() -> Mapping[str, str]:
    """The name of each sheet in each language, with its kind."""
    known: dict[str, str] = {}
    for sheet in SheetKind:
        for language in LANGUAGES:
            with translation.override(language):
                known[plain(sheet.label)] = sheet.value
        known[sheet.value] = sheet.value
    return known


def sheet_of(title: str, headings: list[Any]) -> str | None:
    """The kind of a sheet by its title, else by its headings: all of them known, none missing."""
    by_title = titles_known().get(plain(title))
    if by_title:
        return by_title
    said = [plain(heading).rstrip("* ") for heading in headings if heading not in (None, "")]
    for sheet in SheetKind:
        known = headings_known(sheet)
        named = {known[one].name for one in said if one in known}
        required = {column.name for column in COLUMNS[sheet] if column.required}
        tells = sheet != SheetKind.LINKS or bool(named & {"mandate", "item"})
        if said and tells and required <= named and len(named) == len(said):
            return sheet.value
    return None
