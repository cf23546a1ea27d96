"""The list of places and the page of one place."""

from __future__ import annotations

from blueprints.parks import enterprise_rows
from domain.words import CapacityKind, CapacityStatus, Grade
from services.schemas import CapacityOut, ChainNodeRefOut, ChainOut, EnterpriseOut, SourceOut
from tests.pages.conftest import Ask
from tests.pages.reading import Page, text

SOURCE = SourceOut(document=None, clause=None, publication="测试年报", date="2024")


def shown(page: Page) -> list[str]:
    rows = [row for row in page.all("tr") if row.get("data-filter-row") is not None and row.get("hidden") is None]
    return [text(next(iter(row.iter("a")))) for row in rows]


def chain(code: str) -> ChainOut:
    return ChainOut(
        code=code, name_zh=code, name_en=code, nodes=1, nodes_present=0, enterprises=0, clauses=[], url="",
        source=SOURCE, grade=Grade.B,
    )  # fmt: skip


def node(code: str) -> ChainNodeRefOut:
    return ChainNodeRefOut(
        code=code, name_zh=code, name_en=code, chain=code[:2], is_built=True, basis=None, source=SOURCE, grade=Grade.D
    )


def capacity(kind: CapacityKind, value: float, at: str | None) -> CapacityOut:
    return CapacityOut(
        node=at, kind=kind, status=CapacityStatus.REPORTED, value=value, unit="万吨", year=None, stated=None,
        source=SOURCE, grade=Grade.B,
    )  # fmt: skip


def enterprise(nodes: list[ChainNodeRefOut], capacities: list[CapacityOut]) -> EnterpriseOut:
    return EnterpriseOut(
        code="firm", name_zh="某厂", name_en="Mou Chang", place="park", county=None, address=None, product=None,
        listed_code=None, evidence_on=None, nodes=nodes, capacities=capacities, source=SOURCE, grade=Grade.B,
    )  # fmt: skip


def test_the_list_groups_parks_zones_functional_areas_and_counties(ask: Ask) -> None:
    page = ask("/parks")
    assert [text(heading) for heading in page.all("h2")] == ["园区", "片区", "功能区", "市、县（市、区）"]


def test_the_list_is_filtered_by_text_and_kind_without_script(ask: Ask) -> None:
    assert shown(ask("/parks?q=高新&kind=development_zone"))[0] == "鹰潭高新技术产业开发区"
    assert "鹰潭高新技术产业开发区" in shown(ask("/parks?q=GAOXIN"))
    assert "鹰潭高新技术产业开发区" in shown(ask("/parks?q=水工 月湖"))
    assert shown(ask("/parks?q=高新&kind=logistics_park")) == []


def test_an_empty_list_says_what_to_do(ask: Ask) -> None:
    page = ask("/parks?q=nobody-has-this")
    box = next(element for element in page.all("div") if element.get("data-filter-empty") is not None)
    assert box.get("hidden") is None
    assert "换一个词" in text(box)


def test_guixi_is_provincial_before_october_2024(ask: Ask) -> None:
    def badge(day: str) -> str:
        page = ask(f"/parks/guixi-jingkai?as_of={day}")
        return text(page.all("p", "place-page__badges")[0])

    assert "省级" in badge("2020-01-01")
    assert "国家级" in badge("2024-12-31")


def test_a_start_that_is_unknown_is_said(ask: Ask) -> None:
    assert "起始未知" in ask("/parks/yingtan-gaoxin").section("basics")
    assert "start unknown" in ask("/en/parks/yingtan-gaoxin").section("basics")


def test_statements_that_disagree_stand_side_by_side_and_nowhere_else(ask: Ask) -> None:
    page = ask("/parks/yingtan-gaoxin")
    conflict = page.all("section", "conflict")[0]
    sides = [text(side) for side in conflict.iter("div") if side.get("class") == "conflict__side"]

    assert "不一致" in text(conflict)
    assert any("第2条" in side and "铜合金材料" in side for side in sides)
    assert any("第15条" in side and "高新技术研发" in side for side in sides)
    assert page.section("designations").count("高新技术研发") == 1


def test_capacity_that_is_not_there_yet_never_stands_with_what_is() -> None:
    firm = enterprise(
        [node("CU-A")], [capacity(CapacityKind.OBSERVED, 1, "CU-A"), capacity(CapacityKind.PLANNED, 2, "CU-A")]
    )
    (group,) = enterprise_rows([firm], [chain("CU")])
    assert [c.value for c in group.rows[0].observed] == [1]
    assert [c.value for c in group.rows[0].others] == [2]


def test_a_capacity_is_shown_once_however_many_chains_the_enterprise_is_in() -> None:
    firm = enterprise(
        [node("CU-A"), node("CU-B"), node("NE-C")],
        [capacity(CapacityKind.OBSERVED, 1, None), capacity(CapacityKind.OBSERVED, 2, "NE-C")],
    )
    groups = enterprise_rows([firm], [chain("NE"), chain("CU")])
    assert [(g.chain and g.chain.code, [[c.value for c in row.observed] for row in g.rows]) for g in groups] == [
        ("NE", [[2]]),
        ("CU", [[1]]),
    ]


def test_an_enterprise_without_a_node_is_listed_last() -> None:
    lost, found = enterprise([], [capacity(CapacityKind.OBSERVED, 1, None)]), enterprise([node("CU-A")], [])
    groups = enterprise_rows([lost, found], [chain("CU")])
    assert [group.chain and group.chain.code for group in groups] == ["CU", None]
    assert [c.value for c in groups[1].rows[0].observed] == [1]


def test_nothing_unconfirmed_looks_current(ask: Ask) -> None:
    page = ask("/parks/yingtan-gaoxin")
    rows = [
        row
        for row in page.parents[page.by_id("offers")].iter("tr")
        if any("badge--offer" in e.get("class", "") for e in row.iter("span"))
    ]
    assert rows
    for row in rows:
        is_confirmed = any("badge--confirmed" in element.get("class", "") for element in row.iter("span"))
        assert is_confirmed == ("is-not-current" not in row.get("class", ""))
    assert "城镇土地使用税" in page.section("offers")
    assert not any("badge--confirmed" in e.get("class", "") for row in rows for e in row.iter("span"))


def test_vacancy_and_contact_are_unknown_with_who_can_supply_each(ask: Ask) -> None:
    for address, unknown, who in (
        ("/parks/yingtan-gaoxin", "未知", "园区管委会"),
        ("/en/parks/yingtan-gaoxin", "Unknown", "park’s administration"),
    ):
        page = ask(address)
        answers = [text(dd) for dd in page.parents[page.by_id("vacancy")].iter("dd")]
        assert len(answers) == 2
        assert all(unknown in answer and who in answer for answer in answers)


def test_a_name_that_is_not_official_is_marked_pinyin(ask: Ask) -> None:
    for address in ("/parks/yingtan-gaoxin", "/en/parks/yingtan-gaoxin"):
        word = "pinyin" if address.startswith("/en/") else "拼音"
        assert word in text(ask(address).all("header")[1])


def test_the_outline_says_how_it_was_made_and_how_far_off_it_may_be(ask: Ask) -> None:
    outline = ask("/parks/yujiang-gongye").section("outline")
    assert "米以内" in outline
    assert "不作划界依据" in outline


def test_the_chosen_day_stays_in_the_links(ask: Ask) -> None:
    page = ask("/parks?as_of=2016-12-31")
    links = [link.get("href", "") for link in page.all("a") if "/parks/" in link.get("href", "")]
    assert links
    assert all("as_of=2016-12-31" in link for link in links)
