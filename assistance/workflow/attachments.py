"""Files beside a request: checked by content, stored under names that can't be guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from assistance.files import check_upload
from assistance.models import Attachment, RequestStatus
from assistance.stored_once import remove_unless_held, stored_before
from assistance.workflow.errors import WrongState
from assistance.workflow.steps import begin
from assistance.workflow.transitions import ATTACH

if TYPE_CHECKING:
    from django.core.files import File

    from assistance.models import AssistanceRequest
    from directory.models import User

MOST_FILES = 10


@transaction.atomic
def add_attachment(*, request: AssistanceRequest, file: File[bytes], user: User) -> Attachment:
    """The file beside the request; the same file added twice is one."""
    current = begin(request, user=user, step=ATTACH)
    try:
        checked = check_upload(file)
    except ValidationError as error:
        raise ValidationError({"file": error.messages}) from error
    there: Attachment | None = current.attachments.filter(
        sha256=checked.sha256, filename=checked.filename
    ).first()
    if there is not None:
        return there
    if current.attachments.count() >= MOST_FILES:
        raise ValidationError({"file": _("A request holds at most 10 files.")})
    attachment = Attachment(
        request=current,
        filename=checked.filename,
        content_type=checked.content_type,
        size=checked.size,
        sha256=checked.sha256,
        added_by=user,
    )
    attachment.file = stored_before(attachment) or file
    attachment.save()
    return attachment


@transaction.atomic
def remove_attachment(*, attachment: Attachment, user: User) -> AssistanceRequest:
    """The draft without a file; once sent, files stay."""
    current = begin(attachment.request, user=user, step=ATTACH)
    if current.state != RequestStatus.DRAFT:
        raise WrongState(current)
    attachment.delete()
    remove_unless_held(str(attachment.file.name))
    return current
