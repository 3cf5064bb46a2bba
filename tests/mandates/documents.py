"""Documents for tests: plain text in the shape of a resolution."""

from pathlib import Path

import mandates

SUPPLIED = Path(mandates.__file__).parent / "data" / "A_RES_74_175.es.txt"

ENGLISH = [
    "Urges Member States to become parties to the conventions, and requests the United Nations"
    " Office on Drugs and Crime, within its mandate, to provide technical assistance to Member"
    " States, upon request;",
    "Requests the United Nations Office on Drugs and Crime to convene a meeting of experts every"
    " year, and welcomes the practical guide prepared for practitioners;",
    "Also requests the Secretary-General to submit to the General Assembly at its seventy-second"
    " session a report on the implementation of the present resolution.",
]
SPANISH = [
    "Insta a los Estados Miembros a que se hagan partes en los convenios, y solicita a la Oficina"
    " de las Naciones Unidas contra la Droga y el Delito que, conforme a su mandato, preste"
    " asistencia técnica a los Estados Miembros que la soliciten;",
    "Solicita a la Oficina de las Naciones Unidas contra la Droga y el Delito que convoque cada"
    " año una reunión de expertos, y acoge con beneplácito la guía práctica preparada;",
    "Solicita también al Secretario General que le presente, en su septuagésimo segundo período"
    " de sesiones, un informe sobre la aplicación de la presente resolución.",
]


def english(
    paragraphs: list[str] = ENGLISH,
    *,
    symbol: str = "A/RES/71/999",
    day: str = "19 December 2016",
) -> bytes:
    """A resolution in English."""
    number = symbol.rpartition("RES/")[2]
    body = "\n\n".join(f"{n}. {words}" for n, words in enumerate(paragraphs, start=1))
    return f"""{symbol}

Seventy-first session

Agenda item 107

Resolution adopted by the General Assembly on {day}

[on the report of the Third Committee (A/71/483)]

{number}. Technical assistance for tests

The General Assembly,

Recalling its earlier resolutions,

{body}

66th plenary meeting
{day}
""".encode()


def spanish(paragraphs: list[str] = SPANISH) -> bytes:
    """The same resolution in Spanish."""
    body = "\n\n".join(f"{n}. {words}" for n, words in enumerate(paragraphs, start=1))
    return f"""A/RES/71/999

Septuagésimo primer período de sesiones

Tema 107 del programa

Resolución aprobada por la Asamblea General el 19 de diciembre de 2016

[sobre la base del informe de la Tercera Comisión (A/71/483)]

71/999. Asistencia técnica para pruebas

La Asamblea General,

Recordando sus resoluciones anteriores,

{body}

66ª sesión plenaria
19 de diciembre de 2016
""".encode()
