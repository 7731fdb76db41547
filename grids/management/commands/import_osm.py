"""import_osm FILE --name NAME: load an OSM extract as a town and put it to use."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _

from gis_core.errors import Refusal
from gis_core.progress import TerminalProgress
from grids.refusal_text import refusal_lines
from grids.town_import.importing import ImportResult, import_osm_town
from grids.town_import.report_text import report_lines


class Command(BaseCommand):
    help = (
        "Load an OSM extract (.osm, .osm.gz, .osm.bz2, .osm.pbf) as a town: network, buildings, facilities."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument(
            "--name", required=True, help="name of the town; an existing one gets new generations"
        )
        parser.add_argument("--name-en", default="", help="its name in English")
        parser.add_argument(
            "--boundary", help="polygon file (GeoJSON, GeoPackage, zipped Shapefile, FlatGeobuf)"
        )
        parser.add_argument(
            "--root-code", help="its administrative code, 2 to 12 digits; made up (99…) when left out"
        )
        parser.add_argument("--time-zone", help="IANA name, e.g. Europe/Monaco")
        parser.add_argument(
            "--force", action="store_true", help="load again although the same file is in use"
        )
        parser.add_argument("--json", action="store_true", help="print the report as JSON")
        parser.add_argument("--language", default="zh-hans", choices=["zh-hans", "en"])

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            progress = TerminalProgress(self.stderr)  # type: ignore[arg-type]
            try:
                result = import_osm_town(
                    options["file"],
                    name=options["name"],
                    name_en=options["name_en"],
                    boundary=options["boundary"],
                    root_code=options["root_code"],
                    time_zone=options["time_zone"],
                    force=options["force"],
                    progress=progress,
                )
            except Refusal as refusal:
                raise CommandError("\n".join(refusal_lines(refusal))) from refusal
            finally:
                progress.finish()
            self.stdout.write(
                as_json(result) if options["json"] else self._as_text(result, options["language"])
            )

    def _as_text(self, result: ImportResult, language: str) -> str:
        first = (
            _("%(town)s：已载入并启用。") if result.is_new else _("%(town)s：同一文件正在使用，未重复载入。")
        ) % {"town": result.town.slug}
        return "\n".join([first, *report_lines(result.report, language)])


def as_json(result: ImportResult) -> str:
    """The report with the town and whether anything was loaded."""
    head = {"town": result.town.slug, "root_code": result.town.root_code, "is_new": result.is_new}
    return json.dumps(
        head | result.report["counts"] | {"findings": result.report["findings"]}, ensure_ascii=False, indent=1
    )
