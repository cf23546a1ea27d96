"""What the pages of accounts and the audit log say: words, not codes."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from blueprints.account_words import ACTION_WORDS
from config import ROOT
from domain.permissions import Role
from models.database import Database, record_audit
from tests.accounts import newcomer
from tests.pages.reading import Page, text

PUBLISHED = {
    "layer": "plots",
    "title": "界址.zip",
    "versions": {f"YJ-{number}": [1, 2] for number in range(100)},
    "old": {"role": "officer", "parks": []},
    "new": {"role": "gis_editor", "parks": ["余江", "贵溪"]},
}


def test_the_log_has_words_for_everything_that_is_done() -> None:
    code = "".join(path.read_text("utf-8") for path in (ROOT / "services").rglob("*.py"))
    done = set(re.findall(r'action="([a-z -]+)"', code))
    assert "boundaries publish" in done
    assert done - ACTION_WORDS.keys() == set()


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "",
            [
                "发布更改集",
                "图层：地块",
                "标题：界址.zip",
                "角色：原为 招商干部 → GIS 编辑",
                "园区：原为 全部 → 余江、贵溪",
            ],
        ),
        (
            "/en",
            [
                "Changeset published",
                "Layer: Plots",
                "Title: 界址.zip",
                "Role: was Officer → GIS editor",
                "Parks: was all → 余江, 贵溪",
            ],
        ),
    ],
)
def test_a_line_of_the_log_is_told_in_words_and_what_is_long_is_folded(
    app: Flask, base: Database, language: str, told: list[str]
) -> None:
    with base.write() as session:
        record_audit(session, actor="王发布", action="boundaries publish", subject="7", details=PUBLISHED)
    page = Page(newcomer(app, Role.ADMIN).get(f"{language}/admin/audit").text)
    line = next(row for row in page.all("tr") if "王发布" in text(row))
    assert [link.get("href") for link in line.iter("a")] == [f"{language}/boundaries/changesets/7"]
    for words in told:
        assert words in text(line)
    folded = [text(one) for one in line.iter("summary")]
    assert len(folded) == 1
    assert "YJ-99" not in folded[0]
    assert "YJ-99 1 → 2" in text(line)


def test_ones_own_account_names_the_parks_it_is_limited_to(app: Flask) -> None:
    officer = newcomer(app, Role.OFFICER, parks=["yujiang-gongye"])
    page = officer.get("/account").text
    assert "余江" in page
    assert "yujiang-gongye" not in page
