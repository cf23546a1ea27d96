"""State of a chain at a place on presence alone: who is named there, what is designated, what is unknown.

Silence proves nothing. Nothing is ever absent here unless somebody surveyed the chain at the place.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


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
