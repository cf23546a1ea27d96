"""The industrial chains: the list, and one chain as a graph with nodes, edges and places, and its gaps at a place."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Blueprint, render_template, request
from markupsafe import Markup

from blueprints import web
from blueprints.access import needs
from blueprints.chain_graph import Graph, draw
from blueprints.gap_questions import question
from blueprints.shared import Day, chosen_day, grouped
from domain.permissions import Permission
from domain.presence import ChainState
from domain.words import PlaceLayer, Stage
from services import chains as chain_service
from services import places as place_service
from services.cache import cached
from services.chain_gaps import ChainGaps, PlaceKinds, chain_gaps
from services.chain_map import SmallMap, place_label, small_map
from services.gaps.asking import OFFERED_RADII, OWN, Question
from services.gaps.schemas import GapOut
from services.gaps.sentences import yi
from services.schemas import ChainDetailOut, ChainOut, DesignationOut, EdgeOut, EnterpriseOut, NodeOut, PlaceOut

pages = Blueprint("chains", __name__)

GAPS_LISTED = 10
FIRMS_LISTED = 40  # of a node; who looks for more asks the places


@dataclass(frozen=True)
class ChainsPage:
    day: Day
    chains: list[ChainOut]


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
class EdgesPart:
    """What the part on supply relations is set from; it asks for no place and no radius."""

    day: Day
    names: dict[str, NodeOut]
    edges: list[EdgeOut]

    @property
    def edges_with_number(self) -> list[EdgeOut]:
        return [edge for edge in self.edges if has_number(edge)]

    @property
    def edges_without_number(self) -> list[EdgeOut]:
        return [edge for edge in self.edges if not has_number(edge)]


@dataclass(frozen=True)
class ChainPage:
    """One chain. `names`: the nodes by code; `places`: by code, for links; `asked`: the place the address names, which
    may be a zone of the one the gaps are shown at; `edges_part`: set once and kept."""

    day: Day
    language: str
    chain: ChainDetailOut
    graph: Graph
    stages: list[tuple[Stage, list[NodeOut]]]
    names: dict[str, NodeOut]
    places: dict[str, PlaceOut]
    states: list[PlaceState]
    gaps: ChainGaps
    small_map: SmallMap
    asked: str | None
    edges_part: Markup

    @property
    def query(self) -> dict[str, str]:
        """What links carry so that day and radius stay."""
        return self.day.query | ({"radius": self.gaps.radius} if self.gaps.radius != OWN else {})

    @property
    def radii(self) -> list[str]:
        """The radii on offer, and the one asked for."""
        return [*OFFERED_RADII, *({self.gaps.radius} - set(OFFERED_RADII))]

    @property
    def place_groups(self) -> list[tuple[PlaceOut | None, list[PlaceOut]]]:
        """The places gaps are computed for, by county."""
        counted = set(self.gaps.codes)
        known = [place for place in self.places.values() if place.code in counted]
        by_county = grouped(known, lambda place: place.code if place.layer is PlaceLayer.COUNTY else place.county)
        return [(self.places.get(county or ""), places) for county, places in by_county.items()]

    @property
    def rows(self) -> list[GapOut]:
        """The largest gaps of the chosen place."""
        return self.gaps.rows.items[:GAPS_LISTED] if self.gaps.rows else []

    def name_of(self, code: str) -> str:
        """A place's short name."""
        place = self.places.get(code)
        return code if place is None else place_label(place, self.language)

    def state_at(self, code: str) -> str:
        """Whether the chain has firms at a place, by all that is on record."""
        entry = self.chain.states.get(code)
        return entry["state"] if entry else ChainState.UNKNOWN.value

    @property
    def states_on_map(self) -> set[str]:
        """The states that the small map's legend has to tell."""
        return {self.state_at(dot.code) for dot in self.small_map.dots}

    def firms(self, node: NodeOut) -> list[EnterpriseOut]:
        """The first of a node's firms, those at the chosen place before the others."""
        at = self.gaps.at
        return sorted(node.enterprises, key=lambda firm: at not in {firm.place, firm.county})[:FIRMS_LISTED]

    def gap_words(self, place: PlaceKinds) -> dict[str, str]:
        """node → its gap at a place, as it is written."""
        return {node: yi(gap) for node, gap in place.gaps.items()}

    def yuan(self, value_yi_yuan: float) -> str:
        """亿元 as they are written."""
        return yi(value_yi_yuan)


@pages.get("/chains")
@needs(Permission.READ_PUBLIC)
def show_all() -> str:
    day = chosen_day()
    with web.database().read() as session:
        chains = chain_service.list_chains(session, as_of=day.as_of)
    return render_template("chains/index.html", page=ChainsPage(day, chains))


@pages.get("/chains/<code>")
@needs(Permission.READ_PUBLIC)
def show(code: str) -> str:
    day, language = chosen_day(), web.language()
    asked = request.args.get("place") or None
    with web.database().read() as session:
        chain = chain_service.get_chain(session, code, as_of=day.as_of)
        places = {place.code: place for place in place_service.list_places(session, as_of=day.as_of)}
        gaps = chain_gaps(session, _question(code), asked)
        drawn = small_map(
            session,
            gaps,
            as_of=day.as_of,
            today=web.today(),
            approval_no=web.settings().map_approval_no,
            language=language,
        )
        graph = cached(session, ("chain graph", code, day.as_of, language), lambda: draw(chain, language))
        edges_part = cached(
            session,
            ("chain edges", code, day.as_of, web.today(), language),
            lambda: Markup(render_template("chains/_edges.html", page=_edges_part(chain, day))),
        )
    by_stage = grouped(chain.node_list, lambda node: node.stage)
    page = ChainPage(
        day=day,
        language=language,
        chain=chain,
        graph=graph,
        stages=[(stage, by_stage[stage]) for stage in Stage if stage in by_stage],
        names={node.code: node for node in chain.node_list},
        places=places,
        states=_states(chain, places),
        gaps=gaps,
        small_map=drawn,
        asked=asked,
        edges_part=edges_part,
    )
    return render_template("chains/detail.html", page=page)


def _question(chain: str) -> Question:
    """What the address asks of the chain's gaps: day and radius; the place is no filter here."""
    return replace(question(), chain=chain, places=None, nodes=None, kinds=None, remedies=None)


def _edges_part(chain: ChainDetailOut, day: Day) -> EdgesPart:
    order = {node.code: index for index, node in enumerate(chain.node_list)}
    edges = sorted(chain.edges, key=lambda edge: (order.get(edge.buyer, -1), order.get(edge.supplier, -1)))
    return EdgesPart(day, {node.code: node for node in chain.node_list}, edges)


def _states(chain: ChainDetailOut, places: dict[str, PlaceOut]) -> list[PlaceState]:
    """The places something is known of, in the order of the list of places."""
    designated = grouped(chain.designations, lambda item: item.place)
    listed = [code for code in places if code in chain.states]
    listed += [code for code in chain.states if code not in places]
    return [
        PlaceState(
            code=code,
            place=places.get(code),
            state=chain.states[code]["state"],
            enterprises=chain.states[code]["enterprises"],
            projects=chain.states[code]["projects"],
            designations=designated.get(code, []),
        )
        for code in listed
    ]


def has_number(edge: EdgeOut) -> bool:
    """Whether anything is known of how much is bought."""
    known = (edge.coefficient, edge.coefficient_low, edge.coefficient_high, edge.physical_coefficient, edge.cost_share)
    return any(value is not None for value in known)
