"""Every address of the product: what a person needs to open it, and what it must not say to others.

One row per URL name. A new address without a row fails `test_access_matrix`; so does a row without
an address. `path` is always the address of something of town 甲.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.urls import reverse

from gis_core.models import Duty, Job, User
from gis_core.permissions import ROLE_MATRIX
from grids.maps.tiles import active_tile_set
from grids.models import Area, Building, Dwelling, Estate, Facility, Grid, PlaceCorrection
from grids.scoping import active_generations, scope_token
from tests.grids.two_towns import TwoTowns
from tests.survey.worlds import Field


class Kind(Enum):
    OPEN = "anyone, signed in or not"
    SIGNED_IN = "anybody who is signed in; says nothing about a place"
    LIST = "needs the action; shows only what lies within the duties"
    OBJECT = "needs the action; not found outside the duties"
    OWN = "no action; not found unless it is one's own or on a place of the action"
    NOBODY = "needs more than any duty in one town"
    DEVICE = "needs a device's token, the desk's session opens nothing: tests/survey/test_device_access.py"


@dataclass(frozen=True)
class World:
    towns: TwoTowns
    job: Job
    worker: User
    duty: Duty
    dwelling: Dwelling
    correction: PlaceCorrection
    survey: Field  # an open round in 甲, given in part to `worker`

    def of(self, model: type[Any], **more: Any) -> Any:
        """The first row of town 甲 in a table."""
        path = {Building: "stock__town", Estate: "stock__town", Facility: "inventory__town", Area: "town"}
        town = {path.get(model, "plan__town"): self.towns.own}
        return model.objects.filter(**town, **more).order_by("pk").first()


Path = Callable[[World, Any], str]


@dataclass(frozen=True)
class Row:
    name: str
    kind: Kind
    path: Path
    action: str = ""
    method: str = "get"
    ok: tuple[int, ...] = (200,)
    posted: Callable[["World"], dict[str, Any]] = lambda world: {}
    roles: frozenset[str] = field(default_factory=frozenset)
    changes_town: bool = False  # needs a duty that holds the town whole

    @property
    def allowed(self) -> frozenset[str]:
        """Roles that may open the own town's."""
        return self.roles or frozenset(str(role) for role in ROLE_MATRIX.get(self.action, ()))


def at(name: str, /, **given: Any) -> Path:
    return lambda world, user: reverse(name, kwargs=given) if given else reverse(name)


def run_path(name: str, query: str = "", /, **more: Any) -> Path:
    return lambda world, user: reverse(name, kwargs={"pk": str(world.towns.own_run.pk), **more}) + query


def scoped(name: str, action: str, /, **more: Any) -> Path:
    """An address with the scope token of whoever asks."""

    def path(world: World, user: Any) -> str:
        scope = scope_token(user, action, world.towns.own)
        return reverse(name, kwargs={"run_id": world.towns.own_run.pk, "scope": scope, **more})

    return path


def town_tile(world: World, user: Any) -> str:
    own = world.towns.own
    given = {"slug": own.slug, "name": active_tile_set(own).name, "z": 14, "x": 1, "y": 1}
    return reverse("town_tile", kwargs={**given, "scope": scope_token(user, "read_map", own)})


def detail(name: str, model: type[Any], lookup: str = "pk") -> Path:
    return lambda world, user: reverse(name, kwargs={lookup: getattr(world.of(model), lookup)})


def generation(name: str, kind: str) -> Path:
    return lambda world, user: reverse(
        name, kwargs={"uid": str(active_generations(world.towns.own)[kind].uid)}
    )


def own_town(name: str, query: str = "") -> Path:
    return lambda world, user: f"{reverse(name)}?town={world.towns.own.slug}{query}"


def of_job(name: str) -> Path:
    return lambda world, user: reverse(name, kwargs={"pk": world.job.pk})


def of_worker(name: str) -> Path:
    return lambda world, user: reverse(name, kwargs={"pk": world.worker.pk})


PEOPLE = frozenset({"administrator", "community_director"})
PLACE_TABLES = {"api_area": Area, "api_estate": Estate, "api_building": Building, "api_facility": Facility}
STOCK_TABLES = {"api_estate", "api_building", "api_dwelling"}
GENERATIONS = {
    "api_grid_plan": "plan",
    "api_network": "network",
    "api_stock": "stock",
    "api_inventory": "inventory",
}


def _stock_action(name: str) -> str:
    return "read_stock" if name in STOCK_TABLES else "read_map"


