"""Mixed residence: sources, figures, pair split, exposure, profile, a drawn area, trend, the year's ε.

The same question gets the same bytes: sealed tables were drawn once, and nothing is drawn at reading.
"""

import hashlib
import json
from typing import Any, ClassVar

from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from grids.api import mix_shapes as shapes
from grids.api.narrowing import Narrowed
from grids.mixing.drawn_area import drawn_area
from grids.mixing.exposure import exposure_json
from grids.mixing.figures import figures, sources_json
from grids.mixing.profile import profile_json
from grids.mixing.sources import OPEN, READ_SEALED, UnknownChoice, town_for
from grids.mixing.split import split_json
from grids.mixing.trend import trend_json
from grids.mixing.year_budget import budget_json

WHERE = ("town", "source", "dimension")


class MixAnswer(Narrowed):
    """A question about one town's mix; the town is the first one within the duties unless named."""

    duty_action = READ_SEALED

    def town(self) -> Any:
        return town_for(self.request.user, self.request.query_params.get("town"), self.duty_action)

    def asked(self, name: str, default: str = "") -> str:
        return str(self.request.query_params.get(name, default))

    def required(self, name: str) -> str:
        met = self.asked(name)
        if not met:
            raise UnknownChoice(_("缺少参数 %(name)s。") % {"name": name}, missing=name)
        return met


def tagged(request: Request, body: dict[str, Any]) -> Response:
    """The answer with a tag made of its content; 304 to who has it already."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True)
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:24]}"'
    found = get_conditional_response(request._request, etag=tag)
    response = Response(body) if found is None else Response(status=found.status_code)
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


class MixSources(MixAnswer):
    parameters: ClassVar[frozenset[str]] = frozenset({"town"})

    @extend_schema(parameters=[OpenApiParameter("town", OpenApiTypes.STR)], responses=shapes.SourcesShape)
    def get(self, request: Request) -> Response:
        """What there is: the stock, sealed rounds, published tables; with dimensions, groups and levels."""
        return tagged(request, sources_json(self.town(), request.user))


class MixFigures(MixAnswer):
    parameters: ClassVar[frozenset[str]] = frozenset({*WHERE, "level", "area"})

    @extend_schema(
        parameters=[OpenApiParameter(name, OpenApiTypes.STR) for name in (*WHERE, "level", "area")],
        responses=shapes.FiguresShape,
    )
    def get(self, request: Request) -> Response:
        """Figures of one level. `source`: stock, sealed:<uid> or published:<uid>."""
        found = figures(
            self.town(),
            self.asked("source", "stock"),
            self.asked("dimension"),
            self.asked("level", "community"),
            request.user,
            self.asked("area"),
        )
        return tagged(request, found.as_dict())


class MixSplit(MixAnswer):
    parameters: ClassVar[frozenset[str]] = frozenset({*WHERE, "area"})

    @extend_schema(
        parameters=[OpenApiParameter(name, OpenApiTypes.STR) for name in (*WHERE, "area")],
        responses=shapes.SplitShape,
    )
    def get(self, request: Request) -> Response:
        """Of all pairs of neighbours that differ: how many share a building, a grid, a community …"""
        where = (self.asked("source", "stock"), self.asked("dimension"), self.asked("area"))
        return tagged(request, split_json(self.town(), *where, request.user))


class MixExposure(MixAnswer):
    duty_action = OPEN
    parameters: ClassVar[frozenset[str]] = frozenset({*WHERE, "area"})

    @extend_schema(
        parameters=[OpenApiParameter(name, OpenApiTypes.STR) for name in (*WHERE, "area")],
        responses=shapes.ExposureShape,
    )
    def get(self, request: Request) -> Response:
        """Whom a member of each group meets in the own building. Stock only."""
        where = (self.asked("source", "stock"), self.asked("dimension"), self.asked("area"))
        return tagged(request, exposure_json(self.town(), *where, request.user))


class MixBudget(MixAnswer):
    parameters: ClassVar[frozenset[str]] = frozenset({"town"})

    @extend_schema(parameters=[OpenApiParameter("town", OpenApiTypes.STR)], responses=shapes.BudgetShape)
    def get(self, request: Request) -> Response:
        """What was told in one year about the most burdened building, and what that promises."""
        return tagged(request, budget_json(self.town()))


class MixArea(MixAnswer):
    @extend_schema(request=shapes.AreaAsked, responses=shapes.AreaShape)
    def post(self, request: Request) -> Response:
        """An area somebody drew: it is taken as the whole grids of which at least half lies in it."""
        asked = shapes.AreaAsked(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        town = town_for(request.user, given.get("town"), self.duty_action)
        body = drawn_area(town, given["source"], given["dimension"], given["polygon"], request.user)
        return Response(body, headers={"Cache-Control": "private, no-store"})


class MixTrend(MixAnswer):
    parameters: ClassVar[frozenset[str]] = frozenset({*WHERE, "level", "area"})

    @extend_schema(
        parameters=[OpenApiParameter(name, OpenApiTypes.STR) for name in (*WHERE, "level", "area")],
        responses=shapes.TrendShape,
    )
    def get(self, request: Request) -> Response:
        """One area over all loads of the stock, all sealed rounds, or all tables of a name."""
        level, area = self.asked("level", "community"), self.required("area")
        source, dimension = self.asked("source"), self.asked("dimension")
        return tagged(request, trend_json(self.town(), source, dimension, level, area, request.user))


class MixProfile(MixAnswer):
    duty_action = OPEN
    parameters: ClassVar[frozenset[str]] = frozenset({*WHERE, "area"})

    @extend_schema(
        parameters=[OpenApiParameter(name, OpenApiTypes.STR) for name in (*WHERE, "area")],
        responses=shapes.ProfileShape,
    )
    def get(self, request: Request) -> Response:
        """Segregation between surroundings of 100, 300 and 1000 m. Stock only."""
        where = (self.asked("source", "stock"), self.asked("dimension"), self.asked("area"))
        return tagged(request, profile_json(self.town(), *where, request.user))
