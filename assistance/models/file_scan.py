from django.db import models


class FileScan(models.Model):
    """What the malware scanner said of a file's content, whoever uploaded it and how often.

    `found` is the name of what it found, empty for nothing.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    found = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sha256__regex="^[0-9a-f]{64}$"), name="file_scan_of_a_digest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sha256}: {self.found or 'nothing'}"
