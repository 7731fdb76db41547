"""What can be checked after sealing: the key's file, the rows, the table's hash, copies that still exist."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from gis_core.backups import KEY_COPIES_LIVE
from grids.models import SealedRelease
from grids.tallies import is_untouched
from survey.keys import key_exists, laid_aside
from survey.models import Sealing
from survey.sealing_erasure import scan


@dataclass(frozen=True)
class Proof:
    """Looked up anew every time, not read from a record of what was once so."""

    is_key_gone: bool
    left: dict[str, int]
    release: SealedRelease | None
    is_table_untouched: bool
    key_copies: list[tuple[str, datetime]]

    @property
    def rows_left(self) -> int:
        return sum(self.left.values())

    @property
    def holds(self) -> bool:
        return self.is_key_gone and self.rows_left == 0 and self.is_table_untouched


def proof_of(sealing: Sealing) -> Proof:
    uid = str(sealing.round.uid)
    release = SealedRelease.objects.select_related("town", "plan").filter(uid=sealing.release_uid).first()
    return Proof(
        is_key_gone=not key_exists(uid) and uid not in laid_aside(),
        left=scan(sealing.round),
        release=release,
        is_table_untouched=release is not None
        and release.sha256 == sealing.table_sha256
        and is_untouched(release),
        key_copies=[
            row for row in key_copies() if sealing.sealed_at and _made_before(row, sealing.sealed_at)
        ],
    )


def key_copies() -> list[tuple[str, datetime]]:
    """Copies of the keys beside the backups, and when each is deleted; on other media we know of none."""
    folder = Path(settings.BACKUPS_DIR)
    return [
        (path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC) + KEY_COPIES_LIVE)
        for path in sorted(folder.glob("keys-*.tar"))
    ]


def _made_before(row: tuple[str, datetime], at: datetime) -> bool:
    return row[1] - KEY_COPIES_LIVE <= at
