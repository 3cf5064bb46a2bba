"""What UNODC writes about a request for itself."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from assistance.models import InternalNote
from assistance.workflow.people import tell
from assistance.workflow.steps import begin, required
from assistance.workflow.transitions import WRITE_NOTE
from notifications.kinds import NotificationKind

if TYPE_CHECKING:
    from assistance.models import AssistanceRequest
    from directory.models import User

_SAME_NOTE_WITHIN = dt.timedelta(minutes=1)


@transaction.atomic
def write_note(*, request: AssistanceRequest, user: User, words: str) -> InternalNote:
    """A note that only UNODC reads. The same words sent twice in a minute are one note.

    The officer of the request is told, unless it is the one who writes.
    """
    current = begin(request, user=user, step=WRITE_NOTE)
    required(words=words)
    again: InternalNote | None = current.notes.filter(
        by=user, words=words.strip(), at__gt=timezone.now() - _SAME_NOTE_WITHIN
    ).first()
    if again is not None:
        return again
    note: InternalNote = InternalNote.objects.create(request=current, words=words.strip(), by=user)
    if current.assigned_to is not None and current.assigned_to.pk != user.pk:
        tell(
            kind=NotificationKind.NOTE_WRITTEN,
            recipients=[current.assigned_to],
            key=f"note:{note.pk}",
            path=reverse("request", args=[current.pk]),
            about=note,
            values={"reference": current.ref, "by": user},
        )
    return note