PEOPLE_ROWS = [
    Row("workbench", Kind.SIGNED_IN, at("workbench")),
    Row("sign_in", Kind.OPEN, at("sign_in")),
    Row("sign_in_code", Kind.OPEN, at("sign_in_code")),
    Row("sign_in_enrol", Kind.OPEN, at("sign_in_enrol")),
    Row("sign_out", Kind.OPEN, at("sign_out")),
    Row("welcome", Kind.OPEN, at("welcome", secret="no-such-secret")),
    Row("offline", Kind.OPEN, at("offline")),
    Row("language", Kind.OPEN, at("language")),
    Row("account", Kind.SIGNED_IN, at("account")),
    Row("recovery_codes", Kind.SIGNED_IN, at("recovery_codes"), method="post", ok=(200, 302)),
    Row("job", Kind.OWN, of_job("job"), "open_data"),
    Row("job_part", Kind.OWN, of_job("job_part"), "open_data"),
    Row("job_cancel", Kind.OWN, of_job("job_cancel"), "open_data", method="post", ok=(403,)),
    Row("api_jobs", Kind.SIGNED_IN, at("api_jobs")),
    Row("api_job", Kind.OWN, of_job("api_job"), "open_data"),
    Row("api_schema", Kind.SIGNED_IN, at("api_schema")),
    Row("settings", Kind.LIST, at("settings"), "open_settings", ok=(302,)),
    Row("people", Kind.LIST, at("people"), roles=PEOPLE),
    Row("person_new", Kind.LIST, at("person_new"), roles=PEOPLE),
    Row("person", Kind.OBJECT, of_worker("person"), roles=PEOPLE),
    Row("person_link", Kind.OBJECT, of_worker("person_link"), method="post", ok=(200, 302), roles=PEOPLE),
    Row("person_codes", Kind.OBJECT, of_worker("person_codes"), method="post", ok=(200, 302), roles=PEOPLE),
    Row(
        "person_active",
        Kind.OBJECT,
        of_worker("person_active"),
        method="post",
        ok=(302,),
        posted=lambda world: {"is_active": "1"},
        roles=PEOPLE,
    ),
    Row(
        "duty_revoke",
        Kind.OBJECT,
        lambda world, user: reverse("duty_revoke", kwargs={"pk": world.duty.pk}),
        method="post",
        ok=(200, 302, 409),
        roles=PEOPLE,
    ),
    Row("access_log", Kind.LIST, at("access_log"), "read_access_log"),
    Row("backups", Kind.NOBODY, at("backups")),
    Row("backup_download", Kind.NOBODY, at("backup_download", name="wangge-20260101.dump")),
]

TABLE_ROWS = [
    Row("api_town-list", Kind.LIST, at("api_town-list"), "read_map"),
    Row("api_town-detail", Kind.OBJECT, at("api_town-detail", slug="jia"), "read_map"),
    Row("api_grid-list", Kind.LIST, at("api_grid-list"), "read_map"),
    Row("api_grid-detail", Kind.OBJECT, detail("api_grid-detail", Grid), "read_map"),
    *(Row(f"{n}-list", Kind.LIST, at(f"{n}-list"), _stock_action(n)) for n in PLACE_TABLES),
    *(
        Row(f"{n}-detail", Kind.OBJECT, detail(f"{n}-detail", m), _stock_action(n))
        for n, m in PLACE_TABLES.items()
    ),
    Row("api_dwelling-list", Kind.LIST, at("api_dwelling-list"), "read_stock"),
    Row(
        "api_dwelling-detail",
        Kind.OBJECT,
        lambda world, user: reverse("api_dwelling-detail", kwargs={"pk": world.dwelling.pk}),
        "read_stock",
    ),
    *(Row(f"{n}-list", Kind.LIST, at(f"{n}-list"), "open_data") for n in GENERATIONS),
    *(
        Row(f"{n}-detail", Kind.OBJECT, generation(f"{n}-detail", kind), "open_data")
        for n, kind in GENERATIONS.items()
    ),
    Row("api_profile-list", Kind.LIST, at("api_profile-list"), "read_map"),
    Row("api_profile-detail", Kind.LIST, lambda world, user: _profile(world), "read_map"),
    Row("api_walking_profile-list", Kind.LIST, at("api_walking_profile-list"), "read_map"),
    Row("api_walking_profile-detail", Kind.LIST, at("api_walking_profile-detail", code="adult"), "read_map"),
    Row("api_categories", Kind.OBJECT, own_town("api_categories"), "read_map"),
    Row("api_search", Kind.OBJECT, own_town("api_search", "&q=jia"), "read_map"),
]


def _profile(world: World) -> str:
    return reverse("api_profile-detail", kwargs={"pk": world.towns.own_run.profile_id})


COVERAGE_ROWS = [
    Row("api_run-list", Kind.LIST, at("api_run-list"), "open_coverage"),
    Row("api_run-detail", Kind.OBJECT, run_path("api_run-detail"), "open_coverage"),
    Row("api_run-shares", Kind.OBJECT, run_path("api_run-shares"), "open_coverage"),
    Row("api_run-classes", Kind.OBJECT, run_path("api_run-classes", "?category=EDU-KIN"), "open_coverage"),
    Row("api_run-card", Kind.OBJECT, run_path("api_run-card", number=0), "open_coverage"),
    Row("api_run-walk", Kind.OBJECT, run_path("api_run-walk", "?facility=0", number=0), "open_coverage"),
    Row("coverage", Kind.OBJECT, own_town("coverage"), "open_coverage"),
    Row("coverage_state", Kind.OBJECT, own_town("coverage_state"), "open_coverage"),
    Row("coverage_print", Kind.OBJECT, own_town("coverage_print"), "open_coverage"),
    Row("coverage_export", Kind.OBJECT, own_town("coverage_export", "&format=csv"), "export_coverage"),
    Row(
        "coverage_run",
        Kind.OBJECT,
        own_town("coverage_run"),
        "run_coverage",
        method="post",
        ok=(202, 302),
        changes_town=True,
    ),
    Row("run_tile", Kind.OBJECT, scoped("run_tile", "read_map", z=14, x=1, y=1), "read_map", ok=(204,)),
    Row("town_tile", Kind.OBJECT, town_tile, "read_map", ok=(204,)),
    Row("run_array", Kind.OBJECT, scoped("run_array", "open_coverage", name="residents"), "open_coverage"),
    Row(
        "run_facilities",
        Kind.OBJECT,
        scoped("run_facilities", "open_coverage", category="EDU-KIN"),
        "open_coverage",
    ),
    Row("run_outlines", Kind.OBJECT, scoped("run_outlines", "open_coverage", level="grid"), "open_coverage"),
    Row(
        "run_values",
        Kind.OBJECT,
        scoped("run_values", "open_coverage", mode="norm", category="EDU-KIN"),
        "open_coverage",
    ),
]
