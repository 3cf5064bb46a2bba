"""Requests and items that may have been asked twice, by the likeness of their words.

Only candidates: whether two are the same, a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.aggregates import StringAgg
from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat, Greatest

from assistance.matching import Source
from assistance.models import AssistanceRequest, RequestItem, RequestOutcome
from assistance.requests.progress import OPEN
from assistance.services.suggestions import alike_to
from assistance.workflow.transitions import MERGE_ITEM

LIKE = 0.35
"""Share of trigrams in common from which two texts are shown as perhaps the same."""
NEAR = 0.2
"""From which share of trigrams on texts of one language are compared by their subjects too."""
ALIKE = 0.8
"""From which likeness of subjects on (`suggestions.similarity`) they are shown."""
MOST = 3
READ = 100
"""How many requests of the same organisation are compared by their subjects."""


def duplicates_of(
    asked: AssistanceRequest, items: Iterable[RequestItem]
) -> list[AssistanceRequest]:
    """Other open requests of the same organisation with like words, the likest first.

    `items` are its own. Each found has `likeness`, from 0 to 1: the greatest of that of the titles
    and that of all words, letter by letter, and of that of the subjects, across languages. A fixed
    number of queries, and none for a request that is not open.
    """
    if asked.state not in OPEN:
        return []
    items = list(items)
    own = " ".join([asked.title, *(item.words for item in items)])
    all_items = StringAgg("items__words", " ", order_by="items__n")
    text = TextField()
    words = Concat(Cast("title", text), Value(" ", text), Coalesce(all_items, Value("", text)))
    others = (
        AssistanceRequest.objects.filter(organisation=asked.organisation_id, state__in=OPEN)
        .exclude(pk=asked.pk)
        .annotate(words=words)
        .annotate(
            likeness=Greatest(
                TrigramSimilarity("title", asked.title), TrigramSimilarity("words", own)
            )
        )
    )
    # Trigrams are cheap and see the same words; the matcher reads the latest, whatever language.
    found = {one.pk: one for one in others.order_by("-likeness", "pk")[:MOST]}
    found |= {one.pk: one for one in others.order_by("-received_on", "-pk")[:READ]}
    by_subject = [
        one for one in found.values() if one.language != asked.language or one.likeness >= NEAR
    ]
    source = Source(asked.title, "\n".join(item.words for item in items), asked.language)
    same = alike_to(source, [_source(one) for one in by_subject])
    for one, alike in zip(by_subject, same, strict=True):
        one.likeness = max(one.likeness, alike if alike >= ALIKE else 0.0)
    like = [one for one in found.values() if one.likeness >= LIKE]
    return sorted(like, key=lambda one: (-one.likeness, one.pk))[:MOST]


def _source(asked: AssistanceRequest) -> Source:
    """The words of a request as the matcher takes them; `words` begins with its title."""
    return Source(asked.title, asked.words[len(asked.title) :], asked.language)  # type: ignore[attr-defined]


def mergeable_into(item: RequestItem) -> QuerySet[RequestItem]:
    """Open items of the same organisation that this one can become part of, the likest first.

    They stand in requests that name all States of this one.
    """
    asked = item.request
    others = (
        RequestItem.objects.filter(
            request__organisation=asked.organisation_id,
            request__state__in=MERGE_ITEM.during,
            outcome=RequestOutcome.OPEN,
        )
        .exclude(pk=item.pk)
        .annotate(likeness=TrigramSimilarity("words", item.words))
    )
    for pk in asked.state_rows.values_list("country", flat=True):
        others = others.filter(request__state_rows__country=pk)
    return others.select_related("request").order_by("-likeness", "request", "n")


def likest(items: Iterable[RequestItem]) -> RequestItem | None:
    """The first of such items, when its words are like enough to be proposed."""
    first = next(iter(items), None)
    return first if first is not None and first.likeness >= LIKE else None  # type: ignore[attr-defined]
