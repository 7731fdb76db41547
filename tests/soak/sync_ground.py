"""The server's side of the fault run, in a process of its own: a round with doors, and what came of it.

python -m tests.soak.sync_ground DATABASE        commands and answers are JSON, one a line
"""

import hashlib
import json
import os
import sys
from typing import Any

os.environ["WANGGE_DB"] = sys.argv[1] if __name__ == "__main__" else os.environ.get("WANGGE_DB", "")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_core.settings")

if __name__ == "__main__":
    import django

    django.setup()

from gis_core.models import User
from survey.devices import make_device
from survey.judging import apply_held
from survey.keys import unseal
from survey.models import Attachment, Entity, KeptUpload, Submission, Visit
from tests.bench.intake_ground import Ground
from tests.grids.two_towns import FIRST


class SyncGround:
    def __init__(self, name: str, doors: int) -> None:
        self.ground = Ground(name, doors=doors)
        self.round = self.ground.work.round
        colleague = self.ground.work.field.colleague
        colleague.duties.update(grid_code="", area_code=FIRST)

    def start(self) -> dict[str, Any]:
        """What the schedules are made of."""
        entities = Entity.objects.filter(list_name="dwellings", dwelling_code__in=self._codes())
        return {
            "round": str(self.round.uid),
            "public_key": self.round.public_key,
            "form_version": self.ground.work.form.version,
            "doors": [str(uid) for uid in entities.order_by("pk").values_list("uuid", flat=True)],
        }

    def _codes(self) -> list[str]:
        return [door.code for door in self.ground.doors]

    def tokens(self, users: list[str]) -> list[str]:
        """A new tablet for each; `worker` visits the doors, `colleague` has the duty but no assignment."""
        return [make_device(User.objects.get(username=user), "tablet")[1] for user in users]

    def settle(self) -> int:
        """A director applies what waits, the last first: what depends on an earlier one waits for it."""
        director = self.ground.work.field.director
        held = Submission.objects.filter(state="held").order_by("-pk")
        count = held.count()
        for record in list(held):
            record.refresh_from_db()
            if record.state == "held":
                apply_held(record, director)
        return count

    def found(self, doors: list[str], instance_ids: list[str]) -> dict[str, Any]:
        """What lies on the server of one schedule."""
        records = Submission.objects.filter(instance_id__in=instance_ids)
        return {
            "records": {row.instance_id: row.state for row in records},
            "visits": Visit.objects.filter(submission__in=records).count(),
            "kept": KeptUpload.objects.count(),
            "photos": {row.instance_id: self._photos(row) for row in records},
            "entities": {uid: self._entity(uid) for uid in doors},
        }

    def _photos(self, record: Submission) -> dict[str, str]:
        rows = Attachment.objects.filter(submission=record).exclude(content=None)
        opened = {row.name: unseal(record.key_id, row.content, about="attachment.content") for row in rows}
        return {name: hashlib.sha256(content).hexdigest() for name, content in opened.items()}

    def _entity(self, uid: str) -> dict[str, Any]:
        entity = Entity.objects.get(uuid=uid)
        rows = entity.versions.order_by("version").values_list(
            "version", "submission__instance_id", "conflict", "conflicting_properties", "data", "received"
        )
        return {"version": entity.version, "conflict": entity.conflict, "versions": list(rows)}


def main() -> None:
    ground = SyncGround(sys.argv[1], int(sys.argv[2]))
    print(json.dumps(ground.start()), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        answer = getattr(ground, asked.pop("do"))(**asked)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
