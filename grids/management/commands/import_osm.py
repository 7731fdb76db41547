"""import_osm FILE --name NAME: load an OSM extract as a town and put it to use."""

import json
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from gis_core.progress import TerminalProgress
from grids.management.import_command import ImportCommand
from grids.town_import.importing import ImportResult, import_osm_town
from grids.town_import.report_text import report_lines


class Command(ImportCommand):
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
        super().add_arguments(parser)

    def load(self, options: dict[str, Any], progress: TerminalProgress) -> ImportResult:
        return import_osm_town(
            options["file"],
            name=options["name"],
            name_en=options["name_en"],
            boundary=options["boundary"],
            root_code=options["root_code"],
            time_zone=options["time_zone"],
            force=options["force"],
            progress=progress,
        )

    def as_text(self, result: ImportResult, language: str) -> str:
        first = (
            _("%(town)s：已载入并启用。") if result.is_new else _("%(town)s：同一文件正在使用，未重复载入。")
        ) % {"town": result.town.slug}
        return "\n".join([first, *report_lines(result.report, language)])

    def as_json(self, result: ImportResult) -> str:
        """The report with the town and whether anything was loaded."""
        told = {"town": result.town.slug, "root_code": result.town.root_code, "is_new": result.is_new}
        told |= result.report["counts"] | {"findings": result.report["findings"]}
        return json.dumps(told, ensure_ascii=False, indent=1)
