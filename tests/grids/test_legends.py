"""Classes break where the standard says, everywhere alike, in colours that all readers can tell apart."""

import itertools

import numpy as np
import pytest
from django.db import connection

from grids.catalogue import walk_categories
from grids.maps import legends

# Simulation of colour-vision deficiency at full severity, linear RGB (Machado, Oliveira, Fernandes 2009).
SEEN_BY = {
    "normal": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
RGB_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = RGB_TO_XYZ.sum(axis=1)
PAPER, NIGHT = "#ffffff", "#0f1620"


def linear_rgb(colour: str) -> np.ndarray:
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def lab(colour: str, seen: np.ndarray) -> np.ndarray:
    ratio = RGB_TO_XYZ @ np.clip(seen @ linear_rgb(colour), 0, 1) / WHITE
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: str, other: str) -> float:
    low, high = sorted(RGB_TO_XYZ[1] @ linear_rgb(colour) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def test_the_difference_measure_knows_black_from_white():
    assert np.linalg.norm(lab("#ffffff", np.eye(3)) - lab("#000000", np.eye(3))) == pytest.approx(
        100, abs=0.1
    )


@pytest.mark.parametrize("seen", SEEN_BY)
@pytest.mark.parametrize(
    "ramp",
    [
        (*legends.LIGHT, legends.NEUTRAL["colour"]),
        (*legends.DARK, legends.NEUTRAL["colour_dark"]),
    ],
    ids=["light", "dark"],
)
def test_any_two_classes_differ_by_ten(ramp, seen):
    apart = {
        (a, b): np.linalg.norm(lab(a, SEEN_BY[seen]) - lab(b, SEEN_BY[seen]))
        for a, b in itertools.combinations(ramp, 2)
    }
    assert min(apart.values()) >= 10, min(apart, key=apart.get)


@pytest.mark.parametrize("colour", legends.DARK)
def test_dark_classes_stand_out_from_the_night_map(colour):
    assert contrast(colour, NIGHT) >= 1.8


def test_the_published_light_ramp_is_kept():
    assert legends.LIGHT == ("#08519c", "#4292c6", "#a6cee8", "#fdd49e", "#f57c2a", "#8c2d04")


def test_norm_classes_break_at_the_threshold_and_every_bound_is_inclusive():
    # 1,000 m: 330 | 670 | 1,000 blue, 1,500 | 2,000 orange, farther brown.
    bounds = legends.bounds_m(1000)
    assert bounds == (330, 670, 1000, 1500, 2000, None)
    assert [legends.class_of(m, bounds) for m in (330, 331, 1000, 1001, 2000, 2001)] == [0, 1, 2, 3, 4, 5]


def test_time_classes_of_a_quarter_of_an_hour_are_5_10_15_minutes():
    assert legends.bounds_bytes(15, 1) == (5, 10, 15, 23, 30, None)


def test_every_threshold_of_the_catalogue_is_the_end_of_the_last_blue_class():
    for category in walk_categories():
        bounds = legends.bounds_m(category.threshold_m)
        assert bounds[2] == category.threshold_m
        closed = [bound for bound in bounds if bound is not None]
        assert closed == sorted(set(closed))


def test_score_classes_cover_nought_to_one_with_the_best_in_the_deepest_blue():
    assert legends.score_bytes() == (60, 90, 120, 150, 180, 200)
    assert legends.SCORE_CLASSES[-1].colour == legends.LIGHT[0]


@pytest.mark.django_db
def test_sql_puts_every_value_into_the_class_that_python_does():
    bounds = legends.bounds_m(300)
    case, parameters = legends.sql_class_of("walk.m", bounds)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT walk.m, {case} FROM generate_series(0, 700) AS walk(m)", parameters)
        rows = cursor.fetchall()
    assert all(found == legends.class_of(m, bounds) for m, found in rows)
    assert len(rows) == 701
