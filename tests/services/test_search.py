"""Search: Chinese, pinyin, initials, industries, two characters; what is named so comes first."""

from __future__ import annotations

from datetime import date

import pytest

from domain.errors import BadRequest
from models.database import Database
from services.search import search

TODAY = date(2026, 11, 21)


def _labels(database: Database, query: str) -> list[str]:
    with database.read() as session:
        return [entry["label_zh"] for entry in search(session, query, as_of=TODAY)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("高新", "鹰潭高新区"),
        ("贵溪", "贵溪市"),
        ("眼镜", "余江眼镜产业园"),
        ("yanjing", "余江眼镜产业园"),
        ("三川", "三川智慧科技股份有限公司"),
        ("Guixi", "贵溪市"),
        ("ｇｕｉｘｉ", "贵溪市"),
    ],
)
def test_what_is_asked_for_is_found(base: Database, query: str, first: str) -> None:
    labels = _labels(base, query)
    assert first in labels[:4], labels[:6]


@pytest.mark.parametrize(
    ("query", "found"), [("gxq", "鹰潭高新区"), ("节能照明", "余江工业园区"), ("水表", "三川智慧科技股份有限公司")]
)
def test_initials_and_industries_lead_to_the_place(base: Database, query: str, found: str) -> None:
    assert found in _labels(base, query)


def test_every_word_must_be_there(base: Database) -> None:
    assert "贵溪经开区" in _labels(base, "贵溪 经开")
    assert _labels(base, "贵溪 不存在的词") == []


@pytest.mark.parametrize("query", ["%", "_", "' OR 1=1 --", "\\"])
def test_signs_mean_themselves(base: Database, query: str) -> None:
    assert len(_labels(base, query)) < 20


def test_an_overlong_query_is_refused(base: Database) -> None:
    with base.read() as session, pytest.raises(BadRequest):
        search(session, "铜" * 65, as_of=TODAY)
