"""Where the boxes and lines of a chain graph go: stages from left to right, support as a lane below.

Only `input` edges push a node to a later column of its stage; cycles are broken the same way whatever
the order of the rows. A forward edge that passes a column gets a slot of its own there, shared by all
edges of its supplier; every other edge runs through the gaps between columns and a channel below the
stages. So no two boxes overlap and no line runs over a box. Lengths in px, origin top left, y down.
"""

from __future__ import annotations

import math
from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from domain.words import EdgeType, Stage

_STAGES = (Stage.UPSTREAM, Stage.MIDSTREAM, Stage.DOWNSTREAM)
_SWEEPS = 12
_MARGIN_PX = 16.0
_SLOT_PX = 8.0
_TRACK_PX = 6.0


@dataclass(frozen=True)
class Box:
    """A node: top left corner, size, grid position. column counts over the whole drawing, row the boxes of
    the column from above; the support lane counts its own rows."""

    x: float
    y: float
    width: float
    height: float
    column: int
    row: int
    stage: Stage


@dataclass(frozen=True)
class Route:
    """An edge. path: SVG, from supplier to buyer. is_back_edge: among the stages, not to a later column."""

    supplier: str
    buyer: str
    edge_type: EdgeType
    path: str
    is_back_edge: bool


@dataclass(frozen=True)
class StageBand:
    """What a stage takes up; support is as wide as the stages together."""

    stage: Stage
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class ChainLayout:
    nodes: dict[str, Box]
    edges: list[Route]
    stages: list[StageBand]
    width: float
    height: float


@dataclass(frozen=True)
class _Size:
    box_width: float
    box_height: float
    column_gap: float
    row_gap: float
    stage_gap: float


@dataclass(frozen=True, order=True)
class _Item:
    """What stands in a column: a node, or the slot in which the edges of a node pass."""

    code: str
    is_slot: bool = False


_Edge = tuple[str, str, EdgeType]
_Columns = list[list[_Item]]


def layout_chain(
    nodes: Iterable[tuple[str, str]],
    edges: Iterable[tuple[str, str, str]],
    *,
    box_width_px: float = 128,
    box_height_px: float = 44,
    column_gap_px: float = 56,
    row_gap_px: float = 16,
    stage_gap_px: float = 24,
) -> ChainLayout:
    """Lay out a chain.

    nodes: (code, stage). edges: (supplier, buyer, edge type); repeated edges are drawn once. The order
    of both makes no difference. No node at all gives an empty drawing.
    Raises ValueError for a code given twice, an unknown stage or edge type, an edge to an unknown node,
    and sizes that are not positive.

    >>> drawing = layout_chain([("b", "downstream"), ("a", "upstream")], [("a", "b", "input")])
    >>> drawing.nodes["a"].column, drawing.nodes["b"].column, drawing.edges[0].is_back_edge
    (0, 1, False)
    """
    size = _Size(box_width_px, box_height_px, column_gap_px, row_gap_px, stage_gap_px)
    if not all(math.isfinite(length) and length > 0 for length in vars(size).values()):
        raise ValueError("widths, heights and gaps must be positive")
    given = [(code, Stage(stage)) for code, stage in nodes]
    stages = dict(given)
    if len(stages) < len(given):
        raise ValueError("a node code is given twice")
    wanted = sorted({(supplier, buyer, EdgeType(kind)) for supplier, buyer, kind in edges})
    for code in (code for supplier, buyer, _ in wanted for code in (supplier, buyer)):
        if code not in stages:
            raise ValueError(f"an edge names an unknown node: {code}")

    column_of, stage_columns = _columns(stages, wanted)
    forward = [edge for edge in wanted if _is_forward(edge, column_of)]
    columns = _ordered(column_of, forward)
    return _drawn(size, stages, stage_columns, columns, wanted, set(forward))


def _is_forward(edge: _Edge, column_of: Mapping[str, int]) -> bool:
    supplier, buyer, _ = edge
    return supplier in column_of and buyer in column_of and column_of[supplier] < column_of[buyer]


def _columns(stages: Mapping[str, Stage], edges: Sequence[_Edge]) -> tuple[dict[str, int], dict[Stage, range]]:
    """The column of every node outside support, and the columns of each stage that has any."""
    column_of: dict[str, int] = {}
    stage_columns: dict[Stage, range] = {}
    first = 0
    for stage in _STAGES:
        inside = [code for code in stages if stages[code] is stage]
        inputs = [(u, v) for u, v, kind in edges if kind is EdgeType.INPUT and stages[u] is stages[v] is stage]
        graph: nx.DiGraph[str] = nx.DiGraph(inputs)
        graph.add_nodes_from(inside)
        order = _acyclic_order(graph)
        rank = {code: index for index, code in enumerate(order)}
        depth: dict[str, int] = {}
        for code in order:
            before = (depth[u] for u in graph.predecessors(code) if rank[u] < rank[code])
            depth[code] = max(before, default=-1) + 1
        if inside:
            stage_columns[stage] = range(first, first + max(depth.values()) + 1)
            column_of |= {code: first + depth[code] for code in inside}
            first = stage_columns[stage].stop
    return column_of, stage_columns


