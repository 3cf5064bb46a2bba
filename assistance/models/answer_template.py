"""Texts that officers start an answer from."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assistance.querysets import AnswerTemplateQuerySet


class AnswerKind(models.TextChoices):
    """What kind of answer a text is for."""

    QUESTION = "question", _("Question")
    ACCEPTANCE = "acceptance", _("Acceptance")
    DECLINE = "decline", _("Reason for declining")


class AnswerTemplate(models.Model):
    """A text in three languages that an officer picks, changes and sends; administrators keep it.

    `{reference}` in it becomes the reference of the request.
    """

    kind = models.CharField(_("for"), max_length=10, choices=AnswerKind)
    name_en = models.CharField(_("name in English"), max_length=80)
    name_es = models.CharField(_("name in Spanish"), max_length=80)
    name_fr = models.CharField(_("name in French"), max_length=80)
    words_en = models.TextField(_("words in English"))
    words_es = models.TextField(_("words in Spanish"))
    words_fr = models.TextField(_("words in French"))
    active = models.BooleanField(_("offered to officers"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = AnswerTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "position", "pk"]
        verbose_name = _("answer template")
        verbose_name_plural = _("answer templates")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=AnswerKind), name="answer_template_kind"),
            models.CheckConstraint(
                condition=~(Q(words_en="") | Q(words_es="") | Q(words_fr="")),
                name="answer_template_in_three_languages",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Its name in the reader's language."""
        return self._in("name", get_language() or settings.LANGUAGE_CODE)

    def words(self, language: str, reference: str) -> str:
        """The text in a language, about the request of this reference."""
        return self._in("words", language).replace("{reference}", reference)

    def _in(self, field: str, language: str) -> str:
        short = language.split("-")[0]
        known = short if hasattr(self, f"{field}_{short}") else "en"
        value: str = getattr(self, f"{field}_{known}")
        return value
