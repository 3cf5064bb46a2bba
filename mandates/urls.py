"""Addresses of texts, imports, corrections and needs.

They stand before those of the dashboards, whose `resolutions/<slug>/` would take "import".
"""

from django.urls import URLPattern, URLResolver, path

from mandates.views import corrections, imports, needs, texts

urlpatterns: list[URLPattern | URLResolver] = [
    path("resolutions/import/", imports.resolution_import, name="resolution-import"),
    path("resolutions/imports/<int:pk>/", imports.import_progress, name="import-progress"),
    path("resolutions/<slug:slug>/text/", texts.resolution_text, name="resolution-text"),
    path(
        "resolutions/<slug:slug>/source/<str:language>/",
        texts.resolution_source,
        name="resolution-source",
    ),
    path(
        "resolutions/<slug:slug>/akoma-ntoso/<str:language>/",
        texts.resolution_akoma_ntoso,
        name="resolution-akoma-ntoso",
    ),
    path("mandates/<int:pk>/correct/", corrections.mandate_correct, name="mandate-correct"),
    path("mandates/<int:pk>/needs/new/", needs.need_new, name="need-new"),
    path("needs/", needs.need_list, name="need-list"),
    path("needs/<int:pk>/", needs.need_edit, name="need-edit"),
    path("needs/<int:pk>/publish/", needs.need_publish, name="need-publish"),
]
