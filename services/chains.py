"""Chains: the list of them, and one with its nodes, edges and state at each place."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.periods import Holding
from domain.presence import NodeState, node_state, place_chain_state
from models import (
    Chain,
    ChainClause,
    ChainEdge,
    ChainNode,
    ChainSameAs,
    Designation,
    Enterprise,
    EnterpriseNode,
    IndustryClass,
    Place,
    Survey,
)
from services import facts
from services.cache import cached
from services.citations import cited
from services.places import enterprises, is_attested, open_rows
from services.schemas import ChainDetailOut, ChainOut, EdgeOut, EnterpriseOut, NodeOut, SourceOut

States = dict[str, dict[str, dict[str, Any]]]


def list_chains(session: Session, *, as_of: date) -> list[ChainOut]:
    """All chains, in the dataset's order."""
    return cached(session, ("chains", as_of), lambda: _list_chains(session, as_of))


def get_chain(session: Session, code: str, *, as_of: date) -> ChainDetailOut:
    """One chain. Raises NotFound."""
    return cached(session, ("chain", code, as_of), lambda: _get_chain(session, code, as_of))


def chain_states(session: Session, *, as_of: date) -> States:
    """chain → place → {state, enterprises, projects, designations}, on presence alone.

    An enterprise speaks for its park and for the county that holds it; a project not known to be built never makes a
    chain present. Nothing found is unknown, never absent, unless a
    survey of that chain at that place says so.
    """
    return cached(session, ("chain states", as_of), lambda: _chain_states(session, as_of))


def _chain_states(session: Session, as_of: date) -> States:
    shared = _shared_nodes(session)
    firms: dict[tuple[str, str], set[str]] = defaultdict(set)
    projects: dict[tuple[str, str], set[str]] = defaultdict(set)
    links = session.execute(
        select(
            Enterprise.code,
            Enterprise.place_code,
            Enterprise.county_code,
            Enterprise.evidence_on,
            EnterpriseNode.node_code,
            EnterpriseNode.is_built,
        )
        .join(EnterpriseNode, EnterpriseNode.enterprise_code == Enterprise.code)
        .where(EnterpriseNode.superseded_at.is_(None), Enterprise.superseded_at.is_(None))
    )
    chain_of = {node.code: node.chain_code for node in session.scalars(select(ChainNode))}
    for enterprise, place, county, evidence_on, node, is_built in links:
        if not is_attested(evidence_on, as_of):
            continue
        for chain in {chain_of[same] for same in shared[node]}:
            for where in {code for code in (place, county) if code}:
                (firms if is_built else projects)[chain, where].add(enterprise)
    designated: dict[tuple[str, str], int] = defaultdict(int)
    for row in open_rows(session, Designation, Designation.chain_code.is_not(None)):
        if row.period.holds_on(as_of) is not Holding.NO:
            designated[str(row.chain_code), row.place_code] += 1
    surveyed = {(row.chain_code, row.place_code) for row in open_rows(session, Survey) if row.surveyed_on <= as_of}
    states: States = defaultdict(dict)
    for chain, place in {*firms, *projects, *designated, *surveyed}:
        found = firms[chain, place]
        state = place_chain_state(found, designated[chain, place] > 0, (chain, place) in surveyed)
        states[chain][place] = {
            "state": state.value,
            "enterprises": len(found),
            "projects": len(projects[chain, place] - found),
            "designations": designated[chain, place],
        }
    return dict(states)


def _shared_nodes(session: Session) -> dict[str, frozenset[str]]:
    """node → all nodes that are one and the same with it, itself included."""
    groups: dict[str, set[str]] = {code: {code} for code in session.scalars(select(ChainNode.code))}
    for pair in session.scalars(select(ChainSameAs)):
        joined = groups[pair.node_code] | groups[pair.same_as_code]
        for code in joined:
            groups[code] = joined
    return {code: frozenset(group) for code, group in groups.items()}


def _list_chains(session: Session, as_of: date) -> list[ChainOut]:
    firms = _enterprises_by_node(session, as_of, is_built=True)
    home = home_places(session)
    return [ChainOut(**_summary(session, chain, firms, home)) for chain in open_rows(session, Chain)]


def home_places(session: Session) -> frozenset[str]:
    """The codes of the prefecture the belt runs through and of what lies in it; neighbours are not home."""
    places = open_rows(session, Place)
    return frozenset(
        place.code
        for place in places
        if any(near is not None and near.is_on_belt for near in (place, place.county, place.parent))
    )


