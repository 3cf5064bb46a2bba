"""Everything people do with requests: one function an act, each one transaction.

Each checks permission (`directory.policy`), state (`transitions`) and required data, writes the
history and tells those concerned. Errors: `Http404` for what the person may not know of,
`PermissionDenied`, `WrongState`, `StaleRevision`, and `ValidationError` keyed by field.
"""

from assistance.services.problems import StaleRevision
from assistance.workflow.assigning import assign_request, assign_requests
from assistance.workflow.attachments import add_attachment, remove_attachment
from assistance.workflow.contact import hand_over_all, hand_over_request
from assistance.workflow.drafts import DraftFields, ItemDraft, delete_draft, save_draft
from assistance.workflow.errors import WrongState
from assistance.workflow.merging import merge_item, merge_items
from assistance.workflow.notes import write_note
from assistance.workflow.outcomes import (
    answer_referral,
    close_item,
    decline_item,
    refer_item,
    withdraw_item,
)
from assistance.workflow.references import next_reference
from assistance.workflow.replies import reply_to_delivery
from assistance.workflow.review import (
    accept_request,
    answer_clarification,
    decline_request,
    request_clarification,
    send_message,
    start_review,
    withdraw_request,
)
from assistance.workflow.sending import check_complete, submit_on_behalf, submit_request
from assistance.workflow.silence import remind_or_close_silent_items
from assistance.workflow.taking_over import (
    LeftOpen,
    TakenOver,
    left_open,
    reinstate,
    take_over,
    why_not_to_reinstate,
)
from assistance.workflow.ties import take_back_tie, tie_item_to_mandate, untie_item_from_mandate

__all__ = [
    "DraftFields",
    "ItemDraft",
    "LeftOpen",
    "StaleRevision",
    "TakenOver",
    "WrongState",
    "accept_request",
    "add_attachment",
    "answer_clarification",
    "answer_referral",
    "assign_request",
    "assign_requests",
    "check_complete",
    "close_item",
    "decline_item",
    "decline_request",
    "delete_draft",
    "hand_over_all",
    "hand_over_request",
    "left_open",
    "merge_item",
    "merge_items",
    "next_reference",
    "refer_item",
    "reinstate",
    "remind_or_close_silent_items",
    "remove_attachment",
    "reply_to_delivery",
    "request_clarification",
    "save_draft",
    "send_message",
    "start_review",
    "submit_on_behalf",
    "submit_request",
    "take_back_tie",
    "take_over",
    "tie_item_to_mandate",
    "untie_item_from_mandate",
    "why_not_to_reinstate",
    "withdraw_item",
    "withdraw_request",
    "write_note",
]
