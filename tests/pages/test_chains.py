"""The chains: graph, nodes, edges, places."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from blueprints.chains import LINE_EMS, LINES_MAX, broken
from config import ROOT
from tests.pages.conftest import Ask
from tests.pages.reading import Page, text

SVG = "{http://www.w3.org/2000/svg}"


def boxes(page: Page) -> dict[str, dict[str, str]]:
    """node → the attributes of its link in the drawing."""
    links = [element for element in page.root.iter(f"{SVG}a") if element.get("data-node")]
    return {link.get("data-node", ""): dict(link.attrib) for link in links}


def test_copper_has_44_nodes_each_reached_by_the_keyboard_and_leading_to_its_row(ask: Ask) -> None:
    page = ask("/chains/CU")
    nodes = boxes(page)
    assert len(nodes) == 44
    for code, attributes in nodes.items():
        assert attributes["href"] == f"#node-{code}"
        assert attributes["aria-label"]
        assert page.by_id(f"node-{code}").tag == "tr"


def test_a_node_is_present_only_with_an_enterprise_and_otherwise_unknown(ask: Ask) -> None:
    page = ask("/chains/CU")
    for code, attributes in boxes(page).items():
        row = page.by_id(f"node-{code}")
        firms = [cell for cell in row.iter("td") if cell.get("data-label") == "企业"]
        is_present = "node--present" in attributes["class"].split()
        assert is_present != text(firms[0]).startswith("未知"), code
        assert is_present or "node--unknown" in attributes["class"].split()


def test_a_project_not_known_to_be_built_never_makes_a_node_present(ask: Ask) -> None:
    page = ask("/chains/CU")
    assert "node--unknown" in boxes(page)["CU-SCRAP"]["class"].split()
    assert "未证实建成" in text(page.by_id("node-CU-SCRAP"))


def test_the_legend_names_every_kind_of_line_that_is_drawn(ask: Ask) -> None:
    page = ask("/chains/CU")
    legend = text(page.all("ul", "legend-line")[0])
    assert all(word in legend for word in ("投入", "副产品", "回收", "服务", "未知", "有企业"))


def test_stages_stand_from_left_to_right(ask: Ask) -> None:
    page = ask("/chains/CU")
    names = [text(e) for e in page.root.iter(f"{SVG}text") if e.get("class") == "band__name"]
    places = [
        float(e.get("x", 0)) for e in page.root.iter(f"{SVG}text") if e.get("class") == "band__name" and e.get("x")
    ]
    assert names == ["上游", "中游", "下游", "配套"]
    assert places == sorted(places)


def test_a_coefficient_without_a_value_is_unknown_and_a_bound_is_called_a_bound(ask: Ask) -> None:
    page = ask("/chains/CU")
    cells = [text(cell) for cell in page.all("td") if cell.get("data-label") == "价值系数"]
    assert len(cells) == 71
    assert any("不超过" in cell for cell in cells)
    assert all("未知" in cell or re.search(r"\d.*[BCD]", cell) for cell in cells)


def test_the_clauses_that_ask_for_the_chain_are_linked(ask: Ask) -> None:
    page = ask("/chains/CU")
    links = [link.get("href", "") for link in page.all("header")[1].iter("a")]
    assert sum("#clause-" in link for link in links) >= 4


def test_places_show_their_state_and_the_clause_that_designates_them(ask: Ask) -> None:
    row = text(ask("/chains/CU").by_id("at-guixi-jingkai"))
    assert "第2条" in row


def test_same_as_leads_to_the_other_chain(ask: Ask) -> None:
    page = ask("/chains/CU")
    links = [link.get("href", "") for link in page.all("a")]
    assert any(link.startswith("/chains/") and "#node-" in link and "/chains/CU" not in link for link in links)


@pytest.mark.parametrize(
    "name",
    ["铜精矿", "废杂铜(回收、拆解、分选)", "spot market & delivery warehouse", "x" * 80, "漆" * 80, "(", "", "ab (cd"],
    ids=["short", "bracket", "words", "one word", "no break", "only a bracket", "empty", "open bracket"],
)
def test_a_name_fits_its_box(name: str) -> None:
    lines = broken(name)
    assert 1 <= len(lines) <= LINES_MAX
    if name.isascii() and " " not in name:
        return  # one long word cannot be broken
    assert all(len(line.encode("gb18030")) / 2 <= LINE_EMS + 1.5 for line in lines)


def test_unknown_is_never_red() -> None:
    css = (Path(ROOT) / "static/css/pages.css").read_text(encoding="utf-8")
    rules = re.findall(r"\.node--unknown[^{]*\{([^}]*)\}", css)
    assert rules
    assert not any("--fill" in rule or "--danger" in rule for rule in rules)
