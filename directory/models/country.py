from django.db import models
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from directory.names import in_language


class CountryQuerySet(models.QuerySet["Country"]):
    def by_name(self, language: str | None = None) -> "CountryQuerySet":
        """In the order of the reader's alphabet, by the keys stored for each language.

        The embedded database has no ICU collations, so the order is computed when names are loaded.
        """
        wanted = (language or get_language() or "en").split("-")[0]
        return self.order_by(f"sort_keys__{wanted}", "iso")


class Country(models.Model):
    """A State, by its ISO 3166-1 alpha-2 code and its United Nations M49 number.

    Names come from the Unicode CLDR in the six official languages.
    """

    iso = models.CharField(max_length=2, unique=True)
    m49 = models.CharField(max_length=3, unique=True)
    names = models.JSONField()
    former_names = models.JSONField(
        default=dict, blank=True, help_text="By language, the newest first; accepted and found."
    )
    sort_keys = models.JSONField()
    region = models.CharField(max_length=3, help_text="M49 number of the subregion.")
    member_state = models.BooleanField(default=True)

    objects = CountryQuerySet.as_manager()

    class Meta:
        verbose_name = _("State")
        verbose_name_plural = _("States")
        constraints = [
            models.CheckConstraint(condition=models.Q(iso__regex="^[A-Z]{2}$"), name="country_iso"),
            models.CheckConstraint(condition=models.Q(m49__regex="^[0-9]{3}$"), name="country_m49"),
        ]

    def __str__(self) -> str:
        return in_language(self.names)

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_language(self.names)

    @property
    def name_with_former(self) -> str:
        """For lists to choose from: the present name, and those by which one may look for it."""
        language = (get_language() or "en").split("-")[0]
        former = [name for name in self.former_names.get(language, ()) if name != self.name]
        if not former:
            return self.name
        return gettext("%(name)s (formerly %(former)s)") % {
            "name": self.name,
            "former": ", ".join(former),
        }
