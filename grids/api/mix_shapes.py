"""Shapes of the answers about mixed residence, for the schema; the figures themselves come ready made."""

from typing import Any

from rest_framework import serializers


def _number(**more: Any) -> serializers.FloatField:
    return serializers.FloatField(allow_null=True, **more)


class GroupShape(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


class CellShape(serializers.Serializer[Any]):
    count = _number(help_text="sealed: rounded to 5")
    share = _number(help_text="0-1")
    count_margin = _number(help_text="95 %; null: exact")
    share_margin = _number(help_text="95 %; null: exact")


class RowShape(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    units = serializers.IntegerField(allow_null=True)
    answered = serializers.IntegerField(allow_null=True)
    dwellings = serializers.IntegerField(allow_null=True)
    response = _number(help_text="answered / dwellings")
    counts = CellShape(many=True)
    w = _number(help_text="share of differing pairs within buildings")
    w_margin = _number()
    b = _number(help_text="share of differing pairs among all")
    r_star = _number(help_text="1 - w/b")
    r_star_margin = _number()
    effective_groups = _number()
    entropy = _number()
    entropy_margin = _number()
    h = _number()
    m = _number()
    d = _number()
    d_expected = _number(help_text="by chance")
    d_corrected = _number()
    quotients = serializers.ListField(child=_number())
    shown = serializers.BooleanField()
    why = serializers.CharField(allow_blank=True)
    number = serializers.IntegerField(allow_null=True, help_text="of a building, stock only")
    merged = serializers.CharField(allow_blank=True, help_text="estate whose figure stands here, stock only")
    is_estimate = serializers.BooleanField()


class AccuracyShape(serializers.Serializer[Any]):
    households = serializers.IntegerField()
    level = serializers.CharField()
    count_margin = serializers.IntegerField()
    share_margin = serializers.FloatField()
    w_margin = _number()


class SourceShape(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(["stock", "sealed", "published"])
    key = serializers.CharField(help_text="the value of the parameter `source`")
    label = serializers.CharField()
    date = serializers.CharField()
    round = serializers.CharField(allow_null=True)
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    answered = serializers.IntegerField(allow_null=True)
    dwellings = serializers.IntegerField(allow_null=True)
    response = _number()
    epsilon = _number()
    year = serializers.IntegerField(allow_null=True)
    sha256 = serializers.CharField(allow_null=True)
    stock = serializers.UUIDField(allow_null=True)
    plan = serializers.UUIDField(allow_null=True)
    release = serializers.UUIDField(allow_null=True)
    table = serializers.UUIDField(allow_null=True)
    name = serializers.CharField(allow_null=True)
    source = serializers.CharField(allow_null=True)
    unit = serializers.CharField(allow_null=True)
    attribution = serializers.CharField(allow_null=True)
    accuracy = AccuracyShape(many=True, allow_null=True)


class DimensionShape(GroupShape):
    groups = GroupShape(many=True)
    levels = serializers.ListField(child=serializers.CharField())
    answered = serializers.IntegerField(allow_null=True)
    response = _number()


class SourceWithDimensions(SourceShape):
    dimensions = DimensionShape(many=True)


class SourcesShape(serializers.Serializer[Any]):
    town = serializers.CharField()
    stock = SourceWithDimensions(allow_null=True)
    sealed = SourceWithDimensions(many=True)
    published = SourceWithDimensions(many=True)


class MissingShape(serializers.Serializer[Any]):
    level = serializers.CharField(required=False)
    measure = serializers.CharField(required=False)
    reason = serializers.CharField()


class FiguresShape(serializers.Serializer[Any]):
    source = SourceShape()  # type: ignore[assignment]
    dimension = GroupShape()
    level = serializers.CharField()
    groups = GroupShape(many=True)
    weighting = serializers.ChoiceField(["households", "pairs"])
    rows = RowShape(many=True)
    whole = RowShape(allow_null=True)
    not_available = MissingShape(many=True)
    notes = serializers.ListField(child=serializers.CharField())


class SplitLevelShape(serializers.Serializer[Any]):
    level = serializers.CharField()
    name = serializers.CharField()
    differing = serializers.FloatField()
    pairs = serializers.FloatField()
    share = serializers.FloatField(help_text="of all differing pairs")
    rate = serializers.FloatField(help_text="of the pairs of this level")
    margin = _number(help_text="of share, 95 %; null: exact")


class SplitShape(serializers.Serializer[Any]):
    source = SourceShape()  # type: ignore[assignment]
    dimension = GroupShape()
    area = GroupShape()
    levels = SplitLevelShape(many=True)
    total_differing = serializers.FloatField()
    total_pairs = serializers.FloatField()
    sentence = serializers.CharField()
    notes = serializers.ListField(child=serializers.CharField())


class ExposureShape(serializers.Serializer[Any]):
    source = SourceShape()  # type: ignore[assignment]
    dimension = GroupShape()
    area = GroupShape()
    groups = GroupShape(many=True)
    matrix = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))
    defined = serializers.ListField(child=serializers.BooleanField())
    shares = serializers.ListField(child=serializers.FloatField())
    sentence = serializers.CharField()


class ProfileShape(serializers.Serializer[Any]):
    source = SourceShape()  # type: ignore[assignment]
    dimension = GroupShape()
    area = GroupShape()
    along = serializers.ChoiceField(["straight", "walk"])
    radii_m = serializers.ListField(child=serializers.IntegerField())
    h = serializers.ListField(child=serializers.FloatField())
    r = serializers.ListField(child=serializers.FloatField())
    sentence = serializers.CharField()


class AreaShape(serializers.Serializer[Any]):
    source = SourceShape()  # type: ignore[assignment]
    dimension = GroupShape()
    groups = GroupShape(many=True)
    grids = GroupShape(many=True)
    row = RowShape(allow_null=True)
    sentence = serializers.CharField()
    notes = serializers.ListField(child=serializers.CharField())


class AreaAsked(serializers.Serializer[Any]):
    town = serializers.CharField(required=False)
    source = serializers.CharField(default="stock")  # type: ignore[assignment]
    dimension = serializers.CharField(default="", allow_blank=True)
    polygon = serializers.JSONField(help_text="GeoJSON Polygon or MultiPolygon, longitude and latitude")


class TrendPointShape(serializers.Serializer[Any]):
    source = serializers.CharField()  # type: ignore[assignment]
    label = serializers.CharField()
    date = serializers.CharField()
    row = RowShape()
    is_estimate = serializers.BooleanField()


class TrendShape(serializers.Serializer[Any]):
    dimension = GroupShape()
    level = serializers.CharField()
    area = GroupShape()
    groups = GroupShape(many=True)
    points = TrendPointShape(many=True)
    notes = serializers.ListField(child=serializers.CharField())


class YearShape(serializers.Serializer[Any]):
    year = serializers.IntegerField()
    spent = serializers.FloatField()
    most = serializers.FloatField()
    advantage = serializers.FloatField(help_text="tanh(ε/2) of what was spent")


class BudgetShape(YearShape):
    sentence = serializers.CharField()
    years = YearShape(many=True)
