from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GridsConfig(AppConfig):
    name = "grids"
    verbose_name = "城镇"

    def ready(self) -> None:
        """Tell the shell of this room's towns and sections, and the queue of its jobs."""
        from gis_core import shell
        from grids import scoping
        from grids.pages import page_sections
        from grids.pages.placement import sections as placement_sections

        shell.register_town_provider(scoping.town_choices)
        shell.register_root_codes(scoping.root_codes)
        page_sections.register()
        placement_sections.register()
        shell.register_section(shell.Section("coverage", "coverage", _("生活圈"), "open_coverage", order=20))
        shell.register_section(shell.Section("mix", "mix", _("混居"), "open_mix", order=60))