def _acyclic_order(graph: nx.DiGraph[str]) -> list[str]:
    """An order in which few edges lead back: none without cycles (Eades, Lin, Smyth; ties by code)."""
    left = graph.copy()
    into, out_of = left.in_degree, left.out_degree
    front: list[str] = []
    back: list[str] = []
    while left:
        sinks = [code for code in left if out_of(code) == 0]
        if sinks:
            back.append(min(sinks))
        else:
            front.append(min(left, key=lambda code: (into(code) > 0, into(code) - out_of(code), code)))
        left.remove_node((back if sinks else front)[-1])
    return front + back[::-1]


def _ordered(column_of: Mapping[str, int], forward: Sequence[_Edge]) -> _Columns:
    """The items of each column from top to bottom, with as few crossings as the sweeps find."""
    reach: dict[str, int] = {}
    for supplier, buyer, _ in forward:
        reach[supplier] = max(reach.get(supplier, 0), column_of[buyer])
    columns: _Columns = [[] for _ in range(max(column_of.values(), default=-1) + 1)]
    links: list[set[tuple[_Item, _Item]]] = [set() for _ in columns]  # links[c]: from column c to c + 1
    for code, column in sorted(column_of.items()):
        columns[column].append(_Item(code))
        for passed in range(column + 1, reach.get(code, 0)):
            columns[passed].append(_Item(code, is_slot=True))
            links[passed - 1].add((_Item(code, is_slot=passed - 1 > column), _Item(code, is_slot=True)))
    for supplier, buyer, _ in forward:
        last = column_of[buyer] - 1
        links[last].add((_Item(supplier, is_slot=last > column_of[supplier]), _Item(buyer)))
    best, fewest = columns, _crossings(columns, links)
    for sweep in range(_SWEEPS):
        columns = [list(column) for column in columns]
        rightward = sweep % 2 == 0
        for column in range(1, len(columns)) if rightward else range(len(columns) - 2, -1, -1):
            pairs = links[column - 1] if rightward else {(v, u) for u, v in links[column]}
            _sort_by_neighbours(columns[column], columns[column - 1 if rightward else column + 1], pairs)
        crossings = _crossings(columns, links)
        if crossings < fewest:
            best, fewest = columns, crossings
    return best


def _sort_by_neighbours(column: list[_Item], fixed: Sequence[_Item], pairs: Iterable[tuple[_Item, _Item]]) -> None:
    """Sort a column by the mean relative place of the neighbours in the fixed one; without any: as it stands."""
    place = {item: (index + 0.5) / len(fixed) for index, item in enumerate(fixed)}
    places: dict[_Item, list[float]] = defaultdict(list)
    for neighbour, item in pairs:
        places[item].append(place[neighbour])
    now = {item: (index + 0.5) / len(column) for index, item in enumerate(column)}
    wish = {item: math.fsum(near) / len(near) for item, near in places.items()}
    column.sort(key=lambda item: (wish.get(item, now[item]), now[item]))


def _crossings(columns: _Columns, links: Sequence[Iterable[tuple[_Item, _Item]]]) -> int:
    """How many pairs of lines cross between neighbouring columns."""
    count = 0
    for (left, right), pairs in zip(pairwise(columns), links, strict=False):
        row_left = {item: index for index, item in enumerate(left)}
        row_right = {item: index for index, item in enumerate(right)}
        seen: list[int] = []
        for _, row in sorted((row_left[u], row_right[v]) for u, v in pairs):
            count += len(seen) - bisect_right(seen, row)
            insort(seen, row)
    return count


def _lane(
    codes: Sequence[str], width: int, edges: Sequence[_Edge], column_of: Mapping[str, int]
) -> dict[str, tuple[int, int]]:
    """Column and row of each support node: near its neighbours' columns, the lane no taller than needed."""
    rows = math.ceil(len(codes) / width) if codes else 0
    near: dict[str, list[int]] = defaultdict(list)
    for supplier, buyer, _ in edges:
        for code, other in ((supplier, buyer), (buyer, supplier)):
            if other in column_of:
                near[code].append(column_of[other])
    wish = {code: sum(near[code]) / len(near[code]) if near[code] else width / 2 for code in codes}
    filled = [0] * width
    result: dict[str, tuple[int, int]] = {}
    for code in sorted(codes):
        free = (column for column in range(width) if filled[column] < rows)
        column = min(free, key=lambda column: (abs(column - wish[code]), column))
        result[code] = (column, filled[column])
        filled[column] += 1
    return result


