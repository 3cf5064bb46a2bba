"""What officers write on the paragraphs of a report, one text a paragraph, period and language."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dashboards.report.models import Narrative
from directory import policy
from directory.policy import Permission

if TYPE_CHECKING:
    from directory.models import User
    from mandates.models import Paragraph, Resolution

MOST_WORDS = 20_000
"""Characters of one narrative."""


@dataclass(frozen=True)
class Place:
    """Where a narrative stands; without a paragraph it is the summary of the report."""

    resolution: Resolution
    paragraph: Paragraph | None
    first: dt.date
    last: dt.date
    language: str

    def find(self) -> Narrative | None:
        """What is written there, if anything is."""
        found: Narrative | None = Narrative.objects.filter(**self.__dict__).first()
        return found


class NarrativeChangedMeanwhile(ValidationError):
    """Somebody saved the same text since it was read; nothing was changed."""

    def __init__(self, current: Narrative) -> None:
        super().__init__(
            _("Somebody saved this text while you were writing. Compare, then save again."),
            code="stale",
        )
        self.current = current


@transaction.atomic
def write_narrative(*, place: Place, words: str, revision: int, by: User) -> Narrative:
    """Save what somebody wrote, based on the revision they read (0: nothing was there)."""
    policy.authorise(by, Permission.WRITE_REPORTS)
    words = words.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(words) > MOST_WORDS:
        problem = ValidationError(
            _("Write at most %(number)d characters."), params={"number": MOST_WORDS}
        )
        raise ValidationError({"words": problem})
    narrative: Narrative
    narrative, is_new = Narrative.objects.select_for_update().get_or_create(
        **place.__dict__, defaults={"words": words, "changed_by": by}
    )
    if is_new or narrative.words == words:
        return narrative
    if narrative.revision != revision:
        raise NarrativeChangedMeanwhile(narrative)
    narrative.words, narrative.changed_by = words, by
    narrative.revision += 1
    narrative.save()
    return narrative
