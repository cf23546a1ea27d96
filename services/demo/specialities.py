"""Which park works in which chain, and which chains a clause wants there: the two agree for the most part."""

from __future__ import annotations

from dataclasses import dataclass

from services.demo import trio
from services.demo.chains import Chains
from services.demo.geography import Region
from services.demo.parameters import DemoParameters

MOST_CHAINS_A_PARK = 3
DESIGNATED_SHARE = 0.85  # of the chains a park works in
EMPTY_SHARE = 0.25  # of the parks: they have a designated chain with no firm in it
LIGHTING = "LT"
LIGHTING_PARKS = 5  # so many parks of the belt are designated for lighting, the worked example's first


@dataclass(frozen=True)
class Speciality:
    """A chain at a park. park, chain: their numbers. has_firms, is_designated: at least one of them holds."""

    park: int
    chain: int
    has_firms: bool
    is_designated: bool


def choose(region: Region, chains: Chains, parameters: DemoParameters) -> list[Speciality]:
    """The specialities, ordered by park and chain. The worked example's parks make copper and nothing else."""
    random = parameters.generator("specialities")
    of_trio = len(trio.PARKS)
    count = len(chains.codes)
    worked = {(park, chains.codes.index(trio.CHAIN)) for park in range(of_trio)}
    first = random.permutation(count)
    empty = set()
    for park in range(of_trio, len(region.parks)):
        others = random.permutation(count)[: random.integers(0, MOST_CHAINS_A_PARK)]
        worked |= {(park, int(chain)) for chain in (first[park % count], *others)}
        if random.random() < EMPTY_SHARE:
            empty.add((park, int(random.integers(count))))
    lighting = chains.codes.index(LIGHTING)
    on_belt = [number for number, park in enumerate(region.parks) if park.is_on_belt]
    empty |= {(park, lighting) for park in on_belt[:LIGHTING_PARKS]}
    return [
        Speciality(
            park,
            chain,
            has_firms=(park, chain) in worked,
            is_designated=(park, chain) in empty or park < of_trio or random.random() < DESIGNATED_SHARE,
        )
        for park, chain in sorted(worked | empty)
    ]
