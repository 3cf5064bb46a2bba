"""Reports asked for: built by a worker, kept, and told of when done."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from assistance.coverage.window import Window
from dashboards.report.compose import compose
from dashboards.report.docx import as_docx
from dashboards.report.gather import gather
from dashboards.report.models import BuildState, BuildStep, FileKind, ReportBuild, ReportFile
from dashboards.report.pdf import as_pdf
from directory import policy
from directory.policy import Permission
from notifications.kinds import NotificationKind
from notifications.services import notify

if TYPE_CHECKING:
    from directory.models import User
    from mandates.models import Resolution

logger = logging.getLogger(__name__)

UNFINISHED = [BuildState.WAITING, BuildState.RUNNING]
# A build still unfinished after this was lost with its broker, and is sent again.
LOST_AFTER = timedelta(minutes=15)
KEPT_FOR = timedelta(days=730)


def ask_for_report(
    *, resolution: Resolution, first: dt.date, last: dt.date, language: str, by: User
) -> ReportBuild:
    """Have a worker build a report; asked for twice at once by the same person, it is one.

    Raises `WindowError` for days that make no period.
    """
    policy.authorise(by, Permission.WRITE_REPORTS)
    window = Window.of(resolution, first, last)
    asked = {
        "resolution": resolution,
        "first": first,
        "last": last,
        "language": language,
        "asked_by": by,
    }
    try:
        with transaction.atomic():
            build = ReportBuild.objects.create(**asked, as_of=window.last)
            _send_to_worker(build)
    except IntegrityError:
        build = ReportBuild.objects.get(**asked, state__in=UNFINISHED)
    return build


def run_build(*, build_pk: int) -> ReportBuild:
    """Build a report that was asked for; safe to repeat, since a worker may be killed midway."""
    build = ReportBuild.objects.select_related("asked_by", "resolution").get(pk=build_pk)
    if build.state not in UNFINISHED:
        return build
    if not policy.may(build.asked_by, Permission.WRITE_REPORTS):
        build.problem = "not_allowed"
        return _finish(build, BuildState.FAILED, {})
    _note(build, BuildStep.GATHERING, 5)
    content = gather(
        build.resolution,
        user=build.asked_by,
        first=build.first,
        last=build.last,
        as_of=build.as_of,
        language=build.language,
    )
    document = compose(content)
    build.definition, build.content_sha256 = content.definition, content.sha256
    _note(build, BuildStep.DOCX, 30)
    files = {FileKind.DOCX: as_docx(document, build.as_of)}
    _note(build, BuildStep.PDF, 70)
    files[FileKind.PDF] = as_pdf(document, build.as_of)
    return _finish(build, BuildState.DONE, files)


def give_up(*, build_pk: int) -> None:
    """Say that a report can't be built because of a mistake of ours."""
    build = ReportBuild.objects.select_related("asked_by", "resolution").get(pk=build_pk)
    if build.state in UNFINISHED:
        build.problem = "not_built"
        _finish(build, BuildState.FAILED, {})


def resume_lost_reports() -> int:
    """Send again what no worker finished in time; gives how many."""
    lost = ReportBuild.objects.filter(
        state__in=UNFINISHED, touched_at__lt=timezone.now() - LOST_AFTER
    )
    with transaction.atomic():
        for build in lost:
            _send_to_worker(build)
    return len(lost)


def forget_old() -> int:
    """Remove the files of old reports; who asked, when, and their digests stay."""
    old = ReportFile.objects.filter(
        build__finished_at__lt=timezone.now() - KEPT_FOR, content__isnull=False
    )
    return old.update(content=None)


def _send_to_worker(build: ReportBuild) -> None:
    from dashboards.report.tasks import build_report  # noqa: PLC0415  (it calls this module)

    transaction.on_commit(lambda: build_report.apply_async([build.pk], retry=False), robust=True)


def _note(build: ReportBuild, step: BuildStep, percent: int) -> None:
    ReportBuild.objects.filter(pk=build.pk, state__in=UNFINISHED).update(
        state=BuildState.RUNNING, step=step, percent=percent, touched_at=timezone.now()
    )


@transaction.atomic
def _finish(build: ReportBuild, state: BuildState, files: dict[FileKind, bytes]) -> ReportBuild:
    """The end of a build with its files and the notification; a second worker's changes nothing."""
    current = ReportBuild.objects.select_for_update().get(pk=build.pk)
    if current.state not in UNFINISHED:
        return current
    build.state, build.percent, build.step = state, 100, ""
    build.finished_at = timezone.now()
    build.save()
    ReportFile.objects.bulk_create(
        ReportFile(
            build=build,
            kind=kind,
            content=content,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )
        for kind, content in files.items()
    )
    done = state == BuildState.DONE
    notify(
        kind=NotificationKind.REPORT_DONE if done else NotificationKind.REPORT_FAILED,
        recipients=[build.asked_by],
        key=f"report:{build.pk}",
        context={"symbol": build.resolution.symbol},
        path=reverse("report-build", args=[build.pk]),
        about=build,
    )
    return build
