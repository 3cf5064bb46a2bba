from django.db import models

from mandates.models.mandate import Mandate


class Wording(models.Model):
    """The words a clause had in one language up to a revision, kept when they changed.

    Of an earlier revision the words are those of the first wording kept at it or after it, or, when
    there is none, the present ones.
    """

    mandate = models.ForeignKey(Mandate, on_delete=models.CASCADE, related_name="wordings")
    language = models.CharField(max_length=5)
    revision = models.PositiveIntegerField()
    words = models.TextField()

    class Meta:
        ordering = ["mandate", "language", "revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["mandate", "language", "revision"], name="wording_once_a_revision"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mandate_id} ({self.language}, {self.revision})"
