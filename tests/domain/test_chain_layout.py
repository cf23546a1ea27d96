"""A chain drawing: stages in order, nothing overlaps, the order of the rows changes nothing."""

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.chain_layout import ChainLayout, Route, layout_chain
from domain.words import Stage

STAGES = ["upstream", "midstream", "downstream", "support"]
TYPES = ["input", "by_product", "recycling", "service"]
Nodes = list[tuple[str, str]]
Edges = list[tuple[str, str, str]]

COPPER: Nodes = [
    ("ore", "upstream"),
    ("scrap", "upstream"),
    ("cathode", "upstream"),
    ("rod", "midstream"),
    ("wire", "midstream"),
    ("motor", "downstream"),
    ("testing", "support"),
]
COPPER_EDGES: Edges = [
    ("ore", "cathode", "input"),
    ("scrap", "cathode", "input"),
    ("cathode", "rod", "input"),
    ("cathode", "motor", "input"),
    ("rod", "wire", "input"),
    ("wire", "motor", "input"),
    ("motor", "scrap", "recycling"),
    ("testing", "wire", "service"),
]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Nodes, Edges]:
    count = draw(st.integers(1, 12))
    nodes = [(f"n{index}", draw(st.sampled_from(STAGES))) for index in range(count)]
    code = st.sampled_from([code for code, _ in nodes])
    return nodes, draw(st.lists(st.tuples(code, code, st.sampled_from(TYPES)), max_size=24))


def points_of(route: Route) -> list[tuple[float, float]]:
    """Points along a route, the ends included."""
    points: list[tuple[float, float]] = []
    for letter, numbers in re.findall(r"([MLC])([^MLC]*)", route.path):
        values = [float(number) for number in numbers.split()]
        ends = list(zip(values[::2], values[1::2], strict=True))
        if letter == "M":
            points += ends
            continue
        first, second, last = (points[-1], ends[0], ends[0]) if letter == "L" else (ends[0], ends[1], ends[2])
        start = points[-1]
        for step in range(1, 41):
            t = step / 40
            weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
            corners = (start, first, second, last)
            x, y = (sum(w * corner[axis] for w, corner in zip(weights, corners, strict=True)) for axis in (0, 1))
            points.append((x, y))
    return points


def assert_nothing_overlaps(drawing: ChainLayout) -> None:
    boxes = list(drawing.nodes.values())
    for index, box in enumerate(boxes):
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= drawing.width
        assert box.y + box.height <= drawing.height
        for other in boxes[:index]:
            apart_x = box.x + box.width <= other.x or other.x + other.width <= box.x
            apart_y = box.y + box.height <= other.y or other.y + other.height <= box.y
            assert apart_x or apart_y


def test_stages_go_from_left_to_right_and_support_lies_below() -> None:
    drawing = layout_chain(COPPER, COPPER_EDGES, stage_gap_px=24)
    bands = {band.stage: band for band in drawing.stages}
    assert list(bands) == [Stage.UPSTREAM, Stage.MIDSTREAM, Stage.DOWNSTREAM, Stage.SUPPORT]
    for left, right in (("upstream", "midstream"), ("midstream", "downstream")):
        assert bands[Stage(left)].x + bands[Stage(left)].width + 24 == pytest.approx(bands[Stage(right)].x)
    lowest = max(box.y + box.height for code, box in drawing.nodes.items() if code != "testing")
    assert drawing.nodes["testing"].y >= lowest
    assert bands[Stage.SUPPORT].y >= lowest


def test_inside_a_stage_a_buyer_stands_after_its_suppliers() -> None:
    columns = {code: box.column for code, box in layout_chain(COPPER, COPPER_EDGES).nodes.items()}
    assert columns["ore"] == columns["scrap"] == 0
    assert [columns[code] for code in ("cathode", "rod", "wire", "motor")] == [1, 2, 3, 4]


def test_only_input_edges_push_a_node_to_a_later_column() -> None:
    nodes = [("a", "midstream"), ("b", "midstream")]
    for kind in TYPES:
        box = layout_chain(nodes, [("a", "b", kind)]).nodes["b"]
        assert box.column == (1 if kind == "input" else 0)


def test_a_column_is_the_longest_path_not_the_shortest() -> None:
    nodes = [(code, "midstream") for code in "abc"]
    edges = [("a", "b", "input"), ("b", "c", "input"), ("a", "c", "input")]
    assert layout_chain(nodes, edges).nodes["c"].column == 2


def test_recycling_leads_back_and_does_not_move_anything() -> None:
    drawing = layout_chain(COPPER, COPPER_EDGES)
    assert [(route.supplier, route.buyer) for route in drawing.edges if route.is_back_edge] == [("motor", "scrap")]
    without = layout_chain(COPPER, [edge for edge in COPPER_EDGES if edge[2] != "recycling"])
    assert {code: box.column for code, box in without.nodes.items()} == {
        code: box.column for code, box in drawing.nodes.items()
    }


def test_a_cycle_of_inputs_is_broken_at_one_edge() -> None:
    nodes = [(code, "midstream") for code in "abc"]
    edges = [("a", "b", "input"), ("b", "c", "input"), ("c", "a", "input")]
    drawing = layout_chain(nodes, edges)
    assert sorted(box.column for box in drawing.nodes.values()) == [0, 1, 2]
    assert sum(route.is_back_edge for route in drawing.edges) == 1


def test_an_edge_of_a_node_to_itself_is_a_back_edge() -> None:
    drawing = layout_chain([("a", "midstream")], [("a", "a", "recycling")])
    assert drawing.edges[0].is_back_edge


