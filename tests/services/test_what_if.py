"""What landings would change: the figures of the worked example, the faults, the land, the guard; nothing is stored."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.disclosure import size_class
from domain.errors import NotFound
from domain.words import Audience, GapKind, PlaceLayer, Remedy
from models import Base, Plot
from models.database import Database
from services.gaps.asking import Question, parse_radius
from services.gaps.landings import BadLandings, LandingText, read_landings, split_landing
from services.gaps.schemas import WhatIfOut
from services.gaps.what_if import try_landings
from tests.gap_world import TODAY, World

ROD_AT_YUJIANG = "yujiang-like:CU-ROD:5:30"


def ask(radius: str = "45", audience: Audience = Audience.INTERNAL, chain: str = "CU") -> Question:
    return Question(TODAY, parse_radius(radius), audience, chain=chain)


def tried(session: Session, *written: str, question: Question | None = None) -> WhatIfOut:
    asked = question or ask()
    return try_landings(session, asked, read_landings(session, asked, [split_landing(one) for one in written]))


def faults(world: World, *texts: LandingText) -> set[tuple[int, str]]:
    with world.database.read() as session, pytest.raises(BadLandings) as refused:
        read_landings(session, ask(), texts)
    assert all(fault.zh and fault.en for fault in refused.value.faults)
    for fault in refused.value.faults:
        assert f"第 {fault.number} 项" in refused.value.message_zh
        assert f"landing {fault.number}" in refused.value.message_en
    return {(fault.number, fault.field) for fault in refused.value.faults}


def test_a_landing_shows_before_and_after_of_every_node_it_changes(world: World) -> None:
    with world.database.read() as session:
        told = tried(session, ROD_AT_YUJIANG)
    changed = {(c.before.node, c.before.place): (c.before, c.after) for c in told.changed}
    was, now = changed["CU-ROD", "yujiang-like"]
    assert (was.gap_yi_yuan, now.gap_yi_yuan) == (pytest.approx(8), pytest.approx(3))
    assert (was.coverage, now.coverage) == (0, pytest.approx(5 / 8))
    assert (was.kind, now.kind) == (GapKind.FILL, GapKind.SECURE)
    assert was.remedy is Remedy.MATCHMAKING
    was, now = changed["CU-CATH", "yujiang-like"]
    assert (was.demand_yi_yuan, now.demand_yi_yuan) == (0, pytest.approx(4.5))


def test_the_sums_are_those_of_the_worked_example(world: World) -> None:
    with world.database.read() as session:
        told = tried(session, ROD_AT_YUJIANG)
    assert told.local_share_before.by_value == pytest.approx(228 / 255.5)
    assert told.local_share_after.by_value == pytest.approx(233 / 260)
    assert told.closed_yi_yuan == pytest.approx(5)
    assert told.opened_yi_yuan == pytest.approx(4.5)
    assert told.gap_before_yi_yuan == pytest.approx(27.5)
    assert told.gap_after_yi_yuan == pytest.approx(27.0)
    assert [(one.node, one.place, one.amount_yi_yuan) for one in told.induced_demand] == [
        ("CU-CATH", "yujiang-like", pytest.approx(4.5))
    ]
    assert [(one.node, one.place) for one in told.new_single_points] == [("CU-ROD", "yujiang-like")]


def test_what_would_be_is_never_told_as_a_fact(world: World) -> None:
    with world.database.read() as session:
        told = tried(session, ROD_AT_YUJIANG)
    assert all("假设" in (change.after.source.publication or "") for change in told.changed)
    assert not any("假设" in (change.before.source.publication or "") for change in told.changed)


def test_a_package_lands_together(world: World) -> None:
    with world.database.read() as session:
        told = tried(session, "yujiang-like:CU-ROD:8", "yujiang-like:CU-MAG:8", "yujiang-like:CU-MAG:2")
    after = {(change.after.node, change.after.place): change.after.gap_yi_yuan for change in told.changed}
    assert after["CU-MAG", "gaoxin-like"] == pytest.approx(0)
    assert after.get(("CU-ROD", "yujiang-like"), 8) == pytest.approx(8)  # 8 more is made, 8 more is needed


def test_cells_that_read_the_same_are_only_counted(world: World) -> None:
    with world.database.read() as session:
        told = tried(session, "guixi-like:CU-MOTOR:1")
    assert told.others > 0
    for change in told.changed:
        was, now = change.before, change.after
        names = ("kind", "gap_yi_yuan", "coverage", "remedy")
        assert any(getattr(was, name) != getattr(now, name) for name in names)


def test_nothing_is_stored(world: World) -> None:
    before = everything_in(world.database)
    with world.database.read() as session:
        tried(session, ROD_AT_YUJIANG)
    assert everything_in(world.database) == before


def everything_in(database: Database) -> dict[str, list[Any]]:
    with database.engine.connect() as connection:
        names = sorted(Base.metadata.tables)
        return {name: list(connection.execute(text(f"SELECT * FROM {name} ORDER BY 1"))) for name in names}


# land


def plot(world: World, session: Session, code: str, area_ha: float | None, *, is_vacant: bool = True) -> Plot:
    return world.fact(  # type: ignore[no-any-return]
        session, Plot, code, code=code, name_zh=code, place_code="yujiang-like", area_ha=area_ha, is_vacant=is_vacant
    )


@pytest.mark.parametrize(
    ("plots", "fits"),
    [([], None), ([(3.0, True)], True), ([(1.0, True)], False), ([(9.0, False)], False), ([(None, True)], None)],
    ids=["no plots known", "large enough", "too small", "none vacant", "area unknown"],
)
def test_whether_a_plot_fits_is_told_where_it_is_known(
    world: World, plots: list[tuple[float | None, bool]], fits: bool | None
) -> None:
    with world.database.write() as session:
        session.add_all(
            plot(world, session, f"plot-{at}", area, is_vacant=vacant) for at, (area, vacant) in enumerate(plots)
        )
        world.changed(session)
    with world.database.read() as session:
        (landing,) = tried(session, ROD_AT_YUJIANG).landings  # 30 mu are 2 ha
    assert landing.fits is fits


def test_land_is_added_up_and_unknown_where_one_does_not_say(world: World) -> None:
    with world.database.read() as session:
        assert tried(session, "yujiang-like:CU-ROD:5:30", "gaoxin-like:CU-MAG:1:12.5").land_mu == 42.5
        assert tried(session, "yujiang-like:CU-ROD:5:30", "gaoxin-like:CU-MAG:1").land_mu is None


def test_a_zone_counts_at_its_park(world: World) -> None:
    with world.database.write() as session:
        session.add(world.place(session, "zone", "片区", layer=PlaceLayer.ZONE, parent="yujiang-like"))
        world.changed(session)
    with world.database.read() as session:
        told = tried(session, "zone:CU-ROD:5")
    assert (told.landings[0].place, told.landings[0].counted_at) == ("zone", "yujiang-like")
    assert "CU-ROD" in {change.after.node for change in told.changed if change.after.place == "yujiang-like"}


# faults


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ("nowhere:CU-ROD:5", "place"),
        (":CU-ROD:5", "place"),
        ("yujiang-like:CU-GOLD:5", "node"),
        ("yujiang-like::5", "node"),
        ("yujiang-like:CU-ROD:", "capacity"),
        ("yujiang-like:CU-ROD:0", "capacity"),
        ("yujiang-like:CU-ROD:-3", "capacity"),
        ("yujiang-like:CU-ROD:nan", "capacity"),
        ("yujiang-like:CU-ROD:inf", "capacity"),
        ("yujiang-like:CU-ROD:1e9", "capacity"),
        ("yujiang-like:CU-ROD:５", "capacity"),
        ("yujiang-like:CU-ROD:5:0", "mu"),
        ("yujiang-like:CU-ROD:5:many", "mu"),
        ("yujiang-like:CU-ROD:5:30:9", "mu"),
    ],
)
def test_a_landing_that_cannot_be_is_named_with_its_field(world: World, written: str, field: str) -> None:
    good = split_landing(ROD_AT_YUJIANG)
    assert faults(world, good, split_landing(written)) == {(2, field)}


def test_every_fault_is_told_at_once(world: World) -> None:
    assert faults(world, LandingText(), split_landing("nowhere:CU-ROD:x")) == {
        (1, "place"), (1, "node"), (1, "capacity"), (2, "place"), (2, "capacity"),
    }  # fmt: skip


def test_four_are_too_many_and_none_too_few(world: World) -> None:
    assert faults(world, *[split_landing(ROD_AT_YUJIANG)] * 4) == {(4, "land")}
    assert faults(world) == {(1, "land")}


def test_an_unknown_chain_is_not_found(world: World) -> None:
    with world.database.read() as session, pytest.raises(NotFound, match="no such chain"):
        tried(session, ROD_AT_YUJIANG, question=ask(chain="XX"))


# the guard: what the public may learn of one firm


def told_publicly(world: World, audience: Audience) -> str:
    """Every answer of three what-ifs that probe the capacity of 漆包线 at 余江, without the data revision."""
    asked = ask(audience=audience)
    probes = (["gaoxin-like:CU-MOTOR:0.5"], ["yujiang-like:CU-MAG:3.5"], ["guixi-like:CU-MOTOR:9", ROD_AT_YUJIANG])
    with world.database.read() as session:
        answers = [tried(session, *probe, question=asked).model_dump(mode="json") for probe in probes]
    return re.sub(r'数据版本 \d+|"data_revision": \d+', "", json.dumps(answers, ensure_ascii=False))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.tuples(st.floats(10, 19.999), st.floats(10, 19.999)))
def test_no_what_if_tells_the_public_more_than_the_class_of_size(world: World, values: tuple[float, float]) -> None:
    assert size_class(values[0]) == size_class(values[1])
    told = []
    for value in values:
        world.set_capacity("yujiang-like", "CU-MAG", value)
        told.append(told_publicly(world, Audience.PUBLIC))
    assert told[0] == told[1]


def test_officers_see_what_the_public_does_not(world: World) -> None:
    told = {audience: set[str]() for audience in Audience}
    for value in (11.0, 17.0):
        world.set_capacity("yujiang-like", "CU-MAG", value)
        for audience in Audience:
            told[audience].add(told_publicly(world, audience))
    assert len(told[Audience.INTERNAL]) == 2
    assert len(told[Audience.PUBLIC]) == 1


def test_rows_a_withheld_capacity_went_into_say_so(world: World) -> None:
    with world.database.read() as session:
        public = tried(session, "gaoxin-like:CU-MOTOR:0.5", question=ask(audience=Audience.PUBLIC))
        internal = tried(session, "gaoxin-like:CU-MOTOR:0.5")
    assert public.is_approximate
    assert any(change.after.is_approximate for change in public.changed)
    assert not internal.is_approximate
