"""Files handed in to be imported: kept, read by a worker, and told of when done."""

from __future__ import annotations

import hashlib
import logging
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from directory import policy
from directory.policy import Permission
from mandates.models import ImportState, ImportStep, ResolutionImport
from mandates.refusals import ImportRefused
from mandates.services.importing import import_resolution
from notifications.kinds import NotificationKind
from notifications.services import notify

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from directory.models import User

logger = logging.getLogger(__name__)

UNFINISHED = (ImportState.WAITING, ImportState.RUNNING)
# A task still unfinished after this was lost with its broker, and is sent again.
LOST_AFTER = timedelta(minutes=20)


@transaction.atomic
def hand_in(*, file: UploadedFile, language: str, user: User) -> ResolutionImport:
    """Keep a file and have a worker read it; the same file twice at once is one import."""
    policy.authorise(user, Permission.IMPORT_RESOLUTIONS)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    sha256 = digest.hexdigest()
    under_way = ResolutionImport.objects.filter(
        sha256=sha256, language=language, started_by=user, state__in=UNFINISHED
    ).first()
    if under_way:
        return under_way
    filename = (file.name or "")[:255]
    handed_in = ResolutionImport(
        filename=filename, language=language, sha256=sha256, started_by=user
    )
    file.seek(0)
    handed_in.file.save(uuid.uuid4().hex, file, save=False)
    handed_in.save()
    _send_to_worker(handed_in)
    return handed_in


def run_import(*, import_pk: int) -> ResolutionImport:
    """Read a file that was handed in; safe to repeat, since a worker may be killed midway."""
    handed_in = ResolutionImport.objects.select_related("started_by").get(pk=import_pk)
    if handed_in.state not in UNFINISHED:
        return handed_in
    _note(handed_in, ImportStep.READING, 0)
    with handed_in.file.open("rb") as file:
        data = file.read()
    try:
        text = import_resolution(
            data=data,
            filename=handed_in.filename,
            language=handed_in.language,
            user=handed_in.started_by,
            on_progress=lambda step, percent: _note(handed_in, step, percent),
        )
    except ImportRefused as refused:
        logger.info("Import %s refused: %s", import_pk, refused)
        handed_in.refusal = refused.as_json()
        return _finish(handed_in, ImportState.REFUSED)
    handed_in.text = text
    return _finish(handed_in, ImportState.DONE)


def give_up(*, import_pk: int) -> None:
    """Say that a file can't be read because of a mistake of ours."""
    handed_in = ResolutionImport.objects.get(pk=import_pk)
    if handed_in.state in UNFINISHED:
        handed_in.refusal = ImportRefused("not_read").as_json()
        _finish(handed_in, ImportState.REFUSED)


def resume_lost_imports() -> int:
    """Send again what no worker finished in time; gives how many."""
    lost = ResolutionImport.objects.filter(
        state__in=UNFINISHED, created_at__lt=timezone.now() - LOST_AFTER
    )
    with transaction.atomic():
        for handed_in in lost:
            _send_to_worker(handed_in)
    return len(lost)


def _send_to_worker(handed_in: ResolutionImport) -> None:
    from mandates.tasks import import_resolution_task  # noqa: PLC0415  (it calls this module)

    transaction.on_commit(
        lambda: import_resolution_task.apply_async([handed_in.pk], retry=False), robust=True
    )


def _note(handed_in: ResolutionImport, step: ImportStep, percent: int) -> None:
    ResolutionImport.objects.filter(pk=handed_in.pk, state__in=UNFINISHED).update(
        state=ImportState.RUNNING, step=step, percent=percent
    )


@transaction.atomic
def _finish(handed_in: ResolutionImport, state: ImportState) -> ResolutionImport:
    """The end of an import with the notification it causes; a second worker's changes nothing."""
    current = ResolutionImport.objects.select_for_update().get(pk=handed_in.pk)
    if current.state not in UNFINISHED:
        return current
    handed_in.state, handed_in.percent, handed_in.step = state, 100, ""
    handed_in.finished_at = timezone.now()
    handed_in.save()
    if handed_in.started_by:
        done = state == ImportState.DONE
        notify(
            kind=NotificationKind.IMPORT_DONE if done else NotificationKind.IMPORT_REFUSED,
            recipients=[handed_in.started_by],
            key=f"import:{handed_in.pk}",
            context={
                "filename": handed_in.filename,
                "symbol": handed_in.text.resolution.symbol if handed_in.text else "",
            },
            path=reverse("import-progress", args=[handed_in.pk]),
        )
    return handed_in
