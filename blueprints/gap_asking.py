"""What the pages of the chain gaps are asked: chain, radius, day, and the filters that fit the chain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from blueprints.gap_questions import question
from blueprints.shared import Day, chosen_day
from services.chains import list_chains
from services.gaps.asking import OFFERED_RADII, OWN, Question, known_chain, radius_text
from services.gaps.schemas import OverlayOut
from services.schemas import ChainOut

DEFAULT_CHAIN = "CU"


@dataclass(frozen=True)
class Asking:
    """What a page of one chain is asked. chains, radii: those on offer, the ones asked for among them."""

    day: Day
    question: Question
    chain: ChainOut
    chains: list[ChainOut]
    radius: str
    radii: list[str]

    @property
    def query(self) -> dict[str, Any]:
        """What links to other pages of the chain carry."""
        radius = {} if self.radius == OWN else {"radius": self.radius}
        return {"chain": self.chain.code, **radius, **self.day.query}


def asking(session: Session) -> Asking | None:
    """The question of the address, of the first chain of which anything is known where it names none; None where the
    database has no chain. Raises BadRequest, NotFound for an unknown chain."""
    day = chosen_day()
    chains = list_chains(session, as_of=day.as_of)
    if not chains:
        return None
    first = next((chain.code for chain in chains if chain.enterprises), DEFAULT_CHAIN)
    codes = [chain.code for chain in chains]
    asked = question(first if first in codes else codes[0])
    code, radius = known_chain(session, asked), radius_text(asked.radius)
    return Asking(
        day=day,
        question=asked,
        chain=chains[codes.index(code)],
        chains=chains,
        radius=radius,
        radii=[*OFFERED_RADII, *([] if radius in OFFERED_RADII else [radius])],
    )


def fitting(asked: Question, drawn: OverlayOut) -> tuple[Question, list[str]]:
    """The question with the filters that fit the chain drawn (a zone means its park), and the nodes the chain does not
    have: the form keeps the node of the chain that was shown before."""
    own = frozenset(node.code for node in drawn.nodes)
    nodes, places = asked.nodes or frozenset(), asked.places or frozenset()
    fits = replace(
        asked,
        nodes=(nodes & own) or None,
        places=frozenset(drawn.counted_at.get(code, code) for code in places) or None,
    )
    return fits, in_order(nodes - own)


def in_order(codes: Iterable[str] | None) -> list[str]:
    """Codes as links and forms carry them: always in the same order; none for None."""
    return sorted(str(code) for code in codes or ())
