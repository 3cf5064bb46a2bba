"""Needs are proposed in the clause's own words, in each language that has rules."""

from __future__ import annotations

import pytest

from mandates.models import DeliveryKind, Mandate
from mandates.proposals import filled_from, proposals_of
from mandates.proposing import RULES, _rules, propose

pytestmark = pytest.mark.django_db

SAID = [
    (
        "es",
        "Solicita a la Oficina que organice anualmente una reunión de expertos y que actualice"
        " cada dos años la guía práctica, mediante seminarios, la celebración de talleres y la"
        " elaboración de manuales, según proceda",
        [
            ("organice anualmente una reunión de expertos", "expert_meeting", 12),
            ("actualice cada dos años la guía práctica, mediante seminarios, la celebración de"
             " talleres y la elaboración de manuales", "tool", 24),
            ("seminarios", "training", None),
            ("la celebración de talleres", "training", None),
            ("la elaboración de manuales", "tool", None),
        ],
    ),
    (
        "en",
        "Requests the Office, within its mandate, to provide, upon request, advisory services"
        " through targeted programmes and the training of judges, as well as by developing"
        " technical tools, and to convene every six months an expert group meeting",
        [
            ("provide, upon request, advisory services through targeted programmes and the"
             " training of judges, as well as by developing technical tools", "advisory_mission",
             None),
            ("targeted programmes", "", None),
            ("the training of judges", "training", None),
            ("developing technical tools", "tool", None),
            ("convene every six months an expert group meeting", "expert_meeting", 6),
        ],
    ),
    (
        "fr",
        "Prie l’Office de fournir une assistance technique, notamment au moyen de programmes"
        " ciblés et de la formation des juges, et d’élaborer chaque trimestre des outils"
        " techniques, conformément à son mandat",
        [
            ("fournir une assistance technique, notamment au moyen de programmes ciblés et de la"
             " formation des juges", "training", None),
            ("programmes ciblés", "", None),
            ("la formation des juges", "training", None),
            ("élaborer chaque trimestre des outils techniques", "tool", None),
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("language", "clause", "meant"), SAID)
def test_asks_and_listed_means_become_proposals(language, clause, meant):
    found = propose(clause, language)
    assert [(one.words, one.kind, one.every_months) for one in found] == meant
    for one in found:
        assert clause[one.start : one.end] == one.words


def test_a_language_without_rules_proposes_nothing():
    assert propose("Просит Управление", "ru") == []


def test_an_ask_that_is_too_long_is_cut_at_its_purpose_or_left_out():
    many = "los funcionarios de la justicia penal " * 20
    (one,) = propose(f"Solicita a la Oficina que apoye la labor a fin de ayudar a {many}", "es")
    assert one.words == "apoye la labor"
    assert propose(f"Solicita a la Oficina que apoye {many}", "es") == []


def test_a_single_word_is_a_proposal_only_when_it_names_a_kind():
    assert [one.words for one in propose("mediante talleres", "es")] == ["talleres"]
    assert propose("mediante cosas", "es") == []


def test_the_rules_of_every_language_name_kinds_that_there_are():
    languages = [path.stem for path in RULES.glob("*.toml")]
    assert sorted(languages) == ["en", "es", "fr"]
    for language in languages:
        assert set(_rules(language).kinds) == set(DeliveryKind.values)


def test_every_counted_clause_of_a_real_resolution_proposes_words_of_its_own(real):
    without = []
    for mandate in Mandate.objects.counted():
        (there,) = proposals_of(mandate) or [None]
        if there is None:
            without.append(mandate.identifier)
            continue
        span = mandate.spans.get()
        clause = span.paragraph_text.words[span.start : span.end]
        assert "".join(piece.words for piece in there.pieces) == clause
        assert all(one.proposal.words in clause for one in there.proposed)
    assert without == []


def test_taking_a_proposal_fills_the_form(real):
    mandate = Mandate.objects.counted().get(paragraph__number="12")
    found = proposals_of(mandate)
    taken = [filled_from(found, one.key) for one in found[0].proposed]
    assert {"words": "programas específicos", "kind": "", "every_months": None} in taken
    assert [one.kind for one in found[0].proposed].count("Tool or publication") == 1
    assert filled_from(found, "es:99") == {}
