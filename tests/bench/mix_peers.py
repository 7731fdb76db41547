"""PySAL `segregation` 2.5.4, called as its own documentation does. Only `./dev bench mix` imports this."""

from typing import Any

import geopandas
import numpy as np
import pandas
from segregation import multigroup, singlegroup
from segregation.local import MultiLocationQuotient

NINE = {
    "dissimilarity": multigroup.MultiDissim,
    "information_theory": multigroup.MultiInfoTheory,
    "divergence": multigroup.MultiDivergence,
    "relative_diversity": multigroup.MultiRelativeDiversity,
    "normalised_exposure": multigroup.MultiNormExposure,
    "squared_cv": multigroup.MultiSquaredCoefVar,
    "diversity": multigroup.MultiDiversity,
    "simpson_interaction": multigroup.SimpsonsInteraction,
    "simpson_concentration": multigroup.SimpsonsConcentration,
}
TWO = {
    "dissimilarity": singlegroup.Dissim,
    "gini": singlegroup.Gini,
    "entropy": singlegroup.Entropy,
    "isolation": singlegroup.Isolation,
    "interaction": singlegroup.Interaction,
    "correlation_ratio": singlegroup.CorrelationR,
    "atkinson": singlegroup.Atkinson,
    "min_max": singlegroup.MinMax,
}


def frame(counts: np.ndarray, groups: list[str]) -> pandas.DataFrame:
    return pandas.DataFrame(counts, columns=groups)


def pair_frame(own: np.ndarray, others: np.ndarray) -> pandas.DataFrame:
    return pandas.DataFrame({"own": own, "all": own + others})


def places(points_m: np.ndarray, counts: np.ndarray, groups: list[str]) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame(
        frame(counts, groups), geometry=geopandas.points_from_xy(*points_m.T), crs=32650
    )


def nine_indices(table: pandas.DataFrame, groups: list[str]) -> dict[str, float]:
    return {name: float(index(table, groups).statistic) for name, index in NINE.items()}


def two_group_indices(table: pandas.DataFrame) -> dict[str, float]:
    return {name: float(index(table.copy(), "own", "all").statistic) for name, index in TWO.items()}


def h_and_d(table: pandas.DataFrame, groups: list[str]) -> tuple[float, float]:
    return (
        multigroup.MultiInfoTheory(table, groups).statistic,
        multigroup.MultiDissim(table, groups).statistic,
    )


def multigroup_gini(table: pandas.DataFrame, groups: list[str]) -> float:
    return float(multigroup.MultiGini(table, groups).statistic)


def gini(pair: pandas.DataFrame) -> float:
    return float(singlegroup.Gini(pair, "own", "all").statistic)


def modified_dissimilarity(pair: pandas.DataFrame) -> float:
    return float(singlegroup.ModifiedDissim(pair, "own", "all", iterations=500, seed=1).statistic)


def quotients(table: pandas.DataFrame, groups: list[str]) -> np.ndarray:
    return np.asarray(MultiLocationQuotient(table, groups).statistics)


def spatial_h(table: geopandas.GeoDataFrame, groups: list[str], distance_m: float) -> float:
    return float(multigroup.MultiInfoTheory(table, groups, distance=distance_m).statistic)


def nested_m(counts: np.ndarray, parents: list[np.ndarray], groups: list[str]) -> list[float]:
    """M between units, grids, … as differences of H·E at each level; PySAL has no call for it."""
    table, area = frame(counts, groups), np.arange(len(counts))
    met: list[Any] = [multigroup.MultiDivergence(table, groups).statistic]
    for parent in parents:
        area = parent[area]
        sums = table.groupby(area, sort=False).sum()
        met.append(multigroup.MultiDivergence(sums, groups).statistic)
    return [float(below - above) for below, above in zip(met, [*met[1:], 0.0], strict=True)]
