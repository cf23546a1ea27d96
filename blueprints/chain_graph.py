"""A chain's graph as a drawing in px: boxes with their names broken into lines, lines, stages."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.chain_layout import Route, StageBand, layout_chain
from domain.lettering import ems
from domain.words import Stage
from services.schemas import ChainDetailOut, NodeOut

BOX_WIDTH_PX = 100
BOX_HEIGHT_PX = 50
COLUMN_GAP_PX = 28
STAGE_GAP_PX = 10
ROW_GAP_PX = 20  # the gap of a node hangs below its box
HEAD_PX = 26  # room for the names of the stages above the drawing
SIDE_PX = 10
LANE_NAME_PX = 20  # room for the name of the support lane
LINE_EMS = 7.5  # what a line of a box holds
LINES_MAX = 3
LINE_HEIGHT_PX = 14.5
_PIECE = re.compile(r"[^/、\s]*[/、\s]+|[^/、\s]+")
_TOKEN = re.compile(r"[A-Za-z0-9.%Φ&+\-]+[)）]?\s*|.\s*")


@dataclass(frozen=True)
class GraphNode:
    """A node's box with its name broken into lines: (y of the baseline, text)."""

    node: NodeOut
    name: str
    x: float
    y: float
    width: float
    height: float
    lines: list[tuple[float, str]]

    @property
    def middle_x(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True)
class Graph:
    """The drawing, in px. left: where it begins."""

    nodes: list[GraphNode]
    edges: list[Route]
    stages: list[StageBand]
    left: float
    width: float
    height: float
    head: float = HEAD_PX


def draw(chain: ChainDetailOut, language: str) -> Graph:
    """The chain's graph with the names of one language in its boxes."""
    layout = layout_chain(
        [(node.code, node.stage) for node in chain.node_list],
        [(edge.supplier, edge.buyer, edge.edge_type) for edge in chain.edges],
        box_width_px=BOX_WIDTH_PX,
        box_height_px=BOX_HEIGHT_PX,
        column_gap_px=COLUMN_GAP_PX,
        row_gap_px=ROW_GAP_PX,
        stage_gap_px=STAGE_GAP_PX,
    )
    nodes = []
    for node in chain.node_list:
        box = layout.nodes[node.code]
        name = node.name_en if language == "en" else node.name_zh
        lines = broken(name)
        first = box.y + box.height / 2 - LINE_HEIGHT_PX * (len(lines) - 1) / 2 + 4.5
        placed = [(first + LINE_HEIGHT_PX * index, line) for index, line in enumerate(lines)]
        nodes.append(GraphNode(node, name, box.x, box.y, box.width, box.height, placed))
    has_lane = any(band.stage is Stage.SUPPORT for band in layout.stages)
    left = min((band.x for band in layout.stages), default=0.0) - (LANE_NAME_PX if has_lane else SIDE_PX)
    right = max((band.x + band.width for band in layout.stages), default=layout.width) + SIDE_PX
    return Graph(nodes, layout.edges, layout.stages, left, right - left, layout.height)


def broken(name: str) -> list[str]:
    """A name in at most three lines of a box; what stands in brackets goes to a line of its own, or away.

    >>> broken("铜精矿"), broken("废杂铜(回收、拆解、分选)")
    (['铜精矿'], ['废杂铜', '(回收、拆解、', '分选)'])
    >>> broken("spot market & delivery warehouse")
    ['spot market &', 'delivery', 'warehouse']
    """
    if len(_lines(name)) == 1:
        return [name]
    main, bracket, rest = name.partition("(")
    lines = _lines(main.strip()) + (_lines(bracket + rest) if bracket and main else [])
    if len(lines) > LINES_MAX:
        lines = _lines(main.strip() or name)
    if len(lines) > LINES_MAX:
        lines = [*lines[: LINES_MAX - 1], lines[LINES_MAX - 1][:-1] + "…"]
    return lines


def _lines(text: str) -> list[str]:
    """Broken after a stroke, a comma or a space where the pieces fit; else anywhere, in lines of about one length.

    >>> _lines("换热器/制冷配件"), _lines("铜现货市场与交割库")
    (['换热器/', '制冷配件'], ['铜现货市场', '与交割库'])
    """
    pieces = _PIECE.findall(text)
    if all(ems(piece.rstrip()) <= LINE_EMS for piece in pieces):
        return _packed(pieces, LINE_EMS)
    tokens = _TOKEN.findall(text)
    return _packed(tokens, _evener(tokens, len(_packed(tokens, LINE_EMS))))


def _evener(tokens: list[str], count: int) -> float:
    """The narrowest line that still needs no more lines."""
    width = LINE_EMS
    while width > 1 and len(_packed(tokens, width - 0.5)) == count:
        width -= 0.5
    return width


def _packed(tokens: list[str], width: float) -> list[str]:
    """Tokens in lines of a width; one that is wider stands alone."""
    lines = [""]
    for token in tokens:
        if lines[-1] and ems(lines[-1] + token.rstrip()) > width:
            lines.append("")
        lines[-1] += token
    return [line.strip() for line in lines]
