"""Addresses of the home pages and of the pages that join mandates with work."""

from django.urls import URLPattern, URLResolver, path, re_path

from dashboards.report import views as report
from dashboards.views import (
    breakdowns,
    closings,
    compare,
    demands,
    gaps,
    home,
    identified,
    methodology,
    needs,
    obligations,
    paragraph,
    resolution,
    resolutions,
    side_by_side,
    states,
    taking_over,
    units,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("received/", states.received, name="received"),
    path("states/<str:iso>/", states.state, name="state"),
    path("states/<str:iso>/print/", states.state_print, name="state-print"),
    path("resolutions/", resolutions.resolution_list, name="resolution-list"),
    path("resolutions/compare/", side_by_side.compare, name="compare"),
    path("resolutions/<slug:slug>/", resolution.resolution, name="resolution"),
    path(
        "resolutions/<slug:slug>/package/", resolution.resolution_package, name="resolution-package"
    ),
    path("resolutions/<slug:slug>/mandates/", resolution.mandate_list, name="mandate-list"),
    path("resolutions/<slug:slug>/places/", breakdowns.by_place, name="resolution-places"),
    path("resolutions/<slug:slug>/quarters/", breakdowns.by_quarter, name="resolution-quarters"),
    path("resolutions/<slug:slug>/steps/", breakdowns.by_step, name="resolution-steps"),
    path("resolutions/<slug:slug>/themes/", breakdowns.by_theme, name="resolution-themes"),
    path("resolutions/<slug:slug>/paragraphs/<str:number>/", paragraph.paragraph, name="paragraph"),
    path("resolutions/<slug:slug>/closings/", closings.closing_list, name="closing-list"),
    path("resolutions/<slug:slug>/closings/new/", closings.closing_new, name="closing-new"),
    path("closings/<int:pk>/", closings.closing, name="closing"),
    path("resolutions/<slug:slug>/compare/", compare.comparison, name="comparison"),
    path("reports/", obligations.obligation_list, name="obligation-list"),
    path("mandates/<int:pk>/report/", obligations.report_submit, name="report-submit"),
    path("mandates/<int:pk>/needs/new/", needs.need_new, name="need-new"),
    path("needs/", needs.need_list, name="need-list"),
    path("needs/<int:pk>/", needs.need_edit, name="need-edit"),
    path("needs/<int:pk>/publish/", needs.need_publish, name="need-publish"),
    path("needs/<int:pk>/end/", needs.need_end, name="need-end"),
    path("mandates/<int:pk>/why/", paragraph.mandate_why, name="mandate-why"),
    path("mandates/<int:pk>/take-over/", taking_over.mandate_take_over, name="mandate-take-over"),
    path("units/<slug:code>/", units.unit, name="unit"),
    path("gaps/", gaps.gap_list, name="gap-list"),
    path("resolutions/<slug:slug>/report/", report.report, name="resolution-report"),
    path(
        "resolutions/<slug:slug>/report/build/",
        report.report_build,
        name="resolution-report-build",
    ),
    path("resolutions/<slug:slug>/report/text/", report.narrative, name="resolution-narrative"),
    path("narratives/<int:pk>/history/", report.narrative_history, name="narrative-history"),
    path("reports/<int:pk>/", report.build, name="report-build"),
    path("reports/<int:pk>/<str:kind>/", report.report_file, name="report-file"),
    path("coverage/demands/", demands.demand_list, name="demand-list"),
    path("coverage/deliveries/", breakdowns.deliveries, name="coverage-deliveries"),
    path("coverage/unlinked/", demands.unlinked_list, name="unlinked-list"),
    path("help/coverage/", methodology.methodology, name="methodology"),
    # Identifiers begin with a symbol, and symbols with capitals: no other address does.
    re_path(r"^(?P<identifier>[A-Z]+/.+?)/?$", identified.identified, name="identified"),
]
