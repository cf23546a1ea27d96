"""A small database for chain gaps: the worked example of DESIGN section 4, and rows to change it with."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from shapely import Point
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.periods import PartialDate
from domain.words import Audience, CapacityKind, CapacityStatus, EdgeType, Grade, PlaceKind, PlaceLayer, Stage
from models import (
    Base,
    Capacity,
    Chain,
    ChainEdge,
    ChainNode,
    Enterprise,
    EnterpriseNode,
    Place,
    PlacePosition,
    ReferencePrice,
    Source,
    Survey,
    TravelMinutes,
)
from models.database import Database, record_change
from services.gaps.answers import list_gaps
from services.gaps.asking import Question, parse_radius
from services.gaps.schemas import GapOut

AT = datetime(2026, 1, 1, tzinfo=UTC)
TODAY = date(2026, 6, 1)
SURVEYED = date(2026, 5, 1)
PARKS = {"guixi-like": "贵溪园", "gaoxin-like": "高新园", "yujiang-like": "余江园"}
NODES = {
    "CU-CATH": ("阴极铜", Stage.UPSTREAM),
    "CU-ROD": ("铜杆", Stage.MIDSTREAM),
    "CU-ALLOY": ("铜合金", Stage.MIDSTREAM),
    "CU-MAG": ("漆包线", Stage.MIDSTREAM),
    "CU-PREC": ("精密件", Stage.MIDSTREAM),
    "CU-MOTOR": ("微特电机", Stage.DOWNSTREAM),
    "CU-METER": ("水表阀门", Stage.DOWNSTREAM),
}
EDGES = {
    ("CU-CATH", "CU-ROD"): 0.90,
    ("CU-CATH", "CU-ALLOY"): 0.75,
    ("CU-ROD", "CU-MAG"): 0.80,
    ("CU-ALLOY", "CU-PREC"): 0.60,
    ("CU-MAG", "CU-MOTOR"): 0.30,
    ("CU-PREC", "CU-MOTOR"): 0.10,
    ("CU-PREC", "CU-METER"): 0.35,
}
CAPACITIES = {
    ("guixi-like", "CU-CATH"): 600.0,
    ("guixi-like", "CU-ROD"): 200.0,
    ("gaoxin-like", "CU-ALLOY"): 40.0,
    ("gaoxin-like", "CU-MOTOR"): 60.0,
    ("gaoxin-like", "CU-METER"): 30.0,
    ("yujiang-like", "CU-MAG"): 10.0,
    ("yujiang-like", "CU-PREC"): 5.0,
}
MINUTES = {
    ("guixi-like", "gaoxin-like"): 30.0,
    ("gaoxin-like", "yujiang-like"): 25.0,
    ("guixi-like", "yujiang-like"): 50.0,
}


class World:
    """Rows added in one transaction each; every change grows the data revision."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def build(self) -> World:
        """The worked example: three surveyed parks of the belt, each capacity that of one unpublished firm."""
        with self.database.write() as session:
            session.add(Source(publication="算例 / worked example", published_on="2026"))
            session.flush()
            session.add(self.thing(session, Chain, code="CU", name_zh="铜", name_en="copper", sort=1))
            for order, (code, (name, stage)) in enumerate(NODES.items()):
                session.add(
                    self.thing(
                        session, ChainNode, code=code, chain_code="CU", name_zh=name, name_en=code.lower(),
                        stage=stage, unit="t", sort=order,
                    )
                )  # fmt: skip
            session.add_all(self.place(session, code, name) for code, name in PARKS.items())
            session.flush()
            session.add_all(
                self.fact(
                    session, ChainEdge, f"{supplier}|{buyer}", chain_code="CU", supplier_code=supplier,
                    buyer_code=buyer, edge_type=EdgeType.INPUT, coefficient=value, coefficient_grade=Grade.C,
                )
                for (supplier, buyer), value in EDGES.items()
            )  # fmt: skip
            session.add_all(
                self.fact(
                    session, TravelMinutes, "|".join(sorted(pair)), place_a_code=min(pair), place_b_code=max(pair),
                    minutes=value,
                )
                for pair, value in MINUTES.items()
            )  # fmt: skip
            session.add_all(
                self.fact(session, Survey, place, place_code=place, chain_code="CU", surveyed_on=SURVEYED)
                for place in PARKS
            )
            for (place, node), value in CAPACITIES.items():
                self.firm(session, place, node, value=value)
            self.changed(session)
        return self

    def add(self, *rows: Base) -> None:
        """More rows, as a change of anything."""
        with self.database.write() as session:
            session.add_all(rows)
            self.changed(session)

    def set_capacity(self, place: str, node: str, value: float, firm: str | None = None) -> None:
        """A firm's capacity at a node, told as a change of that cell alone."""
        with self.database.write() as session:
            key = f"{firm or f'{place}-{node}'.lower()}|{node}"
            row = session.scalars(select(Capacity).where(Capacity.key == key, Capacity.superseded_at.is_(None))).one()
            session.add(self.fact(session, Capacity, key, **self._kept_fields(row) | {"value": value}))
            row.superseded_at = AT
            session.flush()
            record_change(
                session, actor="test", action="set capacity", subject=key, details={}, capacity_cells=[(place, node)]
            )

    def firm(
        self, session: Session, place: str | None, node: str, *, code: str | None = None, county: str | None = None,
        is_built: bool = True, evidence_on: str | None = None, **capacity: Any,
    ) -> None:  # fmt: skip
        """A firm at a node. capacity: fields of Capacity; none at all = nothing is stated."""
        code = code or f"{place}-{node}".lower()
        session.add(
            self.thing(
                session, Enterprise, code=code, name_zh=f"{code}厂", place_code=place, county_code=county, sort=1,
                evidence_on=evidence_on,
            )
        )  # fmt: skip
        session.flush()
        session.add(
            self.fact(session, EnterpriseNode, f"{code}|{node}", enterprise_code=code, node_code=node,
                      is_built=is_built)
        )  # fmt: skip
        if capacity:
            told = {"kind": CapacityKind.OBSERVED, "status": CapacityStatus.REPORTED, "unit": "亿元/年",
                    "is_published": False} | capacity  # fmt: skip
            session.add(self.fact(session, Capacity, f"{code}|{node}", enterprise_code=code, node_code=node, **told))

    def place(
        self, session: Session, code: str, name: str, *, layer: PlaceLayer = PlaceLayer.PARK, on_belt: bool = True,
        parent: str | None = None, kind: PlaceKind = PlaceKind.INDUSTRIAL_PARK,
    ) -> Place:  # fmt: skip
        return self.thing(
            session, Place, code=code, layer=layer, kind=kind, name_zh=name, short_name_zh=name, name_en=code,
            name_en_is_official=False, parent_code=parent, is_on_belt=on_belt, sort=1,
        )  # fmt: skip

    def position(self, session: Session, place: str, lon: float, lat: float, accuracy_m: float = 100.0) -> Base:
        return self.fact(
            session, PlacePosition, f"{place}|{lon}", place_code=place, source_datum="CGCS2000",
            accuracy_m=accuracy_m, basis_zh="测", basis_en="test", geometry=Point(lon, lat),
        )  # fmt: skip

    def price(self, session: Session, node: str, price_yuan: float, on: str, unit: str = "t") -> Base:
        return self.fact(
            session, ReferencePrice, f"{node}|{on}", node_code=node, price_yuan=price_yuan, unit=unit,
            priced_on=PartialDate.parse(on),
        )  # fmt: skip

    def thing(self, session: Session, model: Any, **values: Any) -> Any:
        cited = {} if model is Source else {"source_id": self._source(session), "grade": Grade.C}
        return model(**cited, origin="base", recorded_at=AT, **values)

    def fact(self, session: Session, model: Any, key: str, **values: Any) -> Any:
        return self.thing(session, model, key=key, **values)

    def changed(self, session: Session) -> None:
        session.flush()
        record_change(session, actor="test", action="test", subject=None, details={})

    def _source(self, session: Session) -> int:
        found = session.scalar(select(Source.id))
        assert found is not None
        return found

    @staticmethod
    def _kept_fields(row: Capacity) -> dict[str, Any]:
        names = ("enterprise_code", "node_code", "kind", "status", "unit", "is_published")
        return {name: getattr(row, name) for name in names}


def ask(radius: str = "own", audience: Audience = Audience.INTERNAL, as_of: date = TODAY) -> Question:
    """The question of the world's chain."""
    return Question(as_of, parse_radius(radius), audience, chain="CU")


def rows(
    world: World, radius: str = "own", as_of: date = TODAY, audience: Audience = Audience.INTERNAL
) -> dict[tuple[str, str], GapOut]:
    """(node, place) → its row."""
    with world.database.read() as session:
        return {(row.node, row.place): row for row in list_gaps(session, ask(radius, audience, as_of)).items}
