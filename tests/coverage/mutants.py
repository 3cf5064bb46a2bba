"""Single changes of the views that the comparison must notice: (what is wrong, before, after)."""

from __future__ import annotations

IN_DELIVERIES = (
    (
        "an old approval is enough",
        "v.revision = d.revision",
        "v.revision <= d.revision",
    ),
    ("the first reply counts", "ORDER BY y.at DESC, y.id DESC", "ORDER BY y.at, y.id"),
    ("any State's reply counts", "AND y.country_id = d.country_id", ""),
    ("in part is enough", "y.verdict IN ('partly', 'disputed')", "y.verdict = 'disputed'"),
    ("unverified evidence counts", "e.delivery_id = d.id AND e.verified_at IS NOT NULL", "TRUE"),
    ("self approval is not said", "v.self_approved OR said.self_verified", "said.self_verified"),
)

IN_DEMANDS = (
    ("every addressee counts", "AND e.code = 'unodc'", ""),
    ("partners count as addressees", "f.role = 'addressee'", "f.role <> 'theme'"),
    (
        "a proposed link makes a demand",
        "l.mandate_id = c.mandate_id AND l.state = 'confirmed'",
        "l.mandate_id = c.mandate_id",
    ),
    ("drafts are owed", "AND q.state <> 'draft'", ""),
    (
        "owed before the adoption",
        "GREATEST(q.received_on, c.adopted_on) AS span_from",
        "q.received_on AS span_from",
    ),
    ("merged items stay open", "'withdrawn', 'merged')", "'withdrawn')"),
    ("settled before the adoption is owed", "i.outcome_on >= c.adopted_on", "TRUE"),
    ("a need ends on its last day", "n.valid_to + 1 AS need_end", "n.valid_to AS need_end"),
    (
        "unpublished needs are owed",
        "JOIN mandates_need n ON n.mandate_id = c.mandate_id AND n.published_by_id IS NOT NULL",
        "JOIN mandates_need n ON n.mandate_id = c.mandate_id",
    ),
    ("what is asked for is implied too", "WHERE c.basis = 'standing'", "WHERE TRUE"),
    ("rounds shrink to a month", "every_months * (k + 1)", "every_months * k + 1"),
    ("a round opens at its end", "COALESCE(delivered_on, span_to)", "span_to"),
    ("a planned round has no start", "COALESCE(a.actual_start, a.planned_start)", "a.actual_start"),
    ("any State will do", "d.country_id = ANY (s.country_ids) AND EXISTS", "EXISTS"),
    (
        "any tick will do",
        "t.delivery_id = d.delivery_id AND t.item_id = s.item_id",
        "t.delivery_id = d.delivery_id",
    ),
    ("not on the first day", 'd."on" >= s.span_from', 'd."on" > s.span_from'),
    ("also on the day after", 'd."on" < s.span_to', 'd."on" <= s.span_to'),
    ("one State is enough", "made.states_delivered = cardinality(s.country_ids)", "TRUE"),
    ("what is closed goes on", "a.status IN ('4', '5', '6')", "a.status IN ('5', '6')"),
    ("planned by the last approval", 'MIN(v."on") AS approved_on', 'MAX(v."on") AS approved_on'),
    (
        "the activity starts it, whatever came first",
        "LEAST(work.started_on, made.started_on)",
        "COALESCE(work.started_on, made.started_on)",
    ),
    ("a rejected link to an item serves", "i.state = 'confirmed' AND l.state", "l.state"),
    (
        "opens after its end",
        "(opened_on < LEAST(need_end, superseded_on)) IS NOT FALSE",
        "TRUE",
    ),
    ("superseded or not", "item_end, need_end, superseded_on,\n", "item_end, need_end,\n"),
    ("due today is overdue", "a.planned_end < (now()", "a.planned_end <= (now()"),
    (
        "an older word is not suspect",
        "l.mandate_revision < c.revision AS suspect",
        "FALSE AS suspect",
    ),
)

IN_WORK = (
    ("work from before the adoption", 'AND d."on" >= l.adopted_on', ""),
    ("a demand is forgotten", "served.opened_on AS until", "NULL::date AS until"),
    (
        "what reached no stage is help",
        "WHERE l.planned_on IS NOT NULL OR l.started_on IS NOT NULL",
        "",
    ),
    ("cancelled activities lie in the tray", "a.status <> '5'", "TRUE"),
    (
        "ended items lie in the tray",
        "i.outcome IN ('open', 'fulfilled', 'partly_fulfilled')",
        "TRUE",
    ),
)

MUTANTS = [
    (view, *change)
    for view, changes in (
        ("approved_delivery", IN_DELIVERIES),
        ("coverage_demand_defined", IN_DEMANDS),
        ("work_without_demand_defined", IN_WORK),
    )
    for change in changes
]
