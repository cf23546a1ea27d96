"""The workbench speaks the page's language, also where programs are told an English place."""

from __future__ import annotations

import pytest

from blueprints.boundary_words import place_zh


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("feature 3", "第 3 个要素"),
        ("features 2,5", "第 2、5 个要素"),
        ("features 1-2", "第 1、2 个要素之间"),
        ("features 1,2,3,…(45)", "第 1、2、3 等 45 个要素"),
        ("feature 3 vertex 2", "第 3 个要素第 2 个顶点"),
        ("features 2,5 code", "第 2、5 个要素的编号"),
        ("feature 1 用地性质", "第 1 个要素的“用地性质”"),
        ("row 4", "第 4 行"),
        ("rows 3,4", "第 3、4 行"),
        ("NAME row 1", "第 1 行的“NAME”"),
        ("line 12", "第 12 行"),
        ("record 2", "第 2 条图形"),
        ("entity 1", "第 1 条多段线"),
        ("entities 1,2", "第 1、2 条多段线"),
        ("plot 7", "第 7 个地块"),
        ("layer 地块", "图层“地块”"),
        ("trigger t", "触发器“t”"),
        ("key type", "键“type”"),
        ("file", "整个文件"),
        ("archive", "压缩包"),
        ("all", "全部要素"),
        ("crs", "坐标系"),
    ],
)
def test_a_place_is_named_in_chinese(place: str, words: str) -> None:
    assert place_zh(place) == words


@pytest.mark.parametrize(
    "place", [".prj", "NAME", "地块.geojson", "my row 3 old.shp", "row 3.shp", "YJ-11", "P 1, P 2", "feature", ""]
)
def test_a_place_that_names_itself_stays_as_it_is(place: str) -> None:
    assert place_zh(place) == place
