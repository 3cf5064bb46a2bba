"""Clauses, kinds, addressees, conditions, partners, products and reports, by short examples."""

import pytest

from mandates.reader import read
from tests.reader.sources import read_paragraphs

SPANISH = """La Asamblea General,

Recordando su resolución 72/194,

1. {}
"""
FRENCH = """L’Assemblée générale,

Rappelant sa résolution 72/194,

1. {}
"""


def english(words, recital="Recalling the above,"):
    return read_paragraphs(f"1. {words}", recitals=[recital])[0].mandates


def spanish(words):
    return read(SPANISH.format(words).encode(), language="es").operative[0].mandates


def french(words):
    return read(FRENCH.format(words).encode(), language="fr").operative[0].mandates


def verbs(mandates):
    return [(mandate.verb, mandate.kind.value) for mandate in mandates]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Urges all States to act;", [("Urges", "action")]),
        (
            "Welcomes the report, and requests the Secretary-General to act;",
            [("Welcomes", "statement"), ("requests", "action")],
        ),
        (
            "Notes with concern the delay, also notes the plan, and decides to wait;",
            [
                ("Notes with concern", "statement"),
                ("also notes", "statement"),
                ("decides", "decision"),
            ],
        ),
        (
            "Recognizing the need, calls upon States to act;",
            [("calls upon", "action")],
        ),
        ("In this regard, requests the Office to act;", [("requests", "action")]),
        (
            "Recalls the plan and, in this regard, encourages States to act;",
            [("Recalls", "statement"), ("encourages", "action")],
        ),
        ("Welcomes and encourages the work of all;", [("Welcomes and encourages", "action")]),
        ("Reiterates its call upon States to act;", [("Reiterates its call", "action")]),
        (
            "Condemns all acts. Requests the Panel to act;",
            [("Condemns", "statement"), ("Requests", "action")],
        ),
        # Words in quotation marks, brackets and relative clauses are not the organ's own.
        ("Takes note of “Peace, and demands it” of 2019;", [("Takes note", "statement")]),
        ("Recalls the text (old, and requests more) of 2019;", [("Recalls", "statement")]),
        (
            "Commends the body which notes the plan and stresses the need;",
            [("Commends", "statement")],
        ),
        (
            "Commends those who act, for the law and requests the Office to act;",
            [("Commends", "statement"), ("requests", "action")],
        ),
        (
            "Commends those who have acted and requests the Office to act;",
            [("Commends", "statement"), ("requests", "action")],
        ),
        (
            "Commends the body and the staff that act, and urges States to act;",
            [("Commends", "statement"), ("urges", "action")],
        ),
        (
            "Recalls the plan (of 2019, and urges States to act;",
            [("Recalls", "statement"), ("urges", "action")],
        ),
        ("Nothing in this text is binding;", []),
    ],
)
def test_clauses_begin_at_verbs_of_the_organ(words, expected):
    assert verbs(english(words)) == expected


def test_a_recital_that_opens_a_paragraph_belongs_to_its_clause():
    (paragraph,) = read_paragraphs("1. Recognizing the need, calls upon States to act;")
    (mandate,) = paragraph.mandates
    assert paragraph.text[mandate.start : mandate.end] == (
        "Recognizing the need, calls upon States to act"
    )
    assert paragraph.text[mandate.verb_start :].startswith("calls upon")


def test_an_unknown_verb_in_italics_opens_a_statement():
    source = b"The General Assembly,\n\nRecalling,\n\n1. *Savours* the result;"
    assert verbs(read(source, language="en").operative[0].mandates) == [("Savours", "statement")]


@pytest.mark.parametrize("opening", ["*Savours the result of a very long day* now", "The *day* x"])
def test_other_words_in_italics_are_no_verb(opening):
    source = f"The General Assembly,\n\nRecalling,\n\n1. {opening};".encode()
    document = read(source, language="en")
    assert document.operative[0].mandates == ()
    assert [doubt.code for doubt in document.diagnostics][-1] == "no_operative_verb"


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("Urges Member States to act;", ["member_states"]),
        ("Urges States parties to the Convention to act;", ["states"]),
        (
            (
                "Calls upon Member States, the United Nations Office on Drugs and Crime and other "
                "relevant United Nations entities to act;"
            ),
            ["member_states", "unodc", "un_entities"],
        ),
        (
            "Requests the Secretary-General, in cooperation with the World Bank, to act;",
            ["secretary_general"],
        ),
        (
            "Urges States that have not yet done so, and the private sector, to act;",
            ["states", "private_sector"],
        ),
        (
            "Urges States that have not acted and the African Union to act;",
            ["states", "international_organizations"],
        ),
        (
            "Invites States, in line with the law, and civil society to act;",
            ["states", "civil_society"],
        ),
        ("Requests the Special Representative of the Secretary-General to act;", ["un_entities"]),
        ("Demands that all parties cease fire;", ["others"]),
        ("Demands that the Secretary-General, for once", ["secretary_general"]),
        ("Calls for all States to act;", ["states"]),
        ("Calls for cooperation between States and others to act;", []),
        ("Calls for an end to it;", []),
        ("Encourages the efforts of Member States to act;", ["member_states"]),
        ("Encourages the efforts of Member States;", ["member_states"]),
        ("Encourages further talks on the matter by all States;", []),
        (
            (
                "Encourages a long, wide and most careful search for words that could one day move "
                "the States;"
            ),
            [],
        ),
        (
            (
                "Encourages the work done on this long and very difficult road of many turns by "
                "all of the efforts of States;"
            ),
            [],
        ),
        ("Urges Atlantis to act;", ["others"]),
        ("Reiterates its call upon Atlantis to act;", ["others"]),
        ("Reiterates the call of the Secretary-General to act;", []),
        ("Encourages further efforts to act;", []),
        ("Urges all States Members of the United Nations to act;", ["member_states"]),
        ("Requests the Office to act;", ["un_entities"]),
        ("Urges Member States:", ["member_states"]),
        ("Welcomes the work of Member States;", []),
        ("Decides that Member States shall act;", []),
    ],
)
def test_addressees_are_those_whom_the_verb_asks(words, codes):
    assert list(english(words)[0].addressees) == codes


