"""Addresses of texts, imports and corrections.

They stand before those of the dashboards, whose `resolutions/<slug>/` would take "import".
"""

from django.urls import URLPattern, URLResolver, path

from mandates.views import corrections, imports, texts

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
    path("mandates/<int:pk>/successor/", corrections.mandate_successor, name="mandate-successor"),
]
