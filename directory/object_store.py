"""Uploaded files in an S3-compatible object store, given out by the site alone."""

from __future__ import annotations

from typing import IO, Any, NoReturn

from botocore.exceptions import ClientError
from storages.backends.s3 import S3Storage

SPOOLED = 1 << 20


class ObjectStore(S3Storage):
    """Objects that nobody reaches by an address: the site asks its policy first, then streams."""

    def get_default_settings(self) -> dict[str, Any]:
        """As the library's, but private, never written over, and no whole file in memory."""
        own = {
            "default_acl": None,
            "file_overwrite": False,
            "max_memory_size": SPOOLED,
            "signature_version": "s3v4",
            "addressing_style": "path",
        }
        return {**super().get_default_settings(), **own}

    def url(self, *args: Any, **options: Any) -> NoReturn:
        """There is none: an address would be good for whoever has it."""
        raise NotImplementedError("Stored files are given out by the site's own pages.")

    def stream(self, name: str) -> IO[bytes]:
        """The bytes as they come, for sending on; `FileNotFoundError` when there are none."""
        try:
            found = self.bucket.Object(self._normalize_name(name)).get()
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                raise FileNotFoundError(name) from error
            raise
        body: IO[bytes] = found["Body"]
        return body
