"""Malware: where a scanner is set, no file is given out before it was scanned and found clean.

The scanner is ClamAV's daemon, `MANDATE_TRACKER_SCANNER`. Files are scanned by their content, so
the same content once.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from assistance.models import Attachment, Evidence, FileScan
from notifications.kinds import NotificationKind
from notifications.services import notify

logger = logging.getLogger(__name__)
TIMEOUT = 60.0
PORT = 3310


class HeldBack(Exception):
    """The file may not be given out: not scanned yet, or malware was found in it.

    `str()` says so in the reader's language.
    """


def hold_back(sha256: str) -> None:
    """Raise `HeldBack` unless the content was found clean, or no scanner is set."""
    if not settings.SCANNER:
        return
    scan = FileScan.objects.filter(sha256=sha256).first()
    if scan is None:
        raise HeldBack(_("The file is being checked for malware. Try again in a minute."))
    if scan.found:
        raise HeldBack(
            _("Malware was found in the file (%(name)s), so nobody can open it.")
            % {"name": scan.found}
        )


def released(contents: Collection[str]) -> set[str]:
    """Those of some contents (by SHA-256) that `hold_back` lets go; one query at most."""
    if not settings.SCANNER or not contents:
        return set(contents)
    clean = FileScan.objects.filter(sha256__in=contents, found="")
    return set(clean.values_list("sha256", flat=True))


def scan_waiting() -> int:
    """Scan each content that waits; gives how many. An unreachable scanner leaves them waiting."""
    if not settings.SCANNER:
        return 0
    scanned = 0
    for holder in _waiting():
        try:
            with holder.file.open("rb") as file:
                found = _found_in(file)
        except (ClamdError, OSError) as failure:
            logger.error("Scanning %s failed: %s", holder.file.name, failure)
            continue
        _keep(holder, found)
        scanned += 1
    return scanned


def _waiting() -> Iterator[Any]:
    """One holder of each content that was not scanned."""
    seen = set()
    for model in (Attachment, Evidence):
        rows = model.objects.exclude(sha256="").exclude(
            sha256__in=FileScan.objects.values("sha256")
        )
        for holder in rows.select_related("added_by").iterator():
            if holder.sha256 not in seen:
                seen.add(holder.sha256)
                yield holder


def _found_in(file: BinaryIO) -> str:
    """The name of what the scanner finds, empty for nothing."""
    address = urlsplit(settings.SCANNER)
    if address.scheme == "unix":
        scanner = ClamdUnixSocket(path=address.path, timeout=TIMEOUT)
    else:
        scanner = ClamdNetworkSocket(
            host=address.hostname or "localhost", port=address.port or PORT, timeout=TIMEOUT
        )
    status, name = scanner.instream(file)["stream"]
    if status == "FOUND":
        return str(name)
    if status != "OK":
        raise ClamdError(f"{status}: {name}")
    return ""


@transaction.atomic
def _keep(holder: Attachment | Evidence, found: str) -> None:
    FileScan.objects.get_or_create(sha256=holder.sha256, defaults={"found": found})
    if not found:
        return
    logger.warning("Malware in %s: %s", holder.file.name, found)
    if isinstance(holder, Attachment):
        path = reverse("request", args=[holder.request_id])
        about: Any = holder.request
    else:
        path, about = reverse("delivery", args=[holder.delivery_id]), holder.delivery
    notify(
        kind=NotificationKind.FILE_HARMFUL,
        recipients=[holder.added_by],
        key=f"file:{holder.sha256}",
        context={"filename": holder.filename, "name": found},
        path=path,
        about=about,
    )
