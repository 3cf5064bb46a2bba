from assistance.models.activity import (
    Activity,
    ActivityStatus,
    Approval,
    Visibility,
)
from assistance.models.answer_template import AnswerKind, AnswerTemplate
from assistance.models.delivery import Delivery, DeliveryItem, DeliveryNeed
from assistance.models.evidence import Evidence, EvidenceKind, Reply, Verdict
from assistance.models.file_scan import FileScan
from assistance.models.link import (
    ActivityItem,
    ActivityMandate,
    ItemMandate,
    LinkOrigin,
    LinkState,
    Weight,
)
from assistance.models.note import InternalNote
from assistance.models.reference import ReferenceCounter
from assistance.models.request import (
    AssistanceRequest,
    Attachment,
    HelpKind,
    Message,
    MessageKind,
    OutcomeBasis,
    RequestEvent,
    RequestItem,
    RequestOrigin,
    RequestOutcome,
    RequestState,
    RequestStatus,
    Urgency,
)
from assistance.models.send_back import SendBack
from assistance.models.sheet import (
    RowOutcome,
    RowResult,
    SheetKey,
    SheetKind,
    SheetRow,
    SheetUpload,
    UploadState,
)

__all__ = [
    "Activity",
    "ActivityItem",
    "ActivityMandate",
    "ActivityStatus",
    "AnswerKind",
    "AnswerTemplate",
    "Approval",
    "AssistanceRequest",
    "Attachment",
    "Delivery",
    "DeliveryItem",
    "DeliveryNeed",
    "Evidence",
    "EvidenceKind",
    "FileScan",
    "HelpKind",
    "InternalNote",
    "ItemMandate",
    "LinkOrigin",
    "LinkState",
    "Message",
    "MessageKind",
    "OutcomeBasis",
    "ReferenceCounter",
    "Reply",
    "RequestEvent",
    "RequestItem",
    "RequestOrigin",
    "RequestOutcome",
    "RequestState",
    "RequestStatus",
    "RowOutcome",
    "RowResult",
    "SendBack",
    "SheetKey",
    "SheetKind",
    "SheetRow",
    "SheetUpload",
    "UploadState",
    "Urgency",
    "Verdict",
    "Visibility",
    "Weight",
]
