"""Role x endpoint x own, foreign and anonymous: a new endpoint without a row fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from rest_framework.test import APIClient

from api.urls import router
from tests.api.world import World

pytestmark = pytest.mark.django_db

ROLES = ("ke", "regional", "officer", "manager", "auditor", "admin")
STAFF = {"officer", "manager", "auditor"}
EVERYBODY = set(ROLES)
READERS = {"ke", "regional"} | STAFF
OFFICER = {"officer"}
APPROVERS = {"officer", "manager"}
STATE = {"ke", "regional"}

# Who may call each action at all.
MAY: dict[str, dict[str, set[str]]] = {
    "country": {"list": EVERYBODY, "retrieve": EVERYBODY},
    "entity": {"list": EVERYBODY, "retrieve": EVERYBODY},
    "organisation": {"list": EVERYBODY, "retrieve": EVERYBODY},
    "theme": {"list": EVERYBODY, "retrieve": EVERYBODY},
    "resolution": {
        "list": EVERYBODY,
        "retrieve": EVERYBODY,
        "coverage": READERS,
        "compare": STAFF,
        "places": READERS,
        "quarters": READERS,
        "steps": READERS,
        "themes": READERS,
        "package": READERS,
        "akoma_ntoso": EVERYBODY,
        "reports": STAFF,
        "ask_for_report": APPROVERS,
        "supersede": {"manager"},
        "reinstate": {"manager"},
    },
    "paragraph": {"list": EVERYBODY, "retrieve": EVERYBODY, "why": READERS},
    "mandate": {
        "list": EVERYBODY,
        "retrieve": EVERYBODY,
        "partial_update": OFFICER,
        "corrections": STAFF,
        "submit_report": APPROVERS,
        "to_take_over": STAFF,
        "take_over": {"manager"},
        "why": READERS,
        "need_proposals": APPROVERS,
    },
    "need": {
        "list": EVERYBODY,
        "retrieve": EVERYBODY,
        "create": APPROVERS,
        "partial_update": APPROVERS,
        "destroy": APPROVERS,
        "publish": {"manager"},
        "end": {"manager"},
        "foresee": APPROVERS,
        "foresee_change": APPROVERS,
        "foresee_publish": {"manager"},
        "foresee_end": {"manager"},
    },
    "import": {"list": OFFICER, "retrieve": OFFICER, "create": OFFICER},
    "request": {
        "list": READERS,
        "retrieve": READERS,
        "create": STATE | OFFICER,
        "partial_update": STATE | OFFICER,
        "destroy": STATE | OFFICER,
        "events": READERS,
        "messages": READERS,
        "write_message": STATE | OFFICER,
        "duplicates": OFFICER,
        "notes": STAFF,
        "write_note": APPROVERS,
        "attachments": READERS,
        "attach": STATE | OFFICER,
        "assign_several": APPROVERS,
        "submit_request": STATE,
        "submit_on_behalf": OFFICER,
        "start_review": OFFICER,
        "request_clarification": OFFICER,
        "answer_clarification": STATE | OFFICER,
        "accept_request": OFFICER,
        "decline_request": OFFICER,
        "withdraw_request": STATE | OFFICER,
        "assign_request": APPROVERS,
        "hand_over_request": STATE,
    },
    "answer-template": {"list": OFFICER, "retrieve": OFFICER},
    "attachment": {
        "list": READERS,
        "retrieve": READERS,
        "file": READERS,
        "destroy": STATE | OFFICER,
    },
    "item": {
        "list": READERS,
        "retrieve": READERS,
        "tie": OFFICER,
        "untie": OFFICER,
        "fulfil_item": OFFICER,
        "fulfil_item_partly": OFFICER,
        "decline_item": OFFICER,
        "refer_item": OFFICER,
        "answer_referral": OFFICER,
        "merge_item": OFFICER,
        "withdraw_item": STATE | OFFICER,
    },
    "activity": {
        "list": READERS,
        "retrieve": READERS,
        "create": OFFICER,
        "partial_update": OFFICER,
        "send": OFFICER,
        "share_out": OFFICER,
        "copy": OFFICER,
        "series_links": OFFICER,
        "waiting": STAFF,
        "iati": READERS,
        "approve": APPROVERS,
        "send_back": APPROVERS,
    },
    "delivery": {
        "list": READERS,
        "retrieve": READERS,
        "create": OFFICER,
        "partial_update": OFFICER,
    },
    "evidence": {
        "list": READERS,
        "retrieve": READERS,
        "file": READERS,
        "create": OFFICER,
        "destroy": OFFICER,
        "verify": OFFICER,
    },
    "reply": {"list": READERS, "retrieve": READERS, "create": {"ke"}},
    "upload": {
        "list": OFFICER,
        "retrieve": OFFICER,
        "create": OFFICER,
        "rows": OFFICER,
        "apply": OFFICER,
        "undo": OFFICER,
    },
    "report": {"list": STAFF, "retrieve": STAFF, "docx": STAFF, "pdf": STAFF},
    "narrative": {
        "list": STAFF,
        "retrieve": STAFF,
        "create": APPROVERS,
        "partial_update": APPROVERS,
    },
    "demand": {"list": READERS, "retrieve": READERS},
    "closing": {
        "list": EVERYBODY,
        "retrieve": EVERYBODY,
        "create": {"manager"},
        "rows": STAFF,
        "revisions": STAFF,
        "verify": STAFF,
        "package": STAFF,
    },
    "counted-delivery": {"list": READERS},
    "state": {"list": READERS, "retrieve": READERS},
    "unit": {"list": STAFF, "retrieve": STAFF},
    "gap": {"list": STAFF, "matrix": STAFF},
    "unlinked": {"list": STAFF, "retrieve": STAFF},
    **{
        kind: {
            "list": STAFF,
            "retrieve": STAFF,
            "create": OFFICER,
            "confirm": OFFICER if kind == "item-mandate" else APPROVERS,
            "reject": OFFICER,
            "reopen": OFFICER,
            **({"look_again": OFFICER} if kind.endswith("mandate") else {}),
        }
        for kind in ("item-mandate", "activity-mandate", "activity-item")
    },
}
# Whose objects a role sees, where not everybody does; a State sees its own, but no links and trays.
OF_UNODC = {
    "gap", "narrative", "report", "unlinked", "item-mandate", "activity-mandate", "activity-item",
    "unit",
}  # fmt: skip
OF_OFFICERS = {"import", "upload", "answer-template"}
PUBLIC = {
    "closing",
    "country",
    "entity",
    "organisation",
    "theme",
    "resolution",
    "paragraph",
    "mandate",
    "need",
}


def sees(role: str, resource: str, iso: str) -> bool:
    """Whether a role may know that an object of a State is there."""
    if resource in PUBLIC:
        return True
    if resource in OF_OFFICERS:
        return role == "officer"
    if role == "ke":
        return iso == "KE" and resource not in OF_UNODC
    return role in STAFF


def endpoints() -> Iterator[tuple[str, str, str, str, bool]]:
    """Every (resource, action, method, name, whether it is of one object) of the router."""
    for pattern in router.urls:
        view: Any = pattern.callback
        for method, action in dict(view.actions).items():
            if method != "head":
                is_detail = "(?P<" in str(pattern.pattern)
                yield view.initkwargs["basename"], action, method, pattern.name or "", is_detail


ENDPOINTS = list(endpoints())
NAMES = {(resource, action): name for resource, action, _method, name, _detail in ENDPOINTS}


def test_every_endpoint_has_a_row_and_every_row_an_endpoint() -> None:
    there: dict[str, set[str]] = {}
    for resource, action, *_rest in ENDPOINTS:
        there.setdefault(resource, set()).add(action)
    assert there == {resource: set(actions) for resource, actions in MAY.items()}


KEYS = {"country": "iso", "entity": "code", "theme": "code", "resolution": "slug", "unit": "code"}


def address(resource: str, action: str, thing: Any = None) -> str:
    """The address of an action, of a thing or of the list."""
    name = f"api:{NAMES[resource, action]}"
    if thing is None:
        return reverse(name)
    key = thing if isinstance(thing, str) else getattr(thing, KEYS.get(resource, "pk"))
    return reverse(name, args=[key])


def status_of(client: APIClient, method: str, path: str) -> int:
    """What a call answers, all that it changed undone."""
    with transaction.atomic():
        sid = transaction.savepoint()
        response = getattr(client, method)(path, format="json", headers={"If-Match": "*"})
        transaction.savepoint_rollback(sid)
    return int(response.status_code)


REFUSED = {401, 403, 404}


@pytest.mark.parametrize("resource", sorted(MAY))
def test_each_role_may_call_what_the_table_says(
    resource: str, world: World, as_: Callable[[str], APIClient]
) -> None:
    clients = {role: as_(role) for role in ROLES}
    nobody = as_("anonymous")
    for found, action, method, _name, is_detail in ENDPOINTS:
        if found != resource:
            continue
        for iso in ("KE", "CO") if is_detail else ("KE",):
            thing = None
            if is_detail:
                thing = world.shared.get(resource) or world.of[iso][resource]
            path = address(resource, action, thing)
            assert status_of(nobody, method, path) == 401, path
            for role, client in clients.items():
                status = status_of(client, method, path)
                said = f"{role} {method} {path} ({action}, {iso}): {status}"
                if is_detail and not sees(role, resource, iso):
                    assert status == 404, said
                elif role not in MAY[resource][action]:
                    assert status == 403, said
                elif action == "file" and resource == "evidence":
                    assert status == 404, said  # it is an address
                else:
                    assert status not in REFUSED, said


def test_a_foreign_object_answers_404_to_verbs_that_nobody_knows(
    world: World, as_: Callable[[str], APIClient]
) -> None:
    client = as_("ke")
    for resource, thing in world.co.items():
        path = address(resource, "retrieve", thing)
        for method in ("get", "head", "post", "put", "patch", "delete", "options"):
            assert status_of(client, method, path) == 404, (method, path)


def test_an_object_that_is_not_there_answers_as_a_hidden_one(
    world: World, as_: Callable[[str], APIClient]
) -> None:
    client = as_("ke")
    hidden = client.get(reverse("api:request-detail", args=[world.co["request"].pk]))
    absent = client.get(reverse("api:request-detail", args=[987654321]))
    for answer in (hidden, absent):
        answer.data.pop("request_id")
    assert hidden.data == absent.data


@pytest.mark.parametrize("resource", sorted(set(MAY) - PUBLIC - OF_OFFICERS - OF_UNODC))
def test_lists_hold_only_the_own_rows(
    resource: str, world: World, as_: Callable[[str], APIClient]
) -> None:
    path = reverse(f"api:{resource}-list")
    mine = as_("ke").get(path).data
    theirs = as_("co").get(path).data
    every = as_("officer").get(path).data
    assert mine["count"]
    assert theirs["count"]
    own = {row["url"] for row in mine["results"]}
    assert not own & {row["url"] for row in theirs["results"]}
    assert own < {row["url"] for row in every["results"]}
    assert as_("regional").get(path).data["count"] == 0


def test_counts_filters_and_search_do_not_tell_of_another_state(
    world: World, as_: Callable[[str], APIClient]
) -> None:
    client = as_("ke")
    item = world.co["item"]
    asking = {
        "request": ["text=CO", f"text={world.co['request'].ref}", "text=Secret"],
        "item": [f"request={world.co['request'].pk}"],
        "activity": ["text=CO", "state=CO"],
        "delivery": [f"activity={world.co['activity'].pk}", f"item={item.pk}", "state=CO"],
        "evidence": [f"delivery={world.co['delivery'].pk}"],
        "reply": [f"delivery={world.co['delivery'].pk}"],
        "attachment": [f"request={world.co['request'].pk}"],
        "demand": ["state=CO"],
    }
    for resource, queries in asking.items():
        for query in queries:
            answer = client.get(reverse(f"api:{resource}-list") + f"?{query}")
            assert answer.status_code == 200, (resource, query, answer.data)
            own = 1 if query == "text=Secret" else 0
            assert answer.data["count"] == own, (resource, query)


def test_a_state_counts_its_own_rows(world: World, as_: Callable[[str], APIClient]) -> None:
    path = reverse("api:resolution-coverage", args=["A-RES-74-175"])
    assert as_("ke").get(path).data["totals"]["demands"] == 1
    assert as_("regional").get(path).data["totals"]["demands"] == 0
    # Two items and the published need.
    assert as_("officer").get(path).data["totals"]["demands"] == 3


def test_the_public_reads_what_is_public_while_the_public_site_is_on(
    world: World, as_: Callable[[str], APIClient], settings: Any
) -> None:
    settings.PUBLIC_SITE = True
    client = as_("anonymous")
    for resource in PUBLIC | {"activity", "delivery", "evidence", "reply"}:
        answer = client.get(reverse(f"api:{resource}-list"))
        assert answer.status_code == 200, resource
        if resource not in PUBLIC:
            assert answer.data["count"] == 0, resource
    for resource in (
        "request",
        "item",
        "demand",
        "gap",
        "counted-delivery",
        "state",
        "unit",
        "unlinked",
        "import",
        "upload",
        "item-mandate",
    ):
        assert client.get(reverse(f"api:{resource}-list")).status_code == 401, resource
    for path in (
        reverse("api:resolution-coverage", args=["A-RES-74-175"]),
        reverse("api:resolution-places", args=["A-RES-74-175"]),
        reverse("api:paragraph-why", args=[world.shared["paragraph"].pk]),
        reverse("api:mandate-why", args=[world.mandate.pk]),
        reverse("api:mandate-need-proposals", args=[world.mandate.pk]),
    ):
        assert client.get(path).status_code == 401, path
