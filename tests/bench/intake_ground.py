"""The ground of the intake bench: a round with thousands of doors, posts for them, and the rows they make."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from survey.devices import make_device
from survey.keys import destroy_key
from survey.models import (
    Consent,
    Device,
    Entity,
    EntityVersion,
    Household,
    Occupancy,
    Request,
    RequestStep,
    Submission,
    Visit,
)
from survey.questionnaires.built_in import HOUSEHOLD, VISIT
from survey.rows import insert_statement
from tests.bench.intake import BOUNDARY
from tests.browser.conftest import new_database
from tests.survey.intake.records import Work, built_in
from tests.survey.worlds import draw_field

DOORS_A_STAIRWELL = 90
OF_ONE_RECORD = (Visit, Occupancy, Consent, Household, Request)


class Ground:
    """One worker, one grid of two buildings, as many doors as asked for."""

    def __init__(self, name: str, *, doors: int) -> None:
        new_database(name)
        call_command("migrate", verbosity=0)
        form, visit_form = built_in(HOUSEHOLD), built_in(VISIT)
        field = draw_field(form)
        device, self.token = make_device(field.worker, Device.Kind.TABLET)
        self.work = Work(field, form, visit_form, device, self.token)
        self.doors = self._add_doors(doors)

    def _add_doors(self, count: int) -> list[Any]:
        """More floors than the drawn buildings have: a tower of ninety doors a stairwell."""
        from grids.models import Building, Dwelling
        from survey.rounds import list_dwellings

        building = Building.objects.get(stock=self.work.round.stock, number=0)
        made = []
        for i in range(count):
            unit, floor, door = 10 + i // 810, 10 + i % 810 // 9, 1 + i % 9
            code = f"{building.code}{unit:02d}{floor:02d}{door:02d}"
            made.append(
                Dwelling(building=building, code=code, unit=unit, floor=floor, door=door, source="register")
            )
        Dwelling.objects.bulk_create(made, batch_size=2000)
        list_dwellings(self.work.round)
        return made

    @property
    def dsn(self) -> str:
        database = settings.DATABASES["default"]
        parts = {
            "dbname": database["NAME"],
            "user": database["USER"],
            "password": database.get("PASSWORD"),
            "host": database["HOST"],
            "port": database.get("PORT"),
        }
        return " ".join(f"{key}={value}" for key, value in parts.items() if value)

    def bodies(self, count: int) -> list[bytes]:
        """Whole posts, made before the clock starts."""
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="xml_submission_file"; filename="s.xml"'
        return [
            f"{head}\r\nContent-Type: text/xml\r\n\r\n".encode()
            + self.work.household(door).xml
            + f"\r\n--{BOUNDARY}--\r\n".encode()
            for door in self.doors[:count]
        ]

    def statements(self) -> list[list[tuple[str, Any]]]:
        """For every stored record the statements that insert its rows again, keys counted by the database."""
        record_key = ("SELECT currval('survey_submission_id_seq')", [])
        rows: dict[int, list[tuple[str, Any]]] = {
            one.pk: [insert_statement(one)] for one in Submission.objects.order_by("pk")
        }
        for model in OF_ONE_RECORD:
            for row in model.objects.order_by("pk"):
                rows[row.submission_id].append(insert_statement(row, {"submission_id": record_key}))
        for step in RequestStep.objects.select_related("request"):
            key = ("SELECT currval('survey_request_id_seq')", [])
            rows[step.request.submission_id].append(insert_statement(step, {"request_id": key}))
        self._add_entities(rows, record_key)
        return list(rows.values())

    def _add_entities(self, rows: dict[int, list[tuple[str, Any]]], record_key: Any) -> None:
        for row in EntityVersion.objects.select_related("entity").order_by("pk"):
            if row.submission_id is None:
                continue  # version 1 of a dwelling: inserted with version 2 below
            entity, found = row.entity, rows[row.submission_id]
            if entity.list_name == "households":
                found.append(insert_statement(entity))
                key = ("SELECT currval('survey_entity_id_seq')", [])
                found.append(insert_statement(row, {"submission_id": record_key, "entity_id": key}))
                continue
            first = EntityVersion(entity=entity, version=1, label=row.label, at=timezone.now())
            found.append(insert_statement(first))
            found.append(insert_statement(row, {"submission_id": record_key}))
            change = 'UPDATE "survey_entity" SET data = %s, version = %s, updated_at = %s, round_id = %s'
            values = [_json(entity.data), entity.version, entity.updated_at, entity.round_id, entity.pk]
            found.append((f"{change} WHERE id = %s", values))

    def clear(self) -> None:
        """Every door as it was before any visit."""
        with connection.cursor() as cursor:
            tables = [*OF_ONE_RECORD, RequestStep, EntityVersion, Submission]
            names = ", ".join(f'"{model._meta.db_table}"' for model in tables)
            cursor.execute(f"TRUNCATE {names} CASCADE")
            cursor.execute("DELETE FROM survey_entity WHERE list_name <> 'dwellings'")
            cursor.execute("UPDATE survey_entity SET version = 1, data = '{}', conflict = ''")
        connection.set_autocommit(True)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE survey_entity")

    def forget(self) -> None:
        """The key of this round lies beside those of real ones."""
        connection.close()
        destroy_key(str(self.work.round.uid))

    def count(self) -> int:
        changed = Entity.objects.filter(list_name="dwellings", version=2).count()
        assert changed == Submission.objects.count() == Visit.objects.count()
        return changed


def _json(content: Any) -> Any:
    from psycopg2.extras import Json

    return Json(content)
