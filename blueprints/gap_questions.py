"""What an address asks of the chain gaps, the same for pages and JSON; and what a page of one chain makes of it: the
chains, radii and days on offer, and the filters that fit the chain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from flask import request
from sqlalchemy.orm import Session

from blueprints import web
from blueprints.shared import Day, chosen_day
from domain.errors import BadRequest
from domain.words import GapKind, Remedy
from services.chains import list_chains
from services.gaps.asking import OFFERED_RADII, OWN, Question, known_chain, own_nodes, parse_radius, radius_text
from services.gaps.minutes import travel_rule
from services.schemas import ChainOut

Word = TypeVar("Word", bound=StrEnum)
ASKED = ("chain", "radius", "as_of")
FILTERS = ("place", "node", "kind", "remedy")
DEFAULT_CHAIN = "CU"


def question(chain: str | None = None) -> Question:
    """The question of the address: ?chain, ?radius, ?as_of and the filters, each filter a list separated by commas.

    chain: used where the address names none. Raises BadRequest.
    """
    return Question(
        as_of=web.as_of(),
        radius=parse_radius(request.args.get("radius") or OWN),
        audience=web.audience(),
        rule=travel_rule(web.settings()),
        chain=request.args.get("chain") or chain,
        places=_codes("place"),
        nodes=_codes("node"),
        kinds=_words("kind", GapKind),
        remedies=_words("remedy", Remedy),
    )


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


def fitting(session: Session, asked: Question) -> tuple[Question, list[str]]:
    """The question with the nodes its chain has, and those it does not have: the form keeps the node of the chain that
    was shown before."""
    own, nodes = own_nodes(session, asked), asked.nodes or frozenset()
    return replace(asked, nodes=(nodes & own) or None), in_order(nodes - own)


def in_order(codes: Iterable[str] | None) -> list[str]:
    """Codes as links and forms carry them: always in the same order; none for None."""
    return sorted(str(code) for code in codes or ())


def _codes(name: str) -> frozenset[str] | None:
    asked = [part for value in request.args.getlist(name) for part in value.split(",") if part]
    return frozenset(asked) or None


def _words(name: str, words: type[Word]) -> frozenset[Word] | None:
    try:
        return frozenset(words(code) for code in _codes(name) or ()) or None
    except ValueError:
        known = "、".join(words)
        raise BadRequest(f"{name} 应为：{known}", f"{name} must be one of: {', '.join(words)}", place=name) from None
