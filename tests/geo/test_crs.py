"""The one place that knows CRS: out and back, axis order, refusals."""

import numpy as np
import pytest
import shapely
from shapely import Point

from geo import crs
from geo.errors import CoordinateError, CrsError
from geo.measures import geodesic_area_ha
from tests import samples


@pytest.mark.parametrize("epsg", [4326, 4490, crs.ZONE_39_EPSG, crs.ZONE_39_WITHOUT_PREFIX_EPSG])
def test_out_and_back_returns_to_the_same_place(epsg: int) -> None:
    out = crs.from_stored(samples.L_SHAPE, epsg)
    back = crs.to_stored(out, epsg)
    assert shapely.equals_exact(back, samples.L_SHAPE, 1e-9)


def test_wgs_84_is_taken_as_it_is() -> None:
    assert crs.to_stored(samples.SQUARE, 4326).equals(samples.SQUARE)


def test_zone_39_comes_in_with_its_easting_first() -> None:
    stored = crs.to_stored(samples.SQUARE_IN_4527, crs.ZONE_39_EPSG)
    west, south, east, north = stored.bounds
    assert 117.06 < west < east < 117.08
    assert 28.25 < south < north < 28.27
    assert geodesic_area_ha(stored) == pytest.approx(100.0, rel=1e-5)


def test_the_easting_with_and_without_the_zone_number_is_one_place() -> None:
    with_zone = crs.from_stored(samples.POINT, crs.ZONE_39_EPSG)
    without = crs.from_stored(samples.POINT, crs.ZONE_39_WITHOUT_PREFIX_EPSG)
    assert with_zone.x - without.x == pytest.approx(39_000_000)
    assert with_zone.y == pytest.approx(without.y)


def test_heights_are_dropped() -> None:
    assert not crs.to_stored(samples.SQUARE_WITH_HEIGHT, 4490).has_z


def test_an_empty_geometry_stays_empty() -> None:
    assert crs.to_stored(samples.EMPTY_POLYGON, crs.ZONE_39_EPSG).is_empty


def test_swapped_axes_are_refused_with_the_coordinate_named() -> None:
    with pytest.raises(CoordinateError, match=r"coordinate 0 is x=28.2, y=117.02") as caught:
        crs.to_stored(samples.SQUARE_SWAPPED, 4490)
    assert (caught.value.x, caught.value.y, caught.value.index) == (28.2, 117.02, 0)


def test_metres_declared_as_degrees_are_refused() -> None:
    with pytest.raises(CoordinateError, match="x=39506000"):
        crs.to_stored(samples.SQUARE_IN_4527, 4490)


def test_a_grid_read_without_its_zone_number_is_refused() -> None:
    with pytest.raises(CoordinateError):
        crs.to_stored(samples.SQUARE_IN_4527, crs.ZONE_39_WITHOUT_PREFIX_EPSG)


@pytest.mark.parametrize("bad", ["nan", "inf"])
def test_a_coordinate_that_is_not_finite_is_refused(bad: str) -> None:
    with np.errstate(invalid="ignore"):
        line = shapely.from_wkt(f"LINESTRING (117 28, 117.1 {bad})")
    with pytest.raises(CoordinateError, match="coordinate 1"):
        crs.to_stored(line, 4490)


def test_the_null_island_is_not_in_china() -> None:
    with pytest.raises(CoordinateError):
        crs.to_stored(Point(0, 0), 4490)


@pytest.mark.parametrize("epsg", [0, -1, 999999])
def test_an_unknown_crs_is_refused(epsg: int) -> None:
    with pytest.raises(CrsError, match=str(epsg)):
        crs.to_stored(samples.SQUARE, epsg)


def test_layers_in_one_crs_share_it() -> None:
    assert crs.require_same_crs({"parks": 4490, "zones": 4490}) == 4490


@pytest.mark.parametrize("layers", [{}, {"parks": 4490, "zones": 4326}])
def test_layers_in_different_crs_are_refused(layers: dict[str, int]) -> None:
    with pytest.raises(CrsError):
        crs.require_same_crs(layers)


def test_a_transformer_is_made_once() -> None:
    assert crs.transformer(4490, 4527) is crs.transformer(4490, 4527)
