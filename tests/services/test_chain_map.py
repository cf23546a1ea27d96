"""The small map beside a chain's graph."""

from __future__ import annotations

import math
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.words import Audience
from models.database import Database
from services.chain_gaps import MOST_PLACES, chain_gaps
from services.chain_map import LEAST_APART_PX, WIDTH_PX, SmallMap, apart, small_map
from services.gaps.asking import Question, parse_radius

TODAY = date(2026, 7, 28)
SIZE = (320.0, 260.0)
places = st.tuples(st.floats(12, 308), st.floats(12, 248))


@pytest.fixture
def drawn(base: Database) -> SmallMap:
    with base.read() as session:
        question = Question(TODAY, parse_radius("own"), Audience.PUBLIC, chain="CU")
        gaps = chain_gaps(session, question)
        return small_map(session, gaps, as_of=TODAY, today=TODAY, approval_no=None, language="zh")


@given(st.lists(places, max_size=MOST_PLACES // 2))
def test_dots_are_pushed_apart_and_stay_inside(points: list[tuple[float, float]]) -> None:
    spots = apart(points, SIZE)
    assert len(spots) == len(points)
    for x, y in spots:
        assert 0 < x < SIZE[0]
        assert 0 < y < SIZE[1]
    assert all(math.dist(one, other) > 4 for one, other in combinations(spots, 2))


def test_points_that_lie_apart_stay_where_they_are() -> None:
    points = [(30.0, 30.0), (100.0, 30.0), (30.0, 100.0)]
    assert apart(points, SIZE) == points


def test_places_on_one_spot_are_both_seen() -> None:
    one, other = apart([(50.0, 50.0), (50.0, 50.0)], SIZE)
    assert math.dist(one, other) >= LEAST_APART_PX - 0.1


def test_every_dot_and_every_name_lies_in_the_picture(drawn: SmallMap) -> None:
    assert len(drawn.dots) > 10
    for dot in drawn.dots:
        assert 0 <= dot.x <= WIDTH_PX
        assert 0 <= dot.y <= drawn.height
        if dot.label is not None:
            assert 0 <= dot.label.x <= WIDTH_PX
            assert 0 < dot.label.y <= drawn.height
    assert all(math.dist((a.x, a.y), (b.x, b.y)) >= LEAST_APART_PX - 1 for a, b in combinations(drawn.dots, 2))


def test_the_places_keep_their_bearings(drawn: SmallMap) -> None:
    at: dict[str, Any] = {dot.code: dot for dot in drawn.dots}
    assert at["yujiang-gongye"].x < at["yingtan-gaoxin"].x < at["guixi-jingkai"].x
    assert at["guixi-tong"].y < at["guixi-jingkai"].y < at["longhushan"].y


def test_a_moved_dot_tells_where_it_belongs(drawn: SmallMap) -> None:
    moved = [dot for dot in drawn.dots if dot.is_moved]
    assert {"guixi", "guixi-linhua"} & {dot.code for dot in moved}  # the same point in the dataset
    for dot in moved:
        assert math.dist((dot.x, dot.y), (dot.lies_x, dot.lies_y)) < 40


def test_what_has_no_position_or_lies_far_off_is_named_apart(drawn: SmallMap) -> None:
    assert "fuzhou-gaoxin" in drawn.outside
    assert {"fubei-gongye", "shangrao-jingkai"} == set(drawn.unplaced)
    assert drawn.home
    assert drawn.belt
