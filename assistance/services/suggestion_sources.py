"""What of an item or an activity is matched."""

from __future__ import annotations

from assistance.matching import Source
from assistance.models import Activity, RequestItem

Matchable = RequestItem | Activity | Source | str


def source_of(thing: Matchable) -> Source:
    """What is matched of a thing: of an item its own words, then those of its request.

    The title of a request of one item says as much as the item's first sentence; that of a request
    of several is about all of them.
    """
    if isinstance(thing, Source):
        return thing
    if isinstance(thing, str):
        return Source(thing)
    if isinstance(thing, Activity):
        return Source(thing.title, thing.description, thing.language)
    asked = thing.request
    first, _dot, others = thing.words.partition(". ")
    alone = asked.items.count() == 1
    return Source(
        title=f"{asked.title}. {first}" if alone else first,
        description="\n".join(
            filter(None, [others, "" if alone else asked.title, asked.reason, asked.tried])
        ),
        language=asked.language,
        themes=tuple(theme.code for theme in thing.themes.all()),
    )
