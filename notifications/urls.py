"""Addresses of what a person was told."""

from django.urls import URLPattern, URLResolver, path

from notifications import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.notification_list, name="notification-list"),
    path("choices/", views.notification_choices, name="notification-choices"),
    path("seen/", views.notifications_seen, name="notifications-seen"),
    path("<int:pk>/", views.notification_open, name="notification-open"),
]
