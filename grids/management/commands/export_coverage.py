"""`export_coverage NAME --format csv|xlsx|gpkg`: the current run, one row a building."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from gis_core.errors import Refusal
from grids.coverage.exports import file_name, inputs_of, write_coverage
from grids.coverage.results import require_current_run
from grids.towns import require_town


class Command(BaseCommand):
    help = "Write a town's coverage per building: metres, minutes, nearest facility and straight line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the town's slug or name")
        parser.add_argument("--format", choices=["csv", "xlsx", "gpkg"], default="csv")
        parser.add_argument("--output", type=Path, help="file to write; default: a name of its own, here")
        parser.add_argument("--language", default="zh-hans", choices=["zh-hans", "en"])

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with translation.override(options["language"]):
                run = require_current_run(require_town(options["name"]))
                target: Path = options["output"] or Path(file_name(run, options["format"]))
                count = write_coverage(run, options["format"], target)
                if options["format"] == "csv":
                    beside = target.with_name(target.name + ".inputs.json")
                    text = json.dumps(inputs_of(run), ensure_ascii=False, indent=1)
                    beside.write_text(text, encoding="utf-8")
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(f"{target}: {count}")
