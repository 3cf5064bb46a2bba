"""What clauses said at an earlier revision, beside what they say now."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from difflib import SequenceMatcher

from mandates.models import MandateSpan, Wording

_TOKEN = re.compile(r"\s*\S+")


@dataclass(frozen=True)
class Passage:
    """Words in both ("same"), only in the earlier ("gone") or only in the later ("new")."""

    kind: str
    words: str


@dataclass(frozen=True)
class Rewording:
    """What a clause says in one language, cut where it differs from what it said."""

    language: str
    passages: tuple[Passage, ...]


def rewordings(wanted: Collection[tuple[int, int]]) -> dict[tuple[int, int], list[Rewording]]:
    """For mandates (by id) and earlier revisions: in which languages the words differ, and how.

    Two queries. Nothing for a language whose words are the same, or were not kept.
    """
    mandates = {pk for pk, _revision in wanted}
    now: dict[tuple[int, str], str] = {}
    for span in MandateSpan.objects.filter(mandate__in=mandates).select_related(
        "paragraph_text__text"
    ):
        text = span.paragraph_text
        now[span.mandate_id, text.text.language] = text.words[span.start : span.end]
    kept: dict[int, list[Wording]] = defaultdict(list)
    for wording in Wording.objects.filter(mandate__in=mandates).order_by("-revision"):
        kept[wording.mandate_id].append(wording)
    found = {}
    for pk, revision in wanted:
        before = {one.language: one.words for one in kept[pk] if one.revision >= revision}
        found[pk, revision] = [
            Rewording(language, differences(words, now.get((pk, language), "")))
            for language, words in sorted(before.items())
            if words != now.get((pk, language))
        ]
    return found


def differences(before: str, after: str) -> tuple[Passage, ...]:
    """Both texts as one, word by word, with what is gone before what came instead."""
    left, right = _TOKEN.findall(before), _TOKEN.findall(after)
    passages = []
    for act, from_left, to_left, from_right, to_right in SequenceMatcher(
        None, left, right, autojunk=False
    ).get_opcodes():
        if act == "equal":
            passages.append(Passage("same", "".join(left[from_left:to_left])))
            continue
        for kind, words in (("gone", left[from_left:to_left]), ("new", right[from_right:to_right])):
            if words:
                passages.append(Passage(kind, "".join(words)))
    return tuple(passages)
