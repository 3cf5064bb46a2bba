"""What an installation can find wrong with itself; administrators are told once a day."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

from assistance.coverage.checks import contradictions
from assistance.coverage.closing import verify
from assistance.coverage.kept import disagreements, keep_all, waiting
from assistance.coverage.models import Closing
from assistance.models import AssistanceRequest
from directory.models import Role, User
from mandates.models import Resolution, ResolutionImport, Text
from mandates.services.intake import UNFINISHED
from notifications.kinds import NotificationKind
from notifications.models import OutboxMessage
from notifications.services import notify

logger = logging.getLogger(__name__)

# What still waits after this long does so because something is broken.
LATE = timedelta(hours=1)
DAY = timedelta(days=1)

Problem = Callable[[], str]


def check_installation() -> list[str]:
    """Every problem found, in English; administrators are told in their language."""
    problems = [
        *_migrations(),
        *_row_security(),
        *_mails(),
        *_imports(),
        *_files(),
        *_waiting(),
        *_figures(),
        *_closings(),
    ]
    found = [problem() for problem in problems]
    for words in found:
        logger.error("Self-check: %s", words)
    if problems:
        _tell(problems)
    return found


def _tell(problems: list[Problem]) -> None:
    administrators = User.objects.filter(
        is_active=True, memberships__role=Role.ADMINISTRATOR, memberships__ended_on=None
    ).distinct()
    for person in administrators:
        with translation.override(person.language):
            words = "; ".join(problem() for problem in problems)
        notify(
            kind=NotificationKind.SELF_CHECK_FAILED,
            recipients=[person],
            key=f"self-check:{timezone.now().date()}",
            context={"problems": words},
            path=reverse("notification-list"),
        )


def _migrations() -> list[Problem]:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return [lambda: gettext("the database waits for: manage.py migrate")]
    return []


def _row_security() -> list[Problem]:
    """One of the two walls between States is down for who owns the tables."""
    table = AssistanceRequest._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_security_active(%s)", [table])
        (is_active,) = cursor.fetchone()
    if is_active:
        return []
    return [
        lambda: gettext(
            "the site is connected to the database as the owner of its tables, "
            "whom row security does not bind: see DATABASE_URL"
        )
    ]


def _mails() -> list[Problem]:
    now = timezone.now()
    late = OutboxMessage.objects.late().count()
    lost = OutboxMessage.objects.filter(dropped_at__gte=now - DAY).exclude(last_error="").count()
    problems: list[Problem] = []
    if late:
        problems.append(
            lambda: (
                ngettext(
                    "%(number)d e-mail waits for more than an hour",
                    "%(number)d e-mails wait for more than an hour",
                    late,
                )
                % {"number": late}
            )
        )
    if lost:
        problems.append(
            lambda: (
                ngettext(
                    "%(number)d e-mail could not be sent and was given up",
                    "%(number)d e-mails could not be sent and were given up",
                    lost,
                )
                % {"number": lost}
            )
        )
    return problems


def _imports() -> list[Problem]:
    late = ResolutionImport.objects.filter(
        state__in=UNFINISHED, created_at__lt=timezone.now() - LATE
    ).count()
    if not late:
        return []
    return [
        lambda: (
            ngettext(
                "%(number)d import waits for more than an hour: is a worker running?",
                "%(number)d imports wait for more than an hour: is a worker running?",
                late,
            )
            % {"number": late}
        )
    ]


def _files() -> list[Problem]:
    """Source files that are gone or no longer the ones that were read."""
    broken = [
        str(text.filename or text.file.name)
        for text in Text.objects.exclude(file="")
        if not _is_unchanged(text)
    ]
    if not broken:
        return []
    return [
        lambda: (
            gettext("source files are gone or were changed: %(names)s")
            % {"names": ", ".join(broken)}
        )
    ]


def _is_unchanged(text: Text) -> bool:
    try:
        with text.file.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == text.sha256
    except OSError:
        return False


def _waiting() -> list[Problem]:
    """Changes whose rows of coverage nobody keeps: figures are right, and read slowly."""
    found = waiting()
    if not found.is_late:
        return []
    return [
        lambda: (
            ngettext(
                "%(number)d change waits to be worked into coverage, the oldest for %(minutes)d"
                " minutes: pages are slow until a worker does it",
                "%(number)d changes wait to be worked into coverage, the oldest for %(minutes)d"
                " minutes: pages are slow until a worker does it",
                found.number,
            )
            % {"number": found.number, "minutes": found.age.total_seconds() // 60}
        )
    ]


def _figures() -> list[Problem]:
    """Figures that do not agree with their rows; which ones is in the log.

    Rows that are kept otherwise than they are defined are worked out again.
    """
    found = [line for each in Resolution.objects.all() for line in contradictions(each)]
    if wrong := disagreements():
        found += [f"{key} is not kept as it is defined" for key in wrong]
        keep_all()
    for line in found:
        logger.error("Coverage: %s", line)
    if not found:
        return []
    return [
        lambda: (
            ngettext(
                "%(number)d figure of coverage does not agree with its rows",
                "%(number)d figures of coverage do not agree with their rows",
                len(found),
            )
            % {"number": len(found)}
        )
    ]


def _closings() -> list[Problem]:
    """Closed periods whose frozen rows no longer give their hash; which ones is in the log."""
    broken = [
        closing
        for closing in Closing.objects.select_related("resolution")
        if not verify(closing).agrees
    ]
    for closing in broken:
        logger.error("The closed period %s does not agree with its hash", closing)
    if not broken:
        return []
    return [
        lambda: (
            ngettext(
                "%(number)d closed period does not agree with its hash",
                "%(number)d closed periods do not agree with their hash",
                len(broken),
            )
            % {"number": len(broken)}
        )
    ]