def test_the_office_is_the_one_named_before():
    recital = "Recalling the work of the United Nations Office on Drugs and Crime,"
    assert english("Requests the Office to act;", recital)[0].addressees == ("unodc",)
    other = f"{recital[:-1]} and the Office of Counter-Terrorism,"
    assert english("Requests the Office to act;", other)[0].addressees == ("un_entities",)


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("Insta a los Estados que aún no lo hayan hecho a que actúen;", ["states"]),
        ("Alienta los esfuerzos de los Estados Miembros por actuar;", ["member_states"]),
        ("Alienta la paz;", []),
        (
            "Pide a la Oficina de las Naciones Unidas contra la Droga y el Delito que actúe;",
            ["unodc"],
        ),
        ("Pide que la Secretaría presente el texto;", ["un_entities"]),
        ("Invita a los gobiernos y a la sociedad civil a actuar;", ["civil_society", "others"]),
    ],
)
def test_spanish_addressees(words, codes):
    assert sorted(spanish(words)[0].addressees) == sorted(codes)


def test_french_clauses_are_read():
    first, second = french(
        "Exhorte les États Membres à agir, et prie l’Office des Nations Unies contre la drogue "
        "et le crime, dans le cadre de son mandat, d’aider les États qui en font la demande;"
    )
    assert (first.verb, first.addressees) == ("Exhorte", ("member_states",))
    assert (second.verb, second.addressees) == ("prie", ("unodc",))
    assert [c.kind.value for c in second.conditions] == ["within_mandate", "upon_request"]


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ("upon request", ["upon_request"]),
        ("at the request of the States concerned", ["upon_request"]),
        ("to requesting Member States", ["upon_request"]),
        ("within its mandate", ["within_mandate"]),
        ("in accordance with their respective mandates", ["within_mandate"]),
        ("as appropriate", ["as_appropriate"]),
        ("to respect the request of the Council", []),
        ("to extend the mandate", []),
    ],
)
def test_conditions_are_found_by_their_phrase(words, kinds):
    (mandate,) = english(f"Requests the Secretary-General to help {words};")
    assert [condition.kind.value for condition in mandate.conditions] == kinds


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("in cooperation with INTERPOL and UNESCO, to act", ["interpol", "unesco"]),
        (
            "in coordination with, as appropriate, the World Bank, to act",
            ["international_organizations"],
        ),
        (
            (
                "together with the Office of Counter-Terrorism, the World Customs Organization, "
                "civil society and Atlantis, to act"
            ),
            ["unoct", "wco", "civil_society"],
        ),
        ("in consultation with Member States, to act", []),
        ("in consultation with Member States and, in particular, the World Bank", []),
        ("to act on the report of UNESCO", []),
    ],
)
def test_partners_are_those_to_work_with(words, codes):
    (mandate,) = english(f"Requests the Secretary-General, {words};")
    assert list(mandate.partners) == codes


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("Welcomes the *Handbook on Prisons and Courts*;", ["Handbook on Prisons and Courts"]),
        ("Welcomes the work, *inter alia and others*, of all;", []),
        ("Welcomes the guide entitled “Better courts”;", ["Better courts"]),
        ("Welcomes the guide to courts (Courts in Times of War);", ["Courts in Times of War"]),
        ("Welcomes the guide (Old Courts);", []),
        (
            "Welcomes the Handbook on Gender Dimensions of Justice;",
            ["Handbook on Gender Dimensions of Justice"],
        ),
        ("Welcomes the Laws on Crime portal;", ["Laws on Crime"]),
        ("Welcomes the e-learning module developed by the Office;", ["e-learning module"]),
        ("Welcomes the guide and the guide entitled “A b” and the tool entitled “C d”;", ["A b"]),
        ("Welcomes the tool;", []),
    ],
)
def test_products_are_tools_and_publications_named(words, titles):
    assert list(english(words)[0].products) == titles


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            "Requests the Secretary-General to submit a report at its seventy-fifth session;",
            (75, None),
        ),
        (
            "Requests the Secretary-General to submit a report by 31 March 2021;",
            (None, "2021-03-31"),
        ),
        ("Requests the Secretary-General to submit a report by 31 February 2021;", (None, None)),
        (
            "Requests the Secretary-General to report to the Assembly at its 80th session;",
            (80, None),
        ),
        ("Requests the Secretary-General to submit a report at its next session;", (None, None)),
    ],
)
def test_reports_have_session_and_day(words, expected):
    reporting = english(words)[0].reporting
    assert (reporting.session, reporting.due) == expected


@pytest.mark.parametrize(
    "words",
    [
        "Urges States to report to the police;",
        "Welcomes the report of the Secretary-General;",
        "Requests the Secretary-General to act;",
    ],
)
def test_other_clauses_ask_for_no_report(words):
    assert english(words)[0].reporting is None


def test_an_action_that_names_nobody_is_listed_as_unsure():
    source = b"The General Assembly,\n\nRecalling,\n\n1. Calls for peace;"
    (doubt,) = read(source, language="en").diagnostics[-1:]
    assert doubt.to_json() == {
        "line": 5,
        "code": "addressee_unknown",
        "message": "whom paragraph 1 asks (Calls for) is not certain",
        "parameters": {"number": "1", "verb": "Calls for"},
    }
