"""Tasks reach a real worker through a real broker."""

import time

import pytest
from django_guid import set_guid

from config.celery import app
from tests.fixtures_services import WorkerProcess

SEND = "notifications.tasks.send_outbox"
pytestmark = pytest.mark.worker


def _eventually_prints(worker: WorkerProcess, words: str) -> bool:
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        if words in worker.output():
            return True
        time.sleep(0.05)
    return False


def test_a_task_is_done_and_its_lines_carry_the_id_of_the_request(
    celery_worker_process: WorkerProcess,
) -> None:
    set_guid("5a1f3c0e9b7d4e62a8f1c0d2b3e4f506")
    app.send_task(SEND)
    assert _eventually_prints(celery_worker_process, "5a1f3c0e9b7d4e62a8f1c0d2b3e4f506")
    assert _eventually_prints(celery_worker_process, "succeeded")


def test_a_task_taken_by_a_killed_worker_is_done_by_the_next(
    celery_worker_process: WorkerProcess,
) -> None:
    celery_worker_process.kill()
    app.send_task(SEND)
    celery_worker_process.start()
    assert _eventually_prints(celery_worker_process, "succeeded")
