"""The documents, their clauses, and the search in imported texts. The texts here are synthetic."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from models import Clause, PolicyDocument
from models.database import now
from tests.pages.conftest import Ask
from tests.pages.reading import YINGTAN_2014, Page, read, text

PLAN = "江西产业集群提能升级实施方案"


@pytest.fixture
def imported(client: FlaskClient, tmp_path: Path) -> FlaskClient:
    database = client.application.extensions["onemap"]["database"]
    with database.write() as session:
        session.execute(
            update(PolicyDocument)
            .where(PolicyDocument.key == YINGTAN_2014)
            .values(imported_at=now(), summary_text="转载摘要<b>", preamble_text="前言一句")
        )
        session.execute(
            update(Clause)
            .where(Clause.document_key == YINGTAN_2014, Clause.number == "7")
            .values(text="合成的<i>第一段，绘制青瓷招商图<script>。\n合成的第二段。", responsible="甲局;乙局")
        )
    return client


def test_the_list_gives_every_document_and_what_is_unknown_of_it(ask: Ask) -> None:
    page = ask("/policies")
    rows = [text(row) for row in page.all("tr")][1:]
    assert len(rows) == 5
    assert any("文号未知" in row and "未知" in row for row in rows)


def test_every_clause_has_its_anchor(ask: Ask) -> None:
    page = ask(f"/policies/{YINGTAN_2014}")
    assert [page.by_id(f"clause-{number}").tag for number in range(1, 16)] == ["section"] * 15
    assert ask(f"/policies/{PLAN}").by_id("clause-(十五)").tag == "section"


def test_clause_2_lists_its_designations_and_clause_13_its_offers(ask: Ask) -> None:
    page = ask(f"/policies/{YINGTAN_2014}")
    assert "铜合金材料" in text(page.by_id("clause-2"))
    assert "待确认" in text(page.by_id("clause-13"))
    assert "有效（已确认）" not in text(page.by_id("clause-13"))


def test_a_document_without_its_text_says_how_it_is_imported(ask: Ask) -> None:
    page = ask(f"/policies/{YINGTAN_2014}")
    assert f"policies import 文件 --key {YINGTAN_2014}" in text(page.all("code", "command")[0])


def test_an_imported_text_stands_in_its_clause_and_the_summary_apart(imported: FlaskClient) -> None:
    page = read(imported, f"/policies/{YINGTAN_2014}")
    clause = text(page.by_id("clause-7"))
    assert "合成的<i>第一段，绘制青瓷招商图<script>。" in clause
    assert "甲局、乙局" in clause
    assert page.all("code", "command") == []
    assert text(page.all("aside")[0]).endswith("转载摘要<b>")
    assert "转载摘要" not in "".join(text(section) for section in page.all("section"))


def test_a_search_marks_its_hits(imported: FlaskClient) -> None:
    page = read(imported, "/policies?q=青瓷")
    (hit,) = page.all("li", "hit")
    assert [text(mark) for mark in hit.iter("mark")] == ["青瓷"]
    assert "<i>第一段，绘制青瓷招商图<script>" in text(hit)
    assert next(iter(hit.iter("a"))).get("href", "").endswith("#clause-7")


def test_a_search_that_finds_nothing_says_why(client: FlaskClient, imported: FlaskClient) -> None:
    assert "没有找到" in empty(read(imported, "/policies?q=没人写过"))


def test_a_search_without_any_text_says_how_to_import_one(ask: Ask) -> None:
    assert "policies import" in empty(ask("/policies?q=铜"))


def empty(page: Page) -> str:
    return text(page.all("div", "empty")[0])