def test_lines_that_need_not_cross_do_not_cross() -> None:
    pairs = [("a", "z"), ("b", "y"), ("c", "x")]
    nodes = [(supplier, "upstream") for supplier, _ in pairs] + [(buyer, "downstream") for _, buyer in pairs]
    boxes = layout_chain(nodes, [(supplier, buyer, "input") for supplier, buyer in pairs]).nodes
    assert sorted(boxes[supplier].row for supplier, _ in pairs) == [0, 1, 2]
    assert all(boxes[supplier].row == boxes[buyer].row for supplier, buyer in pairs)


def test_the_nodes_of_a_stage_that_is_missing_leave_no_hole() -> None:
    drawing = layout_chain([("a", "upstream"), ("z", "downstream")], [])
    assert [band.stage for band in drawing.stages] == [Stage.UPSTREAM, Stage.DOWNSTREAM]
    assert drawing.nodes["z"].column == 1


def test_support_alone_is_drawn() -> None:
    drawing = layout_chain([(f"s{index}", "support") for index in range(5)], [("s0", "s1", "service")])
    assert [band.stage for band in drawing.stages] == [Stage.SUPPORT]
    assert_nothing_overlaps(drawing)


def test_the_support_lane_is_no_taller_than_its_boxes_need() -> None:
    helpers = [(f"s{index}", "support") for index in range(6)]
    nodes = [("a", "upstream"), ("b", "midstream"), ("c", "downstream"), *helpers]
    boxes = layout_chain(nodes, [(code, "b", "service") for code, _ in helpers]).nodes
    assert max(boxes[code].row for code, _ in helpers) == 1


def test_a_support_box_stands_under_what_it_serves() -> None:
    boxes = layout_chain(COPPER, COPPER_EDGES).nodes
    assert boxes["testing"].column == boxes["wire"].column


def test_no_node_gives_an_empty_drawing() -> None:
    drawing = layout_chain([], [])
    assert (drawing.nodes, drawing.edges, drawing.stages) == ({}, [], [])
    assert drawing.width > 0
    assert drawing.height > 0


def test_a_repeated_edge_is_drawn_once() -> None:
    drawing = layout_chain(COPPER, COPPER_EDGES * 2)
    assert len(drawing.edges) == len(COPPER_EDGES)


def test_sizes_are_followed() -> None:
    drawing = layout_chain(COPPER, COPPER_EDGES, box_width_px=90, box_height_px=30, row_gap_px=11)
    assert {(box.width, box.height) for box in drawing.nodes.values()} == {(90, 30)}
    assert drawing.nodes["scrap"].y - drawing.nodes["ore"].y in {41, -41}


@pytest.mark.parametrize(
    ("nodes", "edges", "size", "named"),
    [
        ([("a", "upstream"), ("a", "midstream")], [], 100, "twice"),
        ([("a", "sideways")], [], 100, "sideways"),
        ([("a", "upstream")], [("a", "b", "input")], 100, "unknown node: b"),
        ([("a", "upstream")], [("a", "a", "gift")], 100, "gift"),
        ([("a", "upstream")], [], 0, "positive"),
        ([("a", "upstream")], [], float("nan"), "positive"),
        ([("a", "upstream")], [], float("inf"), "positive"),
    ],
)
def test_a_graph_that_cannot_be_drawn_is_refused(nodes: Nodes, edges: Edges, size: float, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        layout_chain(nodes, edges, box_width_px=size)


@settings(deadline=None, max_examples=60)
@given(graphs())
def test_no_two_boxes_overlap_and_all_lie_inside(graph: tuple[Nodes, Edges]) -> None:
    drawing = layout_chain(*graph)
    assert set(drawing.nodes) == {code for code, _ in graph[0]}
    assert_nothing_overlaps(drawing)


@settings(deadline=None, max_examples=60)
@given(graphs())
def test_no_line_runs_over_a_box_or_leaves_the_drawing(graph: tuple[Nodes, Edges]) -> None:
    drawing = layout_chain(*graph)
    for route in drawing.edges:
        for x, y in points_of(route):
            assert 0 <= x <= drawing.width
            assert 0 <= y <= drawing.height
            for box in drawing.nodes.values():
                inside = box.x + 0.01 < x < box.x + box.width - 0.01 and box.y < y < box.y + box.height
                assert not inside, f"{route.supplier} -> {route.buyer} runs over a box"


@settings(deadline=None, max_examples=60)
@given(graphs())
def test_a_line_starts_at_its_supplier_and_ends_at_its_buyer(graph: tuple[Nodes, Edges]) -> None:
    drawing = layout_chain(*graph)
    for route in drawing.edges:
        points = points_of(route)
        supplier, buyer = drawing.nodes[route.supplier], drawing.nodes[route.buyer]
        assert points[0] == pytest.approx((supplier.x + supplier.width, supplier.y + supplier.height / 2), abs=0.01)
        assert points[-1] == pytest.approx((buyer.x, buyer.y + buyer.height / 2), abs=0.01)


@settings(deadline=None, max_examples=60)
@given(graphs(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(graph: tuple[Nodes, Edges], shuffler: random.Random) -> None:
    nodes, edges = [list(rows) for rows in graph]
    shuffler.shuffle(nodes)
    shuffler.shuffle(edges)
    assert layout_chain(nodes, edges) == layout_chain(*graph)


@settings(deadline=None, max_examples=60)
@given(graphs())
def test_grid_positions_are_unique(graph: tuple[Nodes, Edges]) -> None:
    drawing = layout_chain(*graph)
    places = {(box.stage is Stage.SUPPORT, box.column, box.row) for box in drawing.nodes.values()}
    assert len(places) == len(drawing.nodes)
