"""Texts of the report in the demonstration world, so that it can be built as it would be."""

from __future__ import annotations

from dashboards.report.forms import last_period
from dashboards.report.models import Narrative
from dashboards.report.narratives import Place, write_narrative
from directory.models import User
from mandates.models import Resolution

# By paragraph ("" for the summary) and language; each says that it is invented.
TEXTS: dict[str, dict[str, str]] = {
    "": {
        "en": "Demonstration text. The present report describes the technical assistance that the "
        "Office gave at the request of Member States. Most requests concerned evidence, judicial "
        "cooperation and training.\n\nIts own words stand in the account of each paragraph; the "
        "figures come from the record.",
        "es": "Texto de demostración. En el presente informe se describe la asistencia técnica que "
        "prestó la Oficina a solicitud de los Estados Miembros. La mayoría de las solicitudes se "
        "referían a pruebas, cooperación judicial y formación.\n\nLo redactado figura en la "
        "exposición de cada párrafo; las cifras proceden del registro.",
        "fr": "Texte de démonstration. Le présent rapport décrit l’assistance technique que "
        "l’Office a fournie à la demande des États Membres. La plupart des demandes portaient sur "
        "la preuve, la coopération judiciaire et la formation.\n\nCe qui a été rédigé figure dans "
        "l’exposé relatif à chaque paragraphe ; les chiffres proviennent du registre.",
    },
    "6": {
        "en": "Demonstration text. Mentors worked beside prosecutors on electronic evidence:\n\n"
        "- requests to service providers abroad\n- keeping evidence fit for trial",
        "es": "Texto de demostración. Los mentores trabajaron junto a fiscales en materia de "
        "pruebas electrónicas:\n\n- solicitudes a proveedores de servicios en el extranjero\n"
        "- conservación de las pruebas para el juicio",
        "fr": "Texte de démonstration. Des mentors ont travaillé aux côtés de procureurs sur la "
        "preuve électronique :\n\n- demandes adressées à des fournisseurs de services à "
        "l’étranger\n- conservation des preuves en vue du procès",
    },
}


def write_demonstration_texts(by: User) -> int:
    """Write them for the period that the page of the report begins with; gives how many are new."""
    resolution = Resolution.objects.get(symbol="A/RES/74/175")
    if Narrative.objects.filter(resolution=resolution).exists():
        return 0
    first, last = last_period(resolution)
    for number, by_language in TEXTS.items():
        paragraph = resolution.paragraphs.get(kind="operative", number=number) if number else None
        for language, words in by_language.items():
            place = Place(resolution, paragraph, first, last, language)
            write_narrative(place=place, words=words, revision=0, by=by)
    return sum(len(by_language) for by_language in TEXTS.values())
