"""Two days of a resolution beside each other."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from api.linked import Said
from api.problems import BadParameters
from api.resources.coverage import WindowSerializer, day_of
from assistance.coverage.acts import Act, ActKind
from assistance.coverage.comparing import Clock, Move, Standing, compare
from assistance.coverage.models import EndedBy
from assistance.coverage.status import OF_DEMANDS
from assistance.coverage.window import Window, WindowError
from mandates.models import Resolution

STATUSES = [(one.value, one.label) for one in OF_DEMANDS]


class ActSerializer(serializers.Serializer[Any]):
    """What was done, on which day; by whom where that is known."""

    kind = serializers.ChoiceField(ActKind.choices)
    on = serializers.DateField()
    words = Said()
    who = serializers.CharField(allow_blank=True)


class StandingSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(STATUSES)
    ended_by = serializers.ChoiceField(EndedBy.choices, allow_blank=True)


class ChangeSerializer(serializers.Serializer[Any]):
    demand = serializers.CharField(help_text="Key of the demand.")
    demand_url = serializers.URLField()
    mandate = serializers.CharField(allow_null=True)
    states = serializers.ListField(child=serializers.CharField(), help_text="ISO codes.")
    move = serializers.ChoiceField(Move.choices)
    before = StandingSerializer(allow_null=True)
    after = StandingSerializer(allow_null=True)
    acts = ActSerializer(many=True)


class ComparisonSerializer(serializers.Serializer[Any]):
    """The demands that stand elsewhere on the second day."""

    window = WindowSerializer()
    clock = serializers.ChoiceField(Clock.choices)
    recorded_since = serializers.DateField(
        allow_null=True,
        help_text="With `clock=said` the day of the first nightly record, null without one: of a"
        " day before it nothing can be told.",
    )
    before = serializers.DictField(
        child=serializers.IntegerField(), help_text="How many stood at each status on `from`."
    )
    after = serializers.DictField(child=serializers.IntegerField(), help_text="And on `to`.")
    moves = serializers.DictField(child=serializers.IntegerField())
    changes = ChangeSerializer(many=True)


def comparison_of(resolution: Resolution, request: Request) -> dict[str, Any]:
    """What changed between the days that are asked for; `BadParameters` where they are none."""
    clock = request.query_params.get("clock") or Clock.RECORD.value
    if clock not in Clock.values:
        raise BadParameters({"clock": [_("Choose one of: %s.") % ", ".join(Clock.values)]})
    try:
        window = Window.of(resolution, day_of(request, "from"), day_of(request, "to"))
    except WindowError as error:
        raise BadParameters({error.field: [str(error.message)]}) from error
    found = compare(resolution, user=request.user, window=window, clock=Clock(clock))
    demands = request.build_absolute_uri(reverse("api:demand-list"))
    return {
        "window": {"from": window.first, "to": window.last},
        "clock": found.clock,
        "recorded_since": found.recorded_since,
        "before": dict(found.before),
        "after": dict(found.after),
        "moves": found.moves,
        "changes": [
            {
                "demand": change.key,
                "demand_url": f"{demands}{change.key}/",
                "mandate": change.subject.mandate and change.subject.mandate.identifier,
                "states": [country.iso for country in change.subject.countries],
                "move": change.move,
                "before": standing(change.before),
                "after": standing(change.after),
                "acts": [act_told(act) for act in change.acts],
            }
            for change in found.changes
        ],
    }


def standing(one: Standing | None) -> dict[str, Any] | None:
    """How a demand stood on a day."""
    return {"status": one.status, "ended_by": one.ended_by} if one else None


def act_told(act: Act) -> dict[str, Any]:
    """An act as it is answered."""
    return {"kind": act.kind, "on": act.on, "words": str(act.words), "who": act.who}
