"""What the commands that import a file share: progress, refusals row by row, the report as text or JSON."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from gis_core.errors import Refusal
from gis_core.progress import TerminalProgress
from grids.refusal_text import refusal_lines
from grids.town_import.report_text import report_lines


class ImportCommand(BaseCommand):
    """A command says how it loads (`load`); what it loaded has a data-quality report."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the report as JSON")
        parser.add_argument("--language", default="zh-hans", choices=["zh-hans", "en"])

    def load(self, options: dict[str, Any], progress: TerminalProgress) -> Any:
        """The generation that was loaded.

        Raises:
            Refusal
        """
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        progress = TerminalProgress(self.stderr)  # type: ignore[arg-type]
        with translation.override(options["language"]):
            try:
                made = self.load(options, progress)
            except Refusal as refusal:
                raise CommandError("\n".join(refusal_lines(refusal))) from refusal
            finally:
                progress.finish()
            told = self.as_json(made) if options["json"] else self.as_text(made, options["language"])
            self.stdout.write(told)

    def as_json(self, made: Any) -> str:
        return json.dumps(made.report, ensure_ascii=False, indent=1)

    def as_text(self, made: Any, language: str) -> str:
        return "\n".join(report_lines(made.report, language))


def add_column_arguments(parser: CommandParser, keys: Any) -> None:
    """`--floors-column NAME` for each of the keys."""
    for key in keys:
        words = key.replace("_", "-"), key.replace("_", " ")
        parser.add_argument(f"--{words[0]}-column", help=f"column of the {words[1]}")


def stated_columns(options: dict[str, Any], keys: Any) -> dict[str, str]:
    return {key: options[f"{key}_column"] for key in keys if options[f"{key}_column"]}
