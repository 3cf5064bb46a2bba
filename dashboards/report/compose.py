"""Puts what a report says into sentences and tables, in the language of the report."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import pairwise

from babel import Locale
from babel.lists import format_list
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import ordinal
from django.utils import translation
from django.utils.formats import number_format
from django.utils.html import strip_tags
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from assistance.coverage.small_numbers import FEWEST
from dashboards.report.blocks import (
    Block,
    Bullets,
    Document,
    Heading,
    Quote,
    Run,
    Runs,
    Table,
    Text,
)
from dashboards.report.content import (
    ActivityLine,
    Content,
    Figure,
    OfficialWords,
    ParagraphPart,
    Totals,
)
from directory.statuses import Status
from directory.templatetags.dates import long_day, long_period, short_period
from directory.templatetags.ui import colon

PLACE = re.compile(r"\{(\w+)\}")
BLANK_LINES = re.compile(r"\n\s*\n")
BULLET = re.compile(r"^\s*[-*•–]\s+")


def compose(content: Content) -> Document:
    """The report as a document."""
    with translation.override(content.language):
        return _document(content)


def _document(content: Content) -> Document:
    symbol = content.symbol
    document = Document(
        title=content.label or content.title,
        title_language="" if content.label else content.title_language,
        subtitle=_("Draft report of the Secretary-General"),
        masthead=[
            _("United Nations Office on Drugs and Crime"),
            _("Draft, for those who edit it"),
        ],
        facts=_facts(content),
        running_head=_("%(symbol)s: draft report") % {"symbol": symbol},
        contents_title=_("Contents"),
        page_of=_("Page"),
        language=content.language,
        identifier=content.sha256,
        definition=content.definition,
    )
    blocks = document.blocks
    blocks += _summary(content)
    blocks.append(Heading(_("Implementation by paragraph"), 1, new_page=True))
    blocks += _about_the_words(content)
    for part in content.paragraphs:
        blocks += _paragraph(part, content)
    blocks += _annexes(content)
    return document


# Pieces


def figure_words(figure: Figure) -> str:
    """A number as the language writes it, or why it is not shown."""
    if figure.value is not None:
        return number_format(figure.value, use_l10n=True, force_grouping=True)
    return _few() if figure.few else _("not shown")


def _few() -> str:
    return _("fewer than %(number)d") % {"number": FEWEST}


def _figure(figure: Figure, bold: bool = False) -> Run:
    return Run(figure_words(figure), figure=figure, bold=bold)


def _say(words: str, **parts: Figure | str) -> list[Run]:
    """A sentence with figures in it: `{name}` stands where each goes."""
    runs: list[Run] = []
    for n, piece in enumerate(PLACE.split(words)):
        part = parts[piece] if n % 2 else piece
        if part:
            runs.append(_figure(part) if isinstance(part, Figure) else Run(part))
    return runs


def _locale() -> Locale:
    """The language of the report; English as the United Nations write it."""
    language = get_language() or "en"
    return Locale.parse({"en": "en_GB"}.get(language, language))


def _listed(names: Iterable[str]) -> str:
    """Names as a list in a sentence: 1, 5 and 6."""
    return format_list(list(names), locale=_locale())


def _led(head: str, runs: Iterable[Run]) -> Text:
    """A paragraph with its subject in bold before it."""
    return Text([Run(f"{head}. ", bold=True), *runs])


def _narrative(words: str) -> list[Block]:
    """What somebody wrote: blank lines part paragraphs, dashes begin the lines of a list."""
    blocks: list[Block] = []
    for piece in BLANK_LINES.split(words.replace("\r\n", "\n").strip()):
        prose: list[str] = []
        items: list[Runs] = []
        for line in filter(None, (line.strip() for line in piece.split("\n"))):
            if BULLET.match(line):
                items.append([Run(BULLET.sub("", line))])
            elif items:
                items[-1] = [Run(f"{items[-1][0].words} {line}")]
            else:
                prose.append(line)
        if prose:
            blocks.append(Text([Run(" ".join(prose))], leads=bool(items)))
        if items:
            blocks.append(Bullets(items))
    return blocks


# The first pages


def _facts(content: Content) -> list[Runs]:
    days = {"first": long_day(content.first), "last": long_day(content.last)}
    facts = [
        _("Resolution %(symbol)s, adopted on %(day)s")
        % {"symbol": content.symbol, "day": long_day(content.adopted_on)},
        _("Period: %(first)s to %(last)s") % days,
        _("Statuses as of %(day)s; definition of coverage %(version)s")
        % {"day": long_day(content.as_of), "version": content.definition},
    ]
    if content.closed:
        facts.append(
            _("Figures of the period as closed on %(day)s") % {"day": long_day(content.closed.on)}
        )
    if content.obligation and content.obligation.session:
        facts.insert(
            1,
            _(
                "Asked for in paragraph %(number)s, for the %(session)s session of the General "
                "Assembly"
            )
            % {
                "number": content.obligation.number,
                "session": strip_tags(ordinal(content.obligation.session)),
            },
        )
    runs: list[Runs] = [[Run(fact)] for fact in facts]
    if content.label:
        runs.insert(0, [Run(content.title, language=_other(content.title_language, content))])
    if content.demonstration:
        warning = _("It counts invented data of the demonstration. Not for use.")
        runs.append([Run(warning, bold=True)])
    return runs


def _other(language: str, content: Content) -> str:
    return "" if language == content.language else language


def _summary(content: Content) -> list[Block]:
    totals = content.totals
    asked, standing, delivered = totals.asked, totals.standing, totals.delivered
    blocks: list[Block] = [Heading(_("Summary"), 1), *_narrative(content.summary)]
    blocks.append(
        _led(
            _("What the resolution asks"),
            _say(
                _("It has {clauses} clauses; {counted} of them ask UNODC to act."),
                clauses=totals.mandates,
                counted=totals.counted,
            ),
        )
    )
    blocks.append(
        _led(
            _("What States asked for"),
            [
                *_say(
                    _(
                        "States that asked: {states}. Requested items: {items}; served: {served}; "
                        "of these with verified evidence: {evidenced}."
                    ),
                    states=asked.states,
                    items=asked.items,
                    served=asked.served,
                    evidenced=asked.evidenced,
                ),
                *_kinds(asked.kinds),
                *_say(
                    " "
                    + _(
                        "Items that ended otherwise within the period (declined, referred, "
                        "withdrawn or merged): {ended}."
                    ),
                    ended=totals.ended,
                ),
            ],
        )
    )
    blocks.append(
        _led(
            _("What stands without a request"),
            _say(
                _("Standing tasks: {needs}; served: {served}."),
                needs=standing.needs,
                served=standing.served,
            ),
        )
    )
    words = (
        _(
            "Of the paragraphs whose figures are shown, mandates with demand: {asked}; "
            "served in full: {served}."
        )
        if totals.of_shown_only
        else _("Mandates with demand: {asked}; served in full: {served}.")
    )
    blocks.append(
        _led(
            _("Mandates"),
            _say(words, asked=totals.with_demand, served=totals.mandates_served),
        )
    )
    made = _say(
        _("Deliveries in the period: {deliveries}; with verified evidence: {verified}."),
        deliveries=delivered.deliveries,
        verified=delivered.verified,
    )
    if content.closed and not content.closed.keeps_deliveries:
        made.append(Run(" " + _("Deliveries are counted as the record stands when it is built.")))
    blocks.append(_led(_("What was delivered"), made))
    blocks += (_led(_("Corrected since"), runs) for runs in _since(content))
    gaps = [part for part in content.paragraphs if _is_gap(part)]
    if gaps:
        numbers = _listed(part.number for part in gaps)
        gap_words = ngettext(
            "Something is still owed under paragraph %(numbers)s.",
            "Something is still owed under paragraphs %(numbers)s.",
            len(gaps),
        )
        blocks.append(_led(_("Gaps"), [Run(gap_words % {"numbers": numbers})]))
    blocks.append(_led(_("Confidentiality"), [Run(_confidentiality())]))
    return blocks


def _confidentiality() -> str:
    return _(
        "States that asked are not named. Where fewer than %(number)d States asked, the figures "
        "are kept back; so are further figures from which these could be worked out (“not shown”)."
    ) % {"number": FEWEST}


def _kinds(kinds: Iterable[str]) -> list[Run]:
    named = ", ".join(kinds)
    if not named:
        return []
    words = _("Kinds of help that at least %(number)d States asked for: %(kinds)s.")
    return [Run(" " + words % {"number": FEWEST, "kinds": named})]


# One paragraph


def _about_the_words(content: Content) -> list[Block]:
    """Says once in which language the official words stand, where it is another."""
    others = sorted(
        {
            words.language
            for part in content.paragraphs
            for words in part.words
            if _other(words.language, content)
        }
    )
    names = _listed(_locale().languages[code] for code in others)
    words = _(
        "The words of the resolution are given as they are recorded, in the language of the record "
        "(%(languages)s). The names of paragraphs and mandates are unofficial."
    )
    return [Text([Run(words % {"languages": names})])] if others else []


def _paragraph(part: ParagraphPart, content: Content) -> list[Block]:
    title = _("Paragraph %(number)s") % {"number": part.number}
    blocks: list[Block] = [Heading(f"{title}. {part.label}" if part.label else title, 2)]
    for words in part.words:
        blocks.append(Quote(_official(words, content), _other(words.language, content)))
    blocks.append(_ask(part))
    if part.counted:
        blocks += [_asked(part), *_delivered(part, content), *_evidence(part), *_gaps(part)]
    blocks += _account(part)
    return blocks


def _official(words: OfficialWords, content: Content) -> list[Run]:
    """The words with their italics and notes, the number before them."""
    language = _other(words.language, content)
    italic = {n for start, end in words.italics for n in range(start, end)}
    notes = {note.offset: note for note in words.notes}
    cuts = sorted(
        {0, len(words.words), *notes, *(n for span in words.italics for n in span)}
        & set(range(len(words.words) + 1))
    )
    runs = [Run(f"{words.number}. ")]
    for start, end in pairwise(cuts):
        note = notes.get(end)
        runs.append(
            Run(
                words.words[start:end],
                language=language,
                italic=start in italic,
                note=note.words if note else "",
            )
        )
    return runs


def _ask(part: ParagraphPart) -> Text:
    whom = _listed(part.asked_of)
    runs = [Run(_("Addressed to %(whom)s.") % {"whom": whom} if whom else _("Nobody is named."))]
    counted = [clause for clause in part.clauses if clause.counted]
    if counted:
        named = "; ".join(
            f"{clause.label or clause.identifier} ({clause.basis.lower()})" for clause in counted
        )
        words = ngettext(
            "Mandate of UNODC%(colon)s%(names)s.",
            "Mandates of UNODC%(colon)s%(names)s.",
            len(counted),
        )
        runs.append(Run(" " + words % {"colon": colon(), "names": named}))
    else:
        runs.append(Run(" " + _("It asks UNODC for nothing, so nothing is counted here.")))
    return _led(_("What is asked"), runs)


def _asked(part: ParagraphPart) -> Text:
    asked = part.asked
    head = _("Asked by States")
    if part.kept_back:
        if asked.states.few:
            words = _("States that asked: {few}. Figures of so few States are not shown.")
            return _led(head, _say(words, few=asked.states))
        words = _("The figures are not shown, so that those of other paragraphs stay confidential.")
        return _led(head, [Run(words)])
    if not asked.items.value:
        return _led(head, [Run(_("No State asked for help under this paragraph."))])
    words = _("States that asked: {states}. Requested items: {items}; served: {served}.")
    return _led(
        head,
        [
            *_say(words, states=asked.states, items=asked.items, served=asked.served),
            *_kinds(asked.kinds),
        ],
    )


def _delivered(part: ParagraphPart, content: Content) -> list[Block]:
    made = part.delivered.deliveries
    if made.value == 0:
        runs = [Run(_("Nothing was delivered in the period."))]
    else:
        runs = _say(_("Deliveries in the period: {deliveries}."), deliveries=made)
    if part.activities:
        runs.append(Run(" " + _("Among them, of public activities:")))
    head = _led(_("What was delivered"), runs)
    blocks: list[Block] = [replace(head, leads=bool(part.activities))]
    if part.activities:
        blocks.append(Bullets([_activity(line, content) for line in part.activities]))
    return blocks


def _activity(line: ActivityLine, content: Content) -> Runs:
    pieces = [_listed(line.kinds).lower(), long_period(line.first, line.last)]
    if line.states:
        pieces.append(_listed(line.states))
    title = Run(line.title, italic=True, language=_other(line.language, content))
    return [title, Run(f" ({line.unit}){colon()}{'; '.join(pieces)}")]


def _evidence(part: ParagraphPart) -> list[Block]:
    runs: list[Run] = []
    if part.asked.items.value:
        words = _("Requested items with verified evidence: {items}.")
        runs += _say(words, items=part.asked.evidenced)
    if part.delivered.deliveries.value:
        words = _("Deliveries of the period with verified evidence: {deliveries}.")
        runs += _say((" " if runs else "") + words, deliveries=part.delivered.verified)
    return [_led(_("Evidence"), runs)] if runs else []


def _unserved_needs(part: ParagraphPart) -> list[Runs]:
    return [
        [
            Run(need.words),
            Run(
                " "
                + _("(%(status)s; owed since %(day)s)")
                % {"status": str(need.status.label).lower(), "day": long_day(need.since)}
            ),
        ]
        for need in part.standing.rows
        if need.status not in {Status.DELIVERED, Status.EVIDENCED}
    ]


def _is_gap(part: ParagraphPart) -> bool:
    return part.counted and bool(part.asked.waiting.value or _unserved_needs(part))


def _gaps(part: ParagraphPart) -> list[Block]:
    waiting, needs = part.asked.waiting, _unserved_needs(part)
    runs: list[Run] = []
    if waiting.value:
        runs += _say(_("Requested items not yet served: {waiting}."), waiting=waiting)
    if part.without_request:
        runs.append(
            Run((" " if runs else "") + _("Help was given for which no request is recorded."))
        )
    if needs:
        runs.append(Run((" " if runs else "") + _("Standing tasks not yet served:")))
    if not runs:
        runs.append(Run(_("Not shown.") if part.kept_back else _("None is recorded.")))
    blocks: list[Block] = [replace(_led(_("Gaps"), runs), leads=bool(needs))]
    if needs:
        blocks.append(Bullets(needs))
    return blocks


def _account(part: ParagraphPart) -> list[Block]:
    blocks = _narrative(part.narrative)
    if blocks and isinstance(first := blocks[0], Text):
        blocks[0] = _led(_("Account"), first.runs)
    return blocks


# Annexes


def _annexes(content: Content) -> list[Block]:
    return [
        Heading(_("Annex I. Figures by paragraph"), 1, new_page=True),
        *_by_paragraph(content),
        Text([Run(_confidentiality())], numbered=False, small=True),
        Heading(_("Annex II. Figures by region"), 1),
        _by_region(content),
        Heading(_("Annex III. Public activities"), 1),
        *_all_activities(content),
        Heading(_("Annex IV. How it is counted"), 1),
        *_definition(content),
        Heading(_("Annex V. Where each figure comes from"), 1),
        *_records(content),
    ]


def _by_paragraph(content: Content) -> list[Block]:
    """Two tables, so that no column is narrower than its words: what was asked, what was done."""
    counted = [part for part in content.paragraphs if part.counted]
    whole = content.totals

    def asked(of: ParagraphPart | Totals) -> list[Figure]:
        return [of.asked.states, of.asked.items, of.asked.served, of.asked.evidenced]

    def rows(numbers: Callable[[ParagraphPart | Totals], Iterable[Figure]]) -> list[list[Runs]]:
        return [
            *([[Run(part.number)], *([_figure(n)] for n in numbers(part))] for part in counted),
            [[Run(_("All"), bold=True)], *([_figure(n, bold=True)] for n in numbers(whole))],
        ]

    statuses = [str(part.status.label) if part.status else _("not shown") for part in counted]
    requests = [
        [row[0], [Run(status)], *row[1:]]
        for row, status in zip(rows(asked), [*statuses, ""], strict=True)
    ]
    return [
        Table(
            _("Requests under paragraphs that ask UNODC to act; statuses as of %(day)s")
            % {"day": long_day(content.as_of)},
            [
                _("Para."),
                _("Status"),
                _("States that asked"),
                _("Items"),
                _("Served"),
                _("Evidenced"),
            ],
            requests,
            widths=(10, 18, 24, 16, 16, 16),
            numbers=frozenset(range(2, 6)),
            total=True,
        ),
        Table(
            _("Standing tasks, and deliveries in the period"),
            [
                _("Para."),
                _("Standing tasks"),
                _("Standing tasks served"),
                _("Deliveries"),
                _("With verified evidence"),
            ],
            rows(lambda of: [*of.standing, *of.delivered]),
            widths=(10, 22, 24, 20, 24),
            numbers=frozenset(range(1, 5)),
            total=True,
        ),
    ]


def _by_region(content: Content) -> Table:
    rows: list[list[Runs]] = [
        [[Run(line.name)], [_figure(line.asked)], [_figure(line.deliveries)]]
        for line in content.regions
    ]
    return Table(
        _("States that asked, and deliveries in the period, by region"),
        [_("Region"), _("States that asked"), _("Deliveries to States")],
        rows,
        widths=(40, 30, 30),
        numbers=frozenset({1, 2}),
    )


def _all_activities(content: Content) -> list[Block]:
    places: dict[str, list[str]] = {}
    lines: dict[str, ActivityLine] = {}
    for part in content.paragraphs:
        for line in part.activities:
            places.setdefault(line.record, []).append(part.number)
            lines[line.record] = line
    if not lines:
        return [Text([Run(_("No public activity delivered within the period."))], numbered=False)]
    ordered = sorted(lines.values(), key=lambda line: (line.first, line.last, line.title))
    rows: list[list[Runs]] = [
        [
            [Run(short_period(line.first, line.last))],
            [Run(line.title, language=_other(line.language, content))],
            [Run(", ".join(line.kinds))],
            [Run(", ".join(line.states) or "–")],
            [Run(", ".join(places[line.record]))],
        ]
        for line in ordered
    ]
    return [
        Table(
            _("Public activities that delivered within the period"),
            [_("Days"), _("Activity"), _("Kind"), _("States"), _("Para.")],
            rows,
            widths=(18, 38, 16, 18, 10),
        )
    ]


def _definition(content: Content) -> list[Block]:
    days = {"first": long_day(content.first), "day": long_day(content.as_of)}
    sentences = [
        _("The figures follow the definition of coverage, version %(version)s.")
        % {"version": content.definition},
        _(
            "A clause counts for UNODC when it asks for something and UNODC is among those it "
            "asks. Other clauses are shown and never counted."
        ),
        _(
            "A requested item is one thing a State asked for, tied to a mandate; one that stands "
            "under two mandates is counted under both. A standing task is what a mandate takes "
            "without a request."
        ),
        _(
            "Counted is what was open on %(day)s, less what was served before %(first)s. What "
            "ended otherwise stands beside it."
        )
        % days,
        _(
            "An item is served when each State of its request received an approved delivery to "
            "which it does not object; it is evidenced when a second person verified evidence for "
            "each. A standing task is served by one such delivery."
        ),
        _(
            "A delivery counts when it is approved, its activity is tied to a mandate of UNODC, "
            "and the State does not object to it; also where no request is recorded. Deliveries "
            "are counted by their date, from %(first)s to %(day)s. One delivery may stand under "
            "several paragraphs and is counted once in the whole."
        )
        % days,
    ]
    told: list[Runs] = [
        *([Run(sentence)] for sentence in sentences),
        *_basis(content),
        [Run(_confidentiality())],
    ]
    statuses = [
        [Run(f"{status.label}{colon()}", bold=True), Run(status.meaning)] for status in Status
    ]
    return [
        *(Text(runs) for runs in told),
        Text([Run(_("The words for a status mean:"))], leads=True),
        Bullets(statuses),
    ]


def _basis(content: Content) -> list[Runs]:
    closed = content.closed
    if closed is None:
        words = _(
            "Approvals, links, replies and verification are taken as they stand when it is built."
        )
        return [[Run(words)]]
    said = {"day": long_day(closed.on), "digest": closed.sha256}
    if closed.keeps_deliveries:
        words = _(
            "All figures are counted from the rows of this period as they were closed on %(day)s, "
            "whose SHA-256 is %(digest)s. Words, titles and kinds of help are those of today."
        )
    else:
        words = _(
            "What was asked and owed, and how far it had come, is counted from the rows of this "
            "period as they were closed on %(day)s, whose SHA-256 is %(digest)s. The period was "
            "closed before deliveries were kept: how many were made, how many of them have "
            "verified evidence, and which activities are listed, is counted as the record stands "
            "when it is built."
        )
    return [[Run(words % said)], *_since(content)]


def _since(content: Content) -> list[Runs]:
    """Whether the record was corrected since the period was closed."""
    if content.closed is None or not content.closed.revised.value:
        return []
    words = _(
        "The record was corrected since the period was closed; the figures are those closed. "
        "Rows that read differently today: {rows}."
    )
    return [_say(words, rows=content.closed.revised)]


def _records(content: Content) -> list[Block]:
    what = _(
        "Each number of the report is a field. It bears the name below and leads to the list of "
        "the records it counts, on %(site)s, for those who may read them; numbers of States lead "
        "to what they asked for, and numbers of shown paragraphs alone lead nowhere. All are of "
        "definition %(version)s. The content has the SHA-256 %(digest)s."
    ) % {
        "site": settings.BASE_URL,
        "version": content.definition,
        "digest": content.sha256,
    }
    places = {f"p{part.number}": part.number for part in content.paragraphs}
    rows: list[list[Runs]] = []
    for figure in content.figures:
        if not figure.value:
            continue
        number = places.get(figure.name.rpartition(".")[0])
        label = (
            f"{figure.label} ({_('para. %(number)s') % {'number': number}})"
            if number
            else (figure.label)
        )
        rows.append([[Run(figure.name)], [Run(label)], [_figure(figure)]])
    return [
        Text([Run(what)]),
        Table(
            _("Fields of this document"),
            [_("Field"), _("What it counts"), _("Number")],
            rows,
            widths=(24, 60, 16),
            numbers=frozenset({2}),
        ),
    ]
