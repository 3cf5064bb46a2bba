"""What clauses said at an earlier revision, beside what they say now."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.translation import get_language

from mandates.models import MandateSpan, Wording

LEADING = 45
"""Words of the paragraph shown before a clause."""
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

    @property
    def is_undone(self) -> bool:
        """Whether the words changed, and changed back."""
        return all(passage.kind == "same" for passage in self.passages)


@dataclass(frozen=True)
class ClauseWords:
    """The official words of a clause, with those that lead to it in its paragraph."""

    language: str
    words: str
    before: str


def words_now(mandates: Collection[int]) -> dict[int, ClauseWords]:
    """The words of mandates (by id), in the reader's language where it is loaded. One query."""
    mine = (get_language() or "en")[:2]
    found: dict[int, ClauseWords] = {}
    spans = MandateSpan.objects.filter(mandate__in=mandates).select_related("paragraph_text__text")
    for span in spans.order_by("paragraph_text__text"):
        text, language = span.paragraph_text, span.paragraph_text.text.language
        if span.mandate_id not in found or language == mine:
            found[span.mandate_id] = ClauseWords(
                language, text.words[span.start : span.end], _last_words(text.words[: span.start])
            )
    return found


def _last_words(text: str) -> str:
    """What leads to a clause; a clause alone may say no more than "in this regard"."""
    words = text.split()
    return " ".join(words if len(words) <= LEADING else ["…", *words[-LEADING:]])


def rewordings(wanted: Collection[tuple[int, int]]) -> dict[tuple[int, int], list[Rewording]]:
    """For mandates (by id) and earlier revisions: in which languages the words changed, and how.

    Two queries. Nothing for a language whose words did not change since, or were not kept.
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
