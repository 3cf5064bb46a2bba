"""Texts an officer can start an answer from, in the language of those who read it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.http import QueryDict

from assistance.models import AnswerTemplate, AssistanceRequest
from assistance.requests.act_form import ActForm
from assistance.workflow.people import asking_side
from directory.models import User
from directory.templatetags.ui import within


@dataclass(frozen=True)
class Text:
    """A text as it would be sent."""

    pk: int
    name: str
    words: str


@dataclass(frozen=True)
class Texts:
    """The texts for an act, with their language: its code, and its name for the officer."""

    code: str
    language: str
    rows: list[Text]


def language_of(asked: AssistanceRequest) -> str:
    """The language most of those who asked read in; that of the request when nobody is there."""
    read = Counter(person.language for person in asking_side(asked))
    if not read:
        return asked.language
    most = max(read.values())
    languages = [language for language, number in read.items() if number == most]
    return asked.language if asked.language in languages else min(languages)


def texts_for(act: type[ActForm], asked: AssistanceRequest, user: User) -> Texts | None:
    """The texts offered to this person for an act; None where there are none."""
    if not act.texts_of:
        return None
    found = list(AnswerTemplate.objects.visible_to(user).filter(kind=act.texts_of))
    if not found:
        return None
    language = language_of(asked)
    rows = [Text(one.pk, one.name, one.words(language, asked.ref or "")) for one in found]
    return Texts(language, within(language), rows)


def with_text(data: QueryDict, field: str, texts: Texts | None) -> dict[str, str]:
    """What was typed so far with the chosen text below it."""
    typed = data.dict()
    chosen = [one.words for one in texts.rows if str(one.pk) == data["template"]] if texts else []
    before = str(typed.get(field, "")).strip()
    return {**typed, field: "\n\n".join(filter(None, [before, *chosen]))}  # type: ignore[dict-item]
