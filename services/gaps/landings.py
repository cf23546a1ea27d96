"""Landings of a what-if as they are written: place, node, 亿元 and 亩; each fault told with its number and field."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from domain.errors import BadRequest
from domain.gaps.what_if import MOST_LANDINGS
from services.gaps.asking import Question, answer, known_chain
from services.gaps.kept import KeptGaps

LARGEST_YI_YUAN = 100_000.0
LARGEST_MU = 1_000_000.0
WRITTEN = "PLACE:NODE:CAPACITY[:MU]"


@dataclass(frozen=True)
class LandingText:
    """A landing as written, every field text."""

    place: str = ""
    node: str = ""
    capacity: str = ""
    mu: str = ""

    @property
    def is_blank(self) -> bool:
        return not (self.place or self.node or self.capacity or self.mu)

    def __str__(self) -> str:
        parts = [self.place, self.node, self.capacity, self.mu]
        return ":".join(parts if self.mu else parts[:3])


@dataclass(frozen=True)
class LandingAsked:
    """An enterprise that might come. land_mu: the land it would take, 亩; None = not said."""

    place: str
    node: str
    capacity_yi_yuan: float
    land_mu: float | None


@dataclass(frozen=True)
class LandingFault:
    """What is wrong with a landing. number: from 1, in the order they stand. field: place, node, capacity, mu, land."""

    number: int
    field: str
    zh: str
    en: str


class BadLandings(BadRequest):
    """Every fault of the landings, each named."""

    def __init__(self, faults: Sequence[LandingFault]) -> None:
        super().__init__(
            "；".join(f"第 {fault.number} 项：{fault.zh}" for fault in faults),
            "; ".join(f"landing {fault.number}: {fault.en}" for fault in faults),
            place="land",
        )
        self.faults = list(faults)


def split_landing(text: str) -> LandingText:
    """PLACE:NODE:CAPACITY[:MU] as its fields; what stands beyond the fourth colon stays with the 亩.

    >>> split_landing("guixi:CU-ROD:5")
    LandingText(place='guixi', node='CU-ROD', capacity='5', mu='')
    """
    parts = [part.strip() for part in text.split(":", 3)]
    return LandingText(*parts, *[""] * (4 - len(parts)))


def read_landings(session: Session, question: Question, texts: Sequence[LandingText]) -> list[LandingAsked]:
    """The landings of a chain's what-if. Raises NotFound for an unknown chain, BadLandings naming every fault."""
    known_chain(session, question)
    kept = answer(session, question)
    if not texts:
        raise BadLandings([LandingFault(1, "land", f"请写明落地：{WRITTEN}", f"name a landing: {WRITTEN}")])
    told = texts[: MOST_LANDINGS + 1]  # an address may hold thousands
    faults = [fault for number, text in enumerate(told, 1) for fault in _faults(kept, number, text)]
    if len(texts) > MOST_LANDINGS:
        most = LandingFault(
            len(told), "land", f"一次最多落地 {MOST_LANDINGS} 家", f"at most {MOST_LANDINGS} landings at once"
        )
        faults.append(most)
    if faults:
        raise BadLandings(faults)
    return [
        LandingAsked(text.place, text.node, float(text.capacity), float(text.mu) if text.mu else None) for text in texts
    ]


def _faults(kept: KeptGaps, number: int, text: LandingText) -> Iterator[LandingFault]:
    problem = kept.gaps.problem
    place, node, capacity, mu = (getattr(text, name)[:40] for name in ("place", "node", "capacity", "mu"))
    if not text.place:
        yield LandingFault(number, "place", "没有写明地点", "no place is named")
    elif kept.inputs.ground.counted_at.get(text.place) not in problem.network.index:
        yield LandingFault(number, "place", f"没有可测算的这个地点：{place}", f"no such place with gaps: {place}")
    if not text.node:
        yield LandingFault(number, "node", "没有写明环节", "no node is named")
    elif problem.graph.index.get(text.node, -1) not in kept.gaps.by_node:
        yield LandingFault(number, "node", f"这条产业链没有这个环节：{node}", f"the chain has no such node: {node}")
    if not _is_amount(text.capacity, LARGEST_YI_YUAN):
        yield LandingFault(
            number,
            "capacity",
            f"产能应是大于 0、不超过 {LARGEST_YI_YUAN:.0f} 的数（亿元）：{capacity or '未填'}",
            f"the capacity must be above 0 and at most {LARGEST_YI_YUAN:.0f} (100 million yuan): {capacity or 'empty'}",
        )
    if text.mu and not _is_amount(text.mu, LARGEST_MU):
        yield LandingFault(
            number,
            "mu",
            f"用地应是大于 0、不超过 {LARGEST_MU:.0f} 的数（亩），未知可不填：{mu}",
            f"the land must be above 0 and at most {LARGEST_MU:.0f} (mu); leave it out when unknown: {mu}",
        )


def _is_amount(text: str, largest: float) -> bool:
    """A plain number above 0.

    >>> [_is_amount(text, 100.0) for text in ("5", "0.5", "1e1", "0", "-1", "101", "nan", "１", "1_0", "")]
    [True, True, True, False, False, False, False, False, False, False]
    """
    if not text.isascii() or "_" in text:
        return False
    try:
        value = float(text)
    except ValueError:
        return False
    return math.isfinite(value) and 0 < value <= largest
