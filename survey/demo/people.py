"""Grid workers of the demo: four people whose duties lie beside each other, one grid shared by two."""

from gis_core.models import Role
from grids.demo.people import DemoAccount
from grids.models import GenerationState, GridPlan, Town

# Positions of their grids in the order of the grids' codes.
WORKERS: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("worker", "陈小燕", (0, 1, 2)),
    ("worker2", "李志强", (2, 3, 4, 5)),
    ("worker3", "何美玲", (6, 7, 8)),
    ("worker4", "杨帆", (9, 10)),
)


def worker_accounts(xinqiao: Town) -> list[DemoAccount]:
    plan = GridPlan.objects.get(town=xinqiao, state=GenerationState.ACTIVE)
    codes = list(plan.grids.order_by("code").values_list("code", flat=True))
    return [
        DemoAccount(username, name, Role.GRID_WORKER, tuple(codes[at] for at in grids if at < len(codes)))
        for username, name, grids in WORKERS
    ]
