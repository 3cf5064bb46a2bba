"""The same file, given twice by the same owner, is stored once; never across owners.

The owner of a request's file is the organisation that asks, of evidence the lead unit of the
activity. Across owners a shared file would tell one what another has.
"""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction

from assistance.models import Attachment, Evidence
from directory.viewer import SYSTEM, viewing_as


def stored_before(holder: Attachment | Evidence) -> str | None:
    """The name under which its owner's file of the same content is stored.

    Locks the row that says so until the transaction ends, so that the file is not removed with it.
    """
    same: Any
    if isinstance(holder, Attachment):
        owner = holder.request.organisation_id
        same = Attachment.objects.filter(request__organisation=owner)
    else:
        owner = holder.delivery.activity.unit_id
        same = Evidence.objects.filter(delivery__activity__unit=owner)
    rows = same.filter(sha256=holder.sha256).select_for_update(of=("self",))
    found = rows.order_by("pk").first()
    return str(found.file.name) if found else None


def remove_unless_held(name: str) -> None:
    """Have a stored file removed once the transaction ends, unless another row holds it too."""
    with viewing_as(SYSTEM):  # a row that is hidden from somebody must not count as gone
        holders = (
            Attachment.objects.filter(file=name),
            Evidence.history.rel.related_model.objects.filter(file=name),  # type: ignore[attr-defined]
        )
        if any(rows.exists() for rows in holders):
            return
    transaction.on_commit(lambda: default_storage.delete(name))
