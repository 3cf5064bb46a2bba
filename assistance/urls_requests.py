"""Addresses of requests."""

from django.urls import URLPattern, URLResolver, path

from assistance.requests import views_detail

urlpatterns: list[URLPattern | URLResolver] = [
    path("<int:pk>/", views_detail.request_page, name="request"),
]
