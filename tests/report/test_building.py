"""Reports asked for, built by a worker once, kept and told of."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from dashboards.report import builds
from dashboards.report.builds import ask_for_report, forget_old, resume_lost_reports, run_build
from dashboards.report.models import ReportBuild, ReportFile
from dashboards.report.tasks import build_report
from directory.models import Membership
from notifications.models import OutboxMessage
from tests import factories as f
from tests.report.conftest import FIRST, LAST, ReportWorld

PERIOD = {"from": FIRST.isoformat(), "to": LAST.isoformat(), "language": "en"}


def asked(world: ReportWorld, **changes: Any) -> ReportBuild:
    return ask_for_report(
        resolution=world.resolution,
        **{"first": FIRST, "last": LAST, "language": "en", "by": world.officer, **changes},
    )


def test_an_officer_has_a_report_built_and_downloads_it(report_world: ReportWorld, client) -> None:
    client.force_login(report_world.officer)
    answer = client.post(reverse("resolution-report-build", args=["A-RES-70-1"]), PERIOD)
    build = ReportBuild.objects.get()
    page = reverse("report-build", args=[build.pk])
    assert answer["Location"] == page
    waiting = client.get(page).content.decode()
    assert "waits for a worker" in waiting
    assert "hx-get" in waiting
    assert client.get(reverse("report-file", args=[build.pk, "pdf"])).status_code == 404

    run_build(build_pk=build.pk)

    done = client.get(page).content.decode()
    assert "hx-get" not in done
    for kind, start in (("docx", b"PK"), ("pdf", b"%PDF")):
        file = client.get(reverse("report-file", args=[build.pk, kind]))
        assert file.content.startswith(start)
        assert hashlib.sha256(file.content).hexdigest() in done
        assert f"report-A-RES-70-1-2020-01-01-2030-12-31-en.{kind}" in file["Content-Disposition"]
        assert file["X-Content-Type-Options"] == "nosniff"
    assert client.get(reverse("report-file", args=[build.pk, "exe"])).status_code == 404
    told = OutboxMessage.objects.get()
    assert (told.kind, told.recipient, told.path) == ("report_done", report_world.officer, page)
    listed = client.get(reverse("resolution-report", args=["A-RES-70-1"])).content.decode()
    assert page in listed


def test_days_that_make_no_period_are_said_at_the_field(report_world: ReportWorld, client) -> None:
    client.force_login(report_world.officer)
    for days in ({"from": "2021-01-01", "to": "2020-01-01"}, {"from": "x"}, {"from": "2999-01-01"}):
        answer = client.post(
            reverse("resolution-report-build", args=["A-RES-70-1"]), {**PERIOD, **days}
        )
        assert answer.status_code == 422
        assert answer.context["form"].errors
    assert not ReportBuild.objects.exists()


def test_a_worker_that_dies_midway_is_followed_by_another(
    report_world: ReportWorld, monkeypatch
) -> None:
    build = asked(report_world)
    with monkeypatch.context() as patched:

        def killed(*_args: object) -> bytes:
            raise SystemExit

        patched.setattr(builds, "as_pdf", killed)
        with pytest.raises(SystemExit):
            run_build(build_pk=build.pk)
    build.refresh_from_db()
    assert (build.state, build.step, build.percent) == ("running", "pdf", 70)
    assert not ReportFile.objects.exists()

    first = run_build(build_pk=build.pk)
    again = run_build(build_pk=build.pk)

    assert first.state == again.state == "done"
    assert ReportFile.objects.count() == 2
    assert OutboxMessage.objects.count() == 1


def test_a_second_worker_finds_it_finished(report_world: ReportWorld, monkeypatch) -> None:
    build = asked(report_world)
    true = builds.as_pdf

    def slower(*args: Any) -> bytes:
        monkeypatch.setattr(builds, "as_pdf", true)
        run_build(build_pk=build.pk)
        return true(*args)

    monkeypatch.setattr(builds, "as_pdf", slower)

    assert run_build(build_pk=build.pk).state == "done"
    assert ReportFile.objects.count() == 2
    assert OutboxMessage.objects.count() == 1


def test_a_mistake_of_ours_is_told(report_world: ReportWorld, monkeypatch, client) -> None:
    build = asked(report_world)
    monkeypatch.setattr(builds, "as_pdf", lambda *_args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        build_report(build.pk)

    assert OutboxMessage.objects.get().kind == "report_failed"
    client.force_login(report_world.officer)
    page = client.get(reverse("report-build", args=[build.pk])).content.decode()
    assert "It could not be built" in page


def test_a_database_that_cannot_be_reached_is_tried_again(
    report_world: ReportWorld, monkeypatch
) -> None:
    build = asked(report_world)
    true = builds.gather
    tries: list[str] = []

    def unreachable_once(*args: Any, **named: Any) -> Any:
        tries.append("gather")
        if len(tries) == 1:
            raise OperationalError("the connection is closed")
        return true(*args, **named)

    monkeypatch.setattr(builds, "gather", unreachable_once)

    build_report.apply([build.pk])

    build.refresh_from_db()
    assert (build.state, len(tries)) == ("done", 2)


def test_somebody_who_lost_the_right_gets_no_report(report_world: ReportWorld, client) -> None:
    build = asked(report_world)
    Membership.objects.filter(user=report_world.officer).update(role="auditor")

    assert run_build(build_pk=build.pk).problem == "not_allowed"

    client.force_login(f.officer())
    page = client.get(reverse("report-build", args=[build.pk])).content.decode()
    assert "may no longer build reports" in page


def test_asked_for_twice_at_once_it_is_one_report(report_world: ReportWorld) -> None:
    one = asked(report_world)
    assert asked(report_world) == one
    assert asked(report_world, language="fr") != one
    run_build(build_pk=one.pk)
    assert asked(report_world) != one


def test_the_same_record_gives_the_same_files(report_world: ReportWorld) -> None:
    one, other = (run_build(build_pk=asked(report_world).pk) for _time in range(2))
    digests = [list(build.files.values_list("kind", "sha256")) for build in (one, other)]
    assert digests[0] == digests[1]
    assert one.content_sha256 == other.content_sha256


def test_lost_tasks_are_sent_again(
    report_world: ReportWorld, django_capture_on_commit_callbacks
) -> None:
    build = asked(report_world)
    assert resume_lost_reports() == 0
    old = timezone.now() - timedelta(hours=1)
    ReportBuild.objects.filter(pk=build.pk).update(touched_at=old)
    assert resume_lost_reports() == 1


def test_files_are_kept_for_two_years(report_world: ReportWorld, client) -> None:
    build = run_build(build_pk=asked(report_world).pk)
    assert forget_old() == 0
    ReportBuild.objects.update(finished_at=timezone.now() - timedelta(days=731))
    assert forget_old() == 2
    client.force_login(report_world.officer)
    assert client.get(reverse("report-file", args=[build.pk, "pdf"])).status_code == 404
    page = client.get(reverse("resolution-report", args=["A-RES-70-1"])).content.decode()
    assert "no longer kept" in page


def test_other_systems_ask_for_reports(report_world: ReportWorld) -> None:
    client = APIClient()
    client.force_login(report_world.officer)
    path = "/api/v1/resolutions/A-RES-70-1/reports/"

    answer = client.post(path, PERIOD, format="json")

    assert answer.status_code == 202, answer.data
    assert answer.data["state"] == "waiting"
    run_build(build_pk=answer.data["id"])
    found = client.get(answer.data["url"]).data
    assert found["state"] == "done"
    assert client.get(path).data["results"] == [found]
    for file in found["files"]:
        content = client.get(file["url"])
        assert hashlib.sha256(content.content).hexdigest() == file["sha256"]
    refused = client.post(path, {**PERIOD, "from": "2999-01-01"}, format="json")
    assert refused.status_code == 400
    assert refused.data["errors"][0]["pointer"] == "/to"
