"""What is mended, how, and what is said of it. Nothing is stored that is not valid."""

from __future__ import annotations

import time

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from domain.boundaries import Severity, Verdict
from geo.intake.checks.crossings import TooLong, exceeds
from geo.intake.model import Intake, Known, Limits
from geo.measures import geodesic_area_ha
from geo.units import ha_to_m2
from tests.geo.intake.ground import EAST, GRID, NORTH, lonlat, rectangle, ring, take_in, told

REPAIR, REJECT = Severity.REPAIR, Severity.REJECT


def area_m2(shape: BaseGeometry) -> float:
    return ha_to_m2(geodesic_area_ha(shape))


def overlap_m2(a: BaseGeometry, b: BaseGeometry) -> float:
    shared = shapely.intersection(a, b)
    return sum(area_m2(part) for part in shapely.get_parts(shared) if part.geom_type == "Polygon")


def gap_m2(shapes: list[BaseGeometry], whole: BaseGeometry) -> float:
    return area_m2(whole) - area_m2(shapely.union_all(shapes))


def stored(intake: Intake) -> list[BaseGeometry]:
    shapes = [feature.geometry for feature in intake.features]
    assert all(shape.is_valid and shape.geom_type == "MultiPolygon" for shape in shapes)
    return shapes


# Shapes that are not valid


def test_both_halves_of_a_bow_tie_are_kept() -> None:
    intake = take_in([ring((0, 0), (100, 100), (100, 0), (0, 100))])
    finding = told(intake)["invalid"]
    assert (finding.severity, finding.place, intake.verdict) == (REPAIR, "feature 1", Verdict.REPAIR)
    assert "自相交" in finding.message_zh
    assert "面积增加 5,000.0" in finding.message_zh
    [feature] = intake.features
    assert area_m2(feature.geometry) == pytest.approx(5000, abs=0.1)
    assert feature.before is not None
    assert not feature.before.is_valid
    assert feature.area_change_m2 == pytest.approx(5000, abs=0.1)
    assert shapely.Point(finding.lonlat).distance(shapely.centroid(feature.geometry)) < 1e-6


@pytest.mark.parametrize(("shell", "holes", "area"), [
    ([(0, 0), (100, 0), (100, 100), (0, 100)], [[(150, 0), (160, 0), (160, 10), (150, 10)]], 10_100),
    ([(0, 0), (100, 0), (100, 100), (0, 100)], [[(10, 10), (90, 10), (90, 90), (10, 90)]] * 2, 3_600),
    ([(0, 0), (100, 0), (100, 50), (180, 50), (100, 50), (100, 100), (0, 100)], [], 10_000),
])  # fmt: skip
def test_holes_outside_nested_holes_and_spikes_without_width_are_mended(
    shell: list[tuple[float, float]], holes: list[list[tuple[float, float]]], area: float
) -> None:
    shape = shapely.Polygon(
        [(EAST + x, NORTH + y) for x, y in shell], [[(EAST + x, NORTH + y) for x, y in hole] for hole in holes]
    )
    intake = take_in([shape])
    assert told(intake)["invalid"].severity is REPAIR
    assert area_m2(stored(intake)[0]) == pytest.approx(area, abs=0.5)


def test_an_overlap_with_a_mere_repair_is_a_warning_until_the_repair_is_confirmed() -> None:
    neighbour, twisted = rectangle(0, 0, 100, 100), ring((50, 0), (150, 100), (150, 0), (50, 100))
    intake = take_in([neighbour, twisted])
    assert told(intake)["overlap_after_repair"].severity is Severity.WARNING
    assert intake.verdict is Verdict.REPAIR
    confirmed = take_in(stored(intake), crs="EPSG:4490")
    assert told(confirmed)["overlap"].severity is REJECT


def scribble(vertices: int, seed: int = 1) -> BaseGeometry:
    corners = np.random.default_rng(seed).random((vertices, 2)) * 1000 + (EAST, NORTH)
    return shapely.Polygon(corners)


def test_a_ring_that_crosses_itself_too_often_is_rejected_at_once() -> None:
    started = time.monotonic()
    intake = take_in([rectangle(2000, 0, 100, 100), scribble(500)])
    assert time.monotonic() - started < 10
    finding = told(intake)["crosses_too_often"]
    assert (finding.severity, finding.place) == (REJECT, "feature 2")
    assert [feature.number for feature in intake.features] == [1]


@pytest.mark.parametrize("limit", [6, 7])
def test_the_limit_counts_crossings_of_a_ring(limit: int) -> None:
    """A zigzag over a straight return line: seven crossings."""
    zigzag = [(10 * n, 10 if n % 2 else -10) for n in range(8)]
    shape = ring(*zigzag, (75, 0), (-5, 0.5))
    assert exceeds(shape, limit, time.monotonic() + 10) == (limit < 7)
    intake = take_in([shape], limits=Limits(ring_self_crossings=limit))
    assert intake.verdict is (Verdict.REPAIR if limit == 7 else Verdict.REJECT)


