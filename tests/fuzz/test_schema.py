"""Generated requests to a real server: for every operation of the schema, as every role.

Each generated request is sent as every role. Nothing may answer 500, nor what the schema does not
say: not a status, not a media type, not a field. Half of the requests name objects that are there,
half what the generator thinks of.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import hypothesis
import pytest
import requests
import schemathesis
from drf_spectacular.generators import SchemaGenerator
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.urls import router
from tests.api.world import World

pytestmark = [pytest.mark.fuzz, pytest.mark.timeout(1200)]

CASES_AN_OPERATION = int(os.environ.get("FUZZ_CASES", "1"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ROLES = ("anonymous", "ke", "regional", "officer", "manager", "auditor", "admin")
KEYS = {
    "countries": "iso",
    "entities": "code",
    "themes": "code",
    "resolutions": "slug",
    "units": "code",
}
NAMES = {
    "countries": "country",
    "entities": "entity",
    "replies": "reply",
    "activities": "activity",
    "deliveries": "delivery",
    "evidence": "evidence",
    "unlinked": "unlinked",
}


def key_of(world: World, path: str) -> str:
    """The key of an object that is there, for the address of an operation."""
    plural = path.split("/")[3]
    name = NAMES.get(plural, plural.removesuffix("s"))
    thing = world.shared.get(name) or world.ke[name]
    return thing if isinstance(thing, str) else str(getattr(thing, KEYS.get(plural, "pk")))


def test_schema_names_every_resource(db: None) -> None:
    paths = SchemaGenerator().get_schema(public=True)["paths"]
    plurals = {prefix for prefix, _resource, _name in router.registry}
    assert {path.split("/")[3] for path in paths} == {"me", *plurals}


def test_every_operation_answers_as_the_schema_says(
    served_world: World,
    tokens: dict[str, str],
    live_server: Any,
    fuzzed: Counter[str],
) -> None:
    sessions = {"anonymous": requests.Session()}
    for role, token in tokens.items():
        sessions[role] = requests.Session()
        sessions[role].headers["Authorization"] = f"Bearer {token}"
    assert set(ROLES) <= set(sessions)
    schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
    problems = []
    for result in schema.get_all_operations():
        operation = result.ok()
        fuzzed["operations"] += 1
        try:
            _fuzz(operation, served_world, sessions, live_server.url, fuzzed)
        except* Exception as group:
            problems.append(f"{operation.label}\n{_lines(group)}")
    assert not problems, "\n\n".join(problems)


def _lines(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return "\n".join(map(_lines, error.exceptions))
    return str(error)[:1500]


def _fuzz(
    operation: Any,
    world: World,
    sessions: dict[str, requests.Session],
    url: str,
    fuzzed: Counter[str],
) -> None:
    @hypothesis.settings(
        max_examples=CASES_AN_OPERATION,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(), real=hypothesis.strategies.booleans())
    def send(case: Any, real: bool) -> None:
        if case.path_parameters and real:
            for name in case.path_parameters:
                case.path_parameters[name] = key_of(world, operation.path)
            if case.method in ("PATCH", "DELETE"):
                case.headers["If-Match"] = "*"
        for role in ROLES:
            response = case.call(base_url=url, session=sessions[role])
            fuzzed["cases"] += 1
            fuzzed[f"{response.status_code // 100}xx"] += 1
            case.validate_response(response, checks=CHECKS)

    send()
