from importlib import import_module

from django.apps import AppConfig

# Each of these has a `register()` that tells the shell of its sections, settings pages and waiting work.
PAGES = ("rounds_sections", "records_sections", "forms_sections", "field_sections", "sealing_sections")


class SurveyConfig(AppConfig):
    name = "survey"
    verbose_name = "走访"

    def ready(self) -> None:
        for name in PAGES:
            import_module(f"survey.pages.{name}").register()
        import_module("survey.waiting").register()