def _drawn(
    size: _Size,
    stages: Mapping[str, Stage],
    stage_columns: Mapping[Stage, range],
    columns: _Columns,
    edges: Sequence[_Edge],
    forward: set[_Edge],
) -> ChainLayout:
    """Turn the order into px, and draw the routes."""
    column_of = {item.code: index for index, column in enumerate(columns) for item in column if not item.is_slot}
    support = [code for code in stages if stages[code] is Stage.SUPPORT]
    x_of = _column_places(size, len(columns) or math.ceil(math.sqrt(len(support))), stage_columns)
    boxes, slots, bottom = _stage_places(size, stages, columns, x_of)
    channelled = sorted({edge[0] for edge in edges if edge not in forward})
    tracks = {code: bottom + _TRACK_PX * (index + 1) for index, code in enumerate(channelled)}
    top = max(tracks.values(), default=bottom) + (size.row_gap if tracks or columns else 0)
    for code, (column, row) in _lane(support, len(x_of), edges, column_of).items():
        y = top + row * (size.box_height + size.row_gap)
        boxes[code] = Box(x_of[column], y, size.box_width, size.box_height, column, row, Stage.SUPPORT)
    end = max((boxes[code].y + size.box_height for code in support), default=top if tracks else bottom)

    routes = []
    for edge in edges:
        supplier, buyer, kind = edge
        if edge in forward:
            passed = range(column_of[supplier] + 1, column_of[buyer])
            path = _forward_path(boxes[supplier], boxes[buyer], [slots[supplier, column] for column in passed], x_of)
        else:
            path = _channel_path(boxes[supplier], boxes[buyer], tracks[supplier], size.column_gap)
        is_back_edge = edge not in forward and Stage.SUPPORT not in (stages[supplier], stages[buyer])
        routes.append(Route(supplier, buyer, kind, path, is_back_edge))

    spans = {stage: (taken[0], taken[-1], _MARGIN_PX, bottom) for stage, taken in stage_columns.items()}
    if support:
        spans[Stage.SUPPORT] = (0, len(x_of) - 1, top, end)
    bands = []
    for stage, (first, last, upper, lower) in spans.items():
        x = x_of[first] - size.column_gap / 2
        bands.append(StageBand(stage, x, upper, x_of[last] + size.box_width + size.column_gap / 2 - x, lower - upper))
    width = x_of[-1] + size.box_width + size.column_gap + _MARGIN_PX if x_of else 2 * _MARGIN_PX
    return ChainLayout(dict(sorted(boxes.items())), routes, bands, width, end + _MARGIN_PX)


def _column_places(size: _Size, count: int, stage_columns: Mapping[Stage, range]) -> list[float]:
    """The left side of each column; a gap is kept free on both sides of the drawing too."""
    opening = {taken.start for taken in stage_columns.values()} - {0}
    step = size.box_width + size.column_gap
    return [
        _MARGIN_PX + size.column_gap + column * step + size.stage_gap * sum(start <= column for start in opening)
        for column in range(count)
    ]


def _stage_places(
    size: _Size, stages: Mapping[str, Stage], columns: _Columns, x_of: Sequence[float]
) -> tuple[dict[str, Box], dict[tuple[str, int], float], float]:
    """Boxes, the middle of each slot by (supplier, column), and the lower edge of it all; columns centred."""
    heights = [[_SLOT_PX if item.is_slot else size.box_height for item in column] for column in columns]
    totals = [sum(height) + size.row_gap * (len(height) - 1) for height in heights]
    tallest = max(totals, default=0.0)
    boxes: dict[str, Box] = {}
    slots: dict[tuple[str, int], float] = {}
    for index, column in enumerate(columns):
        y, row = _MARGIN_PX + (tallest - totals[index]) / 2, 0
        for item, height in zip(column, heights[index], strict=True):
            if item.is_slot:
                slots[item.code, index] = y + height / 2
            else:
                boxes[item.code] = Box(x_of[index], y, size.box_width, height, index, row, stages[item.code])
                row += 1
            y += height + size.row_gap
    return boxes, slots, _MARGIN_PX + tallest


def _forward_path(supplier: Box, buyer: Box, slots: Sequence[float], x_of: Sequence[float]) -> str:
    """Curves through the gaps, straight through the slots of the columns passed."""
    x, y = supplier.x + supplier.width, supplier.y + supplier.height / 2
    path = [f"M {x:g} {y:g}"]
    stops = [*slots, buyer.y + buyer.height / 2]
    for column, next_y in enumerate(stops, start=supplier.column + 1):
        left = x_of[column]
        middle = (x + left) / 2
        path.append(f"C {middle:g} {y:g} {middle:g} {next_y:g} {left:g} {next_y:g}")
        x, y = left + supplier.width, next_y
        if column < buyer.column:
            path.append(f"L {x:g} {y:g}")
    return " ".join(path)


def _channel_path(supplier: Box, buyer: Box, track_y: float, column_gap: float) -> str:
    """Out on the right, through the gap to the channel, along it, through the gap before the buyer, in."""
    start_x, start_y = supplier.x + supplier.width, supplier.y + supplier.height / 2
    end_x, end_y = buyer.x, buyer.y + buyer.height / 2
    out_x = start_x + column_gap * (0.10 + 0.05 * (supplier.row % 7))
    in_x = end_x - column_gap * (0.10 + 0.05 * (buyer.row % 7))
    return (
        f"M {start_x:g} {start_y:g} L {out_x:g} {start_y:g} L {out_x:g} {track_y:g} "
        f"L {in_x:g} {track_y:g} L {in_x:g} {end_y:g} L {end_x:g} {end_y:g}"
    )
