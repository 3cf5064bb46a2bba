from django.db import models
from django.utils.translation import gettext_lazy as _

from directory.names import in_language
from mandates.models.resolution import Resolution, Text


class ParagraphKind(models.TextChoices):
    """Where a paragraph stands."""

    PREAMBULAR = "preambular", _("Preambular paragraph")
    OPERATIVE = "operative", _("Operative paragraph")


class Paragraph(models.Model):
    """A paragraph of a resolution, the same in all its languages.

    `number` is as printed ("6", "3 (a)"; recitals, which carry none, "pp1", "pp2" ...), `position`
    its order in the document, `parent` the paragraph a lettered one belongs to.
    """

    resolution = models.ForeignKey(Resolution, on_delete=models.PROTECT, related_name="paragraphs")
    kind = models.CharField(max_length=12, choices=ParagraphKind)
    number = models.CharField(max_length=30)
    position = models.PositiveIntegerField()
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    labels = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["resolution", "kind", "number"], name="paragraph_number"
            ),
            models.UniqueConstraint(fields=["resolution", "position"], name="paragraph_position"),
            models.CheckConstraint(
                condition=models.Q(kind__in=ParagraphKind), name="paragraph_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def label(self) -> str:
        """The short unofficial name in the reader's language, or nothing."""
        return in_language(self.labels)


class ParagraphText(models.Model):
    """The words of a paragraph in one language: no footnote marks, no line breaks.

    `emphasis` holds ranges printed in italics, `footnote_marks` the marks with the offset after
    which each is printed; offsets count Unicode code points of `words`.
    """

    paragraph = models.ForeignKey(Paragraph, on_delete=models.PROTECT, related_name="texts")
    text = models.ForeignKey(Text, on_delete=models.CASCADE, related_name="paragraphs")
    words = models.TextField()
    emphasis = models.JSONField(default=list, blank=True)
    footnote_marks = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["paragraph", "text"], name="paragraph_text_once"),
        ]

    def __str__(self) -> str:
        return self.words[:80]


class Footnote(models.Model):
    """A note of a text; `places` are the paragraphs that carry its mark ("op6", "pp1")."""

    text = models.ForeignKey(Text, on_delete=models.CASCADE, related_name="footnotes")
    mark = models.CharField(max_length=10)
    position = models.PositiveIntegerField()
    words = models.TextField()
    places = models.JSONField(default=list)
    citations = models.JSONField(default=list)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["text", "mark"], name="footnote_mark"),
        ]

    def __str__(self) -> str:
        return f"{self.mark} {self.words}"
