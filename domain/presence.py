"""State of a chain at a place on presence alone: who is named there, what is designated, what is unknown.

Silence proves nothing. Nothing is ever absent here unless somebody surveyed the chain at the place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import networkx as nx


class NodeState(StrEnum):
    """A chain node 环节 at a place."""

    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class ChainState(StrEnum):
    """A chain 产业链 at a place."""

    PRESENT = "present"
    DESIGNATED = "designated"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Survey:
    """Somebody looked for a chain at a place, so that nothing found means absent from that day on.

    nodes: codes of the nodes looked at; None = all nodes of the chain.
    """

    place: str
    chain: str
    surveyed_on: date
    nodes: frozenset[str] | None = None

    def covers(self, node: str) -> bool:
        """Was that node looked at?"""
        return self.nodes is None or node in self.nodes


@dataclass(frozen=True)
class NodePresence:
    """enterprises: codes of those named at the node or at a node joined to it by same_as, sorted.
    shared_from: the joined nodes that some of them stand at, sorted.
    """

    node: str
    state: NodeState
    enterprises: tuple[str, ...]
    shared_from: tuple[str, ...]


@dataclass(frozen=True)
class ChainPresence:
    """A chain at a place: its state, its nodes sorted by code, and how many are in each state."""

    place: str
    chain: str
    state: ChainState
    nodes: tuple[NodePresence, ...]
    counts: Mapping[NodeState, int]
    enterprises: tuple[str, ...]


def node_state(enterprises_at_node: Collection[str], is_surveyed: bool = False) -> NodeState:
    """Present by a named enterprise; absent only where a survey looked; otherwise unknown.

    >>> node_state(["jiangxi-copper"]).value, node_state([]).value, node_state([], is_surveyed=True).value
    ('present', 'unknown', 'absent')
    """
    if enterprises_at_node:
        return NodeState.PRESENT
    return NodeState.ABSENT if is_surveyed else NodeState.UNKNOWN


def place_chain_state(present_nodes: Collection[str], designated: bool, is_surveyed: bool = False) -> ChainState:
    """Present by a named enterprise, else designated, else absent if a survey looked at the whole chain.

    A designation stays visible beside a survey that found nothing: the clause still says it.

    >>> place_chain_state([], designated=True).value, place_chain_state([], designated=False).value
    ('designated', 'unknown')
    """
    if present_nodes:
        return ChainState.PRESENT
    if designated:
        return ChainState.DESIGNATED
    return ChainState.ABSENT if is_surveyed else ChainState.UNKNOWN


def chain_presence(
    place: str,
    chain: str,
    nodes: Iterable[str],
    enterprises_by_node: Mapping[str, Collection[str]],
    *,
    designated: bool,
    as_of: date,
    same_as: Iterable[tuple[str, str]] = (),
    surveys: Iterable[Survey] = (),
) -> ChainPresence:
    """The chain at the place on a day.

    nodes: codes of the chain's nodes. enterprises_by_node: the enterprises named at the place, by node
    code, nodes of other chains included. same_as: pairs of nodes that are one thing in two chains, in
    either direction and through several steps; they share presence. surveys: any; those of another
    place or chain, or made after the day, do not count. A survey speaks for its own chain only.

    >>> copper = chain_presence(
    ...     "park",
    ...     "CU",
    ...     ["CU-ROD"],
    ...     {"EC-WIRE": ["a"]},
    ...     designated=False,
    ...     as_of=date(2024, 1, 1),
    ...     same_as=[("CU-ROD", "EC-WIRE")],
    ... )
    >>> copper.state.value, copper.nodes[0].shared_from
    ('present', ('EC-WIRE',))
    """
    joined: nx.Graph[str] = nx.Graph(list(same_as))
    counted = [s for s in surveys if (s.place, s.chain) == (place, chain) and s.surveyed_on <= as_of]
    result: list[NodePresence] = []
    for node in sorted(set(nodes)):
        members = nx.node_connected_component(joined, node) if node in joined else {node}
        found = {member: enterprises_by_node.get(member, ()) for member in members}
        enterprises = tuple(sorted({enterprise for named in found.values() for enterprise in named}))
        shared_from = tuple(sorted(member for member, named in found.items() if named and member != node))
        state = node_state(enterprises, any(survey.covers(node) for survey in counted))
        result.append(NodePresence(node, state, enterprises, shared_from))
    counts = {state: sum(presence.state is state for presence in result) for state in NodeState}
    present = [presence.node for presence in result if presence.state is NodeState.PRESENT]
    is_surveyed = bool(result) and counts[NodeState.ABSENT] == len(result)
    everyone = tuple(sorted({enterprise for presence in result for enterprise in presence.enterprises}))
    return ChainPresence(
        place, chain, place_chain_state(present, designated, is_surveyed), tuple(result), counts, everyone
    )
