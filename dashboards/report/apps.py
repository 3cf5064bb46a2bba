from django.apps import AppConfig


class ReportConfig(AppConfig):
    name = "dashboards.report"
    label = "report"
