"""A chain's gaps as its page shows them: the kinds at the places on the small map, and the rows of one place.

The numbers are those of the map's overlay and of the matrix. Yuan are 亿元 a year.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from domain.gaps.kinds import KINDS
from domain.words import GapKind, Grade
from services.cache import cached
from services.chains import get_chain, home_places
from services.gaps.answers import place_gaps
from services.gaps.asking import Question
from services.gaps.overlay import NOTHING_TO_TELL, overlay
from services.gaps.schemas import GapOut, OverlayOut, PlaceGapsOut
from services.schemas import ChainDetailOut

MOST_PLACES = 60
"""On the small map and in its lists; the others are on the big map."""
_MISSING = (GapKind.FILL, GapKind.SECURE)


@dataclass(frozen=True)
class PlaceKinds:
    """A place's share in a chain. kinds: one character a node in the chain's order, as in the overlay. gaps: node →
    亿元, where above 0. firms: node → how many stand there. is_home: in the prefecture the belt runs through."""

    code: str
    kinds: str
    gap_yi_yuan: float
    gaps: Mapping[str, float]
    firms: Mapping[str, int]
    is_home: bool

    @property
    def counts(self) -> dict[GapKind, int]:
        """kind → how many nodes have it, of the kinds there are."""
        counted = {kind: self.kinds.count(str(code)) for code, kind in enumerate(KINDS)}
        return {kind: count for kind, count in counted.items() if count}

    @property
    def missing(self) -> int:
        """How many nodes are 补链 or 强链."""
        return sum(self.counts.get(kind, 0) for kind in _MISSING)


@dataclass(frozen=True)
class NodeCounts:
    """A node over all places: at how many a firm stands, and how many have each kind, of the kinds there are."""

    places_with_firms: int
    kinds: Mapping[GapKind, int]


@dataclass(frozen=True)
class ChainGaps:
    """nodes: in the order of `kinds`. codes: every place that counts. places: those shown, the chosen one first.
    over_all: node → its counts over every place that counts. firms_at_home: node → how many of its firms are in the
    prefecture the belt runs through; neighbours do not count. at: the chosen place, or the park a chosen zone counts
    at; its rows are in `rows`."""

    radius: str
    revision: int
    nodes: tuple[str, ...]
    codes: tuple[str, ...]
    places: Mapping[str, PlaceKinds]
    over_all: Mapping[str, NodeCounts]
    firms_at_home: Mapping[str, int]
    at: str | None
    rows: PlaceGapsOut | None

    @property
    def here(self) -> PlaceKinds | None:
        """The chosen place."""
        return None if self.at is None else self.places[self.at]

    @property
    def left_out(self) -> int:
        """How many places are not shown."""
        return len(self.codes) - len(self.places)

    @property
    def grade(self) -> Grade | None:
        """The worst grade of the rows."""
        return max((row.grade for row in self.rows.items), default=None) if self.rows else None

    @property
    def row_of(self) -> dict[str, GapOut]:
        """node → its row at the chosen place."""
        return {row.node: row for row in self.rows.items} if self.rows else {}

    def kind(self, node: str) -> GapKind | None:
        """What a node is at the chosen place; None where there is nothing to tell."""
        assert self.here is not None
        digit = dict(zip(self.nodes, self.here.kinds, strict=True)).get(node, NOTHING_TO_TELL)
        return None if digit == NOTHING_TO_TELL else KINDS[int(digit)]


def chain_gaps(session: Session, question: Question, place: str | None = None) -> ChainGaps:
    """The gaps of the question's chain, at one place too. Raises NotFound for a chain or a place nobody computes."""
    return cached(session, ("chain gaps", question, place), lambda: _chain_gaps(session, question, place))


def _chain_gaps(session: Session, question: Question, place: str | None) -> ChainGaps:
    chain = get_chain(session, question.chain or "", as_of=question.as_of)
    rows = None if place is None else place_gaps(session, question, place)
    drawn = overlay(session, question)
    at = None if rows is None else rows.counted_at
    firms, home = _firms(chain, drawn), home_places(session)
    places = [
        PlaceKinds(
            code=one.code,
            kinds=one.kinds,
            gap_yi_yuan=one.gap_yi_yuan,
            gaps=one.gaps,
            firms={node: max(1, firms[one.code, node]) for node in one.present},
            is_home=one.code in home,
        )
        for one in drawn.places
    ]
    places.sort(key=lambda one: (one.code != at, not one.is_home, -one.gap_yi_yuan, -len(one.firms), one.code))
    return ChainGaps(
        radius=drawn.radius,
        revision=drawn.data_revision,
        nodes=tuple(node.code for node in drawn.nodes),
        codes=tuple(one.code for one in drawn.places),
        places={one.code: one for one in places[:MOST_PLACES]},
        over_all=_over_all(drawn),
        firms_at_home={
            node.code: sum(firm.place in home or firm.county in home for firm in node.enterprises)
            for node in chain.node_list
        },
        at=at,
        rows=rows,
    )


def _over_all(drawn: OverlayOut) -> dict[str, NodeCounts]:
    stand = Counter(node for place in drawn.places for node in place.present)
    columns = zip(*(place.kinds for place in drawn.places), strict=True)
    counts = {}
    for node, column in zip(drawn.nodes, columns, strict=False):
        told = Counter(column)
        kinds = {kind: told[str(digit)] for digit, kind in enumerate(KINDS) if told[str(digit)]}
        counts[node.code] = NodeCounts(stand[node.code], kinds)
    return counts


def _firms(chain: ChainDetailOut, drawn: OverlayOut) -> Mapping[tuple[str, str], int]:
    """(place, node) → how many of the firms listed stand there; a zone's count at its park."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for node in chain.node_list:
        for firm in node.enterprises:
            if stands := firm.place or firm.county:
                found[drawn.counted_at.get(stands, stands), node.code] += 1
    return found
