"""The shift of GCJ-02: published vectors, out and back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.gcj02 import (
    gcj02_to_wgs84,
    geometry_to_gcj02,
    geometry_to_wgs84,
    wgs84_to_gcj02,
)
from geo.measures import distance_m
from tests import samples


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        # test vectors of the public "eviltransform" library
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ],
    ids=["shanghai", "shenzhen", "beijing"],
)
def test_the_shift_agrees_with_published_vectors(wgs84: tuple[float, float], gcj02: tuple[float, float]) -> None:
    assert wgs84_to_gcj02(*wgs84) == pytest.approx(gcj02, abs=1e-12)
    assert distance_m(gcj02_to_wgs84(*gcj02), wgs84) < 0.001


def test_the_shift_at_yingtan_is_about_620_m() -> None:
    assert distance_m(samples.YINGTAN, wgs84_to_gcj02(*samples.YINGTAN)) == pytest.approx(620, abs=10)


@settings(deadline=None)
@given(st.floats(74, 134), st.floats(4, 53))
def test_out_and_back_differs_by_less_than_a_decimetre(longitude: float, latitude: float) -> None:
    back = gcj02_to_wgs84(*wgs84_to_gcj02(longitude, latitude))
    assert distance_m(back, (longitude, latitude)) < 0.1


def test_nothing_is_shifted_abroad() -> None:
    assert wgs84_to_gcj02(2.35, 48.86) == (2.35, 48.86)
    assert gcj02_to_wgs84(2.35, 48.86) == (2.35, 48.86)


def test_a_geometry_goes_out_and_back_corner_by_corner() -> None:
    back = geometry_to_wgs84(geometry_to_gcj02(samples.TWO_PARTS))
    assert back.equals_exact(samples.TWO_PARTS, 1e-9)


def test_a_shared_border_stays_shared() -> None:
    square, neighbour = geometry_to_wgs84(samples.SQUARE), geometry_to_wgs84(samples.NEIGHBOUR)
    assert square.intersection(neighbour).area == 0
    shared = set(square.exterior.coords) & set(neighbour.exterior.coords)
    assert len(shared) == 2
