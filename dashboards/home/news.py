"""What somebody was told lately, with the page to open."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps

from directory.models import User
from notifications.models import OutboxMessage
from notifications.wording import worded

MOST_NEWS = 6


@dataclass(frozen=True)
class News:
    """A message in a line."""

    words: str
    at: dt.datetime
    url: str
    unseen: bool


def news_of(user: User) -> list[News]:
    """The latest messages to this person about what the person may still see."""
    messages = list(OutboxMessage.objects.visible_to(user)[:MOST_NEWS])
    visible = _still_visible(user, messages)
    return [
        News(
            words=worded(message.kind, message.context).subject,
            at=message.created_at,
            url=message.path,
            unseen=message.seen_at is None,
        )
        for message in messages
        if message.pk in visible
    ]


def _still_visible(user: User, messages: Iterable[OutboxMessage]) -> set[int]:
    """The messages whose object is still visible; one query a kind of object."""
    kept: set[int] = set()
    about: defaultdict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for message in messages:
        if thing := message.context.get("about"):
            about[thing["model"]][thing["pk"]].add(message.pk)
        else:
            kept.add(message.pk)
    for label, things in about.items():
        manager = apps.get_model(label)._default_manager
        seen = manager.visible_to(user) if hasattr(manager, "visible_to") else manager.all()
        for pk in seen.filter(pk__in=things).values_list("pk", flat=True):
            kept |= things[pk]
    return kept
