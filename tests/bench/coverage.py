"""`./dev bench coverage`: from PostGIS to coloured tiles and back, then the kernel against its peers.

    python -m tests.bench.coverage [--size "1.05 M"] [--keep] [--no-kernels]

The synthetic metropolis is loaded into a database of the bench's own (once; minutes) and then
computed as any town is: tables → arrays → answer → tables → tiles and byte arrays. Nothing is
kept from an earlier round except the compiled code: a first round in a small town warms it up.
"""

import argparse
import os
import resource
import shutil
import sys
from pathlib import Path
from time import perf_counter, process_time

DATABASE = "wangge_bench"
TARGET_S = 60.0
WARM_UP = "10 k"


def main() -> None:
    options = _options()
    use_own_database()
    rows = end_to_end(options.size)
    print("\n".join(rows), flush=True)
    if not options.no_kernels:
        from tests.bench.kernels import coverage_rows

        print("\n".join(coverage_rows(big=options.big, rounds=options.rounds)))


def end_to_end(size: str) -> list[str]:
    """A table of legs for one size of town."""
    from django.conf import settings

    from tests.bench.metropolis import SIDES
    from tests.bench.town_loader import metropolis_town

    settings.ARRAYS_DIR = Path(settings.VAR_DIR) / "bench" / "arrays"
    settings.TILES_DIR = Path(settings.VAR_DIR) / "bench" / "tiles"
    for name in dict.fromkeys([WARM_UP, size]):
        print(f"loading the metropolis of {name} nodes …", file=sys.stderr, flush=True)
        begun = perf_counter()
        town = metropolis_town(SIDES[name])
        print(f"loaded in {perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
        for folder in (settings.ARRAYS_DIR, settings.TILES_DIR):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        rows = _one_round(town)
    return rows


def _one_round(town: object) -> list[str]:
    from grids.coverage.runs import run_coverage
    from grids.maps.tiles import bake, tile_set_of
    from grids.maps.values import publish_values

    town.coverage_runs.all().delete()
    begun, own_s, database_s = perf_counter(), process_time(), _database_cpu_s()
    run = run_coverage(town, force=True)
    legs = dict(run.summary["timings_s"])
    legs["(rest: pins, summary, commit)"] = perf_counter() - begun - sum(legs.values())
    for name, work in (
        ("tiles", lambda: bake(tile_set_of(run))),
        ("byte arrays", lambda: publish_values(run)),
    ):
        leg_begun = perf_counter()
        work()
        legs[name] = perf_counter() - leg_begun
    total_s = perf_counter() - begun
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    summary = run.summary
    return [
        f"## End to end: {summary['building_count']:,} buildings, "
        f"{run.inventory.facility_count:,} facilities, {summary['network']['edge_count']:,} edges",
        "",
        "| leg | s |",
        "|---|---|",
        *(f"| {name} | {seconds:.2f} |" for name, seconds in legs.items()),
        f"| **PostGIS → arrays → answer → PostGIS → tiles and byte arrays** | **{total_s:.1f}** |",
        "",
        f"Target {TARGET_S:.0f} s: {'met' if total_s <= TARGET_S else 'MISSED'}. Peak memory of the process "
        f"{peak_mib:,.0f} MiB. {run.area_shares.count():,} share rows.",
        f"Processor time: {process_time() - own_s:.1f} s here, {_database_cpu_s() - database_s:.1f} s in the "
        f"database. Load of the machine at the end: {os.getloadavg()[0]:.1f}.",
        "",
    ]


def _database_cpu_s() -> float:
    """Processor seconds that the connection's own backend has used, from /proc of this machine."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text().rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", default="1.05 M", help='"10 k", "106 k", "1.05 M" or "4.2 M" nodes')
    parser.add_argument("--no-kernels", action="store_true", help="the end-to-end legs only")
    parser.add_argument("--big", action="store_true", help="kernels also at 4.2 M nodes")
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


def use_own_database() -> None:
    """Make the bench's database in the project's cluster and bring it up to date."""
    if os.environ.get("DATABASE_URL"):
        sys.exit("The bench fills a database of its own; it does not run with DATABASE_URL set.")
    os.environ["WANGGE_DB"] = DATABASE
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_core.settings")
    import django
    import psycopg2
    from django.conf import settings
    from django.core.management import call_command

    database = settings.DATABASES["default"]
    with_cluster = psycopg2.connect(host=database["HOST"], user=database["USER"], dbname="postgres")
    with_cluster.autocommit = True
    with with_cluster.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if cursor.fetchone() is None:
            cursor.execute(f'CREATE DATABASE "{DATABASE}"')
    with_cluster.close()
    django.setup()
    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    main()
