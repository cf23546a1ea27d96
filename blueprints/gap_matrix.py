"""The matrix places × nodes of a chain as the page sets it, made of the same answer the map draws."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from itertools import groupby

from domain.words import GapKind, Stage
from services.gaps.overlay import NOTHING_TO_TELL
from services.gaps.schemas import OverlayNodeOut, OverlayOut, OverlayPlaceOut
from services.schemas import PlaceOut

MOST_ROWS = 60
_STAGES = [*Stage, None]
Link = Callable[[str, str], str | None]


@dataclass(frozen=True)
class MatrixCell:
    """kind: None where there is nothing to tell. link: to its row where is_listed, else to the place, or nowhere."""

    node: OverlayNodeOut
    kind: GapKind | None
    gap_yi_yuan: float
    is_present: bool
    is_listed: bool
    link: str | None


@dataclass(frozen=True)
class MatrixRow:
    place: PlaceOut
    gap_yi_yuan: float
    is_surveyed: bool
    cells: list[MatrixCell]


@dataclass(frozen=True)
class Matrix:
    """stages: (stage, how many columns). Rows are the places with most to tell; left out are `beyond` more of those,
    `unsurveyed` where nobody has looked and nothing is known, `empty` where somebody looked and found nothing."""

    nodes: list[OverlayNodeOut]
    stages: list[tuple[Stage | None, int]]
    rows: list[MatrixRow]
    unsurveyed: int
    empty: int
    beyond: int


def matrix(
    drawn: OverlayOut,
    places: Mapping[str, PlaceOut],
    surveyed: Collection[str],
    *,
    row_link: Link,
    place_link: Callable[[str], str],
) -> Matrix:
    """row_link: (place, node) → where its row of the list stands; None where the list has none."""
    order = sorted(range(len(drawn.nodes)), key=lambda at: _STAGES.index(drawn.nodes[at].stage))
    nodes = [drawn.nodes[at] for at in order]
    known = [place for place in drawn.places if place.code in places]
    told = sorted(
        (place for place in known if is_told(drawn, place)),
        key=lambda place: (-place.gap_yi_yuan, places[place.code].name_en.casefold(), place.code),
    )
    left = [place.code for place in known if not is_told(drawn, place)]

    def row(place: OverlayPlaceOut) -> MatrixRow:
        return MatrixRow(
            place=places[place.code],
            gap_yi_yuan=place.gap_yi_yuan,
            is_surveyed=place.code in surveyed,
            cells=[cell(place, at) for at in order],
        )

    def cell(place: OverlayPlaceOut, at: int) -> MatrixCell:
        node, kind = drawn.nodes[at], kind_at(drawn, place, at)
        listed = row_link(place.code, node.code) if kind is not None else None
        is_present = node.code in place.present
        has_more = is_present or kind not in {None, GapKind.UNVERIFIED}
        return MatrixCell(
            node=node,
            kind=kind,
            gap_yi_yuan=place.gaps.get(node.code, 0.0),
            is_present=is_present,
            is_listed=listed is not None,
            link=listed or (place_link(place.code) if has_more else None),
        )

    return Matrix(
        nodes=nodes,
        stages=[(stage, len(list(of))) for stage, of in groupby(node.stage for node in nodes)],
        rows=[row(place) for place in told[:MOST_ROWS]],
        unsurveyed=sum(code not in surveyed for code in left),
        empty=sum(code in surveyed for code in left),
        beyond=len(told[MOST_ROWS:]),
    )


def kind_at(drawn: OverlayOut, place: OverlayPlaceOut, at: int) -> GapKind | None:
    """What the overlay tells of a place's node, by the node's number there."""
    code = place.kinds[at]
    return None if code == NOTHING_TO_TELL else drawn.kinds[int(code)]


def is_told(drawn: OverlayOut, place: OverlayPlaceOut) -> bool:
    """Is anything known there: a firm, a gap, or a kind besides 待核实?"""
    nothing = {NOTHING_TO_TELL, str(drawn.kinds.index(GapKind.UNVERIFIED))}
    return bool(place.present or place.gaps or set(place.kinds) - nothing)


def short_name(name: str) -> str:
    """A node's name for a narrow column: without what stands in brackets.

    >>> short_name("铜合金锭坯(黄铜、磷铜、白铜等)"), short_name("(bracket)")
    ('铜合金锭坯', '(bracket)')
    """
    return name.partition("(")[0].strip() or name
