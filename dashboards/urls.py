"""Addresses of the home pages and of the pages that join mandates with work."""

from django.urls import URLPattern, URLResolver, path

from dashboards.views import demands, gaps, home, methodology, paragraph, resolution

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("received/", home.received, name="received"),
    path("resolutions/", resolution.resolution_list, name="resolution-list"),
    path("resolutions/<slug:slug>/", resolution.resolution, name="resolution"),
    path(
        "resolutions/<slug:slug>/package/", resolution.resolution_package, name="resolution-package"
    ),
    path("resolutions/<slug:slug>/mandates/", resolution.mandate_list, name="mandate-list"),
    path("resolutions/<slug:slug>/paragraphs/<str:number>/", paragraph.paragraph, name="paragraph"),
    path("mandates/<int:pk>/why/", paragraph.mandate_why, name="mandate-why"),
    path("gaps/", gaps.gap_list, name="gap-list"),
    path("coverage/demands/", demands.demand_list, name="demand-list"),
    path("coverage/unlinked/", demands.unlinked_list, name="unlinked-list"),
    path("help/coverage/", methodology.methodology, name="methodology"),
]
