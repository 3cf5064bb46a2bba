"""Where addressees are named, for pages that underline them."""

from mandates.reader.places import addressee_place
from tests.reader.sources import read_paragraphs


def place(words, code):
    (paragraph,) = read_paragraphs(f"1. {words}")
    found = addressee_place(paragraph.text, paragraph.mandates[0], code, "en")
    return found and paragraph.text[slice(*found)]


def test_the_first_words_that_name_an_addressee_are_found():
    assert place("Urges Member States and States to act;", "member_states") == "Member States"
    assert place("Requests the Office to act;", "unodc") == "the Office"
    assert place("Requests the Office to act;", "civil_society") is None
