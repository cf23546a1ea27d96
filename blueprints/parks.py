"""The list of parks and zones, and everything known of one place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request

from blueprints import web
from blueprints.access import needs
from blueprints.shared import Day, asked_text, chosen_day, fold, grouped, is_match, search_words, split_conflicts
from domain.permissions import Permission
from domain.words import CapacityKind, PlaceKind, PlaceLayer, SupportSystem
from services import chains as chain_service
from services import places as place_service
from services.gaps.asking import OWN, Question, parse_radius
from services.gaps.designations import designation_findings
from services.gaps.minutes import travel_rule
from services.gaps.schemas import FindingOut
from services.schemas import (
    CapacityOut,
    ChainNodeRefOut,
    ChainOut,
    DesignationOut,
    EnterpriseOut,
    FacilityOut,
    ObservationOut,
    PlaceDetailOut,
    PlaceOut,
    SourceOut,
)

pages = Blueprint("parks", __name__)
PARK_LAYERS = {PlaceLayer.PARK, PlaceLayer.ZONE}
GROUPS = (
    ("parks", "园区", "Parks"),
    ("zones", "片区", "Zones"),
    ("functional", "功能区", "Functional areas"),
    ("counties", "市、县（市、区）", "Prefecture and counties"),
)


@dataclass(frozen=True)
class ChainChip:
    """A chain at a place: its state, the enterprises named there, the projects not known to be built."""

    code: str
    name_zh: str
    name_en: str
    state: str
    enterprises: int
    projects: int


@dataclass(frozen=True)
class PlaceRow:
    """`text`: what the filter looks in; `is_hidden`: the filter of the address leaves it out."""

    place: PlaceOut
    chains: list[ChainChip]
    text: str
    is_hidden: bool


@dataclass(frozen=True)
class PlaceGroup:
    key: str
    title_zh: str
    title_en: str
    rows: list[PlaceRow]

    @property
    def is_hidden(self) -> bool:
        return all(row.is_hidden for row in self.rows)


@dataclass(frozen=True)
class ParksPage:
    """The list. `query` and `kind`: the filter of the address; `kinds`: those that occur."""

    day: Day
    groups: list[PlaceGroup]
    query: str
    kind: str
    kinds: list[PlaceKind]

    @property
    def total(self) -> int:
        return sum(len(group.rows) for group in self.groups)

    @property
    def shown(self) -> int:
        return sum(not row.is_hidden for group in self.groups for row in group.rows)


@dataclass(frozen=True)
class CitedGroup:
    """Designations one clause or publication states together."""

    source: SourceOut
    items: list[DesignationOut]


@dataclass(frozen=True)
class EnterpriseRow:
    """An enterprise at its nodes of one chain. In operation stands apart from what is not there yet."""

    enterprise: EnterpriseOut
    nodes: list[ChainNodeRefOut]
    observed: list[CapacityOut]
    others: list[CapacityOut]


@dataclass(frozen=True)
class ChainRows:
    """`chain`: None for enterprises mapped to no node."""

    chain: ChainOut | None
    rows: list[EnterpriseRow]


@dataclass(frozen=True)
class ParkPage:
    """One place. Conflicts hold the statements that disagree, one list a question; they stand nowhere else."""

    day: Day
    place: PlaceDetailOut
    parent: PlaceOut | None
    children: list[PlaceOut]
    designation_conflicts: list[list[CitedGroup]]
    designations: list[CitedGroup]
    findings: list[FindingOut]
    chains: list[ChainRows]
    facilities: list[tuple[SupportSystem, list[FacilityOut]]]
    observation_conflicts: list[list[ObservationOut]]
    observations: list[ObservationOut]


@pages.get("/parks")
@needs(Permission.READ_PUBLIC)
def show_all() -> str:
    day = chosen_day()
    with web.database().read() as session:
        places = place_service.list_places(session, as_of=day.as_of)
        chains = chain_service.list_chains(session, as_of=day.as_of)
        states = chain_service.chain_states(session, as_of=day.as_of)
    query, kind = asked_text(), request.args.get("kind", "")
    words = search_words(query)
    rows = {place.code: _row(place, chains, states, words, kind) for place in places}
    groups = [
        PlaceGroup(key, zh, en, [rows[place.code] for place in places if _group_of(place) == key])
        for key, zh, en in GROUPS
    ]
    found = {place.kind for place in places}
    return render_template(
        "parks/index.html",
        page=ParksPage(
            day=day,
            groups=[group for group in groups if group.rows],
            query=query,
            kind=kind,
            kinds=[kind for kind in PlaceKind if kind in found],
        ),
    )


@pages.get("/parks/<code>")
@needs(Permission.READ_PUBLIC)
def show(code: str) -> str:
    day = chosen_day()
    with web.database().read() as session:
        place = place_service.get_place(session, code, as_of=day.as_of, audience=web.audience())
        places = place_service.list_places(session, as_of=day.as_of)
        chains = chain_service.list_chains(session, as_of=day.as_of)
        findings = designation_findings(session, _about(place, day)).items if place.layer in PARK_LAYERS else []
    by_code = {other.code: other for other in places}
    return render_template("parks/detail.html", page=park_page(place, by_code, chains, findings, day))


def _about(place: PlaceDetailOut, day: Day) -> Question:
    """What is asked of the chains at this place alone."""
    rule = travel_rule(web.settings())
    return Question(day.as_of, parse_radius(OWN), web.audience(), rule, places=frozenset({place.code}))


def park_page(
    place: PlaceDetailOut,
    places: dict[str, PlaceOut],
    chains: list[ChainOut],
    findings: list[FindingOut],
    day: Day,
) -> ParkPage:
    """A place's facts, grouped as they are read."""
    disputed = grouped((d for d in place.designations if d.conflict), lambda d: d.conflict)
    questions, observations = split_conflicts(place.observations)
    sides = {token: _by_source(items) for token, items in disputed.items()}
    conflicts = {token: groups for token, groups in sides.items() if len(groups) > 1}
    return ParkPage(
        day=day,
        place=place,
        parent=places.get(place.parent or ""),
        children=[places[child.code] for child in place.children if child.code in places],
        designation_conflicts=list(conflicts.values()),
        designations=_by_source(d for d in place.designations if d.conflict not in conflicts),
        findings=findings,
        chains=enterprise_rows(place.enterprises, chains),
        facilities=[
            (system, [f for f in place.facilities if f.system is system])
            for system in SupportSystem
            if any(f.system is system for f in place.facilities)
        ],
        observation_conflicts=questions,
        observations=observations,
    )


