"""`./dev bench intake`: our intake over HTTP beside a bare INSERT of the same rows into the same database.

    python -m tests.bench.intake [--records 2000] [--rounds 1]

Ours: multipart posts of full questionnaires to gunicorn as `./dev serve` runs it, each stored, sealed, judged
and answered with a receipt, the entity updates in the same transaction. Bare: the very rows that these posts
made, read back from the tables and inserted by psycopg2, one statement a row, one transaction a record, no
HTTP, no checks, no encryption. Both take the durability that the cluster has (fsync on).
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection
from multiprocessing import get_context
from multiprocessing.queues import Queue
from threading import Thread
from typing import Any

DATABASE = "wangge_bench_intake"
CLIENTS = (1, 8, 32)
GOAL = 0.3
BOUNDARY = "wangge-bench"
Work = Callable[[Any, Any], None]


def main() -> None:
    options = _options()
    os.environ["WANGGE_DB"] = DATABASE
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis_core.settings")
    import django

    django.setup()
    print("\n".join(_table(options.records)), flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--records", type=int, default=2000, help="records at 8 and 32 clients")
    return parser.parse_args()


def _table(records: int) -> list[str]:
    from tests.bench.intake_ground import Ground
    from tests.survey.intake.served import served

    ground = Ground(DATABASE, doors=records + 200)
    lines = ["clients | bare INSERT /s | intake /s | ratio | intake p50 / p95 ms", "---|---|---|---|---"]
    with served({"WANGGE_DB": DATABASE}) as server:
        _post_all(ground.bodies(200), server.port, ground.token, clients=8)  # caches warm, connections open
        for clients in CLIENTS:
            count = records if clients > 1 else records // 4
            ground.clear()
            ours = _post_all(ground.bodies(count), server.port, ground.token, clients=clients)
            statements = ground.statements()
            ground.clear()
            bare = _insert_all(statements, ground.dsn, clients=clients)
            assert ground.count() == count, "the bare rows are not those of the intake"
            lines.append(_line(clients, count, bare, ours))
            print(lines[-1], file=sys.stderr, flush=True)
    ground.forget()
    return lines


def _line(clients: int, count: int, bare: "Measured", ours: "Measured") -> str:
    ratio = (count / ours.seconds) / (count / bare.seconds)
    p50 = statistics.median(ours.each_s) * 1000
    p95 = statistics.quantiles(ours.each_s, n=20)[-1] * 1000
    mark = "" if clients != CLIENTS[-1] else f" (goal {GOAL}: {'met' if ratio >= GOAL else 'missed'})"
    return (
        f"{clients} | {count / bare.seconds:.0f} | {count / ours.seconds:.0f} | {ratio:.2f}{mark} | "
        f"{p50:.0f} / {p95:.0f}"
    )


class Measured:
    def __init__(self, seconds: float, each_s: list[float]) -> None:
        self.seconds, self.each_s = seconds, each_s


def _post_all(bodies: list[bytes], port: int, token: str, *, clients: int) -> Measured:
    return _spread(bodies, clients, _poster, (port, token))


def _insert_all(statements: list[list[tuple[str, Any]]], dsn: str, *, clients: int) -> Measured:
    return _spread(statements, clients, _inserter, (dsn,))


def _spread(items: list[Any], clients: int, make: Callable[..., Any], given: tuple[Any, ...]) -> Measured:
    """The items shared out to this many clients: threads, in up to four processes, started together."""
    from django.db import connections

    connections.close_all()
    context = get_context("fork")
    processes = min(4, max(1, clients // 4))
    threads = clients // processes
    results: Queue[list[float]] = context.Queue()
    start = context.Barrier(processes + 1)
    shares = [items[i::processes] for i in range(processes)]
    started = [
        context.Process(target=_run_share, args=(share, threads, make, given, start, results))
        for share in shares
    ]
    for process in started:
        process.start()
    start.wait()
    begun = time.perf_counter()
    each = [one for _ in started for one in results.get()]
    seconds = time.perf_counter() - begun
    for process in started:
        process.join()
    assert len(each) == len(items), "a client failed"
    return Measured(seconds, each)


def _run_share(
    share: list[Any], threads: int, make: Callable[..., Any], given: tuple[Any, ...], start: Any, results: Any
) -> None:
    each: list[float] = []
    ready = [make(*given) for _ in range(threads)]

    def work(act: Callable[[Any], None], items: list[Any]) -> None:
        for item in items:
            begun = time.perf_counter()
            act(item)
            each.append(time.perf_counter() - begun)

    running = [Thread(target=work, args=(act, share[i::threads])) for i, act in enumerate(ready)]
    start.wait()
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    results.put(each)


def _poster(port: int, token: str) -> Callable[[bytes], None]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {
        "Authorization": f"Bearer {token}",
        "X-OpenRosa-Version": "1.0",
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
    }

    def post(body: bytes) -> None:
        connection.request("POST", "/openrosa/submission", body, headers)
        answer = connection.getresponse()
        said = answer.read()
        assert answer.status == 201, said

    return post


def _inserter(dsn: str) -> Callable[[list[tuple[str, Any]]], None]:
    import psycopg2

    connection = psycopg2.connect(dsn)

    def insert(statements: list[tuple[str, Any]]) -> None:
        with connection, connection.cursor() as cursor:
            for statement, values in statements:
                cursor.execute(statement, values)

    return insert


if __name__ == "__main__":
    main()
