"""Acts on requests and their items, made from the transitions that the workflow declares.

Each becomes `POST .../{id}/<act>/`: who may comes from the declaration, what is sent from the
signature of the workflow's function, the words of the documentation from its docstring.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api import fields
from api.base import Resource
from assistance import workflow
from assistance.models import OutcomeBasis
from assistance.workflow.transitions import Transition

# What the functions of the workflow take besides the thing, the person and the revision.
SENT: dict[str, Callable[..., serializers.Field[Any, Any, Any, Any]]] = {
    "words": partial(serializers.CharField, max_length=10000),
    "reason": partial(serializers.CharField, max_length=5000),
    "note": partial(serializers.CharField, max_length=5000),
    "basis": partial(serializers.ChoiceField, choices=OutcomeBasis.choices),
    "to": partial(fields.person, help_text="Log-in of who takes it on."),
    "entity": fields.entity,
    "into": partial(fields.item, help_text="Id of the item it becomes part of."),
}


def function_of(step: Transition) -> Callable[..., Any]:
    """The one function of the workflow that makes a transition."""
    if step.during and not hasattr(workflow, step.name):
        return partial(workflow.close_item, outcome=step.to)
    return getattr(workflow, step.name)  # type: ignore[no-any-return]


def _sent(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    parameters = inspect.signature(function).parameters
    return {name: one for name, one in parameters.items() if name in SENT}


def input_of(step: Transition) -> type[serializers.Serializer[Any]] | None:
    """What has to be sent with an act, or None for nothing."""
    declared = {}
    for name, parameter in _sent(function_of(step)).items():
        optional = parameter.default is not inspect.Parameter.empty
        blank = {"allow_blank": True} if optional and name in ("reason", "note") else {}
        declared[name] = SENT[name](required=not optional, **blank)
    if not declared:
        return None
    name = "".join(part.capitalize() for part in step.name.split("_"))
    return type(f"{name}Serializer", (serializers.Serializer,), declared)


def name_of(step: Transition) -> str:
    """The act as it stands in the address: `submit`, `decline`, `fulfil-partly`."""
    return step.name.replace("_request", "").replace("_item", "").replace("_", "-")


def with_acts(
    steps: Iterable[Transition],
    *,
    except_for: Iterable[Transition] = (),
    answer: type[serializers.Serializer[Any]],
) -> Callable[[type[Resource]], type[Resource]]:
    """Gives a resource an act for each transition that a person can make."""
    left_out = set(except_for)

    def decorate(resource: type[Resource]) -> type[Resource]:
        needs = dict(resource.needs)
        for step in steps:
            if step in left_out or not step.permissions:
                continue
            setattr(resource, step.name, _act(step, answer))
            needs[step.name] = step.permissions
        resource.needs = needs
        return resource

    return decorate


def _act(step: Transition, answer: type[serializers.Serializer[Any]]) -> Any:
    function, sent = function_of(step), input_of(step)
    thing = next(iter(inspect.signature(function).parameters))

    def act(self: Resource, request: Request, pk: str) -> Response:
        def do() -> None:
            given = self.valid(sent) if sent else {}
            function(**{thing: self.thing}, user=request.user, **given)

        return self.act(do)

    act.__name__ = step.name
    act.__doc__ = _words(step, function)
    made = action(detail=True, methods=["post"], url_path=name_of(step), filter_backends=[])(act)
    return extend_schema(request=sent, responses=answer)(made)


def _words(step: Transition, function: Callable[..., Any]) -> str:
    """Title and description of an act, from the declaration and the function."""
    whole = function.func if isinstance(function, partial) else function
    title = step.name.replace("_", " ").capitalize()
    states = ", ".join(sorted(step.during or step.sources))
    return f"{title}\n\n{inspect.getdoc(whole)}\n\nPossible while the request is: {states}."
