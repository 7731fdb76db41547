"""Coverage runs: what they read, their shares by area, their classes, one building's card and walk."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from gis_core.errors import NotFound, Refusal
from gis_core.permissions import within_duty
from grids.api.narrowing import ALWAYS, NarrowedList, unless_same
from grids.coverage.run_files import NORM, modes
from grids.coverage.walks import drawn_walk, fact_card
from grids.maps.class_counts import class_counts
from grids.models import AreaShare, CoverageRun, Stock
from grids.scoping import building_mask, visible_towns
from grids.serializers import RunSerializer, ShareSerializer

LEVELS = ("town", "county", "street", "community", "grid")
NUMBER = "(?P<number>[0-9]{1,9})"
SHARE_FILTERS = ("level", "category", "mode", "code")
SHARE_ORDER = ("code", "resident_count", "resident_covered", "building_count", "building_covered", "score")


class UnknownChoice(Refusal):
    code = "unknown_choice"


class RunFilters(filters.FilterSet):
    town = filters.CharFilter(field_name="town__slug")
    is_current = filters.BooleanFilter()


class Runs(NarrowedList):
    """Finished coverage runs of the towns within the duties, newest first."""

    duty_action = "open_coverage"
    queryset = CoverageRun.objects.none()
    serializer_class = RunSerializer
    filterset_class = RunFilters
    lookup_value_regex = "[0-9a-f-]{36}"
    ordering_fields: ClassVar[tuple[str, ...]] = ("created_at",)
    known_by_action: ClassVar[dict[str, frozenset[str]]] = {
        "shares": ALWAYS | frozenset(SHARE_FILTERS),
        "classes": frozenset({"category", "mode"}),
        "walk": frozenset({"facility", "mode"}),
    }

    def known_parameters(self) -> frozenset[str]:
        return self.known_by_action.get(self.action or "", super().known_parameters())

    def get_queryset(self) -> QuerySet[Any]:
        towns = visible_towns(self.request.user, self.duty_action)
        done = CoverageRun.objects.filter(town__in=towns, state=CoverageRun.State.DONE)
        pinned = ("town", "network", "stock", "inventory", "plan", "profile")
        return done.select_related(*pinned).order_by("-created_at")

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One run with everything that it read; its town-wide summary for duties that hold the town."""
        run = self.get_object()
        whole = bool(self._mask(run).all())
        body = {
            **self.get_serializer(run).data,
            "inputs": run.inputs,
            "summary": run.summary if whole else None,
        }
        return self._tagged(run, lambda: Response(body))

    @extend_schema(
        parameters=[OpenApiParameter(name, OpenApiTypes.STR) for name in SHARE_FILTERS],
        responses=ShareSerializer(many=True),
    )
    @action(detail=True, ordering_fields=SHARE_ORDER)
    def shares(self, request: Request, pk: str) -> Response:
        """Coverage of areas and grids within the duties: counts, so that shares add up."""
        run = self.get_object()
        return self._tagged(run, lambda: self._shares(run))

    def _shares(self, run: CoverageRun) -> Response:
        asked = {name: self.request.query_params.get(name) for name in SHARE_FILTERS}
        _choose("level", asked["level"], LEVELS)
        _choose("mode", asked["mode"], modes(run.inputs["profiles"]))
        _choose("category", asked["category"], ("ALL", *run.categories))
        category = asked.pop("category") or "ALL"
        chosen = {name: value for name, value in asked.items() if value}
        found = within_duty(
            AreaShare.objects.filter(run=run, **chosen).of_category(run, category),
            self.request.user,
            self.duty_action,
            code_field="code",
            grid_field="code",
        )
        ordered = self.filter_queryset_by_order(found.order_by("level", "code", "mode"))
        page = self.paginate_queryset(ordered)
        return self.get_paginated_response(ShareSerializer(page, many=True).data)

    def filter_queryset_by_order(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        backend = self.filter_backends[-1]()
        return backend.filter_queryset(self.request, queryset, self)

    @extend_schema(
        parameters=[OpenApiParameter(name, OpenApiTypes.STR) for name in ("category", "mode")],
        responses=OpenApiTypes.OBJECT,
    )
    @action(detail=True)
    def classes(self, request: Request, pk: str) -> Response:
        """Buildings and dwellings within the duties by class of the legend."""
        run = self.get_object()
        category, mode = request.query_params.get("category"), request.query_params.get("mode", NORM)
        _choose("category", category or "", run.categories)
        _choose("mode", mode, modes(run.inputs["profiles"]))
        rows = class_counts(run, mode, str(category), self._mask(run))
        return self._tagged(run, lambda: Response({"category": category, "mode": mode, "classes": rows}))

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True, url_path=f"buildings/{NUMBER}")
    def card(self, request: Request, pk: str, number: str) -> Response:
        """Every category of one building: walk, nearest facility, and why it fails."""
        run = self._with_building(number)
        return self._tagged(run, lambda: Response(fact_card(run, int(number))))

    @extend_schema(
        parameters=[
            OpenApiParameter("facility", OpenApiTypes.INT, required=True),
            OpenApiParameter("mode", OpenApiTypes.STR),
        ],
        responses=OpenApiTypes.OBJECT,
    )
    @action(detail=True, url_path=f"buildings/{NUMBER}/walk")
    def walk(self, request: Request, pk: str, number: str) -> Response:
        """The walk from a building to a facility as a GeoJSON line."""
        run = self._with_building(number)
        facility, mode = request.query_params.get("facility", ""), request.query_params.get("mode") or NORM
        _choose("mode", mode, modes(run.inputs["profiles"]))
        if not (facility.isascii() and facility.isdigit() and len(facility) < 10):
            raise UnknownChoice(
                _("facility 为“%(met)s”，应为设施编号，如 17。") % {"met": facility[:40]},
                facility=facility[:40],
            )
        line = drawn_walk(run, int(number), int(facility), mode=mode)
        return self._tagged(run, lambda: Response(line))

    def _with_building(self, number: str) -> CoverageRun:
        """The run, if the building lies within the duties."""
        run: CoverageRun = self.get_object()
        mask = self._mask(run)
        if int(number) >= len(mask) or not mask[int(number)]:
            raise NotFound(_("这次计算里没有这栋楼，或者它不在您的职责范围内。"), building=int(number))
        return run

    def _mask(self, run: CoverageRun) -> Any:
        return building_mask(self.request.user, self.duty_action, run.stock)

    def _tagged(self, run: CoverageRun, answer: Any) -> Response:
        return unless_same(self.request, self.duty_action, Stock.objects.filter(pk=run.stock.pk), answer)


def _choose(name: str, met: str | None, known: Any) -> None:
    if met is not None and met not in known:
        raise UnknownChoice(
            _("%(name)s 为“%(met)s”，可用：%(known)s。")
            % {"name": name, "met": met[:40], "known": "、".join(list(known)[:100])},
            **{name: met[:40]},
        )
