"""Addresses of activities, deliveries, evidence, links and approvals."""

from django.urls import URLPattern, URLResolver, path

from assistance.activities import (
    views_activity,
    views_approvals,
    views_deliveries,
    views_links,
    views_list,
    views_log,
    views_series,
)
from assistance.calendar import views as views_calendar
from assistance.history.views import activity_history
from assistance.sheets import views as views_sheets
from assistance.workbench import views as views_workbench

urlpatterns: list[URLPattern | URLResolver] = [
    path("activities/", views_list.activity_list, name="activity-list"),
    path("activities/export/", views_list.activity_export, name="activity-export"),
    path("activities/iati/", views_list.activity_iati, name="activity-iati"),
    path("activities/sheet/", views_sheets.activity_sheet, name="activity-sheet"),
    path("activities/sheets/", views_sheets.sheet_list, name="sheet-list"),
    path("activities/sheets/template/", views_sheets.sheet_template, name="sheet-template"),
    path("activities/sheets/<int:pk>/", views_sheets.sheet, name="sheet"),
    path("activities/sheets/<int:pk>/apply/", views_sheets.sheet_apply, name="sheet-apply"),
    path("activities/sheets/<int:pk>/undo/", views_sheets.sheet_undo, name="sheet-undo"),
    path("activities/sheets/<int:pk>/refused/", views_sheets.sheet_refused, name="sheet-refused"),
    path("activities/new/", views_log.activity_new, name="activity-new"),
    path("activities/<int:pk>/", views_activity.activity, name="activity"),
    path("activities/<int:pk>/history/", activity_history, name="activity-history"),
    path("activities/<int:pk>/edit/", views_activity.activity_edit, name="activity-edit"),
    path("activities/<int:pk>/send/", views_activity.activity_send, name="activity-send"),
    path("activities/<int:pk>/approve/", views_approvals.activity_approve, name="activity-approve"),
    path(
        "activities/<int:pk>/send-back/",
        views_approvals.activity_send_back,
        name="activity-send-back",
    ),
    path("activities/<int:pk>/links/new/", views_links.link_new, name="link-new"),
    path(
        "activities/<int:pk>/links/copy/",
        views_series.activity_copy_links,
        name="activity-copy-links",
    ),
    path("activities/<int:pk>/deliveries/new/", views_deliveries.delivery_new, name="delivery-new"),
    path(
        "activities/<int:pk>/deliveries/several/",
        views_deliveries.deliveries_new,
        name="deliveries-new",
    ),
    path("activities/<int:pk>/copy/", views_series.activity_copy, name="activity-copy"),
    path("activities/<int:pk>/shares/", views_series.activity_shares, name="activity-shares"),
    path("deliveries/<int:pk>/", views_deliveries.delivery, name="delivery"),
    path("deliveries/<int:pk>/edit/", views_deliveries.delivery_edit, name="delivery-edit"),
    path("deliveries/<int:pk>/evidence/", views_deliveries.evidence_add, name="evidence-add"),
    path("evidence/<int:pk>/file/", views_deliveries.evidence_file, name="evidence-file"),
    path("evidence/<int:pk>/remove/", views_deliveries.evidence_remove, name="evidence-remove"),
    path("evidence/", views_approvals.evidence_list, name="evidence-list"),
    path("approvals/", views_approvals.approval_list, name="approval-list"),
    path("calendar/", views_calendar.calendar_address, name="calendar-address"),
    path("calendar/<str:secret>.ics", views_calendar.calendar_feed, name="calendar-feed"),
    path("workbench/", views_workbench.workbench, name="workbench"),
    path("links/suspect/", views_links.suspect_list, name="suspect-list"),
    path("links/<str:kind>/<int:pk>/", views_links.link_decide, name="link-decide"),
]
