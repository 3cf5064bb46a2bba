"""Which mandates an item or an activity may be about, with the reasons in the reader's language."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Prefetch
from django.utils.translation import gettext_lazy

from assistance import matching
from assistance.matching import Index, MandateWords, Reason, ReasonKind
from assistance.services.suggestion_experience import Experience, decided_before, kept_evidence
from assistance.services.suggestion_sources import Matchable, source_of
from mandates.models import Facet, FacetRole, Mandate, ParagraphText, Resolution, Theme

REASONS = {
    ReasonKind.TERM: gettext_lazy("shared term %(what)s"),
    ReasonKind.THEME: gettext_lazy("theme %(what)s"),
    ReasonKind.PRODUCT: gettext_lazy("product %(what)s"),
    ReasonKind.PARTNER: gettext_lazy("partner %(what)s"),
    ReasonKind.WORD: gettext_lazy("shared word %(what)s"),
    ReasonKind.EXPERIENCE: gettext_lazy("like %(what)s, which a person tied to it"),
}


@dataclass(frozen=True)
class MandateSuggestion:
    """A mandate that may fit, with its score between 0 and 1 and the reasons in words."""

    mandate: Mandate
    score: float
    confident: bool
    why: list[str]


@dataclass(frozen=True)
class _Kept:
    """The index of a resolution as it was when its mandates stood as `stamp` says."""

    stamp: tuple[Any, ...]
    index: Index
    mandates: dict[str, Mandate]


_kept: dict[int, _Kept] = {}


def suggestions_for(
    item_or_text: Matchable,
    *,
    resolution: Resolution,
    limit: int = 3,
    experience: Experience | None = None,
) -> list[MandateSuggestion]:
    """The counted mandates of a resolution that fit best, best first; may be empty.

    Two queries when nothing changed since the last call in this process.
    """
    kept = _index_of(resolution)
    found = matching.suggest(
        kept.index,
        source_of(item_or_text),
        limit=limit,
        decisions=experience.without(item_or_text) if experience else (),
    )
    themes = _theme_names() if found else {}
    return [
        MandateSuggestion(
            mandate=kept.mandates[suggestion.identifier],
            score=suggestion.score,
            confident=suggestion.confident,
            why=list(dict.fromkeys(_in_words(reason, themes) for reason in suggestion.why)),
        )
        for suggestion in found
    ]


def officers_suggestions(
    item_or_text: Matchable, *, without: Collection[Mandate] = (), limit: int = 3
) -> list[MandateSuggestion]:
    """Those of all resolutions in force, best first, confident or not; may be empty.

    For officers: what others decided of like items and activities counts, and is named.
    """
    experience = decided_before()
    found = [
        suggestion
        for resolution in Resolution.objects.filter(superseded_on=None)
        for suggestion in suggestions_for(
            item_or_text,
            resolution=resolution,
            limit=limit + len(without),
            experience=experience,
        )
        if suggestion.mandate not in without
    ]
    return sorted(found, key=lambda suggestion: -suggestion.score)[:limit]


def confident_suggestions(
    item_or_text: Matchable, *, without: Collection[Mandate] = (), limit: int = 3
) -> list[MandateSuggestion]:
    """Those of `officers_suggestions` that a person should look at first; often none."""
    return [
        suggestion
        for suggestion in officers_suggestions(item_or_text, without=without, limit=limit)
        if suggestion.confident
    ]


def similarity(left: Matchable, right: Matchable) -> float:
    """How alike two items, activities or texts are, between 0 and 1, across languages."""
    return matching.similarity(source_of(left), source_of(right))


def alike_to(thing: Matchable, others: Iterable[Matchable]) -> list[float]:
    """The `similarity` of each of several to one; what was read of a text before is kept."""
    own = kept_evidence(source_of(thing))
    return [matching.alike(own, kept_evidence(source_of(other))) for other in others]


def _in_words(reason: Reason, themes: dict[str, str]) -> str:
    what = themes.get(reason.what, reason.what)
    return str(REASONS[reason.kind] % {"what": what})


def _theme_names() -> dict[str, str]:
    return {theme.code: theme.name for theme in Theme.objects.all()}


def _index_of(resolution: Resolution) -> _Kept:
    stamp = _stamp(resolution)
    kept = _kept.get(resolution.pk)
    if kept is None or kept.stamp != stamp:
        mandates = list(_counted(resolution))
        kept = _Kept(
            stamp=stamp,
            index=matching.build_index([_words_of(mandate) for mandate in mandates]),
            mandates={mandate.identifier: mandate for mandate in mandates},
        )
        _kept[resolution.pk] = kept
    return kept


def _stamp(resolution: Resolution) -> tuple[Any, ...]:
    """What differs as soon as a mandate, one of its facets or a text of the resolution does."""
    row = Mandate.objects.filter(paragraph__resolution=resolution).aggregate(
        Count("pk", distinct=True),
        Max("updated_at"),
        Count("facets", distinct=True),
        Max("facets"),
        Max("paragraph__resolution__texts__imported_at"),
    )
    return tuple(row.values())


def _counted(resolution: Resolution) -> Iterable[Mandate]:
    return (
        Mandate.objects.counted()
        .not_continued()
        .filter(paragraph__resolution=resolution)
        .select_related("paragraph__resolution")
        .prefetch_related(
            "facets__theme",
            Prefetch(
                "paragraph__mandates__facets",
                queryset=Facet.objects.filter(
                    role__in=[FacetRole.PRODUCT, FacetRole.PARTNER]
                ).select_related("entity"),
                to_attr="named",
            ),
            Prefetch("paragraph__texts", queryset=ParagraphText.objects.select_related("text")),
        )
        .order_by("paragraph__position", "ordinal")
    )


def _words_of(mandate: Mandate) -> MandateWords:
    """A mandate as the matcher needs it; products and partners are those of its whole paragraph."""
    paragraph = mandate.paragraph
    named = [facet for one in paragraph.mandates.all() for facet in one.named]
    partners = {
        name
        for facet in named
        if facet.entity
        for name in (*facet.entity.names.values(), facet.entity.acronym)
        if name
    }
    return MandateWords(
        identifier=mandate.identifier,
        paragraph=paragraph.number,
        themes=tuple(facet.theme.code for facet in mandate.facets.all() if facet.theme),
        labels=(*mandate.labels.items(), *paragraph.labels.items()),
        words=tuple((text.text.language, text.words) for text in paragraph.texts.all()),
        products=tuple(sorted({facet.words for facet in named if facet.role == FacetRole.PRODUCT})),
        partners=tuple(sorted(partners)),
    )
