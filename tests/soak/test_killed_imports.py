"""Imports killed at any moment leave either the whole town or nothing of it."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest

from tests.browser.conftest import ROOT, new_database

ROUNDS = 12
TABLES = ("grids_streetnode", "grids_streetedge", "grids_building", "grids_facility", "grids_mapfeature")


def counts(name: str) -> tuple[int, ...]:
    from django.conf import settings

    database = settings.DATABASES["default"]
    connection = psycopg2.connect(
        host=database["HOST"] or None,
        port=database.get("PORT") or None,
        user=database["USER"],
        password=database.get("PASSWORD") or None,
        dbname=name,
    )
    with connection, connection.cursor() as cursor:
        found = []
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found.append(cursor.fetchone()[0])
    connection.close()
    return tuple(found)


@pytest.mark.soak
def test_import_killed_at_random_moments_loads_all_or_nothing(tmp_path: Path) -> None:
    name = os.environ.get("WANGGE_TEST_DB", "test_wangge") + "_soak"
    environment = {**os.environ, "WANGGE_DB": name, "WANGGE_CACHE": str(tmp_path)}
    manage = [sys.executable, "manage.py"]
    new_database(name)
    subprocess.run([*manage, "migrate", "-v", "0"], cwd=ROOT, env=environment, check=True)
    load = [*manage, "import_osm", "fixtures/monaco.osm.pbf", "--name", "soak", "--force"]
    started = time.monotonic()
    subprocess.run(load, cwd=ROOT, env=environment, check=True, capture_output=True)
    whole_s, whole = time.monotonic() - started, counts(name)
    assert all(whole)
    chance, loaded = random.Random(7), 1
    for _ in range(ROUNDS):
        process = subprocess.Popen(
            load, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(whole_s * chance.uniform(0.2, 1.0))  # the fault itself: a moment nobody chose
        process.send_signal(signal.SIGKILL)
        process.wait()
        found = counts(name)
        loaded = found[0] // whole[0]
        assert found == tuple(loaded * count for count in whole), found
    subprocess.run(load, cwd=ROOT, env=environment, check=True, capture_output=True)
    assert counts(name) == tuple((loaded + 1) * count for count in whole)
