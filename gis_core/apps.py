from django.apps import AppConfig


class GisCoreConfig(AppConfig):
    name = "gis_core"
    verbose_name = "基础"

    def ready(self) -> None:
        from gis_core import backups, pages  # noqa: F401 — they register jobs and pages
