"""Designation against reality: clauses of parks held against the firms that stand there, and what is not known."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from domain.designations import Finding, Standing, compare, shared
from domain.errors import NotFound
from domain.periods import PartialDate
from domain.words import Audience, Grade, PlaceLayer
from models import Chain, ChainNode, ChainSameAs, Designation, Place, Survey
from models.database import Database
from services.gaps.asking import Question, parse_radius
from services.gaps.designations import MOST_NAMED, designation_findings
from services.gaps.schemas import FindingOut
from tests.gap_world import SURVEYED, TODAY, World


@pytest.fixture
def world(database: Database) -> World:
    """The worked example, with a second chain (照明) that nobody has surveyed anywhere."""
    world = World(database).build()
    with database.write() as session:
        session.add(world.thing(session, Chain, code="LT", name_zh="照明", name_en="lighting", sort=2))
        session.add(
            world.thing(session, ChainNode, code="LT-LAMP", chain_code="LT", name_zh="灯具", name_en="lamps",
                        stage="downstream", sort=1)
        )  # fmt: skip
        world.changed(session)
    return world


def designate(world: World, session: Session, place: str, chain: str, **values: object) -> None:
    key = f"{place}|{chain}|{len(values)}"
    session.add(
        world.fact(session, Designation, key, place_code=place, kind="industry", subject_zh="产业",
                   subject_en="industry", chain_code=chain, **values)
    )  # fmt: skip


def ask(**values: object) -> Question:
    return Question(TODAY, parse_radius("own"), Audience.PUBLIC, **values)  # type: ignore[arg-type]


def found(world: World, **values: object) -> dict[tuple[str, str], FindingOut]:
    """(place, chain) → what was found there, `shared` left out."""
    with world.database.read() as session:
        told = designation_findings(session, ask(**values)).items
    return {(one.places[0].place, one.chain): one for one in told if one.finding is not Finding.SHARED}


# the rules


def test_firms_and_clauses_are_held_against_each_other() -> None:
    firm = Standing("a", frozenset({"CU"}), "smelter")
    assert compare({("a", "CU")}, [firm]) == {("a", "CU"): Finding.MATCHED}
    assert compare({("a", "LT"), ("b", "CU")}, [firm]) == {
        ("a", "LT"): Finding.NO_ENTERPRISE,
        ("b", "CU"): Finding.NO_ENTERPRISE,
        ("a", "CU"): Finding.UNDESIGNATED,
    }


def test_a_firm_at_a_joined_node_answers_either_chain_and_lacks_one_only_where_neither_is_designated() -> None:
    firm = Standing("a", frozenset({"CU", "EC"}), "boards")
    assert compare({("a", "EC")}, [firm]) == {("a", "EC"): Finding.MATCHED}
    assert compare(set(), [firm]) == {("a", "CU"): Finding.UNDESIGNATED, ("a", "EC"): Finding.UNDESIGNATED}


def test_a_chain_is_shared_by_at_least_two_of_the_places() -> None:
    wanted = {("a", "LT"), ("b", "LT"), ("c", "LT"), ("a", "CU")}
    assert shared(wanted, {"a", "b"}) == {"LT": ["a", "b"]}
    assert shared(wanted, {"a"}) == {}


# from the database


def test_designated_without_a_firm_is_unknown_until_somebody_has_surveyed(world: World) -> None:
    with world.database.write() as session:
        designate(world, session, "gaoxin-like", "LT")
        world.changed(session)
    unsurveyed = found(world)["gaoxin-like", "LT"]
    assert unsurveyed.finding is Finding.NO_ENTERPRISE
    assert unsurveyed.places[0].surveyed_on is None
    assert "有无企业未知" in unsurveyed.sentence_zh
    assert "unknown" in unsurveyed.sentence_en
    with world.database.write() as session:
        session.add(world.fact(session, Survey, "s", place_code="gaoxin-like", chain_code="LT", surveyed_on=SURVEYED))
        world.changed(session)
    surveyed = found(world)["gaoxin-like", "LT"]
    assert surveyed.places[0].surveyed_on == SURVEYED.isoformat()
    assert "未见已建成的企业" in surveyed.sentence_zh
    assert "未知" not in surveyed.sentence_zh


def test_firms_without_a_designation_are_told_with_what_attests_them(world: World) -> None:
    one = found(world)["guixi-like", "CU"]
    assert one.finding is Finding.UNDESIGNATED
    assert [firm.code for firm in one.places[0].enterprises] == ["guixi-like-cu-cath", "guixi-like-cu-rod"]
    assert one.places[0].firms == 2
    assert one.grade is Grade.C
    assert one.places[0].enterprises[0].source.publication == "算例 / worked example"


def test_what_agrees_is_told_too(world: World) -> None:
    with world.database.write() as session:
        designate(world, session, "guixi-like", "CU")
        world.changed(session)
    assert found(world)["guixi-like", "CU"].finding is Finding.MATCHED


def test_the_same_chain_at_several_parks_of_the_belt_is_shared(world: World) -> None:
    with world.database.write() as session:
        session.add(world.place(session, "off-belt", "外园", on_belt=False))
        session.flush()
        for place in ("guixi-like", "yujiang-like", "off-belt"):
            designate(world, session, place, "LT")
        world.changed(session)
    with world.database.read() as session:
        (told,) = designation_findings(session, ask(), {Finding.SHARED}).items
    assert [place.place for place in told.places] == ["guixi-like", "yujiang-like"]
    assert all(place.designations[0].source.publication for place in told.places)
    assert "同质竞争" in told.sentence_zh


def test_projects_are_no_firms_and_are_told(world: World) -> None:
    with world.database.write() as session:
        designate(world, session, "gaoxin-like", "LT")
        world.firm(session, "gaoxin-like", "LT-LAMP", code="plan", is_built=False)
        world.changed(session)
    one = found(world)["gaoxin-like", "LT"]
    assert (one.finding, one.places[0].firms, one.places[0].projects) == (Finding.NO_ENTERPRISE, 0, 1)
    assert "1 个项目未证实建成" in one.sentence_zh


def test_firms_known_only_by_their_county_are_told_beside(world: World) -> None:
    with world.database.write() as session:
        session.add(world.place(session, "county", "某县", layer=PlaceLayer.COUNTY))
        session.flush()
        session.get_one(Place, "gaoxin-like").county_code = "county"
        designate(world, session, "gaoxin-like", "LT")
        world.firm(session, None, "LT-LAMP", code="somewhere", county="county")
        world.changed(session)
    one = found(world)["gaoxin-like", "LT"]
    assert one.finding is Finding.NO_ENTERPRISE
    assert one.places[0].firms_in_county == 1
    assert "某县有 1 家企业不知在哪个园区" in one.sentence_zh
    assert ("county", "LT") not in found(world)


def test_a_zone_counts_at_its_park_for_clauses_and_firms(world: World) -> None:
    with world.database.write() as session:
        session.add(world.place(session, "zone", "片区", layer=PlaceLayer.ZONE, parent="gaoxin-like"))
        session.flush()
        designate(world, session, "zone", "LT")
        world.firm(session, "zone", "LT-LAMP", code="lamps")
        world.changed(session)
    assert found(world)["gaoxin-like", "LT"].finding is Finding.MATCHED
    assert set(found(world, places=frozenset({"zone"}))) == set(found(world, places=frozenset({"gaoxin-like"})))


def test_a_joined_node_answers_the_designation_of_the_other_chain(world: World) -> None:
    with world.database.write() as session:
        session.add(ChainSameAs(node_code="CU-METER", same_as_code="LT-LAMP"))
        designate(world, session, "gaoxin-like", "LT")
        world.changed(session)
    assert found(world)["gaoxin-like", "LT"].finding is Finding.MATCHED


def test_a_clause_that_is_over_or_not_yet_said_does_not_count(world: World) -> None:
    with world.database.write() as session:
        designate(
            world, session, "gaoxin-like", "LT", valid_from=PartialDate(2010, 1, 1), valid_to=PartialDate(2020, 1, 1)
        )
        designate(world, session, "guixi-like", "LT", valid_from=PartialDate(2030, 1, 1))
        world.changed(session)
    assert not {chain for _, chain in found(world)} & {"LT"}


def test_many_firms_are_counted_and_the_first_named(world: World) -> None:
    with world.database.write() as session:
        for number in range(MOST_NAMED + 2):
            world.firm(session, "yujiang-like", "LT-LAMP", code=f"lamp-{number:02d}")
        world.changed(session)
    place = found(world)["yujiang-like", "LT"].places[0]
    assert (place.firms, len(place.enterprises)) == (MOST_NAMED + 2, MOST_NAMED)


def test_chain_and_place_narrow_and_unknown_ones_are_refused(world: World) -> None:
    assert {chain for _, chain in found(world, chain="LT")} == set()
    assert {place for place, _ in found(world, places=frozenset({"guixi-like"}))} == {"guixi-like"}
    for asked in ({"chain": "XX"}, {"places": frozenset({"nowhere"})}):
        with pytest.raises(NotFound):
            found(world, **asked)


def test_lighting_is_designated_at_two_parks_of_yingtan_by_clause_2(base: Database) -> None:
    with base.read() as session:
        told = designation_findings(session, ask(chain="LT"), {Finding.SHARED}).items
    assert [[place.place for place in one.places] for one in told] == [["guixi-jingkai", "yujiang-gongye"]]
    for place in told[0].places:
        assert {(d.source.document, d.source.clause) for d in place.designations} == {("鹰府发〔2014〕19号", "2")}
