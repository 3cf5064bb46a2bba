"""The words of each kind of notification, and why its reader gets it.

Values in the sentences (`%(reference)s`) come from the context given to `notify`. A value that is
missing shows as "…" rather than keeping the message back; ISO days are put into words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from directory import policy
from directory.days import days_in_words
from directory.policy import Permission
from notifications.kinds import NotificationKind

_K = NotificationKind
_P = Permission

_OWN_STATE = _("You get this because you are a focal point of the State that asked.")
_WORKS_ON_REQUESTS = _("You get this because you work on requests at UNODC.")
_ASSIGNED = _("You get this because the request is assigned to you.")
_ANSWERS = _("You get this because you answer for the request.")
_AUTHOR = _("You get this because you entered it.")
_APPROVES = _("You get this because you may approve it.")
_UPLOADED = _("You get this because you uploaded or undid it.")
_ASKED = _("You get this because you asked for it.")
_ADMINISTERS = _("You get this because you administer this installation.")


@dataclass(frozen=True)
class Wording:
    """Subject and words of a notification, the reason it is sent, and who can get it at all."""

    subject: str | Promise
    words: str | Promise
    reason: str | Promise
    concerns: Permission


WORDING: Mapping[str, Wording] = {
    _K.REQUEST_RECEIVED: Wording(
        _("%(reference)s: your request was received"),
        _("Your request was received and has the reference %(reference)s. UNODC will read it."),
        _OWN_STATE,
        _P.ANSWER_FOR_STATE,
    ),
    _K.REQUEST_SUBMITTED: Wording(
        _("%(reference)s: new request from %(organisation)s"),
        _("%(organisation)s asks for assistance. The request waits to be read."),
        _WORKS_ON_REQUESTS,
        _P.TRIAGE,
    ),
    _K.REQUEST_ENTERED: Wording(
        _("%(reference)s: UNODC entered a request for your State"),
        _("UNODC entered a request on your State's behalf. Please check that it is right."),
        _OWN_STATE,
        _P.ANSWER_FOR_STATE,
    ),
    _K.REQUEST_ASSIGNED: Wording(
        _("%(reference)s is assigned to you"),
        _("%(by)s assigned the request of %(organisation)s to you."),
        _ASSIGNED,
        _P.TRIAGE,
    ),
    _K.REQUESTS_ASSIGNED: Wording(
        _("%(number)s requests are assigned to you"),
        _("%(by)s assigned these requests to you: %(references)s."),
        _("You get this because the requests are assigned to you."),
        _P.TRIAGE,
    ),
    _K.REQUEST_HANDED_OVER: Wording(
        _("%(reference)s: you answer for it now"),
        _("%(by)s handed this request of %(organisation)s over to you: UNODC turns to you."),
        _ANSWERS,
        _P.ANSWER_FOR_STATE,
    ),
    _K.REQUEST_UNDER_REVIEW: Wording(
        _("%(reference)s: your request is being read"),
        _("An officer of UNODC has begun to read your request."),
        _OWN_STATE,
        _P.ANSWER_FOR_STATE,
    ),
    _K.CLARIFICATION_ASKED: Wording(
        _("%(reference)s: UNODC has a question"),
        _("UNODC has a question about your request. It waits for your answer."),
        _OWN_STATE,
        _P.ANSWER_FOR_STATE,
    ),
    _K.CLARIFICATION_ANSWERED: Wording(
        _("%(reference)s: %(organisation)s answered"),
        _("%(organisation)s answered the question about its request."),
        _ASSIGNED,
        _P.TRIAGE,
    ),
    _K.REQUEST_ACCEPTED: Wording(
        _("%(reference)s: your request was accepted"),
        _("UNODC accepted your request. The page shows what happens next."),
        _OWN_STATE,
        _P.ANSWER_FOR_STATE,
    ),
    _K.REQUEST_DECLINED: Wording(
        _("%(reference)s: your request was declined"),
        _("UNODC declined your request. The page gives the reason."),
        _OWN_STATE,
        _P.ANSWER_FOR_STATE,
    ),
    _K.REQUEST_WITHDRAWN: Wording(
        _("%(reference)s was withdrawn"),
        _("%(organisation)s withdrew its request."),
        _WORKS_ON_REQUESTS,
        _P.TRIAGE,
    ),
    _K.REQUEST_CLOSED: Wording(
        _("%(reference)s is closed"),
        _("Every item of your request has its outcome, and the request is closed."),
        _OWN_STATE,
        _P.ANSWER_FOR_STATE,
    ),
    _K.ITEM_OUTCOME: Wording(
        _("%(reference)s: an item has its outcome"),
        _("An item of your request has an outcome: %(outcome)s."),
        _OWN_STATE,
        _P.ANSWER_FOR_STATE,
    ),
    _K.REFERRAL_ANSWERED: Wording(
        _("%(reference)s: %(entity)s answered on item %(item)s"),
        _("%(entity)s, to which item %(item)s was passed on, gave an answer. The page has it."),
        _OWN_STATE,
        _P.ANSWER_FOR_STATE,
    ),
    _K.ITEM_MERGED: Wording(
        _("%(reference)s: item %(item)s goes on in %(into)s"),
        _(
            "UNODC found that item %(item)s asks for the same as item %(into_item)s of %(into)s."
            " It goes on there for both; what you wrote stays readable in both places."
        ),
        _OWN_STATE,
        _P.ANSWER_FOR_STATE,
    ),
    _K.REPLY_AWAITED: Wording(
        _("%(reference)s: did you receive item %(item)s?"),
        _(
            "UNODC recorded as delivered what you asked for in item %(item)s. Please say on the"
            " page whether you received it. Without your reply it closes 60 days after it was"
            " recorded."
        ),
        _OWN_STATE,
        _P.ANSWER_FOR_STATE,
    ),
    _K.ITEM_SILENT: Wording(
        _("%(reference)s: item %(item)s is closed without your reply"),
        _(
            "60 days passed without your reply, and item %(item)s is closed. It counts as"
            " delivered, not as confirmed by you. You can still say on the page that something"
            " was missing."
        ),
        _OWN_STATE,
        _P.ANSWER_FOR_STATE,
    ),
    _K.ITEM_CLOSED_SILENT: Wording(
        _("%(reference)s: item %(item)s closed after 60 days of silence"),
        _("%(organisation)s did not reply in 60 days. The item counts apart, not as confirmed."),
        _ASSIGNED,
        _P.TRIAGE,
    ),
    _K.ITEM_WITHDRAWN: Wording(
        _("%(reference)s: item %(item)s was withdrawn"),
        _("%(organisation)s no longer asks for item %(item)s of its request."),
        _WORKS_ON_REQUESTS,
        _P.TRIAGE,
    ),
    _K.MESSAGE_WRITTEN: Wording(
        _("%(reference)s: new message from %(by)s"),
        _("%(by)s wrote a message on the request."),
        _("You get this because you take part in this request."),
        _P.WRITE_MESSAGES,
    ),
    _K.NOTE_WRITTEN: Wording(
        _("%(reference)s: internal note from %(by)s"),
        _("%(by)s wrote a note for colleagues on the request. The State does not see it."),
        _ASSIGNED,
        _P.TRIAGE,
    ),
    _K.REQUEST_DUE: Wording(
        _("%(reference)s waits for an answer"),
        _("The request of %(organisation)s was received on %(received_on)s. Its 30 days end soon."),
        _WORKS_ON_REQUESTS,
        _P.TRIAGE,
    ),
    _K.ACTIVITY_TO_APPROVE: Wording(
        _("To approve: %(title)s"),
        _("%(by)s asks for a second person's approval."),
        _APPROVES,
        _P.APPROVE,
    ),
    _K.ACTIVITY_APPROVED: Wording(
        _("Approved: %(title)s"),
        _("%(by)s approved the activity. It counts from now on."),
        _AUTHOR,
        _P.LOG_ACTIVITIES,
    ),
    _K.ACTIVITY_SENT_BACK: Wording(
        _("Sent back: %(title)s"),
        _("%(by)s sent the activity back: %(reason)s"),
        _AUTHOR,
        _P.LOG_ACTIVITIES,
    ),
    _K.ACTIVITY_OVERDUE: Wording(
        _("Planned end passed: %(title)s"),
        _("The activity was to end on %(planned_end)s and has no approved delivery. Is it done?"),
        _AUTHOR,
        _P.LOG_ACTIVITIES,
    ),
    _K.ACTIVITY_STALE: Wording(
        _("Unchanged for 60 days: %(title)s"),
        _("Nothing of it changed since %(changed_on)s. Close it, or bring it up to date."),
        _AUTHOR,
        _P.LOG_ACTIVITIES,
    ),
    _K.DELIVERY_APPROVED: Wording(
        _("Delivery approved: %(title)s"),
        _("%(by)s approved a delivery. It counts from now on."),
        _AUTHOR,
        _P.LOG_ACTIVITIES,
    ),
    _K.DELIVERY_TO_CONFIRM: Wording(
        _("%(reference)s: please confirm a delivery"),
        _("UNODC recorded a delivery to your State on %(delivered_on)s. Did it take place?"),
        _OWN_STATE,
        _P.REPLY,
    ),
    _K.DELIVERY_REPLIED: Wording(
        _("%(country)s replied: %(title)s"),
        _("%(country)s replied to a delivery: %(verdict)s."),
        _AUTHOR,
        _P.LOG_ACTIVITIES,
    ),
    _K.EVIDENCE_VERIFIED: Wording(
        _("Evidence verified: %(title)s"),
        _("%(by)s verified the evidence you added."),
        _AUTHOR,
        _P.LOG_ACTIVITIES,
    ),
    _K.LINK_DECIDED: Wording(
        _("Link decided: %(title)s"),
        _("%(by)s decided on the link to %(mandate)s."),
        _AUTHOR,
        _P.LOG_ACTIVITIES,
    ),
    _K.FILE_HARMFUL: Wording(
        _("Malware was found in %(filename)s"),
        _("The file %(filename)s holds malware (%(name)s). Nobody can open it; send a clean one."),
        _("You get this because you added the file."),
        _P.READ_RESOLUTIONS,
    ),
    _K.ACTIVITIES_TO_APPROVE: Wording(
        _("To approve: activities of a sheet"),
        _("%(by)s sent activities of a sheet for approval: %(number)s."),
        _APPROVES,
        _P.APPROVE,
    ),
    _K.SHEET_READY: Wording(
        _("%(filename)s: see what it would change"),
        _("The sheet was compared with what is recorded. Nothing is written yet."),
        _UPLOADED,
        _P.LOG_ACTIVITIES,
    ),
    _K.SHEET_DONE: Wording(
        _("%(filename)s is done"),
        _("The page shows what became of each row."),
        _UPLOADED,
        _P.LOG_ACTIVITIES,
    ),
    _K.SHEET_REFUSED: Wording(
        _("%(filename)s was refused"),
        _("The sheet could not be read. The page gives the reason and what to do."),
        _UPLOADED,
        _P.LOG_ACTIVITIES,
    ),
    _K.REPORT_DONE: Wording(
        _("The report on %(symbol)s is built"),
        _("The Word document and the PDF are ready to download."),
        _ASKED,
        _P.READ_REPORTS,
    ),
    _K.REPORT_FAILED: Wording(
        _("The report on %(symbol)s could not be built"),
        _("The page gives the reason and what to do."),
        _ASKED,
        _P.READ_REPORTS,
    ),
    _K.IMPORT_DONE: Wording(
        _("%(symbol)s was imported"),
        _("The file %(filename)s was read as %(symbol)s. The page shows what was unsure."),
        _AUTHOR,
        _P.IMPORT_RESOLUTIONS,
    ),
    _K.IMPORT_REFUSED: Wording(
        _("%(filename)s was not imported"),
        _("The file %(filename)s could not be imported. The page gives the reason."),
        _AUTHOR,
        _P.IMPORT_RESOLUTIONS,
    ),
    _K.NEED_TO_PUBLISH: Wording(
        _("%(mandate)s: a need to publish"),
        _("%(by)s wrote what the mandate takes. A need counts once it is published."),
        _("You get this because you may publish it."),
        _P.PUBLISH_NEEDS,
    ),
    _K.NEED_PUBLISHED: Wording(
        _("%(mandate)s: your need is published"),
        _("%(by)s published the need."),
        _AUTHOR,
        _P.WRITE_NEEDS,
    ),
    _K.REPORT_DUE: Wording(
        _("%(mandate)s: report due on %(due_on)s"),
        _("The report that %(mandate)s asks for is due on %(due_on)s and not marked as submitted."),
        _("You get this because you manage this work at UNODC."),
        _P.PUBLISH_NEEDS,
    ),
    _K.SELF_CHECK_FAILED: Wording(
        _("Self-check: %(problems)s"),
        _("The daily self-check found: %(problems)s"),
        _ADMINISTERS,
        _P.ADMINISTER,
    ),
}


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


@dataclass(frozen=True)
class Worded:
    """A notification in the words of its reader's language."""

    subject: str
    words: str
    reason: str


def worded(kind: str, context: Mapping[str, Any]) -> Worded:
    """The notification in the active language, its subject on one line."""
    wording = WORDING[kind]
    values = _Known(days_in_words(context))
    return Worded(
        subject=" ".join((str(wording.subject) % values).split()),
        words=str(wording.words) % values,
        reason=str(wording.reason),
    )


def kinds_for(user: Any) -> list[NotificationKind]:
    """The kinds that can concern this person, by what they may do."""
    return [kind for kind in NotificationKind if policy.may(user, WORDING[kind].concerns)]
