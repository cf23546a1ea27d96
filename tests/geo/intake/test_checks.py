"""What is found wrong with features that have a place: one rule a test, areas worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import shapely

from domain.boundaries import Severity, Verdict
from geo.intake.checks import review
from geo.intake.model import Feature, Known, Limits
from tests.geo.intake.ground import EAST, NORTH, lonlat, rectangle, ring, take_in, told

WARNING, REPAIR, ASK, REJECT = Severity.WARNING, Severity.REPAIR, Severity.ASK, Severity.REJECT


def test_a_good_file_has_no_findings_and_is_kept_as_it_is() -> None:
    shapes = [rectangle(0, 0, 300, 200), rectangle(300, 0, 300, 200), rectangle(700, 0, 100, 100)]
    intake = take_in(
        shapes, columns={"地块编号": ["A-1", 2, 3.0], "地块名称": [" 甲 ", None, "丙"], "用途": ["工", "", None]}
    )
    assert intake.findings == ()
    assert intake.verdict is Verdict.ACCEPT
    assert intake.used == {"code": "地块编号", "name": "地块名称"}
    assert [(feature.code, feature.name) for feature in intake.features] == [("A-1", "甲"), ("2", ""), ("3", "丙")]
    assert dict(intake.features[0].attributes) == {"地块编号": "A-1", "地块名称": " 甲 ", "用途": "工"}
    for feature in intake.features:
        assert (feature.geometry.geom_type, feature.before, feature.area_change_m2) == ("MultiPolygon", None, 0.0)
        assert feature.geometry.is_valid
        assert shapely.is_ccw(feature.geometry.geoms[0].exterior)


# Columns


def test_what_is_said_of_a_field_that_is_none_counts_for_nothing() -> None:
    intake = take_in([rectangle(0, 0, 9, 9)], use={"code": "name", "colour": "name", "shade": "nowhere"})
    assert intake.used == {"code": "name", "name": "name"}
    assert "column_missing" not in told(intake)


@pytest.mark.parametrize("header", ["code", "CODE", "编号", "地块编号", "DKBH", "Plot_Code", "plot code", "宗地号"])
def test_the_column_of_codes_is_known_by_its_header(header: str) -> None:
    intake = take_in([rectangle(0, 0, 9, 9)], columns={"备注": ["x"], header: ["P1"]})
    assert intake.features[0].code == "P1"


def test_without_a_column_of_codes_it_is_asked_for_together_with_all_else() -> None:
    intake = take_in([ring((0, 0), (9, 0), (18, 0), (0, 0))], columns={"备注": ["x"], "面积": [1.5]})
    asked = told(intake)["code_column"].question
    assert asked is not None
    assert (asked.subject, [proposal.value for proposal in asked.proposals]) == ("code", ["备注", "面积"])
    assert "no_area" in told(intake)
    answered = take_in([rectangle(0, 0, 9, 9)], columns={"备注": ["x"]}, use={"code": "备注"})
    assert answered.features[0].code == "x"


def test_a_column_that_is_not_there_is_asked_for_by_name() -> None:
    finding = told(take_in([rectangle(0, 0, 9, 9)], use={"name": "旧名"}))["column_missing"]
    assert (finding.severity, finding.place) == (ASK, "旧名")
    assert finding.question is not None
    assert finding.question.subject == "name"


def test_names_stand_for_codes_only_where_nothing_else_could() -> None:
    only_names = {"name": ["甲", "乙"], "description": [None, None]}
    shapes = [rectangle(0, 0, 9, 9), rectangle(20, 0, 9, 9)]
    [published] = lonlat([rectangle(0, 0, 8, 9)])
    intake = take_in(shapes, columns=only_names, known=Known(published={"P7": ("乙", published)}))
    assert told(intake)["names_as_codes"].severity is REPAIR
    assert [feature.code for feature in intake.features] == ["甲", "P7"]
    assert "code_column" in told(take_in(shapes, columns={"name": ["甲", "甲"]}))
    assert "code_column" in told(take_in(shapes, columns={**only_names, "id": [7, 8]}))
    assert told(take_in(shapes, columns={}))["code_column"].severity is REJECT


# Codes


def test_a_repeated_code_names_its_features() -> None:
    shapes = [rectangle(20 * n, 0, 9, 9) for n in range(5)]
    finding = told(take_in(shapes, columns={"code": ["A", "B", "C", "D", "B"]}))["code_repeated"]
    assert (finding.severity, finding.place, finding.features) == (REJECT, "features 2,5 code", (2, 5))


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_an_empty_code_names_its_features(empty: str | None) -> None:
    shapes = [rectangle(20 * n, 0, 9, 9) for n in range(3)]
    finding = told(take_in(shapes, columns={"code": ["A", empty, empty]}, noun="row"))["code_empty"]
    assert (finding.severity, finding.place) == (REJECT, "rows 2,3 code")
    assert "第2、3行" in finding.message_zh


# Numbers, types, sizes


@pytest.mark.parametrize(("value", "code", "place"), [
    (math.nan, "not_finite", "feature 2 vertex 3"),
    (math.inf, "coordinate_overflow", "feature 2"),
    (-math.inf, "coordinate_overflow", "feature 2"),
])  # fmt: skip
def test_a_number_that_is_none_is_told_with_feature_and_vertex(value: float, code: str, place: str) -> None:
    bad = ring((20, 0), (29, 0), (29, 9), (20, 9))
    coordinates = shapely.get_coordinates(bad)
    coordinates[2, 0] = value
    with np.errstate(invalid="ignore"):
        bad = shapely.set_coordinates(bad, coordinates)
    intake = take_in([rectangle(0, 0, 9, 9), bad, rectangle(40, 0, 9, 9)])
    assert (told(intake)[code].severity, told(intake)[code].place) == (REJECT, place)
    assert [feature.number for feature in intake.features] == [1, 3]


def test_what_is_no_polygon_is_told_in_one_finding() -> None:
    line, point = shapely.LineString([(EAST, NORTH), (EAST + 9, NORTH)]), shapely.Point(EAST, NORTH)
    finding = told(take_in([rectangle(0, 0, 9, 9), line, rectangle(20, 0, 9, 9), point]))["not_polygon"]
    assert (finding.severity, finding.place, finding.message_zh) == (REJECT, "features 2,4", "第2、4个要素不是面")


@pytest.mark.parametrize("corners", [
    [(0, 0), (10, 0), (20, 0), (0, 0)],
    [(0, 0), (0, 0), (0, 0), (0, 0)],
    [(0, 0), (10, 0), (10, 10), (10, 0), (0, 0)],
])  # fmt: skip
def test_a_feature_without_area_is_rejected(corners: list[tuple[float, float]]) -> None:
    finding = told(take_in([rectangle(50, 0, 9, 9), ring(*corners)]))["no_area"]
    assert (finding.severity, finding.place) == (REJECT, "feature 2")
    assert "面积为零" in finding.message_zh


def test_more_vertices_than_allowed_are_rejected_by_feature_and_in_all() -> None:
    circle = shapely.Point(EAST, NORTH).buffer(100, quad_segs=10)
    by_feature = told(take_in([rectangle(500, 0, 9, 9), circle], limits=Limits(feature_vertices=40)))
    assert by_feature["too_many_vertices"].place == "feature 2"
    in_all = told(take_in([rectangle(500, 0, 9, 9), circle], limits=Limits(file_vertices=45)))
    assert in_all["too_many_vertices"].place == "file"
    assert take_in([rectangle(500, 0, 9, 9), circle], limits=Limits(file_vertices=46)).findings == ()


def test_repeated_vertices_and_spikes_are_warnings_with_a_place() -> None:
    repeated = ring((0, 0), (90, 0), (90, 0), (90, 90), (0, 90), (0, 90), (0, 90))
    spike = ring((200, 0), (290, 0), (290, 45), (340, 45.1), (290, 45.2), (290, 90), (200, 90))
    findings = told(take_in([repeated, spike]))
    assert findings["repeated_vertices"].severity is WARNING
    assert "3 个重复顶点" in findings["repeated_vertices"].message_zh
    assert (findings["spike"].severity, findings["spike"].features) == (WARNING, (2,))
    assert "长约 50.0 m" in findings["spike"].message_zh
    [tip] = lonlat([rectangle(340, 45.1, 0.2, 0.2)])
    assert shapely.Point(findings["spike"].lonlat).distance(tip) < 1e-6


@pytest.mark.parametrize("first", range(7))
def test_a_spike_is_found_wherever_its_ring_begins(first: int) -> None:
    corners = [(200, 0), (290, 0), (290, 45), (340, 45.1), (290, 45.2), (290, 90), (200, 90)]
    assert "spike" in told(take_in([ring(*corners[first:], *corners[:first])]))


# Overlaps


def test_an_overlap_is_told_with_both_names_and_its_area() -> None:
    shapes = [rectangle(0, 0, 300, 200), rectangle(400, 0, 100, 100), rectangle(250, 100, 100, 200)]
    finding = told(take_in(shapes))["overlap"]
    assert (finding.severity, finding.place, finding.features) == (REJECT, "features 1,3", (1, 3))
    assert finding.area_m2 == pytest.approx(50 * 100, abs=0.01)
    assert "甲（第1个要素）与丙（第3个要素）范围重叠 5,000.00 m²（7.500 亩）" in finding.message_zh
    [shared] = lonlat([rectangle(250, 100, 50, 100)])
    assert shapely.Point(finding.lonlat).within(shared)


@pytest.mark.parametrize("inner", [(0, 0, 300, 200), (50, 50, 100, 100), (0, 50, 300, 100)])
def test_one_feature_within_another_overlaps(inner: tuple[float, float, float, float]) -> None:
    finding = told(take_in([rectangle(0, 0, 300, 200), rectangle(*inner)]))["overlap"]
    assert finding.area_m2 == pytest.approx(inner[2] * inner[3], abs=0.01)


def test_a_good_partition_laid_upon_another_is_found_to_overlap() -> None:
    fine = [rectangle(100 * i, 100 * j, 100, 100) for i in range(4) for j in range(4)]
    coarse = [rectangle(200 * i + 100, 200 * j + 100, 200, 200) for i in range(2) for j in range(2)]
    findings = [finding for finding in take_in([*fine, *coarse]).findings if finding.code == "overlap"]
    assert len(findings) == 4 * 4 - 7  # each coarse one lies on four fine ones where those are: 9 of 16 pairs
    assert all(finding.area_m2 == pytest.approx(10_000, abs=0.01) for finding in findings)


def test_neighbours_that_touch_do_not_overlap_with_or_without_common_vertices() -> None:
    shapes = [
        rectangle(0, 0, 100, 100),
        rectangle(100, 0, 50, 50),
        rectangle(100, 50, 50, 50),
        rectangle(0, 100, 150, 9),
    ]
    assert take_in(shapes).findings == ()


def test_an_overlap_with_what_is_published_names_it_but_not_with_what_is_replaced() -> None:
    [near], [own] = lonlat([rectangle(80, 0, 100, 100)]), lonlat([rectangle(0, 0, 90, 90)])
    known = Known(published={"Q9": ("邻居", near), "P1": ("甲", own)})
    findings = take_in([rectangle(0, 0, 100, 100)], known=known).findings
    assert [(finding.code, finding.place) for finding in findings] == [("overlap", "feature 1")]
    assert "已发布的邻居（Q9）" in findings[0].message_zh
    assert findings[0].area_m2 == pytest.approx(20 * 100, abs=0.01)


# Where they lie, how large they are


def known_park(**more: object) -> Known:
    [park] = lonlat([rectangle(0, 0, 1000, 1000)])
    return replace(Known(parents={"YT-GX": ("高新区", park)}), **more)  # type: ignore[arg-type]


def test_reaching_out_of_the_park_is_a_warning_with_the_area() -> None:
    known = known_park(parent_of={"P1": "YT-GX", "P2": "YT-GX"})
    findings = take_in([rectangle(0, 900, 100, 200), rectangle(500, 0, 500, 500)], known=known).findings
    assert [(finding.code, finding.severity, finding.place) for finding in findings] == [
        ("outside_parent", WARNING, "feature 1")
    ]
    assert findings[0].area_m2 == pytest.approx(100 * 100, abs=0.5)
    assert "高新区，占 50.0%" in findings[0].message_zh


def test_not_touching_the_park_it_belongs_to_is_rejected() -> None:
    finding = told(take_in([rectangle(2000, 0, 100, 100)], known=known_park(parent_of={"P1": "YT-GX"})))
    assert finding["outside_parent"].severity is REJECT
    assert take_in([rectangle(2000, 0, 100, 100)], known=known_park()).findings == ()


def test_a_border_off_by_centimetres_is_not_reaching_out() -> None:
    known = known_park(parent_of={"P1": "YT-GX"})
    assert take_in([rectangle(-0.2, 0, 100, 100)], known=known).findings == ()


def test_a_park_named_in_the_file_counts() -> None:
    columns = {"code": ["新1"], "所属园区": ["YT-GX"]}
    known = known_park(park_words={"YT-GX": "YT-GX"})
    finding = told(take_in([rectangle(2000, 0, 9, 9)], columns=columns, known=known))["outside_parent"]
    assert finding.severity is REJECT


def test_apart_from_a_park_nobody_surveyed_is_only_told() -> None:
    columns = {"code": ["新1"], "所属园区": ["高新区"]}
    known = known_park(park_words={"高新区": "YT-GX"}, rough=frozenset({"YT-GX"}))
    finding = told(take_in([rectangle(2000, 0, 9, 9)], columns=columns, known=known))["outside_parent"]
    assert finding.severity is WARNING


@pytest.mark.parametrize(("stated_ha", "is_told"), [(2.0, False), (1.83, False), (1.8, True), (2.25, True)])
def test_an_area_more_than_a_tenth_off_the_stated_one_is_told_with_both(stated_ha: float, is_told: bool) -> None:
    known = Known(stated_area_ha={"P1": ("批准面积", stated_ha)})
    findings = told(take_in([rectangle(0, 0, 200, 100)], known=known))
    assert ("area_differs" in findings) == is_told
    if is_told:
        assert findings["area_differs"].severity is WARNING
        assert f"量得 2.00 公顷，批准面积 {stated_ha:.2f} 公顷" in findings["area_differs"].message_zh


# Many findings, and drawn geometry


def test_all_findings_come_at_once() -> None:
    shapes = [
        rectangle(0, 0, 100, 100),
        rectangle(50, 0, 100, 100),
        shapely.Point(EAST, NORTH),
        ring((300, 0), (400, 100), (400, 0), (300, 100)),
        ring((500, 0), (510, 0), (520, 0)),
    ]
    codes = told(take_in(shapes, columns={"code": ["A", "A", "B", "C", None]}))
    assert set(codes) == {"code_repeated", "code_empty", "not_polygon", "no_area", "invalid", "overlap"}


def test_hundreds_of_findings_of_a_kind_are_counted_not_listed() -> None:
    shapes = [rectangle(60 * n, 0, 100, 100) for n in range(100)]
    overlaps = [finding for finding in take_in(shapes).findings if finding.code == "overlap"]
    assert len(overlaps) == 20
    assert "另有 79 处" in overlaps[-1].message_zh
    assert set(overlaps[-1].features) >= {99, 100}


def test_drawn_features_are_checked_in_the_same_way() -> None:
    shapes = lonlat([rectangle(0, 0, 100, 100), rectangle(400, 0, 100, 100)])
    drawn = [Feature(n, f"P{n}", "", shape) for n, shape in enumerate(shapes, 1)]
    assert review(drawn, Known(), Limits()) == ((), tuple(drawn))
    twisted = shapely.Polygon(np.array(shapes[0].geoms[0].exterior.coords)[[0, 2, 1, 3, 0]])
    findings, features = review([replace(drawn[0], geometry=twisted), drawn[1]], Known(), Limits())
    assert [finding.code for finding in findings] == ["invalid"]
    assert features[0].geometry.is_valid
    assert features[0].before is twisted or features[0].before.equals(twisted)
    abroad, _ = review([replace(drawn[0], geometry=shapely.box(2, 48, 3, 49))], Known(), Limits())
    assert [(finding.code, finding.severity) for finding in abroad] == [("outside_china", REJECT)]
