"""Stored files that nothing refers to: uploads that were rolled back, drafts deleted since."""

from __future__ import annotations

from datetime import timedelta

from django.core.files.storage import default_storage
from django.utils import timezone

from assistance.files import stored_names
from assistance.models import Attachment, Evidence
from directory.viewer import SYSTEM, viewing_as

AGE = timedelta(days=2)


def remove_orphans() -> int:
    """Remove files without a row, now or in the history; gives their number.

    Young ones stay: their transaction may not have ended yet.
    """
    with viewing_as(SYSTEM):  # a row that is hidden from somebody must not count as gone
        known = set(Attachment.objects.values_list("file", flat=True))
        known |= set(Evidence.history.rel.related_model.objects.values_list("file", flat=True))  # type: ignore[attr-defined]
    oldest = timezone.now() - AGE
    removed = 0
    for name in stored_names():
        if name not in known and default_storage.get_modified_time(name) < oldest:
            default_storage.delete(name)
            removed += 1
    return removed
