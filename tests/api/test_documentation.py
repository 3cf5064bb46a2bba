"""The description of the API is complete, and its page works under a strict policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator
from playwright.sync_api import Page, sync_playwright
from rest_framework.test import APIClient

from tests.browser_presence import browser_path

FLAGS = ["--disable-gpu", "--no-first-run", "--disable-dev-shm-usage", "--disable-sync"]


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return dict(SchemaGenerator().get_schema(public=True))


@pytest.fixture(scope="module")
def operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for methods in schema["paths"].values() for one in methods.values()]


def test_the_schema_is_valid_and_made_without_a_warning(tmp_path: Any) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema"))


def test_every_operation_has_summary_and_problems(operations: list[dict[str, Any]]) -> None:
    for operation in operations:
        assert operation["summary"], operation["operationId"]
        assert {"401", "403", "404", "429"} <= set(operation["responses"])
        problem = operation["responses"]["404"]["content"]
        assert set(problem) == {"application/problem+json"}


def test_every_field_of_a_problem_that_is_answered_is_described(schema: dict[str, Any]) -> None:
    answered = APIClient().get("/api/v1/me/").json()
    assert set(answered) <= set(schema["components"]["schemas"]["Problem"]["properties"])


def test_acts_say_what_they_take(schema: dict[str, Any]) -> None:
    parts = schema["components"]["schemas"]
    for path, taken in (
        ("requests/{id}/accept/", {"note"}),
        ("requests/{id}/decline/", {"reason"}),
        ("items/{id}/refer/", {"entity", "reason"}),
    ):
        body = schema["paths"][f"/api/v1/{path}"]["post"]["requestBody"]["content"]
        named = body["application/json"]["schema"]["$ref"].rpartition("/")[2]
        assert set(parts[named]["properties"]) == taken, path


def test_only_lists_that_are_read_come_in_pages(schema: dict[str, Any]) -> None:
    in_pages = {
        f"{method} {path}"
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
        if "schemas/Paginated" in str(operation["responses"])
    }
    assert in_pages
    assert {one for one in in_pages if not one.startswith("get ")} == set()


def test_changes_name_the_headers_they_understand(schema: dict[str, Any]) -> None:
    of = schema["paths"]["/api/v1/needs/{id}/"]
    assert "If-Match" in {one["name"] for one in of["patch"]["parameters"]}
    assert "If-None-Match" in {one["name"] for one in of["get"]["parameters"]}
    posted = schema["paths"]["/api/v1/needs/"]["post"]["parameters"]
    assert "Idempotency-Key" in {one["name"] for one in posted}


@pytest.fixture
def page(live_server: Any) -> Iterator[Page]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser_path(), chromium_sandbox=False, args=FLAGS
        )
        yield chromium.new_page()
        chromium.close()


@pytest.mark.browser
def test_the_page_to_try_it_breaks_no_policy(page: Page, live_server: Any) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    answer = page.goto(f"{live_server.url}/api/v1/")
    assert answer is not None
    assert "unsafe" not in answer.headers["content-security-policy"]
    page.wait_for_selector("text=Mandate Tracker")
    page.click("#operations-tag-countries button")
    page.click("text=/List countries/")
    page.click("text=Try it out")
    page.click("button.execute")
    page.wait_for_selector(".live-responses-table")
    assert "401" in page.inner_text(".live-responses-table")
    assert [line for line in said if "401" not in line] == []
