"""Geometry for display: small, round, never invalid."""

import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, MultiLineString, MultiPoint, Point, Polygon, box
from shapely.geometry import shape

from geo.errors import GeometryError
from geo.measures import geodesic_area_ha, geodesic_buffer_line
from geo.simplify import simplify, to_display
from tests import samples


def star(radii: list[float]) -> Polygon:
    """A star-shaped boundary, always valid: one radius in degrees for each direction."""
    angles = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    return Polygon(np.column_stack((117 + radii * np.cos(angles), 28.2 + radii * np.sin(angles))))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(1e-6, 0.05), min_size=3, max_size=60),
    st.sampled_from([0.0, 5.0, 50.0, 500.0, 20_000.0]),
)
def test_what_is_displayed_is_never_invalid(radii: list[float], tolerance_m: float) -> None:
    boundary = star(radii)
    if not boundary.is_valid:
        return
    drawn = shape(to_display(boundary, tolerance_m))
    assert drawn.is_valid
    assert not drawn.is_empty


@pytest.mark.parametrize(
    "geometry",
    [
        samples.SQUARE_WITH_HOLE_REVERSED,
        samples.TWO_PARTS_WOUND_BOTH_WAYS,
        samples.ROAD,
        samples.POINT,
        MultiPoint([(117.0, 28.0), (117.1, 28.1)]),
        MultiLineString([samples.ROAD, samples.MERIDIAN]),
    ],
    ids=lambda geometry: geometry.geom_type,
)
def test_every_type_comes_out_as_plain_geojson(geometry: shapely.Geometry) -> None:
    drawn = to_display(geometry, 1.0)
    assert drawn["type"] == geometry.geom_type
    assert json.loads(json.dumps(drawn)) == drawn
    assert shape(drawn).equals_exact(geometry.normalize(), 2e-5) or shape(drawn).equals(geometry)


def test_coordinates_carry_five_decimals() -> None:
    drawn = to_display(Point(117.123456789, 28.987654321))
    assert drawn == {"type": "Point", "coordinates": [117.12346, 28.98765]}


def test_a_spike_thinner_than_the_grid_goes_and_nothing_breaks() -> None:
    spike = box(117.00999, 28.209999, 117.03, 28.210001)
    drawn = to_display(samples.SQUARE.union(spike).union(samples.SQUARE))
    assert shape(drawn).is_valid
    assert all(round(number, 5) == number for ring in drawn["coordinates"] for point in ring for number in point)


def test_heights_are_dropped() -> None:
    assert to_display(samples.SQUARE_WITH_HEIGHT) == to_display(samples.SQUARE)


def test_the_outside_runs_anticlockwise_and_holes_clockwise() -> None:
    outside, hole = to_display(samples.SQUARE_WITH_HOLE)["coordinates"]
    assert shapely.LinearRing(outside).is_ccw
    assert not shapely.LinearRing(hole).is_ccw


def test_simplified_lines_stay_within_the_tolerance() -> None:
    corridor = geodesic_buffer_line(samples.ROAD, 1000)
    drawn = simplify(corridor, 30)
    assert shapely.get_num_coordinates(drawn) < shapely.get_num_coordinates(corridor)
    assert shapely.hausdorff_distance(drawn.exterior, corridor.exterior) * 111_195 < 35
    assert geodesic_area_ha(drawn) == pytest.approx(geodesic_area_ha(corridor), rel=0.02)


def test_no_tolerance_changes_nothing() -> None:
    assert simplify(samples.L_SHAPE, 0) is samples.L_SHAPE


def test_a_coarse_tolerance_loses_no_hole() -> None:
    assert len(simplify(samples.SQUARE_WITH_HOLE, 50_000).interiors) == 1


def test_a_boundary_smaller_than_the_grid_is_still_drawn() -> None:
    tiny = box(117.0, 28.0, 117.000002, 28.000002)
    drawn = shape(to_display(tiny, 10))
    assert drawn.is_valid
    assert drawn.area == pytest.approx(tiny.area, rel=0.1)


def test_a_line_shorter_than_the_grid_is_still_a_line() -> None:
    drawn = shape(to_display(LineString([(117.0, 28.0), (117.000001, 28.0)]), 10))
    assert drawn.geom_type == "LineString"
    assert drawn.length > 0


def test_an_empty_geometry_has_no_coordinates() -> None:
    assert to_display(samples.EMPTY_POLYGON) == {"type": "Polygon", "coordinates": []}


@pytest.mark.parametrize("bad", [samples.BOW_TIE, GeometryCollection([samples.POINT])], ids=["bow-tie", "collection"])
def test_what_cannot_be_displayed_is_refused(bad: shapely.Geometry) -> None:
    with pytest.raises(GeometryError):
        to_display(bad)


def test_a_tolerance_is_not_negative() -> None:
    with pytest.raises(GeometryError):
        simplify(samples.SQUARE, -1)
