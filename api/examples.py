"""Examples of the documentation, by operation, as they work in the demonstration world."""

from __future__ import annotations

from typing import Any

RESOLUTION = "A-RES-74-175"
MANDATE = "A/RES/74/175/op1/m2"
NEED = {
    "mandate": MANDATE,
    "words": "A meeting of experts on new instruments",
    "kind": "expert_meeting",
    "every_months": 12,
    "valid_from": "2021-01-01",
}
WHY = {"reason": "The words ask for something else."}

# The value of a parameter of the address, by resource and parameter.
PATHS: dict[tuple[str, str], str] = {
    ("countries", "iso"): "KE",
    ("entities", "code"): "unodc",
    ("resolutions", "slug"): RESOLUTION,
    ("states", "iso"): "KE",
    ("units", "code"): "tpb",
}
# The value of a filter, wherever it stands.
FILTERS: dict[str, str] = {"resolution": RESOLUTION}

# What is sent, by the id of the operation.
EXAMPLES: dict[str, dict[str, Any]] = {
    "mandates_partial_update": {
        "labels": {"en": "Ratification: technical assistance"},
        "reason": "The name was too long for a table.",
    },
    "needs_create": NEED,
    "needs_foresee_create": NEED,
    "needs_change_foresee_create": {"every_months": 6},
    "needs_publish_foresee_create": {},
    "needs_end_foresee_create": {"last_day": "2026-12-31"},
    "closings_create": {
        "resolution": RESOLUTION,
        "from": "2019-12-18",
        "to": "2023-12-31",
        "note": "Until the end of 2023",
    },
    "mandates_submit_report_create": {"submitted_on": "2020-08-11", "symbol": "A/75/1"},
    "mandates_take_over_create": {
        "later": "A/RES/78/226/op1/m2",
        "items": [1],
        "activities": [1, 2],
    },
    "resolutions_supersede_create": {"by": "A-RES-78-226"},
    "needs_publish_create": {},
    "needs_end_create": {"last_day": "2026-12-31"},
    "needs_partial_update": {"words": "A yearly meeting of experts on new instruments"},
    "requests_create": {
        "title": "Tracing of virtual assets",
        "beneficiaries": "Thirty investigators of the financial crime unit",
        "reason": "Ransoms are paid in virtual assets, and nobody here can trace them.",
        "urgency": "soon",
        "items": [{"words": "A course on tracing virtual assets", "help_kinds": ["training"]}],
    },
    "requests_partial_update": {"title": "Tracing and seizing of virtual assets"},
    "requests_request_clarification_create": {"words": "Which units would take part?"},
    "requests_answer_clarification_create": {"words": "The unit in the capital."},
    "requests_accept_create": {"note": "In the work plan of the second quarter."},
    "requests_decline_create": {"reason": "The regional office gives this course already."},
    "requests_withdraw_create": {"reason": "A partner has helped."},
    "requests_assign_create": {"to": "officer"},
    "requests_assign_several_create": {"requests": [1], "to": "officer"},
    "requests_messages_create": {"words": "We come back to you within a week."},
    "requests_notes_create": {"words": "The ministry prefers a course in March."},
    "items_tie_create": {"mandate": MANDATE, "reason": "Asks for help with ratification."},
    "items_untie_create": {"mandate": MANDATE, **WHY},
    "items_fulfil_create": {"basis": "state", "reason": "Letter of the ministry."},
    "items_fulfil_partly_create": {"basis": "officer", "reason": "One of two courses was held."},
    "items_decline_create": {"reason": "Outside of the mandates of the Office."},
    "items_refer_create": {"entity": "interpol", "reason": "Runs the database asked for."},
    "items_answer_referral_create": {"words": "Takes it up in its programme of next year."},
    "items_withdraw_create": {"reason": "No longer needed."},
    "activities_create": {
        "title": "Course on tracing virtual assets",
        "kind": "training",
        "status": "2",
        "actual_start": "2024-03-04",
        "unit": "tpb",
        "countries": ["KE"],
        "partners": ["interpol"],
        "cost": "12500.00",
        "currency": "USD",
        "mandates": [{"mandate": MANDATE}],
        "deliveries": [
            {
                "on": "2024-03-08",
                "country": "KE",
                "women": 12,
                "men": 10,
                "by_age": {"18_29": 9, "30_59": 13},
                "by_function": {"law_enforcement": 15, "prosecutors": 7},
                "evidence": [{"kind": "agenda", "url": "https://example.org/agenda.pdf"}],
            }
        ],
        "send": True,
    },
    "activities_partial_update": {"place": "Nairobi"},
    "activities_approve_create": {},
    "activities_send_back_create": {"reason": "The dates are missing."},
    "activities_share_out_create": {"shares": [{"mandate": MANDATE, "share": "100.00"}]},
    "activities_copy_create": {"number": 3, "first": "2027-02-01", "every": 3, "unit": "months"},
    "deliveries_partial_update": {"women": 14},
    "resolutions_reports_create": {
        "from": "2019-12-18",
        "to": "2024-12-31",
        "language": "en",
    },
    "narratives_create": {
        "resolution": RESOLUTION,
        "paragraph": "6",
        "from": "2019-12-18",
        "to": "2024-12-31",
        "language": "en",
        "words": "Mentors worked with prosecutors on electronic evidence.",
    },
    "narratives_partial_update": {"words": "Mentors worked with prosecutors and judges."},
    "uploads_apply_create": {"send": True},
    "item_mandates_reject_create": WHY,
    "activity_mandates_reject_create": WHY,
    "activity_items_reject_create": WHY,
}
