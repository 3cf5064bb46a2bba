"""What people do with activities: one function an act, one transaction each."""

from assistance.services.activities import (
    change_activity,
    log_activity,
    send_for_approval,
)
from assistance.services.approvals import (
    AlreadyApproved,
    ChangedSinceRead,
    Waiting,
    approve,
    approve_many,
    send_back,
    waiting_of,
)
from assistance.services.deliveries import add_deliveries, add_delivery, change_delivery
from assistance.services.evidence import (
    add_evidence,
    remove_evidence,
    verify_evidence,
    verify_many,
)
from assistance.services.links import (
    change_weight,
    confirm_link,
    decline_suggestion,
    look_again,
    propose_link,
    reject_link,
    reopen_link,
    share_out,
)
from assistance.services.parts import MandateLink, NewDelivery, NewEvidence
from assistance.services.plan import dates_by_status
from assistance.services.problems import StaleRevision
from assistance.services.series import (
    Every,
    copy_links,
    links_to_copy,
    make_copies,
    planned_copies,
)

__all__ = [
    "AlreadyApproved",
    "ChangedSinceRead",
    "Every",
    "MandateLink",
    "NewDelivery",
    "NewEvidence",
    "StaleRevision",
    "Waiting",
    "add_deliveries",
    "add_delivery",
    "add_evidence",
    "approve",
    "approve_many",
    "change_activity",
    "change_delivery",
    "change_weight",
    "confirm_link",
    "copy_links",
    "dates_by_status",
    "decline_suggestion",
    "links_to_copy",
    "log_activity",
    "look_again",
    "make_copies",
    "planned_copies",
    "propose_link",
    "reject_link",
    "remove_evidence",
    "reopen_link",
    "send_back",
    "send_for_approval",
    "share_out",
    "verify_evidence",
    "verify_many",
    "waiting_of",
]
