"""Addresses of requests, below `/requests/`."""

from django.urls import URLPattern, URLResolver, path

from assistance.history.views import request_history
from assistance.requests import views_acts, views_detail, views_draft, views_list
from assistance.sheets import views as views_sheets

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views_list.request_list, name="request-list"),
    path("export/", views_list.request_export, name="request-export"),
    path("sheet/", views_sheets.request_sheet, name="request-sheet"),
    path("new/", views_draft.request_new, name="request-new"),
    path("<int:pk>/", views_detail.request_page, name="request"),
    path("<int:pk>/history/", request_history, name="request-history"),
    path("<int:pk>/edit/", views_draft.request_edit, name="request-edit"),
    path("<int:pk>/edit/<slug:step>/", views_draft.request_step, name="request-step"),
    path("<int:pk>/check/", views_draft.request_check, name="request-check"),
    path("<int:pk>/send/", views_draft.request_send, name="request-send"),
    path("<int:pk>/sent/", views_draft.request_sent, name="request-sent"),
    path("<int:pk>/delete/", views_draft.request_delete, name="request-delete"),
    path("<int:pk>/receipt/", views_detail.request_receipt, name="request-receipt"),
    path("<int:pk>/files/<int:file_pk>/", views_detail.request_file, name="request-file"),
    path(
        "<int:pk>/files/<int:file_pk>/remove/",
        views_acts.request_file_remove,
        name="request-file-remove",
    ),
    path("<int:pk>/do/<slug:act>/", views_acts.request_act, name="request-act"),
    path("<int:pk>/items/<int:n>/do/<slug:act>/", views_acts.item_act, name="item-act"),
    path(
        "<int:pk>/deliveries/<int:delivery_pk>/reply/",
        views_acts.delivery_reply,
        name="delivery-reply",
    ),
]
