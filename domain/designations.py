"""Designation against reality 指定与现实: what clauses say a place is for, held against the firms known there.

A chain designated in several places is told too: it may mean rivalry (同质竞争) or a division of labour, which the
clauses do not say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

PlaceChain = tuple[str, str]


class Finding(StrEnum):
    """What comes of holding a clause against the firms."""

    NO_ENTERPRISE = "no_enterprise"
    UNDESIGNATED = "undesignated"
    SHARED = "shared"
    MATCHED = "matched"


@dataclass(frozen=True)
class Standing:
    """A firm in operation at a place. chains: those of the node it stands at; several where the node is joined."""

    place: str
    chains: frozenset[str]
    enterprise: str


def compare(designated: Collection[PlaceChain], standing: Iterable[Standing]) -> dict[PlaceChain, Finding]:
    """By (place, chain): designated without a known firm, a firm without a designation, or both.

    A firm at a node joined from two chains answers the designation of either, and lacks one only where neither is
    designated.

    >>> found = compare({("a", "LT")}, [Standing("a", frozenset({"CU"}), "smelter")])
    >>> found["a", "LT"].value, found["a", "CU"].value
    ('no_enterprise', 'undesignated')
    """
    wanted = set(designated)
    result = dict.fromkeys(sorted(wanted), Finding.NO_ENTERPRISE)
    for firm in standing:
        cells = {(firm.place, chain) for chain in firm.chains}
        if answered := cells & wanted:
            result |= dict.fromkeys(answered, Finding.MATCHED)
        else:
            result |= dict.fromkeys(sorted(cells), Finding.UNDESIGNATED)
    return result


def shared(designated: Collection[PlaceChain], among: Collection[str]) -> dict[str, list[str]]:
    """chain → the places among these that are designated for it, where there are several.

    >>> shared({("a", "LT"), ("b", "LT"), ("b", "EY")}, {"a", "b"})
    {'LT': ['a', 'b']}
    """
    places: dict[str, list[str]] = defaultdict(list)
    for place, chain in sorted(designated):
        if place in among:
            places[chain].append(place)
    return {chain: found for chain, found in sorted(places.items()) if len(found) > 1}
