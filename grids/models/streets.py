"""The walking network and the drawn base map, both from the same source file."""

from django.contrib.gis.db import models

from grids.models.generations import Generation


class StreetNetwork(Generation):
    """One load of the pedestrian network."""

    node_count = models.IntegerField(default=0)
    edge_count = models.IntegerField(default=0)
    length_m = models.FloatField(default=0)
    island_count = models.IntegerField(default=0)  # components beside the largest


class StreetNode(models.Model):
    network = models.ForeignKey(StreetNetwork, on_delete=models.CASCADE, related_name="nodes")
    number = models.IntegerField()  # dense 0..n-1 within the network
    source_id = models.BigIntegerField()
    point = models.PointField(srid=4326)
    component = models.IntegerField(default=0)  # 0 is the largest

    class Meta:
        constraints = [models.UniqueConstraint(fields=["network", "number"], name="street_node_number_once")]


class StreetEdge(models.Model):
    """A stretch of street, path or steps between two junctions; walked both ways."""

    network = models.ForeignKey(StreetNetwork, on_delete=models.CASCADE, related_name="edges")
    number = models.IntegerField()  # dense 0..n-1 within the network
    source_id = models.BigIntegerField()  # OSM way
    source_node = models.IntegerField()  # StreetNode.number
    target_node = models.IntegerField()
    length_dm = models.IntegerField()  # geodesic, decimetres, rounding carried along the way
    kind = models.CharField(max_length=20)  # OSM highway value
    is_steps = models.BooleanField(default=False)
    name = models.CharField(max_length=100, blank=True)
    compound = models.IntegerField(default=0)  # Estate.number when only its residents walk here, else 0
    geom = models.LineStringField(srid=4326)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "number"], name="street_edge_number_once"),
            models.CheckConstraint(name="edge_length_not_negative", condition=models.Q(length_dm__gte=0)),
        ]


class MapFeature(models.Model):
    """Something drawn under the figures: water, green, roads, rails, names. Never computed with."""

    network = models.ForeignKey(StreetNetwork, on_delete=models.CASCADE, related_name="map_features")
    layer = models.CharField(max_length=10)  # water | green | land | road | rail | label
    kind = models.CharField(max_length=30)
    name_zh = models.CharField(max_length=100, blank=True)
    name_en = models.CharField(max_length=100, blank=True)
    min_zoom = models.SmallIntegerField(default=10)
    geom = models.GeometryField(srid=4326)
