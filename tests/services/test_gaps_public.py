"""What the public learns of unpublished capacities: classes of size, and nothing finer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from domain.words import Audience, CapacityKind, CapacityStatus
from models import Capacity
from services.gaps.answers import list_gaps
from services.gaps.unknowns import rank_unknown_firms
from services.places import get_place
from tests.gap_world import TODAY, World, ask


def test_the_public_learns_no_bound_note_or_unit_of_what_is_unpublished(world: World) -> None:
    """Same classes of size, different figures: a bound, a capacity in tonnes, one beside a published figure."""

    def told(upper: float, tonnes: float, small: float) -> list[Any]:
        with world.database.write() as session:
            for code in ("shy", "tonnes", "small"):
                for row in session.scalars(select(Capacity).where(Capacity.enterprise_code == code)):
                    session.delete(row)
            session.flush()
            for code, node, values in (
                ("shy", "CU-ROD", {"status": CapacityStatus.UNKNOWN, "value": None, "upper_value": upper}),
                ("tonnes", "CU-CATH", {"value": tonnes, "unit": "万吨/年"}),
                ("small", "CU-METER", {"value": small}),
            ):
                common = {"kind": CapacityKind.OBSERVED, "status": CapacityStatus.REPORTED, "unit": "亿元/年"}
                session.add(
                    world.fact(session, Capacity, f"{code}|{node}", enterprise_code=code, node_code=node,
                               is_published=False, note=f"实际 {small}", **common | values)
                )  # fmt: skip
            world.changed(session)
        with world.database.read() as session:
            public = ask("45", Audience.PUBLIC)
            return [
                [row.model_dump(exclude={"data_revision", "source"}) for row in list_gaps(session, public).items],
                [row.model_dump() for row in rank_unknown_firms(session, public)],
                [firm.model_dump() for firm in get_place(session, "yujiang-like", as_of=TODAY).enterprises],
            ]

    with world.database.write() as session:
        session.add(world.price(session, "CU-CATH", 60_000, "2025-01"))
        for code, node in (("shy", "CU-ROD"), ("tonnes", "CU-CATH"), ("small", "CU-METER")):
            world.firm(session, "yujiang-like", node, code=code)
        world.firm(session, "yujiang-like", "CU-METER", code="open", value=4.6, is_published=True)
        world.changed(session)
    first = told(upper=123.456, tonnes=3.0, small=0.49)
    assert told(upper=150.0, tonnes=3.9, small=0.21) == first
    assert told(upper=250.0, tonnes=3.9, small=0.21) != first


def test_a_range_told_to_the_public_adds_up_figures_and_classes(world: World) -> None:
    with world.database.write() as session:
        world.firm(session, "guixi-like", "CU-CATH", code="open", value=4.6, is_published=True)
        world.firm(session, "guixi-like", "CU-CATH", code="other", value=3.3)
        world.changed(session)
    with world.database.read() as session:
        rows = list_gaps(session, ask("45", Audience.PUBLIC)).items
    ranges = {
        supplier.capacity_range_yi_yuan
        for row in rows
        if row.node == "CU-CATH"
        for supplier in row.suppliers
        if supplier.place == "guixi-like"
    }
    assert ranges == {(506.6, 1009.6)}
