"""Shapes as pages send them: what is refused, and what splitting and merging make."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from shapely import LineString, box
from shapely.geometry import MultiPolygon

from domain.errors import BadRequest
from geo.intake.model import Limits
from services.boundaries import shapes
from tests.samples import ISLAND, NEIGHBOUR, SQUARE, SQUARE_WITH_HOLE, TWO_PARTS

RING = [[117.0, 28.2], [117.02, 28.2], [117.02, 28.22], [117.0, 28.2]]


@pytest.mark.parametrize("shape", [SQUARE, SQUARE_WITH_HOLE, TWO_PARTS], ids=["square", "hole", "two parts"])
def test_what_is_sent_back_is_what_was_sent(shape: Any) -> None:
    sent = _lists(shapes.to_geojson(shape))
    assert shapely.to_wkb(shapes.polygon_from(sent, Limits(), place="x")) == shapely.to_wkb(shapes.multi(shape))


def _lists(value: Any) -> Any:
    """As JSON makes it."""
    if isinstance(value, dict):
        return {name: _lists(one) for name, one in value.items()}
    return [_lists(one) for one in value] if isinstance(value, tuple | list) else value


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        {},
        {"type": "Point", "coordinates": [117.0, 28.2]},
        {"type": "GeometryCollection", "geometries": []},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[]]},
        {"type": "Polygon", "coordinates": [RING[:3]]},
        {"type": "Polygon", "coordinates": [[*RING[:3], [117.0, 28.3]]]},
        {"type": "Polygon", "coordinates": [[*RING[:2], [float("nan"), 28.2], *RING[3:]]]},
        {"type": "Polygon", "coordinates": [[*RING[:2], [float("inf"), 28.2], *RING[3:]]]},
        {"type": "Polygon", "coordinates": [[*RING[:2], ["117", 28.2], *RING[3:]]]},
        {"type": "Polygon", "coordinates": [[*RING[:2], [True, 28.2], *RING[3:]]]},
        {"type": "Polygon", "coordinates": [[*RING[:2], [217.0, 28.2], *RING[3:]]]},
        {"type": "Polygon", "coordinates": [[*RING[:2], [117.0, 28.2, 5.0], *RING[3:]]]},
        {"type": "Polygon", "coordinates": [[RING]]},
        {"type": "MultiPolygon", "coordinates": [RING]},
        {"type": "Polygon", "coordinates": [RING * 6000]},
    ],
    ids=str,
)
def test_what_is_no_outline_is_refused_and_the_place_named(sent: Any) -> None:
    with pytest.raises(BadRequest) as refused:
        shapes.polygon_from(sent, Limits(), place="edit 3")
    assert refused.value.place == "edit 3"


def test_a_line_across_makes_two_parts_that_are_the_whole() -> None:
    line = LineString([(117.005, 28.19), (117.005, 28.23)])
    parts = shapes.split(SQUARE, line)
    assert [round(part.area / SQUARE.area, 6) for part in parts] == [0.75, 0.25]
    assert shapely.union_all(parts).equals(SQUARE)


def test_a_line_that_cuts_nothing_off_is_refused() -> None:
    for line in ([(117.005, 28.19), (117.005, 28.21)], [(116.0, 28.0), (116.1, 28.0)]):
        with pytest.raises(BadRequest):
            shapes.split(SQUARE, LineString(line))


def test_neighbours_merge_into_one_piece_and_what_lies_apart_does_not() -> None:
    merged = shapes.merge([SQUARE, NEIGHBOUR])
    assert isinstance(merged, MultiPolygon)
    assert merged.equals(box(117.00, 28.20, 117.04, 28.22))
    assert len(merged.geoms) == 1
    with pytest.raises(BadRequest):
        shapes.merge([SQUARE, ISLAND])
    with pytest.raises(BadRequest):
        shapes.merge([SQUARE])
