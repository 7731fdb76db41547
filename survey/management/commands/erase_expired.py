"""`erase_expired`: what has outlived its purpose goes; the server's own worker does the same once a day."""

from typing import Any

from django.core.management.base import BaseCommand

from survey.retention import RULES, erase_expired


class Command(BaseCommand):
    help = "删除到期内容 · erase what has outlived its retention period"

    def handle(self, *args: Any, **options: Any) -> None:
        counts = erase_expired()
        for rule in RULES:
            self.stdout.write(f"  {rule.what!s:<8} {counts[rule.key]}")
