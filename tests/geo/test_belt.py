"""The belt's corridor and its sections."""

import itertools

import pytest
import shapely
from shapely import LineString, Point

from geo.belt import BeltSection, belt_edges, corridor, cut_sections, edges_on_belt, junction
from geo.errors import GeometryError
from geo.measures import areal_parts, geodesic_area_ha, geodesic_length_m
from tests import samples

BENDS = list(samples.ROAD.coords)
HOOK = list(samples.HOOKED_ROAD.coords)
CASES = [
    pytest.param(BENDS, [("a", 1, 2), ("b", 2, 4), ("c", 4, 5)], id="bends"),
    pytest.param(HOOK, [("a", 1, 3), ("b", 3, 4), ("c", 4, 5)], id="hook"),
]
WIDTHS = [200.0, 1000.0, 5000.0]


@pytest.mark.parametrize("half_width_m", WIDTHS)
@pytest.mark.parametrize(("vertices", "sections"), CASES)
class TestSections:
    def test_they_do_not_overlap(self, vertices, sections, half_width_m) -> None:  # type: ignore[no-untyped-def]
        cut = cut_sections(vertices, sections, half_width_m)
        for a, b in itertools.combinations(cut, 2):
            assert geodesic_area_ha(areal_parts(a.polygon.intersection(b.polygon))) * 10_000 < 1

    def test_together_they_are_the_corridor(self, vertices, sections, half_width_m) -> None:  # type: ignore[no-untyped-def]
        cut = cut_sections(vertices, sections, half_width_m)
        whole = geodesic_area_ha(corridor(LineString(vertices), half_width_m))
        assert sum(geodesic_area_ha(section.polygon) for section in cut) == pytest.approx(whole, rel=1e-6)

    def test_neighbours_touch_at_their_common_vertex(self, vertices, sections, half_width_m) -> None:  # type: ignore[no-untyped-def]
        cut = cut_sections(vertices, sections, half_width_m)
        for (a, b), (_, _, last) in zip(itertools.pairwise(cut), sections, strict=False):
            vertex = Point(vertices[last - 1])
            assert a.polygon.distance(vertex) < 1e-7
            assert b.polygon.distance(vertex) < 1e-7

    def test_each_is_valid_and_holds_its_line(self, vertices, sections, half_width_m) -> None:  # type: ignore[no-untyped-def]
        for section in cut_sections(vertices, sections, half_width_m):
            assert section.polygon.is_valid
            assert section.polygon.buffer(1e-6).covers(section.line)

    def test_their_lengths_add_up_to_the_line(self, vertices, sections, half_width_m) -> None:  # type: ignore[no-untyped-def]
        cut = cut_sections(vertices, sections, half_width_m)
        whole = geodesic_length_m(LineString(vertices))
        assert sum(section.length_m for section in cut) == pytest.approx(whole)


def test_the_cut_of_a_straight_road_is_at_right_angles() -> None:
    west, east = cut_sections([(117.0, 28.2), (117.1, 28.2), (117.2, 28.2)], [("w", 1, 2), ("e", 2, 3)], 2000.0)
    border = west.polygon.intersection(east.polygon)
    assert border.bounds[0] == pytest.approx(117.1, abs=1e-7)
    assert border.bounds[2] == pytest.approx(117.1, abs=1e-7)
    assert geodesic_length_m(shapely.line_merge(border)) == pytest.approx(4000, rel=1e-3)


def test_a_stretch_without_a_section_stays_free() -> None:
    vertices = [(117.0, 28.2), (117.1, 28.2), (117.2, 28.2), (117.3, 28.2)]
    west, east = cut_sections(vertices, [("w", 1, 2), ("e", 3, 4)], 1000.0)
    assert west.polygon.bounds[2] == pytest.approx(117.1, abs=1e-6)
    assert east.polygon.bounds[0] == pytest.approx(117.2, abs=1e-6)


def test_sections_come_back_in_the_order_given() -> None:
    cut: list[BeltSection] = cut_sections(BENDS, [("z", 3, 5), ("a", 1, 3)], 500.0)
    assert [section.code for section in cut] == ["z", "a"]


@pytest.mark.parametrize(
    "sections",
    [
        [("a", 0, 2)],
        [("a", 2, 2)],
        [("a", 3, 2)],
        [("a", 1, 6)],
        [("a", 1, 3), ("b", 2, 4)],
        [("a", 1, 2), ("a", 2, 3)],
    ],
    ids=["before", "no-length", "backwards", "beyond", "shared", "same-code"],
)
def test_sections_that_break_the_rules_are_refused(sections: list[tuple[str, int, int]]) -> None:
    with pytest.raises(GeometryError):
        cut_sections(BENDS, sections, 500.0)


@pytest.mark.parametrize("vertices", [[], [(117.0, 28.0)], [(117.0, 28.0), (117.0, 28.0)]])
def test_a_line_needs_two_different_vertices(vertices: list[tuple[float, float]]) -> None:
    with pytest.raises(GeometryError):
        cut_sections(vertices, [], 500.0)


def test_an_edge_lies_on_the_belt_whichever_way_it_runs() -> None:
    vertices = [(117.0, 28.2), (117.1, 28.2), (117.2, 28.3)]
    edges = [
        ((117.0, 28.2), (117.1, 28.2)),
        ((117.2, 28.3), (117.1, 28.2)),
        ((117.0, 28.2), (117.2, 28.3)),
    ]
    assert edges_on_belt(edges, vertices) == [True, True, False]


def test_a_line_of_one_junction_has_no_edges() -> None:
    assert belt_edges([(117.0, 28.2), (117.0001, 28.2001)]) == frozenset()
    assert junction((117.0001, 28.2001)) == (117.0, 28.2)
