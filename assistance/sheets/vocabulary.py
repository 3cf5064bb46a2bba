"""The words a cell may hold, in each language of the site, with the code each stands for."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import TextChoices
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from assistance.models import (
    ActivityStatus,
    AgeGroup,
    EvidenceKind,
    Function,
    HelpKind,
    RequestOrigin,
    Urgency,
    Visibility,
    Weight,
)
from assistance.sheets.problems import CellRefused
from directory.currencies import in_use
from directory.everyday_names import everyday_names
from directory.models import Country, Entity, EntityKind, Organisation, OrganisationKind
from mandates.models import DeliveryKind, Lineage, Mandate, Need, Theme
from mandates.services.lineage import successors_of

CHOICES: Mapping[str, type[TextChoices]] = {
    "kinds": DeliveryKind,
    "statuses": ActivityStatus,
    "visibilities": Visibility,
    "weights": Weight,
    "evidence_kinds": EvidenceKind,
    "origins": RequestOrigin,
    "help_kinds": HelpKind,
    "urgencies": Urgency,
    "ages": AgeGroup,
    "functions": Function,
}
MOST_GUESSES = 300
LANGUAGES = [code for code, _name in settings.LANGUAGES]


def plain(text: object) -> str:
    """A word without accents, case and needless spaces, as words are compared."""
    parts = unicodedata.normalize("NFKD", str(text))
    bare = "".join(char for char in parts if not unicodedata.combining(char))
    return " ".join(bare.casefold().split())


class Vocabulary:
    """The words of one run, read from the database once."""

    def code(self, words: str, text: str) -> str:
        """What a word stands for; `CellRefused` names what comes nearest to it."""
        known = self._codes(words)
        found = known.get(plain(text))
        if found is not None:
            return found
        near = self._nearest(words, plain(text))
        if near:
            meant = self.label(words, known[near])
            remedy = _("Did you mean “%(word)s”? Choose from the list.") % {"word": meant}
        else:
            remedy = _("Choose from the list of the template.")
        raise CellRefused(_("“%(word)s” is not in the list.") % {"word": text[:60]}, remedy)

    def label(self, words: str, code: str) -> str:
        """The word for a code in the reader's language; of what is gone, the code itself."""
        if words in CHOICES:
            labels = dict(CHOICES[words].choices)
            return str(labels.get(code, code))
        if words == "languages":
            return str(dict(settings.LANGUAGES).get(code, code))
        if words == "currencies":
            return code
        if words == "mandates":
            mandate = self.mandates.get(code)
            label = mandate.label if mandate else ""
            return f"{code} – {label}" if label else code
        if words == "needs":
            need = self.needs.get(code)
            return f"{code} – {need.words[:80]}".replace(";", ",") if need else code
        things = self._things(words)
        return str(things[code].name) if code in things else code

    def options(self, words: str) -> list[str]:
        """The words of a drop-down, in the reader's language and order."""
        if words in CHOICES:
            return [str(label) for label in CHOICES[words].labels]
        if words == "languages":
            return [str(label) for _code, label in settings.LANGUAGES]
        codes: Mapping[str, Callable[[], Iterable[str]]] = {
            "states": lambda: (country.iso for country in Country.objects.by_name()),
            "units": lambda: self.units,
            "partners": lambda: (
                code
                for code, entity in self.partners.items()
                if entity.kind != EntityKind.UNIT and code != "unodc"
            ),
            "currencies": in_use,
            "mandates": lambda: self.mandates,
            "needs": lambda: self.needs,
            "themes": lambda: self.themes,
        }
        return [self.label(words, code) for code in codes[words]()]

    def _things(self, words: str) -> Mapping[str, Any]:
        """What is named in several languages, by code."""
        if words == "states":
            return self.countries
        if words == "partners":
            return self.partners
        return self.themes if words == "themes" else self.units

    @cached_property
    def countries(self) -> dict[str, Country]:
        """States by ISO code."""
        return {country.iso: country for country in Country.objects.all()}

    @cached_property
    def units(self) -> dict[str, Entity]:
        """Lead units by code."""
        return {unit.code: unit for unit in Entity.objects.filter(kind=EntityKind.UNIT)}

    @cached_property
    def partners(self) -> dict[str, Entity]:
        """All entities by code: other systems may enter any as a partner."""
        return {entity.code: entity for entity in Entity.objects.all()}

    @cached_property
    def mandates(self) -> dict[str, Mandate]:
        """Counted mandates by identifier, with paragraph and resolution."""
        rows = Mandate.objects.counted().select_related("paragraph__resolution")
        ordered = rows.order_by("paragraph__resolution__symbol", "paragraph__position", "ordinal")
        return {mandate.identifier: mandate for mandate in ordered}

    @cached_property
    def successors(self) -> dict[int, list[Lineage]]:
        """What continues mandates that later resolutions took the place of, by their id."""
        return successors_of([mandate.pk for mandate in self.mandates.values()])

    @cached_property
    def needs(self) -> dict[str, Need]:
        """Published needs by their number, as `N-12`."""
        published = Need.objects.filter(published_by__isnull=False)
        return {f"N-{need.pk}": need for need in published.order_by("mandate", "pk")}

    @cached_property
    def themes(self) -> dict[str, Theme]:
        """What a request may be about, by code."""
        return {theme.code: theme for theme in Theme.objects.exclude(parent=None)}

    @cached_property
    def askers(self) -> dict[str, Organisation]:
        """The States as those who ask, by ISO code."""
        states = Organisation.objects.filter(kind=OrganisationKind.STATE, country__isnull=False)
        return {one.country.iso: one for one in states.select_related("country") if one.country}

    def _nearest(self, words: str, text: str) -> str:
        """The known word most like one that is not; looked for once, and not in endless rubbish."""
        asked = (words, text)
        if asked not in self._near and len(self._near) < MOST_GUESSES:
            near = get_close_matches(text, self._codes(words), n=1, cutoff=0.6)
            self._near[asked] = near[0] if near else ""
        return self._near.get(asked, "")

    @cached_property
    def _near(self) -> dict[tuple[str, str], str]:
        return {}

    @cached_property
    def _known(self) -> dict[str, dict[str, str]]:
        return {}

    def _codes(self, words: str) -> dict[str, str]:
        if words not in self._known:
            self._known[words] = {plain(word): code for word, code in self._words(words)}
        return self._known[words]

    def _words(self, words: str) -> Iterator[tuple[str, str]]:
        """Each word in each language with its code; codes themselves last, so that they win."""
        if words == "mandates":
            yield from ((code, code) for code in self.mandates)
            return
        if words in {"needs", "currencies"}:
            yield from ((code, code) for code in (self.needs if words == "needs" else in_use()))
            return
        if words in {"states", "units", "partners", "themes"}:
            things = self._things(words)
            if words == "states":
                # First, so that a name of today wins over one of yesterday.
                for code, thing in things.items():
                    for former in thing.former_names.values():
                        yield from ((name, code) for name in former)
                    yield from ((name, code) for name in everyday_names().get(code, ()))
            for code, thing in things.items():
                yield from ((name, code) for name in thing.names.values())
                if getattr(thing, "acronym", ""):
                    yield thing.acronym, code
            yield from ((code, code) for code in things)
            return
        for language in LANGUAGES:
            with translation.override(language):
                choices = CHOICES[words].choices if words in CHOICES else settings.LANGUAGES
                yield from [(str(label), str(code)) for code, label in choices]
        choices = CHOICES[words].choices if words in CHOICES else settings.LANGUAGES
        yield from ((str(code), str(code)) for code, _label in choices)
