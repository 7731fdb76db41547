"""`verify_draw FILE`: check a draw from its archive; with both archives, also that they belong together."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from grids.placement import public_check, verify_draw


class Command(BaseCommand):
    help = (
        "核对摇号 · check a draw from its full or public archive; give both to see that they belong together"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", help="a full archive, a public archive, or one of each")

    def handle(self, *args: Any, **options: Any) -> None:
        archives = [(path, _read(path)) for path in options["files"]]
        is_well = True
        for path, archive in archives:
            self.stdout.write(path)
            if public_check.is_public(archive):
                is_well &= self._say(public_check.public_findings(archive))
            else:
                is_well &= _redraw(path)
        full = [one for _path, one in archives if not public_check.is_public(one)]
        public = [one for _path, one in archives if public_check.is_public(one)]
        if full and public:
            self.stdout.write("两份档案 · both archives")
            is_well &= self._say(public_check.belong_together(full[0], public[0]))
        if not is_well:
            sys.exit(1)

    def _say(self, findings: list[public_check.Finding]) -> bool:
        for what, agrees in findings:
            self.stdout.write(f"{'ok   ' if agrees else 'WRONG'} {what}")
        return all(agrees for _what, agrees in findings)


def _read(path: str) -> dict[str, Any]:
    try:
        archive = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as err:
        raise CommandError(f"读不出这个文件 · cannot read {path}: {err}") from err
    if not isinstance(archive, dict) or "rules" not in archive:
        raise CommandError(f"不是摇号档案 · not the archive of a draw: {path}")
    return archive


def _redraw(path: str) -> bool:
    verify_draw.faults.clear()
    try:
        return verify_draw.main(path) == 0
    except (KeyError, ValueError, IndexError, TypeError, StopIteration) as err:
        raise CommandError(f"档案不完整 · the archive does not hold together: {err!r}") from err