def enterprise_rows(enterprises: list[EnterpriseOut], chains: list[ChainOut]) -> list[ChainRows]:
    """Enterprises by chain in the order of its nodes, then those without a node.

    A capacity stands once: in the chain of its node, or in the enterprise's first chain when it is stated for no node.
    """
    rows: dict[str | None, list[EnterpriseRow]] = {}
    for enterprise in enterprises:
        nodes_by_chain: dict[str | None, list[ChainNodeRefOut]] = {}
        nodes_by_chain |= grouped(enterprise.nodes, lambda node: node.chain)
        left = list(enterprise.capacities)
        first = next(iter(nodes_by_chain), None)
        for chain, nodes in (nodes_by_chain or {None: []}).items():
            elsewhere = {node.code for other, found in nodes_by_chain.items() if other != chain for node in found}
            here = {node.code for node in nodes}
            mine = [c for c in left if c.node in here or (chain == first and c.node not in elsewhere)]
            rows.setdefault(chain, []).append(
                EnterpriseRow(
                    enterprise=enterprise,
                    nodes=nodes,
                    observed=[c for c in mine if c.kind is CapacityKind.OBSERVED],
                    others=[c for c in mine if c.kind is not CapacityKind.OBSERVED],
                )
            )
    answer = [ChainRows(chain, rows[chain.code]) for chain in chains if chain.code in rows]
    return [*answer, ChainRows(None, rows[None])] if None in rows else answer


def _by_source(items: Iterable[DesignationOut]) -> list[CitedGroup]:
    by_source = grouped(items, lambda item: item.source)
    return [CitedGroup(source, found) for source, found in by_source.items()]


def _group_of(place: PlaceOut) -> str:
    if place.layer in {PlaceLayer.COUNTY, PlaceLayer.PREFECTURE}:
        return "counties"
    if place.kind is PlaceKind.FUNCTIONAL_AREA:
        return "functional"
    return "zones" if place.layer is PlaceLayer.ZONE else "parks"


def _row(place: PlaceOut, chains: list[ChainOut], states: dict[str, Any], words: list[str], kind: str) -> PlaceRow:
    chips = [
        ChainChip(chain.code, chain.name_zh, chain.name_en, state["state"], state["enterprises"], state["projects"])
        for chain in chains
        if (state := states.get(chain.code, {}).get(place.code)) is not None
    ]
    names = [name for chip in chips for name in (chip.name_zh, chip.name_en)]
    if place.level is not None:
        names += [place.level.label_zh, place.level.label_en]
    names += [place.name_zh, place.short_name_zh, place.name_en, place.code]
    names += [place.county_zh or "", place.county_en or ""]
    text = fold(" ".join(names))
    is_hidden = not is_match(words, text) or (bool(kind) and place.kind != kind)
    return PlaceRow(place, chips, text, is_hidden)