def _is_home(enterprise: EnterpriseOut, home: frozenset[str]) -> bool:
    return enterprise.place in home or enterprise.county in home


def _enterprises_by_node(session: Session, as_of: date, *, is_built: bool) -> dict[str, list[EnterpriseOut]]:
    shared = _shared_nodes(session)
    by_node: dict[str, dict[str, EnterpriseOut]] = defaultdict(dict)
    for enterprise in enterprises(session):
        if not is_attested(enterprise.evidence_on, as_of):
            continue
        for node in enterprise.nodes:
            if node.is_built is is_built:
                for same in shared[node.code]:
                    by_node[same][enterprise.code] = enterprise
    return {node: list(firms.values()) for node, firms in by_node.items()}


def _summary(
    session: Session, chain: Chain, firms: dict[str, list[EnterpriseOut]], home: frozenset[str]
) -> dict[str, Any]:
    """`nodes_present` and `enterprises` count what is known at home; neighbours are listed, not counted."""
    at_home = {node: [firm for firm in found if _is_home(firm, home)] for node, found in firms.items()}
    codes = [node.code for node in chain.nodes if node.superseded_at is None]
    clauses = session.scalars(select(ChainClause).where(ChainClause.chain_code == chain.code))
    return {
        "code": chain.code,
        "name_zh": chain.name_zh,
        "name_en": chain.name_en,
        "nodes": len(codes),
        "nodes_present": sum(1 for code in codes if at_home.get(code)),
        "enterprises": len({firm.code for code in codes for firm in at_home.get(code, [])}),
        "clauses": [
            SourceOut(document=row.document_key, clause=row.clause_number, publication=None, date=None)
            for row in sorted(clauses, key=lambda row: (row.document_key, len(row.clause_number), row.clause_number))
        ],
        "url": f"/chains/{quote(chain.code)}",
        **cited(chain),
    }


def _get_chain(session: Session, code: str, as_of: date) -> ChainDetailOut:
    chain = session.get(Chain, code)
    if chain is None or chain.superseded_at is not None:
        raise NotFound(f"没有这条产业链：{code}", f"no such chain: {code}", place=code)
    firms = _enterprises_by_node(session, as_of, is_built=True)
    projects = _enterprises_by_node(session, as_of, is_built=False)
    home = home_places(session)
    same: dict[str, list[str]] = defaultdict(list)
    for pair in session.scalars(select(ChainSameAs)):
        same[pair.node_code].append(pair.same_as_code)
        same[pair.same_as_code].append(pair.node_code)
    classes = {row.code: row.name_zh for row in open_rows(session, IndustryClass)}
    nodes = [
        NodeOut(
            code=node.code,
            chain=node.chain_code,
            name_zh=node.name_zh,
            name_en=node.name_en,
            stage=node.stage,
            industry_class=node.industry_class_code,
            industry_class_zh=classes.get(node.industry_class_code or ""),
            industry_class_grade=node.industry_class_grade,
            unit=node.unit,
            radius_min=node.radius_min,
            same_as=sorted(same[node.code]),
            state=_node_state(firms.get(node.code, []), home).value,
            enterprises=firms.get(node.code, []),
            projects=projects.get(node.code, []),
            **cited(node),
        )
        for node in chain.nodes
        if node.superseded_at is None
    ]
    return ChainDetailOut(
        **_summary(session, chain, firms, home),
        node_list=nodes,
        edges=[edge_out(row) for row in open_rows(session, ChainEdge, ChainEdge.chain_code == code)],
        designations=[
            facts.designation_out(row, as_of)
            for row in open_rows(session, Designation, Designation.chain_code == code)
            if row.period.holds_on(as_of) is not Holding.NO
        ],
        states=chain_states(session, as_of=as_of).get(code, {}),
    )


def _node_state(firms: list[EnterpriseOut], home: frozenset[str]) -> NodeState:
    """Present by a firm named at home; a neighbour's firm leaves it unknown."""
    return node_state([firm.code for firm in firms if _is_home(firm, home)])


def edge_out(row: ChainEdge) -> EdgeOut:
    return EdgeOut(
        supplier=row.supplier_code,
        buyer=row.buyer_code,
        edge_type=row.edge_type,
        alternative_group=row.alternative_group,
        coefficient=row.coefficient,
        coefficient_low=row.coefficient_low,
        coefficient_high=row.coefficient_high,
        coefficient_year=row.coefficient_year,
        coefficient_grade=row.coefficient_grade,
        physical_coefficient=row.physical_coefficient,
        physical_unit=row.physical_unit,
        cost_share=row.cost_share,
        **cited(row),
    )
