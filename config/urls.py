"""Every address of the site."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from config import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("mandates.urls")),
    path("", include("dashboards.urls")),
    path("requests/", include("assistance.urls_requests")),
    path("", include("assistance.urls_activities")),
    path("notifications/", include("notifications.urls")),
    path("api/v1/", include("api.urls")),
    path("accounts/", include("allauth.urls")),
    # It sets a cookie and no more, and a public page carries no token: it is the same for all.
    path("language/setlang/", csrf_exempt(set_language), name="set_language"),
    path("admin/", admin.site.urls),
    path("health/", views.health, name="health"),
    path("ready/", views.ready, name="ready"),
    path("robots.txt", views.robots, name="robots"),
]

handler400 = "api.errors.bad_request"
handler404 = "api.errors.not_found"
handler500 = "api.errors.server_error"