def test_counting_ends_when_its_time_is_over() -> None:
    """Twenty thousand parallel slanting lines: every box meets every box, no line crosses another."""
    n = np.arange(10_000)
    there, back = np.column_stack((n * 0.01, n * 0.0)), np.column_stack((n * 0.01 + 100.005, n * 0.0 + 100))
    comb = shapely.Polygon(np.vstack([np.stack([there, back], axis=1).reshape(-1, 2), [(200, -50), (-50, -50)]]))
    started = time.monotonic()
    with pytest.raises(TooLong):
        exceeds(comb, 10**9, started + 0.5)
    assert time.monotonic() - started < 5


def test_parts_that_overlap_are_joined_not_cut_out_of_each_other() -> None:
    intake = take_in([shapely.MultiPolygon([rectangle(0, 0, 100, 100), rectangle(50, 0, 100, 100)])])
    assert area_m2(stored(intake)[0]) == pytest.approx(15_000, abs=0.5)


# Slivers


def test_a_gap_between_neighbours_is_closed_by_the_later_feature() -> None:
    shapes = [rectangle(0, 0, 300, 200), rectangle(300.03, 0, 300, 200)]
    intake = take_in(shapes)
    finding = told(intake)["sliver"]
    assert (finding.severity, finding.place, intake.verdict) == (REPAIR, "features 1-2", Verdict.REPAIR)
    assert finding.area_m2 == pytest.approx(0.03 * 200, rel=0.02)
    assert "平均宽 0.030 m" in finding.message_zh
    first, second = intake.features
    assert first.before is None
    assert first.geometry.equals(lonlat(shapes[:1])[0])
    assert second.before is not None
    assert second.area_change_m2 == pytest.approx(0.03 * 200, rel=0.02)
    [whole] = lonlat([rectangle(0, 0, 600.03, 200)])
    assert gap_m2(stored(intake), whole) == pytest.approx(0, abs=0.2)  # the whole has no vertex on its long sides
    assert overlap_m2(*stored(intake)) == 0
    assert told(take_in(stored(intake), crs="EPSG:4490")) == {}


def test_a_narrow_overlap_is_given_up_by_the_later_feature() -> None:
    intake = take_in([rectangle(0, 0, 300, 200), rectangle(299.8, 0, 300, 200)])
    finding = told(intake)["sliver"]
    assert finding.area_m2 == pytest.approx(0.2 * 200, rel=0.02)
    assert "窄条重叠" in finding.message_zh
    assert intake.features[1].area_change_m2 == pytest.approx(-0.2 * 200, rel=0.02)
    assert overlap_m2(*stored(intake)) == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize(("width", "code"), [(0.0005, None), (0.01, "sliver"), (0.45, "sliver"), (0.55, None)])
def test_a_gap_is_a_sliver_below_half_a_metre(width: float, code: str | None) -> None:
    intake = take_in([rectangle(0, 0, 100, 100), rectangle(100 + width, 0, 100, 100)])
    assert list(told(intake)) == ([code] if code else [])


@pytest.mark.parametrize(("width", "code"), [(0.0005, None), (0.01, "sliver"), (0.45, "sliver"), (0.55, "overlap")])
def test_an_overlap_is_a_sliver_below_half_a_metre(width: float, code: str | None) -> None:
    intake = take_in([rectangle(0, 0, 100, 100), rectangle(100 - width, 0, 100, 100)])
    assert list(told(intake)) == ([code] if code else [])


def test_a_gap_beside_a_long_border_without_a_vertex_there_is_closed() -> None:
    intake = take_in([rectangle(0, 0, 100, 300), rectangle(100.1, 50, 80, 100), rectangle(100.2, 150, 80, 60)])
    assert [finding.place for finding in intake.findings] == ["features 1-2", "features 1-3"]
    shapes = stored(intake)
    [whole] = lonlat(
        [shapely.union_all([rectangle(0, 0, 100, 300), rectangle(100, 50, 80.1, 100), rectangle(100, 150, 80.2, 60)])]
    )
    assert gap_m2(shapes, whole) == pytest.approx(0, abs=0.1)
    assert told(take_in(shapes, crs="EPSG:4490")) == {}


def test_a_wedge_that_opens_wide_and_corners_that_nearly_meet_are_no_slivers() -> None:
    base = rectangle(0, 0, 100, 100)
    assert told(take_in([base, ring((100, 0), (150, 0), (150, 100), (108, 100), (100.24, 3))])) == {}
    assert told(take_in([base, rectangle(100.2, 99, 50, 50)])) == {}


def test_a_strip_that_is_a_feature_itself_is_no_gap() -> None:
    strips = [rectangle(100, 0, 0.3, 40), rectangle(100, 40, 0.3, 60)]
    shapes = [rectangle(0, 0, 100, 100), *strips, rectangle(100.3, 0, 100, 100)]
    assert told(take_in(shapes)) == {}


