"""The rule of schematic outlines, as properties and as single cases."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box
from shapely.geometry import Polygon

from geo.errors import GeometryError
from geo.measures import areal_parts, distance_m, geodesic_area_ha
from geo.schematic import (
    FindingCode,
    OutlineRequest,
    SchematicOutline,
    schematic_outline,
    schematic_outlines,
)
from tests import samples

LON, LAT = samples.YINGTAN
areas = st.floats(min_value=1, max_value=5000)
offsets = st.floats(min_value=-0.05, max_value=0.05)
places = st.tuples(offsets, offsets, areas)
OVERLAP_M2 = 0.01


def requests_of(drawn: list[tuple[float, float, float]], parent: str | None = None) -> list[OutlineRequest]:
    return [
        OutlineRequest(f"place-{number}", LON + x, LAT + y, area_ha, parent)
        for number, (x, y, area_ha) in enumerate(drawn)
    ]


def overlap_m2(a: Polygon, b: Polygon) -> float:
    return geodesic_area_ha(areal_parts(a.intersection(b))) * 10_000


def codes_of(outline: SchematicOutline) -> set[FindingCode]:
    return {finding.code for finding in outline.findings}


def holds_its_area(outline: SchematicOutline, stated_ha: float) -> bool:
    return abs(outline.area_ha / stated_ha - 1) < 1e-4


@settings(deadline=None)
@given(st.floats(74, 134), st.floats(4, 53), st.floats(min_value=0.01, max_value=100_000))
def test_the_outline_has_the_stated_area(longitude: float, latitude: float, area_ha: float) -> None:
    outline = schematic_outline(longitude, latitude, area_ha)
    assert holds_its_area(outline, area_ha)
    assert outline.area_ha == geodesic_area_ha(outline.polygon)
    assert outline.findings == ()


def test_the_outline_is_a_geodesic_circle_of_64_corners() -> None:
    outline = schematic_outline(LON, LAT, 377.0)
    corners = list(outline.polygon.exterior.coords)[:-1]
    assert len(corners) == 64
    radii = [distance_m((LON, LAT), corner) for corner in corners]
    assert max(radii) - min(radii) < 0.001
    assert radii[0] == pytest.approx(math.sqrt(3_770_000 / math.pi), rel=1e-3)


@settings(max_examples=20, deadline=None)
@given(st.lists(places, min_size=2, max_size=6))
def test_siblings_never_overlap(drawn: list[tuple[float, float, float]]) -> None:
    outlines = schematic_outlines(requests_of(drawn))
    for a, b in itertools.combinations(outlines.values(), 2):
        assert overlap_m2(a.polygon, b.polygon) < OVERLAP_M2


@settings(max_examples=20, deadline=None)
@given(places, places)
def test_two_siblings_always_hold_their_areas(a: tuple[float, float, float], b: tuple[float, float, float]) -> None:
    outlines = schematic_outlines(requests_of([a, b]))
    assert holds_its_area(outlines["place-0"], a[2])
    assert holds_its_area(outlines["place-1"], b[2])


@settings(max_examples=20, deadline=None)
@given(st.lists(places, min_size=2, max_size=6))
def test_an_area_that_does_not_hold_is_reported(drawn: list[tuple[float, float, float]]) -> None:
    for request, outline in zip(requests_of(drawn), schematic_outlines(requests_of(drawn)).values(), strict=True):
        assert holds_its_area(outline, request.area_ha) != (FindingCode.NO_ROOM in codes_of(outline))


@settings(max_examples=20, deadline=None)
@given(areas, st.lists(places, min_size=1, max_size=4))
def test_a_child_stays_inside_its_parent(parent_ha: float, drawn: list[tuple[float, float, float]]) -> None:
    children = requests_of(drawn, parent="parent")
    outlines = schematic_outlines([OutlineRequest("parent", LON, LAT, parent_ha), *children])
    parent = outlines["parent"].polygon
    for child in children:
        outside = areal_parts(outlines[child.code].polygon.difference(parent))
        assert geodesic_area_ha(outside) * 10_000 < OVERLAP_M2
        assert outlines[child.code].area_ha > 0
    for a, b in itertools.combinations(children, 2):
        assert overlap_m2(outlines[a.code].polygon, outlines[b.code].polygon) < OVERLAP_M2


@settings(max_examples=20, deadline=None)
@given(st.lists(places, min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_the_places_changes_nothing(drawn, random) -> None:  # type: ignore[no-untyped-def]
    requests = requests_of(drawn)
    requests += [OutlineRequest("child", LON, LAT, 20.0, parent="place-0")]
    shuffled = requests.copy()
    random.shuffle(shuffled)
    assert schematic_outlines(shuffled) == schematic_outlines(requests)


def test_one_place_is_drawn_as_in_the_batch() -> None:
    requests = requests_of([(0, 0, 400), (0.01, 0.005, 900)])
    alone = schematic_outline(
        LON, LAT, 400, siblings=[OutlineRequest("place-1", LON + 0.01, LAT + 0.005, 900)], code="place-0"
    )
    assert alone == schematic_outlines(requests)["place-0"]


def test_one_place_among_many_at_one_centre_is_drawn_as_in_the_batch() -> None:
    requests = requests_of([(0, 0, 300), (0, 0, 200), (0, 0, 100)])
    batch = schematic_outlines(requests)
    for request in requests:
        others = [it for it in requests[::-1] if it is not request]
        alone = schematic_outline(LON, LAT, request.area_ha, siblings=others, code=request.code)
        assert alone == batch[request.code]


def test_equal_siblings_are_cut_half_way_and_grow_elsewhere() -> None:
    outlines = schematic_outlines(requests_of([(0, 0, 400), (0.01, 0, 400)]))
    west, east = outlines["place-0"], outlines["place-1"]
    assert west.polygon.bounds[2] == pytest.approx(LON + 0.005, abs=1e-6)
    assert east.polygon.bounds[0] == pytest.approx(LON + 0.005, abs=1e-6)
    assert west.polygon.bounds[0] < schematic_outline(LON, LAT, 400).polygon.bounds[0]
    assert codes_of(west) == codes_of(east) == {FindingCode.CUT_BY_SIBLING}
    assert not any(finding.is_fault for finding in west.findings + east.findings)


def test_siblings_that_do_not_meet_stay_circles() -> None:
    outlines = schematic_outlines(requests_of([(0, 0, 400), (0.05, 0, 400)]))
    assert outlines["place-0"].polygon.equals(schematic_outline(LON, LAT, 400).polygon)


def test_the_larger_sibling_keeps_the_larger_share_of_the_way() -> None:
    outlines = schematic_outlines(requests_of([(0, 0, 100), (0.01, 0, 900)]))
    assert outlines["place-0"].polygon.bounds[2] == pytest.approx(LON + 0.01 * 10 / (10 + 30), abs=1e-6)


@pytest.mark.parametrize("count", [2, 3, 5])
def test_siblings_at_one_centre_share_it_like_a_cake(count: int) -> None:
    outlines = schematic_outlines(requests_of([(0, 0, 300)] * count))
    assert all(holds_its_area(outline, 300) for outline in outlines.values())
    for a, b in itertools.combinations(outlines.values(), 2):
        assert overlap_m2(a.polygon, b.polygon) < OVERLAP_M2
    assert all(
        distance_m((LON, LAT), (it.polygon.centroid.x, it.polygon.centroid.y)) < 2500 for it in outlines.values()
    )


def test_crowded_siblings_share_the_ground_until_every_area_holds() -> None:
    # between chords in the ratio of the radii the small one in the middle would have 130 ha
    crowd = [(0, 0, 300), (0.015, 0, 900), (-0.015, 0, 900), (0, 0.0135, 900), (0, -0.0135, 900)]
    outlines = schematic_outlines(requests_of(crowd))
    for (_, _, stated_ha), outline in zip(crowd, outlines.values(), strict=True):
        assert holds_its_area(outline, stated_ha)


def test_a_place_shut_in_by_its_siblings_is_reported() -> None:
    crowd = [(0, 0, 300), (0.004, 0, 900), (-0.004, 0, 900), (0, 0.004, 900), (0, -0.004, 900)]
    outlines = schematic_outlines(requests_of(crowd))
    assert FindingCode.NO_ROOM in codes_of(outlines["place-0"])


def test_children_too_large_together_fall_short_and_are_reported() -> None:
    children = requests_of([(-0.002, 0, 300), (0.002, 0, 300)], parent="parent")
    outlines = schematic_outlines([OutlineRequest("parent", LON, LAT, 400), *children])
    assert sum(outlines[child.code].area_ha for child in children) == pytest.approx(400, rel=0.01)
    assert all(FindingCode.NO_ROOM in codes_of(outlines[child.code]) for child in children)


def test_places_of_two_layers_are_no_siblings() -> None:
    park = OutlineRequest("park", LON, LAT, 400, layer="park")
    zone = OutlineRequest("zone", LON, LAT, 100, layer="zone")
    assert all(outline.findings == () for outline in schematic_outlines([park, zone]).values())


def test_children_of_two_parents_are_cut_by_their_parents_only() -> None:
    outlines = schematic_outlines(
        [
            *requests_of([(0, 0, 400), (0.01, 0, 400)]),
            OutlineRequest("child", LON + 0.004, LAT, 50, parent="place-0"),
            OutlineRequest("cousin", LON + 0.006, LAT, 50, parent="place-1"),
        ]
    )
    assert codes_of(outlines["child"]) == codes_of(outlines["cousin"]) == {FindingCode.CUT_BY_PARENT}
    assert overlap_m2(outlines["child"].polygon, outlines["cousin"].polygon) < OVERLAP_M2
    assert holds_its_area(outlines["child"], 50)


def test_a_parent_without_an_outline_bounds_nothing() -> None:
    assert schematic_outlines([OutlineRequest("zone", LON, LAT, 100, parent="unknown")])["zone"].findings == ()


def test_a_child_larger_than_its_parent_fills_it_and_is_reported() -> None:
    outlines = schematic_outlines(
        [OutlineRequest("parent", LON, LAT, 100), OutlineRequest("child", LON, LAT, 400, parent="parent")]
    )
    assert outlines["child"].area_ha == pytest.approx(100, rel=1e-4)
    (missing,) = [it for it in outlines["child"].findings if it.code is FindingCode.NO_ROOM]
    assert (missing.other, missing.is_fault) == ("parent", True)
    assert missing.share == pytest.approx(0.75, abs=1e-3)


def test_a_child_centred_outside_its_parent_is_drawn_at_the_near_edge_and_reported() -> None:
    outlines = schematic_outlines(
        [OutlineRequest("parent", LON, LAT, 400), OutlineRequest("child", LON + 0.05, LAT, 50, parent="parent")]
    )
    assert holds_its_area(outlines["child"], 50)
    assert FindingCode.CENTRE_OUTSIDE_PARENT in codes_of(outlines["child"])
    assert outlines["child"].polygon.centroid.x > LON + 0.005


def test_a_grandchild_stays_inside_both() -> None:
    outlines = schematic_outlines(
        [
            OutlineRequest("c", LON + 0.009, LAT, 20, parent="b"),
            OutlineRequest("b", LON + 0.008, LAT, 90, parent="a"),
            OutlineRequest("a", LON, LAT, 400),
        ]
    )
    assert all(holds_its_area(outlines[code], area_ha) for code, area_ha in (("a", 400), ("b", 90), ("c", 20)))
    for outer in "ab":
        outside = areal_parts(outlines["c"].polygon.difference(outlines[outer].polygon))
        assert geodesic_area_ha(outside) * 10_000 < OVERLAP_M2


def test_an_outline_that_does_not_fit_its_county_is_reported_and_neither_moved_nor_cut() -> None:
    county = box(LON - 1, LAT - 1, LON, LAT + 1)
    outline = schematic_outline(LON, LAT, 400, county=county)
    assert outline.polygon.equals(schematic_outline(LON, LAT, 400).polygon)
    (finding,) = outline.findings
    assert (finding.code, finding.is_fault) == (FindingCode.OUTSIDE_COUNTY, True)
    assert finding.share == pytest.approx(0.5, abs=1e-3)


def test_an_outline_inside_its_county_has_nothing_to_report() -> None:
    assert schematic_outline(LON, LAT, 400, county=box(LON - 1, LAT - 1, LON + 1, LAT + 1)).findings == ()


def test_a_parent_that_is_not_convex_is_kept_to() -> None:
    outline = schematic_outline(117.005, 28.205, 600.0, parent=samples.L_SHAPE)
    assert holds_its_area(outline, 600.0)
    assert outline.polygon.is_valid
    assert samples.L_SHAPE.buffer(1e-9).covers(outline.polygon)
    assert outline.polygon.covers(Point(117.005, 28.205))


@pytest.mark.parametrize("area_ha", [0.0, -1.0, float("nan"), float("inf")])
def test_an_outline_needs_an_area(area_ha: float) -> None:
    with pytest.raises(GeometryError):
        schematic_outline(LON, LAT, area_ha)


@pytest.mark.parametrize("centre", [(float("nan"), LAT), (LON, float("inf")), (LAT, LON)])
def test_an_outline_needs_a_centre(centre: tuple[float, float]) -> None:
    with pytest.raises(GeometryError):
        schematic_outline(*centre, 100.0)


def test_a_place_is_given_once() -> None:
    with pytest.raises(GeometryError, match="twice"):
        schematic_outlines([OutlineRequest("a", LON, LAT, 1), OutlineRequest("a", LON, LAT, 2)])


def test_siblings_that_cannot_be_told_apart_are_refused() -> None:
    with pytest.raises(GeometryError, match="same centre"):
        schematic_outline(LON, LAT, 100, siblings=[OutlineRequest("", LON, LAT, 100)])


def test_no_place_is_its_own_ancestor() -> None:
    with pytest.raises(GeometryError, match="own ancestor"):
        schematic_outlines([OutlineRequest("a", LON, LAT, 1, "b"), OutlineRequest("b", LON, LAT, 2, "a")])
