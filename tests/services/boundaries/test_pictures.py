"""Drawings: everything in question is in view and to scale, broken geometry is drawn and never computed with."""

from __future__ import annotations

import re

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Polygon, box

from services.boundaries import pictures
from services.boundaries.pictures import Outline, Part, compared, frame_of, picture
from services.boundaries.scenes import repair_scene, small_scenes, whereabouts
from tests.services.boundaries.workbench import Workbench

PARK = box(117.0, 28.2, 117.02, 28.21)


def corners(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]


def drawn(*outlines: Outline) -> pictures.Picture:
    found = picture(outlines)
    assert found is not None
    return found


def test_what_is_in_question_is_in_view_with_room_and_true_to_scale() -> None:
    found = drawn(Outline(Part.NEW, PARK))
    points = corners(found.shapes[0].path)
    across = max(x for x, _ in points) - min(x for x, _ in points)
    assert all(0 < x < found.width and 0 < y < found.height for x, y in points)
    assert across * found.metres_a_px == pytest.approx(1963, rel=0.005)  # 0.02° of longitude at 28.205° north
    assert found.scale_m == 500
    assert found.scale_px * found.metres_a_px == pytest.approx(500, rel=0.01)


def test_the_ground_sets_no_frame_and_is_no_legend_where_its_line_is_out_of_view() -> None:
    county = box(116.5, 27.5, 118.0, 29.0)
    found = drawn(Outline(Part.COUNTY, county), Outline(Part.NEW, PARK))
    assert found.metres_a_px == drawn(Outline(Part.NEW, PARK)).metres_a_px
    assert found.parts == ("new",)
    crossing = drawn(Outline(Part.COUNTY, box(116.5, 27.5, 117.01, 29.0)), Outline(Part.NEW, PARK))
    assert crossing.parts == ("county", "new")


def test_broken_geometry_is_drawn_corner_by_corner() -> None:
    bow_tie = Polygon([(117.0, 28.2), (117.01, 28.21), (117.01, 28.2), (117.0, 28.21)])
    assert len(corners(drawn(Outline(Part.OLD, bow_tie)).shapes[0].path)) == 5
    with np.errstate(invalid="ignore"):
        broken = shapely.from_wkt("POLYGON ((117 28.2, nan 28.21, 117.01 28.2, 117 28.21, 117 28.2))")
    assert "nan" not in drawn(Outline(Part.OLD, broken), Outline(Part.NEW, PARK)).shapes[0].path


def test_nothing_to_draw_is_no_picture() -> None:
    assert picture([]) is None
    assert picture([Outline(Part.NEW, MultiPolygon())]) is None


def test_a_place_smaller_than_a_pixel_is_a_dot() -> None:
    tiny = box(117.001, 28.201, 117.00100001, 28.20100001)
    found = drawn(Outline(Part.NEW, PARK), Outline(Part.NEW, tiny))
    assert found.shapes[1].path.endswith("h0")


def test_two_shapes_tell_what_was_gained_and_lost() -> None:
    old, new = box(117.0, 28.2, 117.02, 28.21), box(117.01, 28.2, 117.03, 28.21)
    by_part = {one.part: one.geometry for one in compared(old, new)}
    assert by_part[Part.REMOVED].equals(box(117.0, 28.2, 117.01, 28.21))
    assert by_part[Part.ADDED].equals(box(117.02, 28.2, 117.03, 28.21))
    assert [one.part for one in compared(None, new)] == [Part.NEW]


def test_names_do_not_cover_each_other_or_a_mark() -> None:
    close = [
        Outline(Part.NEW, box(117.0 + i / 1e4, 28.2, 117.02 + i / 1e4, 28.21), f"P{i}", "南湖高新区") for i in range(3)
    ]
    assert [label.is_crowded for label in drawn(*close).labels].count(False) == 1
    marked = picture([Outline(Part.NEW, PARK, "P", "南湖高新区")], marks=[(1, (117.01, 28.205))])
    assert marked is not None
    assert marked.labels[0].is_crowded
    assert [(mark.number, round(mark.x), round(mark.y)) for mark in marked.marks] == [(1, 360, 230)]


def test_beyond_a_number_of_shapes_the_rest_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_SHAPES", 3)
    many = [Outline(Part.NEIGHBOUR, box(117.0 + i / 1e3, 28.2, 117.001 + i / 1e3, 28.21)) for i in range(5)]
    found = drawn(*many, Outline(Part.NEW, PARK))
    assert [shape.part for shape in found.shapes] == ["neighbour", "neighbour", "new"]
    assert found.left_out == 3


def test_versions_side_by_side_are_to_one_scale() -> None:
    large, small, none = small_scenes([PARK, box(117.0, 28.2, 117.01, 28.205), None])
    assert none is None
    assert large is not None
    assert small is not None
    assert large.metres_a_px == small.metres_a_px


def test_a_repair_is_shown_as_close_as_what_it_changed() -> None:
    after = MultiPolygon([PARK])
    south_west = PARK.exterior.coords[3]
    crossing = [(117.0105, 28.2), (117.0106, 28.1999), (117.0106, 28.2), (117.0105, 28.1999)]
    spike = [*PARK.exterior.coords[:3], south_west, *crossing]
    near = repair_scene(Polygon(spike), after)
    far = repair_scene(box(116.9, 28.1, 117.1, 28.3), after)
    assert near is not None
    assert far is not None
    assert near.metres_a_px < far.metres_a_px / 4


def test_where_a_file_would_fall_is_seen_among_the_counties_or_far_off(yingtan: Workbench) -> None:
    with yingtan.database.read() as session:
        at_home = whereabouts(session, (116.81, 28.2, 116.83, 28.22))
        far_off = whereabouts(session, (100.0, 28.2, 100.02, 28.22))
    assert at_home is not None
    assert far_off is not None
    for found in (at_home, far_off):
        points = corners(next(shape.path for shape in found.shapes if shape.part == "box"))
        assert all(0 <= x <= found.width and 0 <= y <= found.height for x, y in points)
        assert max(x for x, _ in points) - min(x for x, _ in points) > 5
    assert far_off.metres_a_px > at_home.metres_a_px * 4
    assert frame_of([shapely.Point()]) is None
