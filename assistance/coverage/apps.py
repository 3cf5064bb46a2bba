from django.apps import AppConfig


class CoverageConfig(AppConfig):
    name = "assistance.coverage"
    label = "coverage"
