"""A file that came with a form that had problems: kept, so that nobody has to choose it again."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from assistance.files import MAX_MEGABYTES

SALT = "kept evidence"
FOLDER = "kept"
HOURS = 12


def keep(file: UploadedFile, user: Any) -> str:
    """Store the file aside and give a word that only this person can use to have it back."""
    if file.size is None or file.size > MAX_MEGABYTES * 1024 * 1024:
        return ""
    file.seek(0)
    path = default_storage.save(f"{FOLDER}/{secrets.token_hex(16)}", file)
    return signing.dumps({"path": path, "name": file.name, "user": user.pk}, salt=SALT)


def kept(word: str, user: Any) -> ContentFile | None:
    """The file of a word that `keep` gave this person, or nothing."""
    try:
        found = signing.loads(word, salt=SALT, max_age=HOURS * 3600)
    except signing.BadSignature:
        return None
    if found["user"] != user.pk or not default_storage.exists(found["path"]):
        return None
    with default_storage.open(found["path"]) as stored:
        return ContentFile(stored.read(), name=found["name"])


def name_of(word: str) -> str:
    """The name of the kept file, for the page."""
    try:
        return str(signing.loads(word, salt=SALT)["name"])
    except signing.BadSignature:
        return ""


def forget(word: str) -> None:
    """Remove the kept file once it was saved where it belongs."""
    try:
        default_storage.delete(signing.loads(word, salt=SALT)["path"])
    except signing.BadSignature:
        return


def forget_old() -> None:
    """Remove the files whose words count no more."""
    try:
        _folders, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return
    oldest = timezone.now() - timedelta(hours=HOURS)
    for name in names:
        path = f"{FOLDER}/{name}"
        if default_storage.get_modified_time(path) < oldest:
            default_storage.delete(path)
