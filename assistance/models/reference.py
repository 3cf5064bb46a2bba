from django.db import models


class ReferenceCounter(models.Model):
    """The last reference number given in a year; its row is locked while the next is taken."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"
