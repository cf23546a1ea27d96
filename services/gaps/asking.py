"""What can be asked of the gaps: a day, a radius, an audience, a chain, and which rows of it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.errors import BadRequest, NotFound
from domain.gaps.engine import Gaps
from domain.gaps.inputs import Radius
from domain.gaps.judge import NodeGaps
from domain.gaps.kinds import KINDS, REMEDIES
from domain.gaps.reach import Bools
from domain.gaps.rows import Cells, noteworthy, ranked
from domain.words import Audience, GapKind, Remedy
from geo.network import TravelRule
from models import Chain
from services.gaps.kept import KeptGaps, gaps_of
from services.gaps.minutes import LONGEST_MIN

OWN, BELT = "own", "belt"
LARGEST_RADIUS_MIN = LONGEST_MIN / 1.5
OFFERED_RADII = (OWN, "0", "30", "45", "60", BELT)


@dataclass(frozen=True)
class Question:
    """chain: None = all chains. places, nodes, kinds, remedies: None = any; nodes by any of their codes."""

    as_of: date
    radius: Radius
    audience: Audience
    rule: TravelRule = field(default_factory=TravelRule)
    chain: str | None = None
    places: frozenset[str] | None = None
    nodes: frozenset[str] | None = None
    kinds: frozenset[GapKind] | None = None
    remedies: frozenset[Remedy] | None = None


def parse_radius(text: str, place: str = "radius") -> Radius:
    """own, belt, or minutes. Raises BadRequest.

    >>> parse_radius("45").minutes, parse_radius("belt").is_belt
    (45.0, True)
    """
    if text == OWN:
        return Radius.own()
    if text == BELT:
        return Radius.belt()
    minutes = float(text) if re.fullmatch(r"[0-9]{1,3}(\.[0-9])?", text) else -1.0
    if not 0 <= minutes <= LARGEST_RADIUS_MIN:
        raise BadRequest(
            f"半径应为 0 至 {LARGEST_RADIUS_MIN:g} 分钟，或 own（各环节默认）、belt（全带）：{text[:40]}",
            f"a radius is 0 to {LARGEST_RADIUS_MIN:g} minutes, own (each node's) or belt: {text[:40]}",
            place=place,
        )
    return Radius.of(minutes)


def radius_text(radius: Radius) -> str:
    """As it is asked for.

    >>> radius_text(Radius.of(45)), radius_text(Radius.own())
    ('45', 'own')
    """
    if radius.is_belt:
        return BELT
    return OWN if radius.minutes is None else f"{radius.minutes:g}"


def answer(session: Session, question: Question) -> KeptGaps:
    """The gaps of the question's day, radius and audience, of its chain only. Raises NotFound for an unknown chain."""
    kept = gaps_of(
        session, as_of=question.as_of, radius=question.radius, audience=question.audience, rule=question.rule
    )
    return kept if question.chain is None else replace(kept, gaps=of_chain(kept.gaps, known_chain(session, question)))


def known_chain(session: Session, question: Question) -> str:
    """The chain's code. Raises NotFound."""
    code = question.chain or ""
    if session.scalar(select(Chain.code).where(Chain.code == code, Chain.superseded_at.is_(None))) is None:
        raise NotFound(f"没有这条产业链：{code[:40]}", f"no such chain: {code[:40]}", place="chain")
    return code


def chain_nodes(gaps: Gaps, chain: str) -> dict[int, str]:
    """Number → code of the chain's nodes; a joined node under the code it has in this chain."""
    graph = gaps.problem.graph
    return {graph.index[code]: code for code, of in sorted(graph.chain_of.items(), reverse=True) if of == chain}


def of_chain(gaps: Gaps, chain: str) -> Gaps:
    """Only the nodes of a chain."""
    return of_nodes(gaps, chain_nodes(gaps, chain))


def of_nodes(gaps: Gaps, nodes: Collection[int]) -> Gaps:
    """Only these nodes, by number."""
    return replace(gaps, by_node={node: gaps.by_node[node] for node in sorted(nodes)})


def own_nodes(session: Session, question: Question) -> frozenset[str]:
    """The codes of the nodes of the question's chain. Raises NotFound for an unknown chain."""
    chain_of = answer(session, question).gaps.problem.graph.chain_of
    return frozenset(code for code, chain in chain_of.items() if chain == question.chain)


def told_cells(kept: KeptGaps, question: Question) -> Cells:
    """The cells whose rows the question asks for, ranked; a zone means its park. Raises NotFound for an unknown place
    or node."""
    gaps = kept.gaps
    index, places = gaps.problem.graph.index, gaps.problem.network.index
    counted = {code: at for code, at in kept.inputs.ground.counted_at.items() if at in places}
    for what, known in ((question.nodes, index), (question.places, counted)):
        for code in sorted(what or ()):
            if code not in known:
                raise NotFound(
                    f"没有这个地点或环节：{code[:40]}", f"no such place or node: {code[:40]}", place=code[:40]
                )
    nodes = None if question.nodes is None else {index[code] for code in question.nodes}
    wanted = None if question.places is None else {counted[code] for code in question.places}
    here = np.array([wanted is None or code in wanted for code in places], dtype=bool)
    return ranked(
        gaps,
        {
            node: here & noteworthy(of) & _is_asked(of, question)
            for node, of in gaps.by_node.items()
            if nodes is None or node in nodes
        },
    )


def _is_asked(of: NodeGaps, question: Question) -> Bools:
    asked = np.ones(len(of.kind), dtype=bool)
    if question.kinds is not None:
        asked &= np.isin(of.kind, [KINDS.index(kind) for kind in question.kinds])
    if question.remedies is not None:
        asked &= np.isin(of.remedy, [REMEDIES.index(remedy) for remedy in question.remedies])
    return asked
