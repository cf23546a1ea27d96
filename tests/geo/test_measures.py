"""Measures on the ground, against hand-worked figures on GRS80."""

import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point

from geo.errors import GeometryError
from geo.measures import (
    areal_parts,
    distance_m,
    enclosing_radius_m,
    geodesic_area_ha,
    geodesic_buffer_line,
    geodesic_length_m,
    representative_point,
)
from tests import samples

# GRS80 by hand: a = 6378137 m, e² = 0.00669438
A_M, E2 = 6378137.0, 0.00669438002290


def meridian_radius_m(latitude: float) -> float:
    return A_M * (1 - E2) / (1 - E2 * math.sin(math.radians(latitude)) ** 2) ** 1.5


def parallel_radius_m(latitude: float) -> float:
    phi = math.radians(latitude)
    return A_M * math.cos(phi) / math.sqrt(1 - E2 * math.sin(phi) ** 2)


SQUARE_HA = math.radians(0.02) ** 2 * meridian_radius_m(28.21) * parallel_radius_m(28.21) / 10_000


def test_a_square_has_its_hand_worked_area() -> None:
    assert geodesic_area_ha(samples.SQUARE) == pytest.approx(SQUARE_HA, rel=1e-5)


@pytest.mark.parametrize("boundary", [samples.SQUARE_WITH_HOLE, samples.SQUARE_WITH_HOLE_REVERSED])
def test_a_hole_is_taken_off_whichever_way_it_is_wound(boundary: shapely.Polygon) -> None:
    expected = geodesic_area_ha(samples.SQUARE) - geodesic_area_ha(samples.HOLE)
    assert geodesic_area_ha(boundary) == pytest.approx(expected)


@pytest.mark.parametrize("boundary", [samples.TWO_PARTS, samples.TWO_PARTS_WOUND_BOTH_WAYS])
def test_parts_add_up_whichever_way_they_are_wound(boundary: shapely.MultiPolygon) -> None:
    assert geodesic_area_ha(boundary) == pytest.approx(2 * SQUARE_HA, rel=1e-5)


def test_an_empty_boundary_has_no_area() -> None:
    assert geodesic_area_ha(samples.EMPTY_POLYGON) == 0.0


@pytest.mark.parametrize("geometry", [samples.ROAD, samples.POINT])
def test_only_areas_have_an_area(geometry: shapely.Geometry) -> None:
    with pytest.raises(GeometryError):
        geodesic_area_ha(geometry)


def test_a_degree_of_the_meridian_has_its_hand_worked_length() -> None:
    assert geodesic_length_m(samples.MERIDIAN) == pytest.approx(math.radians(1) * meridian_radius_m(28.5), rel=1e-5)


def test_an_empty_line_has_no_length() -> None:
    assert geodesic_length_m(LineString()) == 0.0


def test_a_boundary_is_not_measured_as_a_line() -> None:
    with pytest.raises(GeometryError):
        geodesic_length_m(samples.SQUARE)


@settings(deadline=None)
@given(*[st.floats(116, 118), st.floats(27, 29)] * 2)
def test_distance_is_the_same_both_ways(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> None:
    a, b = (lon_a, lat_a), (lon_b, lat_b)
    assert distance_m(a, b) == pytest.approx(distance_m(b, a), abs=1e-6)


@pytest.mark.parametrize("half_width_m", [50.0, 1000.0, 5000.0])
@pytest.mark.parametrize("road", [samples.ROAD, samples.HOOKED_ROAD, samples.MERIDIAN], ids=["bends", "hook", "long"])
def test_the_edge_of_a_buffer_lies_at_its_half_width(road: LineString, half_width_m: float) -> None:
    buffer = geodesic_buffer_line(road, half_width_m)
    fine = shapely.get_coordinates(shapely.segmentize(road, 0.0002))
    for vertex in shapely.get_coordinates(buffer)[::7]:
        nearest = min(distance_m(tuple(vertex), tuple(point)) for point in fine[_near(fine, vertex, half_width_m)])
        assert nearest == pytest.approx(half_width_m, rel=1.3e-3, abs=1.0)


def _near(points, vertex, half_width_m):  # type: ignore[no-untyped-def]
    return abs(points - vertex).max(axis=1) <= half_width_m / 90_000


def test_a_buffer_with_flat_ends_is_a_rectangle_of_its_length_and_width() -> None:
    line = LineString([(117.0, 28.0), (117.0, 28.1)])
    buffer = geodesic_buffer_line(line, 500.0, has_flat_ends=True)
    assert geodesic_area_ha(buffer) == pytest.approx(geodesic_length_m(line) * 1000 / 10_000, rel=1e-5)


def test_round_ends_add_a_circle() -> None:
    line = LineString([(117.0, 28.0), (117.0, 28.1)])
    added = geodesic_area_ha(geodesic_buffer_line(line, 500.0)) - geodesic_length_m(line) * 1000 / 10_000
    assert added == pytest.approx(math.pi * 500**2 / 10_000, rel=2e-3)


@pytest.mark.parametrize("half_width_m", [0.0, -1.0, float("nan")])
def test_a_buffer_needs_a_width(half_width_m: float) -> None:
    with pytest.raises(GeometryError):
        geodesic_buffer_line(samples.ROAD, half_width_m)


def test_only_lines_are_buffered() -> None:
    with pytest.raises(GeometryError):
        geodesic_buffer_line(samples.SQUARE, 100.0)
    assert geodesic_buffer_line(LineString(), 100.0).is_empty


@pytest.mark.parametrize("boundary", [samples.SQUARE, samples.L_SHAPE, samples.SQUARE_WITH_HOLE, samples.TWO_PARTS])
def test_the_representative_point_lies_inside(boundary: shapely.Geometry) -> None:
    assert boundary.contains(Point(representative_point(boundary)))


def test_everything_lies_within_the_enclosing_radius() -> None:
    radius_m = enclosing_radius_m(samples.L_SHAPE, (117.0, 28.2))
    corners = shapely.get_coordinates(samples.L_SHAPE)
    assert radius_m == max(distance_m((117.0, 28.2), tuple(corner)) for corner in corners)
    by_hand = math.hypot(math.radians(0.01) * parallel_radius_m(28.22), math.radians(0.04) * meridian_radius_m(28.22))
    assert radius_m == pytest.approx(by_hand, rel=1e-4)


@pytest.mark.parametrize("measure", [representative_point, lambda it: enclosing_radius_m(it, samples.YINGTAN)])
def test_an_empty_boundary_has_neither_point_nor_radius(measure) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(GeometryError):
        measure(samples.EMPTY_POLYGON)


def test_lines_left_by_an_intersection_are_no_area() -> None:
    touching = samples.SQUARE.union(samples.ISLAND).intersection(samples.NEIGHBOUR)
    assert areal_parts(touching).is_empty
