"""Addresses of the home pages and of the pages that join mandates with work."""

from django.urls import URLPattern, URLResolver, path

from dashboards.views import (
    closings,
    compare,
    demands,
    home,
    methodology,
    obligations,
    paragraph,
    resolution,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("received/", home.received, name="received"),
    path("resolutions/", resolution.resolution_list, name="resolution-list"),
    path("resolutions/<slug:slug>/", resolution.resolution, name="resolution"),
    path("resolutions/<slug:slug>/mandates/", resolution.mandate_list, name="mandate-list"),
    path("resolutions/<slug:slug>/paragraphs/<str:number>/", paragraph.paragraph, name="paragraph"),
    path("resolutions/<slug:slug>/closings/", closings.closing_list, name="closing-list"),
    path("resolutions/<slug:slug>/closings/new/", closings.closing_new, name="closing-new"),
    path("closings/<int:pk>/", closings.closing, name="closing"),
    path("resolutions/<slug:slug>/compare/", compare.comparison, name="comparison"),
    path("reports/", obligations.obligation_list, name="obligation-list"),
    path("mandates/<int:pk>/report/", obligations.report_submit, name="report-submit"),
    path("coverage/demands/", demands.demand_list, name="demand-list"),
    path("coverage/unlinked/", demands.unlinked_list, name="unlinked-list"),
    path("help/coverage/", methodology.methodology, name="methodology"),
]
