"""Which firm stands at which node and place, with what capacity: what demand and supply are made of.

Every firm counts at one place: its park (a zone counts as its park), or, where the park is unknown, its county.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Select, String, and_, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from domain.capacity_values import COUNTED_KINDS, UNKNOWN, Statement, YuanCapacity, in_yuan
from domain.gaps.inputs import Capacity as GapCapacity
from domain.words import CapacityKind, CapacityStatus, Grade, PlaceLayer
from models import Capacity, Enterprise, EnterpriseNode, Place, ReferencePrice
from services.places import is_attested, open_rows


class Standing(NamedTuple):
    """A firm at a place (the one it counts at) and a node (the joined one)."""

    place: str
    node: str
    enterprise: str
    capacity: YuanCapacity

    def as_gap_capacity(self) -> GapCapacity:
        """As the rules take it."""
        told = self.capacity
        return GapCapacity(
            self.place, self.node, told.value_yi_yuan, told.status, told.upper_yi_yuan, enterprise=self.enterprise
        )


@dataclass(frozen=True)
class Ground:
    """What standing is read against. counted_at: place → the place its firms count at. node_of: every node code →
    the joined one. unit_of, price_of: by joined node, the physical unit of its output and what one of it costs."""

    counted_at: Mapping[str, str]
    node_of: Mapping[str, str]
    unit_of: Mapping[str, str]
    price_of: Mapping[str, float]
    as_of: date


def counted_at(session: Session) -> dict[str, str]:
    """place → the place its firms count at: zones and parks inside a park count as the outermost park."""
    places = {place.code: place for place in open_rows(session, Place)}
    result = {}
    for code, place in places.items():
        while (parent := places.get(place.parent_code or "")) is not None and parent.layer is PlaceLayer.PARK:
            place = parent
        result[code] = place.code
    return result


def prices(session: Session, as_of: date) -> dict[str, tuple[float, str]]:
    """node → (yuan, unit): the latest reference price that was known on the day."""
    known = [row for row in open_rows(session, ReferencePrice) if row.priced_on.first_day <= as_of]
    ordered = sorted(known, key=lambda row: (row.priced_on.first_day, row.key))
    return {row.node_code: (row.price_yuan, row.unit) for row in ordered}


def standings(session: Session, ground: Ground, cells: Collection[tuple[str, str]] | None = None) -> list[Standing]:
    """All firms that stand somewhere on the day, by firm; or only those of some (place, node) cells.

    A firm stands at a node that somebody assigned it to, or that a capacity of its own in operation or designed names;
    never where all there is is a project.
    """
    where = None if cells is None else _Cells.of(ground, cells)
    homes = _homes(session, ground, where)
    stated = _statements(session, ground, where)
    standing = {key for key, rows in stated.items() if any(row.kind in COUNTED_KINDS for row in rows)}
    projects: set[tuple[str, str]] = set()
    for enterprise, code, is_built in session.execute(_links(where)):
        if (node := ground.node_of.get(code)) is not None:
            (standing if is_built else projects).add((enterprise, node))
    return [
        Standing(homes[enterprise], node, enterprise, _capacity(stated.get((enterprise, node)), ground, node))
        for enterprise, node in sorted(standing - projects)
        if enterprise in homes and (where is None or (homes[enterprise], node) in where.wanted)
    ]


@dataclass(frozen=True)
class _Cells:
    """Only some (place, node) cells, places and nodes as they count."""

    wanted: frozenset[tuple[str, str]]
    places: tuple[str, ...]

    @classmethod
    def of(cls, ground: Ground, cells: Collection[tuple[str, str]]) -> _Cells:
        wanted = frozenset((ground.counted_at.get(place, place), ground.node_of[node]) for place, node in cells)
        at = {place for place, _ in wanted}
        return cls(wanted, tuple(sorted(code for code, counted in ground.counted_at.items() if counted in at)))

    def enterprises(self) -> Select[str]:
        """The firms that count at these places: few, so everything else is looked up from them."""
        in_county_only = and_(Enterprise.place_code.is_(None), Enterprise.county_code.in_(self.places))
        return select(Enterprise.code).where(or_(Enterprise.place_code.in_(self.places), in_county_only))


def _homes(session: Session, ground: Ground, where: _Cells | None) -> dict[str, str]:
    """enterprise → the place it counts at, of those that were known on the day."""
    statement = select(
        Enterprise.code, func.coalesce(Enterprise.place_code, Enterprise.county_code), Enterprise.evidence_on
    ).where(Enterprise.superseded_at.is_(None))
    if where is not None:
        statement = statement.where(Enterprise.code.in_(where.enterprises()))
    return {
        code: ground.counted_at[place]
        for code, place, evidence_on in session.execute(statement)
        if place in ground.counted_at and is_attested(evidence_on, ground.as_of)
    }


def _links(where: _Cells | None) -> Select[str, str, bool]:
    statement = select(EnterpriseNode.enterprise_code, EnterpriseNode.node_code, EnterpriseNode.is_built).where(
        EnterpriseNode.superseded_at.is_(None)
    )
    if where is not None:
        statement = statement.where(EnterpriseNode.enterprise_code.in_(where.enterprises()))
    return statement


def _statements(session: Session, ground: Ground, where: _Cells | None) -> dict[tuple[str, str], list[Statement]]:
    """(enterprise, joined node) → what was stated of it."""
    statement = select(
        Capacity.enterprise_code,
        Capacity.node_code,
        type_coerce(Capacity.kind, String),
        type_coerce(Capacity.status, String),
        Capacity.value,
        Capacity.unit,
        Capacity.year,
        Capacity.upper_value,
        type_coerce(Capacity.grade, String),
        Capacity.is_published,
    ).where(Capacity.superseded_at.is_(None), Capacity.node_code.is_not(None))
    if where is not None:
        statement = statement.where(Capacity.enterprise_code.in_(where.enterprises()))
    result: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for enterprise, node, kind, status, value, unit, year, upper, grade, is_published in session.execute(statement):
        if node is not None and node in ground.node_of:
            result[enterprise, ground.node_of[node]].append(
                Statement(_KINDS[kind], _STATUSES[status], value, unit, year, upper, _GRADES[grade], is_published)
            )
    return result


_KINDS = {kind.value: kind for kind in CapacityKind}
_STATUSES = {status.value: status for status in CapacityStatus}
_GRADES = {grade.value: grade for grade in Grade}


def _capacity(stated: list[Statement] | None, ground: Ground, node: str) -> YuanCapacity:
    """A firm that stands there without a usable figure has an unknown capacity."""
    if stated is None:
        return UNKNOWN
    return in_yuan(stated, ground.as_of, ground.unit_of.get(node), ground.price_of.get(node)) or UNKNOWN


def unplaced(session: Session) -> Iterator[str]:
    """Firms known to stand nowhere: they count at no place."""
    yield from session.scalars(
        select(Enterprise.code).where(
            Enterprise.superseded_at.is_(None), Enterprise.place_code.is_(None), Enterprise.county_code.is_(None)
        )
    )
