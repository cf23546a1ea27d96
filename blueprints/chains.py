"""The industrial chains: the list, and one chain as a graph with its nodes, edges and places."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from flask import Blueprint, render_template

from blueprints import web
from blueprints.shared import Day, chosen_day, grouped
from domain.chain_layout import ChainLayout, Route, StageBand, layout_chain
from domain.words import Stage
from services import chains as chain_service
from services import places as place_service
from services.schemas import ChainDetailOut, ChainOut, DesignationOut, EdgeOut, NodeOut, PlaceOut

pages = Blueprint("chains", __name__)

BOX_WIDTH_PX = 112
BOX_HEIGHT_PX = 50
COLUMN_GAP_PX = 34
STAGE_GAP_PX = 12
HEAD_PX = 26  # room for the names of the stages above the drawing
LINE_EMS = 8.2  # what a line of a box holds
LINES_MAX = 3
LINE_HEIGHT_PX = 15
_TOKEN = re.compile(r"[A-Za-z0-9.%Φ&+\-]+[)）]?\s*|.\s*")


@dataclass(frozen=True)
class ChainsPage:
    day: Day
    chains: list[ChainOut]


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
    """The drawing, in px."""

    nodes: list[GraphNode]
    edges: list[Route]
    stages: list[StageBand]
    width: float
    height: float
    head: float = HEAD_PX


@dataclass(frozen=True)
class PlaceState:
    """A chain at a place: its state, enterprises and projects named there, the clauses that designate it."""

    code: str
    place: PlaceOut | None
    state: str
    enterprises: int
    projects: int
    designations: list[DesignationOut]


@dataclass(frozen=True)
class ChainPage:
    """One chain. `names`: the nodes by code; `places`: by code, for links."""

    day: Day
    chain: ChainDetailOut
    graph: Graph
    stages: list[tuple[Stage, list[NodeOut]]]
    names: dict[str, NodeOut]
    edges: list[EdgeOut]
    places: dict[str, PlaceOut]
    states: list[PlaceState]

    @property
    def edges_with_number(self) -> list[EdgeOut]:
        return [edge for edge in self.edges if has_number(edge)]

    @property
    def edges_without_number(self) -> list[EdgeOut]:
        return [edge for edge in self.edges if not has_number(edge)]


@pages.get("/chains")
def show_all() -> str:
    day = chosen_day()
    with web.database().read() as session:
        chains = chain_service.list_chains(session, as_of=day.as_of)
    return render_template("chains/index.html", page=ChainsPage(day, chains))


@pages.get("/chains/<code>")
def show(code: str) -> str:
    day = chosen_day()
    with web.database().read() as session:
        chain = chain_service.get_chain(session, code, as_of=day.as_of)
        places = place_service.list_places(session, as_of=day.as_of)
    by_code = {place.code: place for place in places}
    return render_template("chains/detail.html", page=chain_page(chain, by_code, day, web.language()))


def chain_page(chain: ChainDetailOut, places: dict[str, PlaceOut], day: Day, language: str) -> ChainPage:
    """A chain's facts as the page sets them."""
    names = {node.code: node for node in chain.node_list}
    by_stage = grouped(chain.node_list, lambda node: node.stage)
    order = {code: index for index, code in enumerate(names)}
    designated = grouped(chain.designations, lambda item: item.place)
    listed = [code for code in places if code in chain.states]
    listed += [code for code in chain.states if code not in places]
    return ChainPage(
        day=day,
        chain=chain,
        graph=draw(chain, language),
        stages=[(stage, by_stage[stage]) for stage in Stage if stage in by_stage],
        names=names,
        edges=sorted(chain.edges, key=lambda edge: (order.get(edge.buyer, -1), order.get(edge.supplier, -1))),
        places=places,
        states=[
            PlaceState(
                code=code,
                place=places.get(code),
                state=chain.states[code]["state"],
                enterprises=chain.states[code]["enterprises"],
                projects=chain.states[code]["projects"],
                designations=designated.get(code, []),
            )
            for code in listed
        ],
    )


def has_number(edge: EdgeOut) -> bool:
    """Whether anything is known of how much is bought."""
    known = (edge.coefficient, edge.coefficient_low, edge.coefficient_high, edge.physical_coefficient, edge.cost_share)
    return any(value is not None for value in known)


def draw(chain: ChainDetailOut, language: str) -> Graph:
    """The chain's graph with the names of one language in its boxes."""
    layout: ChainLayout = layout_chain(
        [(node.code, node.stage) for node in chain.node_list],
        [(edge.supplier, edge.buyer, edge.edge_type) for edge in chain.edges],
        box_width_px=BOX_WIDTH_PX,
        box_height_px=BOX_HEIGHT_PX,
        column_gap_px=COLUMN_GAP_PX,
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
    return Graph(nodes, layout.edges, layout.stages, layout.width, layout.height)


def broken(name: str) -> list[str]:
    """A name in at most three lines of a box; what stands in brackets goes to a line of its own, or away.

    >>> broken("铜精矿"), broken("废杂铜(回收、拆解、分选)")
    (['铜精矿'], ['废杂铜', '(回收、拆解、分', '选)'])
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
    lines = [""]
    for token in _TOKEN.findall(text):
        if lines[-1] and _ems(lines[-1] + token.rstrip()) > LINE_EMS:
            lines.append("")
        lines[-1] += token
    return [line.strip() for line in lines]


def _ems(text: str) -> float:
    return sum(1.0 if unicodedata.east_asian_width(char) in "WF" else 0.56 for char in text)
