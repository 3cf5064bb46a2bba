"""The Celery application: `celery --app config worker` and `celery --app config beat`."""

import os
import signal
from typing import Any

from celery import Celery, Task
from celery.signals import worker_process_init

from config.embedded.processes import end_with_parent
from directory.viewer import SYSTEM, viewing_as

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class SystemTask(Task):
    """A task: without a user, it works as the system, which row security shows every row."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Runs it."""
        with viewing_as(SYSTEM):
            return self.run(*args, **kwargs)


app = Celery("mandate_tracker", task_cls=SystemTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def end_with_the_worker(**_sent: Any) -> None:
    """A process of the pool ends with its worker, however that was ended."""
    end_with_parent(signal.SIGKILL)
