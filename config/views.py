"""Answers for the machine that watches the site."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from assistance.coverage.kept import waiting
from config.celery import app
from directory.viewer import SYSTEM, viewing_as


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Say that the process answers, whatever state the services are in."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Say whether requests can be served: 200 with each service "ok", else 503.

    Coverage that waits for a worker is told of and is no failure: it is right, and read slowly.
    """
    services = {"database": _database_answers(), "broker": _broker_answers()}
    said = {name: "ok" if answers else "does not answer" for name, answers in services.items()}
    if services["database"]:
        said["coverage"] = _coverage()
    return JsonResponse(said, status=200 if all(services.values()) else 503)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may read: the public site while it is on, else nothing."""
    closed = ("/api/", "/accounts/", "/admin/") if settings.PUBLIC_SITE else ("/",)
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _coverage() -> str:
    """How long changes wait for a worker; not known while the tables of a new version are made."""
    try:
        with viewing_as(SYSTEM):
            found = waiting()
    except DatabaseError:
        return "not known"
    if not found.is_late:
        return "ok"
    minutes = int(found.age.total_seconds()) // 60
    return f"late: {found.number} waiting, the oldest for {minutes} minutes"


def _broker_answers() -> bool:
    try:
        with app.connection_for_write(connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0)
    except (OperationalError, OSError):
        return False
    return True
