"""Chain gaps from one change to the next: what a change computes anew, what is kept, and that both are the same."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.words import Audience
from models import ChainEdge, Designation, Enterprise, TravelMinutes
from services.gaps import kept, overlay
from services.gaps.kept import KeptGaps, gaps_of
from services.gaps.schemas import OverlayOut
from tests.gap_world import World, ask, rows


def _kept(session: Session, radius: str = "45", audience: Audience = Audience.INTERNAL) -> KeptGaps:
    asked = ask(radius, audience)
    return gaps_of(session, as_of=asked.as_of, radius=asked.radius, audience=audience, rule=asked.rule)


def test_one_changed_capacity_computes_only_what_it_touches(world: World) -> None:
    with world.database.read() as session:
        before = _kept(session)
    world.set_capacity("yujiang-like", "CU-MAG", 18.0)
    with world.database.read() as session:
        after = _kept(session)
    index = after.gaps.problem.graph.index
    shared = {code for code in index if after.gaps.by_node[index[code]] is before.gaps.by_node[index[code]]}
    assert shared == {"CU-CATH", "CU-ALLOY", "CU-PREC", "CU-METER"}
    assert after.revision == before.revision + 1
    assert after.gaps.problem.network is before.gaps.problem.network
    assert rows(world, "45")["CU-MAG", "gaoxin-like"].gap_yi_yuan == pytest.approx(0.0)


@pytest.mark.parametrize("audience", Audience)
def test_what_is_kept_equals_what_is_computed_anew(world: World, audience: Audience) -> None:
    rows(world, "45", audience=audience)
    for value in (3.0, 11.5, 0.0, 250.0):
        world.set_capacity("yujiang-like", "CU-PREC", value)
        told = rows(world, "45", audience=audience)
        kept.forget()
        assert rows(world, "45", audience=audience) == told


@pytest.mark.parametrize("audience", Audience)
def test_rows_of_the_map_kept_from_before_are_those_made_anew(world: World, audience: Audience) -> None:
    def drawn() -> OverlayOut:
        with world.database.read() as session:
            return overlay.overlay(session, ask("45", audience))

    before = drawn()
    for node, value in (("CU-PREC", 0.0), ("CU-MAG", 250.0), ("CU-MAG", 3.0), ("CU-PREC", 11.5)):
        world.set_capacity("yujiang-like", node, value)
        after = drawn()
        changed = {new.code for new, old in zip(after.places, before.places, strict=True) if new is not old}
        assert changed == {new.code for new, old in zip(after.places, before.places, strict=True) if new != old}
        assert 0 < len(changed) < len(after.places)
        overlay.forget()
        kept.forget()
        assert drawn() == after
        before = drawn()


def test_a_new_survey_or_designation_keeps_the_untouched_nodes(world: World) -> None:
    with world.database.read() as session:
        before = _kept(session)
    with world.database.write() as session:
        session.add(
            world.fact(session, Designation, "d", place_code="gaoxin-like", kind="cluster", subject_zh="铜",
                       subject_en="copper", chain_code="CU")
        )  # fmt: skip
        world.changed(session)
    with world.database.read() as session:
        after = _kept(session)
    assert after.revision == before.revision + 1
    assert all(after.gaps.by_node[node] is before.gaps.by_node[node] for node in after.gaps.by_node)


def test_new_minutes_and_a_new_coefficient_take_effect(world: World) -> None:
    rows(world, "45")
    with world.database.write() as session:
        pair = session.scalars(select(TravelMinutes).where(TravelMinutes.minutes == 50.0)).one()
        pair.superseded_at = pair.recorded_at
        edge = session.scalars(select(ChainEdge).where(ChainEdge.buyer_code == "CU-METER")).one()
        edge.superseded_at = edge.recorded_at
        session.flush()
        session.add(
            world.fact(session, TravelMinutes, pair.key, place_a_code="guixi-like", place_b_code="yujiang-like",
                       minutes=40.0)
        )  # fmt: skip
        world.changed(session)
    found = rows(world, "45")
    assert found["CU-ROD", "yujiang-like"].gap_yi_yuan == pytest.approx(0.0)
    assert found["CU-PREC", "gaoxin-like"].demand_yi_yuan == pytest.approx(6.0)


def test_a_firm_that_leaves_its_park_moves_its_demand(world: World) -> None:
    rows(world, "45")
    with world.database.write() as session:
        firm = session.get_one(Enterprise, "gaoxin-like-cu-motor")
        firm.place_code = "guixi-like"
        world.changed(session)
    found = rows(world, "45")
    assert ("CU-MAG", "gaoxin-like") not in found
    assert found["CU-MAG", "guixi-like"].demand_yi_yuan == pytest.approx(18.0)