def test_the_published_neighbour_stands_and_the_file_gives_way() -> None:
    [neighbour] = lonlat([rectangle(300.1, 0, 100, 200)])
    intake = take_in([rectangle(0, 0, 300, 200)], known=Known(published={"Q9": ("邻居", neighbour)}))
    finding = told(intake)["sliver"]
    assert (finding.place, finding.features) == ("feature 1", (1,))
    assert "已发布的邻居（Q9）" in finding.message_zh
    [shape] = stored(intake)
    assert overlap_m2(shape, neighbour) == 0
    assert intake.features[0].area_change_m2 == pytest.approx(0.1 * 200, rel=0.02)


def test_snapping_takes_nothing_from_a_third_feature() -> None:
    """Four corners 0.2 m apart around a cross."""
    shapes = [rectangle(x, y, 100, 100) for x in (0, 100.2) for y in (0, 100.2)]
    intake = take_in(shapes)
    result = stored(intake)
    for i in range(4):
        for j in range(i):
            assert overlap_m2(result[i], result[j]) == pytest.approx(0, abs=1e-3)
    assert told(take_in(result, crs="EPSG:4490")) == {}
    again = [feature.geometry.wkb for feature in take_in(shapes).features]
    assert again == [shape.wkb for shape in result]


# Whatever comes

CORNERS = st.integers(5, 24)


@st.composite
def stars(draw: st.DrawFn) -> BaseGeometry:
    """A star-shaped polygon some of whose vertices have changed places."""
    count = draw(CORNERS)
    radii = draw(st.lists(st.floats(20, 200), min_size=count, max_size=count))
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
    points = np.column_stack((np.cos(angles), np.sin(angles))) * np.array(radii)[:, None] + (EAST, NORTH)
    for a, b in draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=4)):
        points[[a, b]] = points[[b, a]]
    return shapely.Polygon(points)


@settings(max_examples=100, deadline=None)
@given(stars())
def test_whatever_its_vertices_do_a_polygon_comes_out_valid_or_is_told(star: BaseGeometry) -> None:
    intake = take_in([star])
    shapes = stored(intake)
    if not shapes:
        assert intake.verdict is Verdict.REJECT
        return
    [feature] = intake.features
    if star.is_valid:
        assert feature.before is None
        assert intake.verdict is Verdict.ACCEPT
        return
    finding = told(intake)["invalid"]
    change = area_m2(feature.geometry) - area_m2(feature.before)
    assert feature.area_change_m2 == pytest.approx(change, abs=0.01)
    if abs(change) > 0.001 * area_m2(feature.before):
        assert "面积" in finding.message_zh


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(20, 120), min_size=2, max_size=4),
    st.lists(st.floats(20, 120), min_size=2, max_size=4),
    st.floats(0.6, 15),
    st.data(),
)
def test_the_overlap_of_a_partition_is_measured_to_a_hundredth_of_a_square_metre(
    widths: list[float], heights: list[float], reach: float, data: st.DataObject
) -> None:
    """One cell of a grid is stretched to the east by a known width."""
    xs, ys = np.concatenate(([0], np.cumsum(widths))), np.concatenate(([0], np.cumsum(heights)))
    column, row = data.draw(st.integers(0, len(widths) - 2)), data.draw(st.integers(0, len(heights) - 1))
    cells = []
    for i, width in enumerate(widths):
        for j, height in enumerate(heights):
            stretch = reach if (i, j) == (column, row) else 0
            cells.append(rectangle(float(xs[i]), float(ys[j]), width + stretch, height))
    overlaps = [finding for finding in take_in(cells).findings if finding.code == "overlap"]
    assert len(overlaps) == 1
    assert overlaps[0].area_m2 == pytest.approx(reach * heights[row], abs=0.01)


def careless_cells(seed: int, careless_m: float) -> list[BaseGeometry]:
    """A grid in which every corner of every cell was drawn anew, a little off each time."""
    random = np.random.default_rng(seed)
    cells = []
    for x in range(3):
        for y in range(3):
            corners = np.array([(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]) * 100.0
            off = random.uniform(-careless_m, careless_m, (4, 2))
            cells.append(shapely.Polygon(corners + off + (EAST, NORTH)))
    return cells


@pytest.mark.parametrize("seed", [16, 79])
def test_a_border_once_moved_is_looked_at_again_beside_its_other_neighbours(seed: int) -> None:
    """These drawings are not closed by one round of snapping."""
    intake = take_in(careless_cells(seed, 0.12))
    assert set(told(intake)) == {"sliver"}
    assert told(take_in(stored(intake), crs="EPSG:4490")) == {}


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.02, 0.15))
def test_a_carelessly_drawn_partition_is_closed_without_overlaps_or_says_that_it_is_not(
    seed: int, careless_m: float
) -> None:
    intake = take_in(careless_cells(seed, careless_m), crs=GRID)
    shapes = stored(intake)
    assert len(shapes) == 9
    assert all(abs(feature.area_change_m2) < 4 * 100 * 2 * careless_m for feature in intake.features)
    if "sliver_left" in told(intake):
        return
    assert intake.verdict is Verdict.REPAIR
    assert all(overlap_m2(shapes[i], shapes[j]) < 0.2 for i in range(9) for j in range(i))
    assert told(take_in(shapes, crs="EPSG:4490")) == {}
