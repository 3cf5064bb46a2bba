"""The other activities of a series, recorded as one or looking like one."""

from __future__ import annotations

import re
from typing import Any

from assistance.matching import fold
from assistance.models import Activity, ActivityStatus

MOST = 30
READ = 300
# What tells the parts of a series apart, in the three languages.
_PARTS = (
    "part parts phase session module round edition no number first second third fourth fifth sixth"
    " last i ii iii iv v vi vii viii ix x parte fase sesion modulo ronda edicion numero primera"
    " primer segunda segundo tercera tercer cuarta cuarto quinta quinto ultima partie volet seance"
    " numero premiere premier deuxieme seconde troisieme quatrieme cinquieme derniere"
)
PARTS = frozenset(_PARTS.split())
_WORD = re.compile(r"\w+")


def stem_of(title: str) -> tuple[str, ...]:
    """The words of a title without those that count parts, without accents and capitals."""
    words = _WORD.findall(fold(title))
    return tuple(word for word in words if word not in PARTS and not any(map(str.isdigit, word)))


def siblings_of(activity: Activity, user: Any) -> list[Activity]:
    """Other activities of its series, or else those that look like one; not what was cancelled.

    They come with their links to mandates, in three queries. Without a series it is a guess: the
    same unit and project, titles alike but for "part 2".
    """
    others = (
        Activity.objects.visible_to(user)
        .exclude(pk=activity.pk)
        .exclude(status=ActivityStatus.CANCELLED)
        .prefetch_related("mandate_links__mandate__paragraph")
        .order_by("-created_at", "-pk")
    )
    if activity.series_id:
        return list(others.filter(series=activity.series_id))
    stem = stem_of(activity.title)
    if len(stem) < 2:
        return []
    near = others.filter(unit=activity.unit_id, project_code=activity.project_code)
    return [one for one in near[:READ] if stem_of(one.title) == stem][:MOST]


def paragraphs_of(activity: Activity) -> list[str]:
    """The numbers of the paragraphs that it is linked to, but for what was rejected."""
    paragraphs = {
        link.mandate.paragraph for link in activity.mandate_links.all() if link.state != "rejected"
    }
    return [one.number for one in sorted(paragraphs, key=lambda one: one.position)]
