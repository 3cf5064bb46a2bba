"""A worker killed while it builds a report: in the end it is built once."""

import pytest

from dashboards.report.builds import ask_for_report
from dashboards.report.models import ReportBuild
from notifications.models import OutboxMessage
from tests import factories as f
from tests.sheets.test_killed_worker import wait_for

pytestmark = [pytest.mark.worker, pytest.mark.slow]


def test_a_report_whose_worker_is_killed_is_built_once(celery_worker_process):
    resolution = f.ResolutionFactory()
    for _paragraph in range(30):
        f.MandateFactory(paragraph=f.ParagraphFactory(resolution=resolution))
    officer = f.officer()
    build = ask_for_report(
        resolution=resolution,
        first=resolution.adopted_on,
        last=f.today(),
        language="en",
        by=officer,
    )
    rows = ReportBuild.objects.filter(pk=build.pk)
    wait_for(lambda: rows.get().state == "running", "the report is being built")
    celery_worker_process.kill()
    assert rows.get().state == "running"
    celery_worker_process.start()
    wait_for(lambda: rows.get().state == "done", "the report is built")
    assert rows.get().files.count() == 2
    assert OutboxMessage.objects.filter(recipient=officer, kind="report_done").count() == 1
