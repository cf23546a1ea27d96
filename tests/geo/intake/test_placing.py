"""Where a file lies: never guessed in silence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from domain.boundaries import Finding, Severity, Verdict
from geo import bd09, gcj02
from geo.intake.model import Intake, Known
from geo.measures import distance_m
from tests.geo.intake.ground import WGS84, lonlat, rectangle, take_in, told, transverse_mercator, web_mercator

GOLDEN = ((117.05, 28.24), (117.08, 28.24), (117.08, 28.27), (117.05, 28.27))
"""What every file below outlines, degrees."""
HOME = (117.065, 28.255)
Point = tuple[float, float]


def grid(meridian: float, prefix: int = 0) -> Callable[[float, float], Point]:
    def project(longitude: float, latitude: float) -> Point:
        x, y = transverse_mercator(longitude, latitude, meridian)
        return prefix * 1_000_000 + x, y

    return project


def utm(longitude: float, latitude: float) -> Point:
    return transverse_mercator(longitude, latitude, 117, ellipsoid=WGS84, scale=0.9996)


def degrees(longitude: float, latitude: float) -> Point:
    return longitude, latitude


SYSTEMS: dict[str, Callable[[float, float], Point]] = {
    "EPSG:4490": degrees,
    "EPSG:4326": degrees,
    "EPSG:4527": grid(117, 39),
    "EPSG:4548": grid(117),
    "EPSG:4526": grid(114, 38),
    "EPSG:4547": grid(114),
    "EPSG:4528": grid(120, 40),
    "EPSG:4549": grid(120),
    "EPSG:4498": grid(117, 20),
    "EPSG:32650": utm,
    "EPSG:3857": web_mercator,
}
OWN_ZONE = [crs for crs in SYSTEMS if crs not in ("EPSG:4526", "EPSG:4547", "EPSG:4528", "EPSG:4549")]
"""Yingtan lies in these; in the others it lies some 300 km outside the zone."""


def outline(crs: str, *, exchanged: bool = False) -> BaseGeometry:
    corners = [SYSTEMS[crs](*corner) for corner in GOLDEN]
    return shapely.Polygon([corner[::-1] for corner in corners] if exchanged else corners)


def off_by_m(intake: Intake) -> float:
    """The greatest distance of a golden corner from the nearest stored one."""
    [feature] = intake.features
    stored = shapely.get_coordinates(feature.geometry)
    return max(min(distance_m(corner, tuple(point)) for point in stored) for corner in GOLDEN)


def question(intake: Intake) -> Finding:
    [asked] = [finding for finding in intake.findings if finding.severity is Severity.ASK]
    assert asked.question is not None
    assert asked.question.subject == "crs"
    assert intake.verdict is Verdict.ASK
    assert intake.features == ()
    return asked


def proposed(finding: Finding) -> list[str]:
    assert finding.question is not None
    return [proposal.value for proposal in finding.question.proposals]


@pytest.mark.parametrize("crs", OWN_ZONE)
def test_a_stated_system_is_placed_to_the_millimetre(crs: str) -> None:
    intake = take_in([outline(crs)], crs=crs)
    assert intake.verdict is Verdict.ACCEPT
    assert off_by_m(intake) < 0.001


@pytest.mark.parametrize("stated", SYSTEMS)
@pytest.mark.parametrize("true", OWN_ZONE)
def test_what_is_known_of_a_place_is_not_misplaced_in_silence_whatever_a_file_states(true: str, stated: str) -> None:
    intake = take_in([outline(true)], crs=stated, known=Known(published={"P1": ("甲", outline("EPSG:4490"))}))
    if intake.verdict is Verdict.ACCEPT:
        assert off_by_m(intake) < 1.0
    elif intake.verdict is Verdict.ASK:
        assert question(intake).code in {"crs_does_not_fit", "crs_elsewhere"}


def test_a_wrong_zone_far_from_all_parks_is_asked_about() -> None:
    park = shapely.box(117.0, 28.2, 117.1, 28.3)
    asked = question(take_in([outline("EPSG:4548")], crs="EPSG:4547", known=Known(parents={"YT-GX": ("高新区", park)})))
    assert asked.code == "crs_elsewhere"
    assert proposed(asked)[:2] == ["EPSG:4547", "EPSG:4548"]


@pytest.mark.parametrize("crs", OWN_ZONE)
def test_without_a_system_one_is_asked_for_and_the_proposals_hold_the_true_one(crs: str) -> None:
    asked = question(take_in([outline(crs)], crs=None))
    assert asked.place == "file"
    assert {"EPSG:4326": "EPSG:4490"}.get(crs, crs) in proposed(asked)


@pytest.mark.parametrize(
    ("crs", "first", "others"),
    [
        ("EPSG:4527", "EPSG:4527", ["EPSG:2363", "EPSG:2415"]),
        ("EPSG:4548", "EPSG:4548", ["EPSG:2384", "EPSG:2436", "EPSG:32650", "EPSG:4547", "EPSG:4549"]),
        ("EPSG:4490", "EPSG:4490", ["EPSG:4610", "EPSG:4214", "GCJ-02", "BD-09"]),
        ("EPSG:3857", "EPSG:3857", []),
    ],
)
def test_proposals_come_nearest_to_home_first_and_say_where_the_data_would_fall(
    crs: str, first: str, others: list[str]
) -> None:
    asked = question(take_in([outline(crs)], crs=None)).question
    assert asked is not None
    values = [proposal.value for proposal in asked.proposals]
    assert values[0] == first
    assert [value for value in values if value in others] == others
    nearest = asked.proposals[0].bounds
    assert nearest == pytest.approx((117.05, 28.24, 117.08, 28.27), abs=1e-4)


def test_a_zone_number_that_contradicts_the_system_is_asked_about() -> None:
    asked = question(take_in([outline("EPSG:4527")], crs="EPSG:4526"))
    assert (asked.code, proposed(asked)[:2]) == ("crs_does_not_fit", ["EPSG:4526", "EPSG:4527"])


def test_a_zone_too_narrow_for_the_eastings_is_not_proposed() -> None:
    far_from_the_meridian = shapely.box(250_000, 3_127_000, 251_000, 3_128_000)
    values = proposed(question(take_in([far_from_the_meridian], crs=None)))
    assert "EPSG:32650" in values
    assert "EPSG:4548" not in values


def test_a_shapefile_without_a_prj_is_asked_at_its_prj() -> None:
    mark = Finding("crs_missing", Severity.ASK, ".prj", "缺少坐标系（.prj），请选择坐标系", "missing; choose one")
    asked = question(take_in([outline("EPSG:4527")], crs=None, findings=(mark,)))
    assert asked.place == ".prj"
    assert asked.message_zh.startswith("缺少坐标系（.prj），请选择坐标系")
    assert "EPSG:4527" in asked.message_zh


@pytest.mark.parametrize("garbage", ["EPSG:1", "EPSG:4979x", "+proj=longlat", "北京", "EPSG:4978", "EPSG:5773"])
def test_a_system_nobody_knows_is_asked_for(garbage: str) -> None:
    assert question(take_in([outline("EPSG:4490")], crs=None, chosen=garbage)).code == "crs_unknown"


@pytest.mark.parametrize("crs", OWN_ZONE)
def test_an_answer_places_the_file(crs: str) -> None:
    intake = take_in([outline(crs)], crs=None, chosen=crs)
    assert intake.verdict is Verdict.ACCEPT
    assert intake.crs == crs
    assert off_by_m(intake) < 0.001


@pytest.mark.parametrize("crs", [crs for crs in OWN_ZONE if crs != "EPSG:3857"])
def test_axes_exchanged_throughout_are_put_right_and_told(crs: str) -> None:
    intake = take_in([outline(crs, exchanged=True)], crs=crs)
    assert told(intake)["axes_swapped"].place == "all"
    assert intake.verdict is Verdict.REPAIR
    assert off_by_m(intake) < 0.001


def test_axes_exchanged_in_some_features_are_rejected_by_number() -> None:
    shapes = [outline("EPSG:4490", exchanged=number in (2, 4)) for number in range(1, 5)]
    moved = [shapely.transform(shape, lambda xy, n=n: xy + n * 0.1) for n, shape in enumerate(shapes)]
    finding = told(take_in(moved, crs="EPSG:4490"))["axes_mixed"]
    assert (finding.severity, finding.place, finding.features) == (Severity.REJECT, "features 2,4", (2, 4))


def test_metres_stated_as_degrees_and_degrees_as_metres_are_asked_about() -> None:
    assert "EPSG:4527" in proposed(question(take_in([outline("EPSG:4527")], crs="EPSG:4490")))
    assert "EPSG:4490" in proposed(question(take_in([outline("EPSG:4490")], crs="EPSG:4527")))


@pytest.mark.parametrize(("crs", "said"), [("EPSG:2363", "西安80"), ("EPSG:2415", "北京54"), ("EPSG:4214", "北京54")])
def test_older_datums_are_placed_with_a_warning_of_their_accuracy(crs: str, said: str) -> None:
    numbers = outline("EPSG:4490" if crs == "EPSG:4214" else "EPSG:4527")
    intake = take_in([numbers], crs=crs)
    finding = told(intake)["datum_accuracy"]
    assert finding.severity is Severity.WARNING
    assert said in finding.message_zh
    assert off_by_m(intake) < 200


def test_outside_china_is_rejected_and_outside_the_province_is_a_warning() -> None:
    abroad = shapely.box(2.3, 48.8, 2.4, 48.9)
    zhejiang = shapely.box(120.7, 30.7, 120.71, 30.71)
    rejected = {finding.code: finding for finding in take_in([zhejiang, abroad], crs="EPSG:4326").findings}
    assert (rejected["outside_china"].severity, rejected["outside_china"].place) == (Severity.REJECT, "feature 2")
    warned = take_in([zhejiang], crs="EPSG:4326").findings[0]
    assert (warned.code, warned.severity, warned.place) == ("outside_province", Severity.WARNING, "all")


@pytest.mark.parametrize("numbers", [(179.9, 180.1), (-179.9, 179.9)])
def test_the_antimeridian_is_named(numbers: tuple[float, float]) -> None:
    shape = shapely.box(numbers[0], 30.0, numbers[1], 30.1)
    finding = told(take_in([shape], crs="EPSG:4326"))["antimeridian"]
    assert (finding.severity, finding.place) == (Severity.REJECT, "feature 1")


def test_one_absurd_number_is_told_of_its_feature_only() -> None:
    shapes = [outline("EPSG:4490"), shapely.Polygon([(117.2, 28.2), (220.5, 28.2), (117.3, 28.3)])]
    finding = told(take_in(shapes, crs="EPSG:4490"))["out_of_range"]
    assert (finding.severity, finding.place) == (Severity.REJECT, "feature 2")


# The shifted datums of web maps

SHIFTS = {"GCJ-02": gcj02.shift, "BD-09": bd09.shift}
TRUE = [rectangle(x, 0, 400, 300) for x in (0, 500, 1000, 1500)]


@pytest.mark.parametrize("datum", SHIFTS)
def test_a_shift_like_that_of_web_maps_is_asked_about(datum: str) -> None:
    published = lonlat(TRUE)
    known = Known(published={f"P{number}": ("", shape) for number, shape in enumerate(published, 1)})
    shifted = [shapely.transform(shape, SHIFTS[datum]) for shape in published]
    asked = question(take_in(shifted, crs="EPSG:4490", known=known))
    assert (asked.code, proposed(asked)[:2]) == ("crs_shifted", [datum, "EPSG:4490"])
    kept = take_in(shifted, crs="EPSG:4490", chosen="EPSG:4490", known=known)
    assert kept.verdict is Verdict.ACCEPT
    assert kept.features[0].geometry.equals_exact(shifted[0], 1e-12)
    corrected = take_in(shifted, crs="EPSG:4490", chosen=datum, known=known)
    assert corrected.verdict is Verdict.ACCEPT
    for feature, shape in zip(corrected.features, published, strict=True):
        assert shapely.hausdorff_distance(feature.geometry, shape) < 1e-8


@pytest.mark.parametrize("datum", SHIFTS)
def test_a_shift_is_told_too_where_a_person_had_to_name_the_system(datum: str) -> None:
    published = lonlat(TRUE)
    known = Known(published={f"P{number}": ("", shape) for number, shape in enumerate(published, 1)})
    shifted = [shapely.transform(shape, SHIFTS[datum]) for shape in published]
    told = take_in(shifted, crs=None, chosen="EPSG:4490", known=known)
    (finding,) = [one for one in told.findings if one.code == "crs_shifted"]
    assert (told.verdict, finding.question) == (Verdict.REPAIR, None)
    assert datum in finding.message_zh
    assert take_in(published, crs=None, chosen="EPSG:4490", known=known).verdict is Verdict.ACCEPT
    assert take_in(shifted, crs=None, chosen=datum, known=known).verdict is Verdict.ACCEPT


def test_one_feature_beside_its_park_is_not_led_to_another_system() -> None:
    [park, beside] = lonlat([rectangle(0, 0, 1000, 1000), rectangle(1001, 0, 400, 400)])
    known = Known(parents={"YT-GX": ("高新区", park)}, parent_of={"P1": "YT-GX"})
    told = take_in([beside], crs="EPSG:4490", known=known)
    asked = [one for one in told.findings if one.code == "crs_shifted"]
    assert all(proposed(one)[0] == "EPSG:4490" for one in asked)


@pytest.mark.parametrize("datum", SHIFTS)
def test_features_that_lie_in_their_park_only_unshifted_are_asked_about(datum: str) -> None:
    plots = lonlat(TRUE)
    [park] = lonlat([rectangle(-20, -20, 2000, 400)])
    parent_of = {f"P{number}": "YT-GX" for number in range(1, 5)}
    known = Known(parents={"YT-GX": ("高新区", park)}, parent_of=parent_of)
    shifted = [shapely.transform(shape, SHIFTS[datum]) for shape in plots]
    assert proposed(question(take_in(shifted, crs="EPSG:4490", known=known)))[0] == datum
    assert take_in(plots, crs="EPSG:4490", known=known).verdict is Verdict.ACCEPT


@pytest.mark.parametrize("metres", [(0, 0), (30, -20), (620, 0), (-500, 200)])
def test_another_displacement_is_not_taken_for_a_shift(metres: tuple[float, float]) -> None:
    known = Known(published={f"P{n}": ("", shape) for n, shape in enumerate(lonlat(TRUE), 1)})
    moved = [shapely.transform(shape, lambda xy: xy + np.array(metres)) for shape in TRUE]
    assert take_in(moved, known=known).verdict is Verdict.ACCEPT
