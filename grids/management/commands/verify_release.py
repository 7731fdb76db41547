"""`verify_release UID`: hash the stored table again, or write its canonical text for others to hash."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from grids.models import SealedRelease
from grids.tallies import canonical_bytes, is_untouched


class Command(BaseCommand):
    help = "核对封存的数据表 · hash a sealed table again and compare; --text writes the text that is hashed"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("uid", nargs="?", help="of the release (default: every one)")
        parser.add_argument("--text", action="store_true", help="write the canonical text to standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        found = SealedRelease.objects.select_related("town", "plan")
        if options["uid"]:
            try:
                found = found.filter(uid=options["uid"])
            except (ValueError, TypeError) as err:
                raise CommandError(f"不是编号 {options['uid']} · not a UID") from err
            if not found.exists():
                raise CommandError(f"没有封存的数据 {options['uid']} · no such release")
        is_well = True
        for release in found:
            if options["text"]:
                sys.stdout.buffer.write(canonical_bytes(release))
                continue
            is_same = is_untouched(release)
            is_well &= is_same
            self.stdout.write(
                f"{'一致 same' if is_same else '不一致 DIFFERENT'}  {release.sha256}  {release}"
            )
        if not is_well:
            sys.exit(1)
