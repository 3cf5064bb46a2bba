"""Addresses of the home pages and of the pages that join mandates with work."""

from django.urls import URLPattern, URLResolver, path

from dashboards.views import (
    breakdowns,
    compare,
    demands,
    home,
    methodology,
    paragraph,
    resolution,
    resolutions,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("received/", home.received, name="received"),
    path("resolutions/", resolutions.resolution_list, name="resolution-list"),
    path("resolutions/compare/", compare.compare, name="compare"),
    path("resolutions/<slug:slug>/", resolution.resolution, name="resolution"),
    path("resolutions/<slug:slug>/mandates/", resolution.mandate_list, name="mandate-list"),
    path("resolutions/<slug:slug>/places/", breakdowns.by_place, name="resolution-places"),
    path("resolutions/<slug:slug>/quarters/", breakdowns.by_quarter, name="resolution-quarters"),
    path("resolutions/<slug:slug>/steps/", breakdowns.by_step, name="resolution-steps"),
    path("resolutions/<slug:slug>/themes/", breakdowns.by_theme, name="resolution-themes"),
    path("resolutions/<slug:slug>/paragraphs/<str:number>/", paragraph.paragraph, name="paragraph"),
    path("coverage/demands/", demands.demand_list, name="demand-list"),
    path("coverage/deliveries/", breakdowns.deliveries, name="coverage-deliveries"),
    path("coverage/unlinked/", demands.unlinked_list, name="unlinked-list"),
    path("help/coverage/", methodology.methodology, name="methodology"),
]
