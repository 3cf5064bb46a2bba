"""What holds for every source: nothing lost, spans in order, one refusal, the same twice."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from mandates.reader import NotAResolution, read
from tests.reader.sources import SEED, resolution, words_of, words_of_text

VERBS = ["Urges", "Also requests", "Welcomes", "Takes note of", "Decides", "Notes with concern"]
WORDS = st.lists(
    st.sampled_from(
        [
            "States",
            "the Office",
            "upon request",
            "peace",
            "law",
            "and",
            "to act",
            "requests",
            "within its mandate",
            "with INTERPOL",
            "“x, and urges”",
            "2019",
        ]
    ),
    min_size=1,
    max_size=12,
).map(" ".join)
JOINTS = st.sampled_from([", and ", ", ", " and ", "; ", ", and in this regard, "])


@st.composite
def paragraphs(draw):
    clauses = draw(st.lists(st.tuples(st.sampled_from(VERBS), WORDS), min_size=1, max_size=4))
    text = ""
    for at, (verb, words) in enumerate(clauses):
        joint = draw(JOINTS) if at else ""
        text += joint + (verb.lower() if at else verb) + " " + words
    return text


@st.composite
def resolutions(draw):
    texts = draw(st.lists(paragraphs(), min_size=1, max_size=6))
    numbered = [f"{number}. {text};" for number, text in enumerate(texts, start=1)]
    numbered[-1] = numbered[-1][:-1] + "."
    labels = draw(st.integers(min_value=0, max_value=3))
    numbered += [f"({'abc'[at]}) To act;" for at in range(labels)]
    if draw(st.booleans()):
        numbered += ["Annex", "1. Rule."]
    recitals = draw(st.lists(WORDS.map(lambda words: f"Recalling {words},"), max_size=3))
    return resolution(*numbered, recitals=recitals)


def all_paragraphs(document):
    stack = list(document.operative)
    while stack:
        paragraph = stack.pop()
        yield paragraph
        stack.extend(paragraph.children)


@given(resolutions())
@settings(max_examples=50, deadline=None)
def test_every_word_is_kept_once(source):
    assert words_of(read(source, language="en")) == words_of_text(source)


@given(resolutions())
@settings(max_examples=50, deadline=None)
def test_spans_lie_in_order_with_only_joining_words_between(source):
    for paragraph in all_paragraphs(read(source, language="en")):
        last = 0
        for mandate in paragraph.mandates:
            assert last <= mandate.start <= mandate.verb_start < mandate.end
            assert mandate.end <= len(paragraph.text)
            assert re.fullmatch(
                r"[,;. ]*(and|but|while|as well as)?( in this regard)?[, ]*",
                paragraph.text[last : mandate.start],
            )
            verb_end = mandate.verb_start + len(mandate.verb)
            assert paragraph.text[mandate.verb_start : verb_end] == mandate.verb
            for condition in mandate.conditions:
                assert mandate.start <= condition.start < condition.end <= mandate.end
            last = mandate.end


@given(resolutions())
@settings(max_examples=50, deadline=None)
def test_reading_twice_gives_the_same(source):
    assert read(source) == read(source)


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_bytes_are_read_or_refused(data):
    refused_or_read(data)


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_text_is_read_or_refused(text):
    refused_or_read(
        f"The General Assembly,\n\nRecalling it,\n\n1. {text}".encode("utf-8", "replace")
    )


@given(st.integers(0, len(SEED)), st.integers(0, len(SEED)), st.binary(max_size=30))
@settings(max_examples=25, deadline=None)
def test_a_damaged_resolution_is_read_or_refused(start, end, junk):
    refused_or_read(SEED[:start] + junk + SEED[end:])


def refused_or_read(data):
    try:
        read(data).to_json()
    except NotAResolution as error:
        assert_says_line(error)


def assert_says_line(refusal):
    assert refusal.line >= 1
    assert "\n" not in str(refusal)
