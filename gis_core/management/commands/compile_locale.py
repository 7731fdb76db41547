from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from gis_core.wording import faults


class Command(BaseCommand):
    help = "编译英文词句；有中文没有英文时失败 · compile the English words; fail when a sentence lacks them"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="只检查 · only check that every sentence has English"
        )
        parser.add_argument("--quiet", action="store_true", help="不检查，只编译 · only compile")

    def handle(self, *args: Any, check: bool, quiet: bool, **options: Any) -> None:
        folders = [Path(folder) for folder in settings.LOCALE_PATHS]
        if not quiet:
            lines = faults([folder.parent for folder in folders], folders)
            if lines:
                raise CommandError("\n".join([*lines, f"{len(lines)} sentences lack English"]))
        if not check:
            for folder in folders:
                self._compile(folder / "en" / "LC_MESSAGES" / "django.po")

    def _compile(self, path: Path) -> None:
        target = path.with_suffix(".mo")
        if path.exists() and not (target.exists() and target.stat().st_mtime >= path.stat().st_mtime):
            polib.pofile(str(path)).save_as_mofile(str(target))
