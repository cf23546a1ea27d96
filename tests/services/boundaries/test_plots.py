"""What is said of plots beside their outlines: where they belong, what they are used for, whether they are vacant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry import MultiPolygon
from sqlalchemy import select

from domain.boundaries import Action, Layer, Verdict
from domain.words import PlaceLayer
from models import Place, Plot
from services.boundaries import drafting, publishing
from services.boundaries.changesets import Edit, edits_of
from services.boundaries.impact import Effect, Kind
from services.boundaries.reviewing import review_of
from services.boundaries.standing import standing
from tests.services.boundaries.test_drafting import bring_in, codes_of
from tests.services.boundaries.workbench import SIDE, Workbench, collection, read_here, square

PARK, OTHER = "own-park", "other-park"


@pytest.fixture(autouse=True)
def _read_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafting, "take_in", read_here)


@pytest.fixture
def parks(yingtan: Workbench) -> Workbench:
    """A square park of our own beside the base dataset."""
    parks = yingtan.on(layer=Layer.PARKS)
    parks.publish(parks.draft(parks.edit(PARK, square(100), name="试验园区")))
    return parks


def said(bench: Workbench, code: str) -> Plot:
    with bench.database.read() as session:
        return session.scalars(select(Plot).where(Plot.code == code, Plot.superseded_at.is_(None))).one()


def sheet(shapes: dict[str, MultiPolygon], **columns: Any) -> dict[str, Any]:
    content = collection(shapes)
    for feature in content["features"]:
        feature["properties"] |= columns
    return content


def published(bench: Workbench, folder: Path, content: dict[str, Any]) -> None:
    draft = bring_in(bench.database, folder, content)
    assert draft.changeset is not None, draft.findings
    bench.publish(draft.changeset)


def undrawn(bench: Workbench) -> Place:
    """A park of the base dataset of which no outline is known."""
    with bench.database.read() as session:
        drawn = standing(session, Layer.PARKS)
        parks = session.scalars(select(Place).where(Place.layer == PlaceLayer.PARK, Place.superseded_at.is_(None)))
        return next(place for place in parks if place.code not in drawn)


def half(column: int = 100) -> MultiPolygon:
    return square(column, width=SIDE / 2)


def test_a_plot_belongs_to_the_park_its_file_names_where_that_has_no_outline(
    yingtan: Workbench, tmp_path: Path
) -> None:
    place = undrawn(yingtan)
    for number, word in enumerate((place.code, place.name_zh, place.short_name_zh)):
        published(yingtan, tmp_path, sheet({f"P-{number}": square(number)}, 所属园区=word))
        assert said(yingtan, f"P-{number}").place_code == place.code


def test_what_a_plot_was_said_to_belong_to_stays_while_no_outline_tells_otherwise(
    yingtan: Workbench, tmp_path: Path
) -> None:
    place = undrawn(yingtan)
    published(yingtan, tmp_path, sheet({"P-1": square(1)}, 所属园区=place.name_zh))
    yingtan.put("P-1", square(1, width=SIDE / 2))
    assert said(yingtan, "P-1").place_code == place.code


def test_an_outline_that_holds_a_plot_says_it_better_than_its_file(parks: Workbench, tmp_path: Path) -> None:
    plots = parks.on(layer=Layer.PLOTS)
    place = undrawn(parks)
    published(plots, tmp_path, sheet({"P-1": half()}, 所属园区=place.name_zh))
    assert said(parks, "P-1").place_code == PARK


def test_a_park_a_plot_names_and_does_not_lie_in_is_told(parks: Workbench, tmp_path: Path) -> None:
    place = undrawn(parks)
    draft = bring_in(parks.database, tmp_path, sheet({"P-1": half()}, 所属园区=place.name_zh))
    (told,) = [finding for finding in draft.findings if finding.code == "park_elsewhere"]
    assert (told.place, place.name_zh in told.message_zh, "试验园区" in told.message_en) == ("features 1", True, True)
    agreeing = bring_in(parks.database, tmp_path, sheet({"P-2": half()}, 所属园区="试验园区"))
    assert "park_elsewhere" not in codes_of(agreeing)


def test_field_names_that_a_dbf_cut_are_recognised(bench: Workbench, tmp_path: Path) -> None:
    content = collection({"P-1": square(0)})
    content["features"][0]["properties"] = {"地块编": "P-1", "地块名": "一号", "地类编": "0601", "是否空": "空置"}
    published(bench, tmp_path, content)
    plot = said(bench, "P-1")
    assert (plot.name_zh, plot.land_use_code, plot.is_vacant) == ("一号", "0601", True)


def test_a_park_nobody_knows_is_told_and_the_plot_belongs_where_it_lies(parks: Workbench, tmp_path: Path) -> None:
    draft = bring_in(parks.database, tmp_path, sheet({"P-1": half()}, 所属园区="月球园区"))
    (told,) = [finding for finding in draft.findings if finding.code == "park_unknown"]
    assert (told.place, "月球园区" in told.message_zh, "月球园区" in told.message_en) == ("所属园区", True, True)
    assert draft.verdict is Verdict.ACCEPT
    assert draft.changeset is not None
    parks.publish(draft.changeset)
    assert said(parks, "P-1").place_code == PARK


def test_a_plot_far_from_a_park_only_sketched_is_told_and_not_refused(yingtan: Workbench, tmp_path: Path) -> None:
    far = {"P-1": MultiPolygon([shapely.box(117.5, 27.9, 117.501, 27.901)])}
    with yingtan.database.read() as session:
        name = session.get_one(Place, next(iter(standing(session, Layer.PARKS)))).name_zh
    draft = bring_in(yingtan.database, tmp_path, sheet(far, 所属园区=name))
    assert "outside_parent" in codes_of(draft)
    assert draft.stored


def test_a_published_park_takes_the_plots_that_come_to_lie_in_it_as_its_impact_said(parks: Workbench) -> None:
    plots = parks.on(layer=Layer.PLOTS)
    plots.put("P-in", half())
    plots.put("P-next", square(101, width=SIDE / 2))
    assert (said(parks, "P-in").place_code, said(parks, "P-next").place_code) == (PARK, None)
    west, south, _, north = square(101).bounds
    draft = parks.draft(parks.edit(PARK, MultiPolygon([shapely.box(west - SIDE / 4, south, west + SIDE, north)])))
    with parks.database.read() as session:
        impact = publishing.preview(session, draft)
    moves = {(one.code, one.from_place, one.to_place) for one in impact.affected if one.kind is Kind.PLOT}
    assert moves == {("P-in", PARK, None), ("P-next", None, PARK)}
    before = said(parks, "P-next")
    parks.publish(draft)
    assert (said(parks, "P-in").place_code, said(parks, "P-next").place_code) == (None, PARK)
    after = said(parks, "P-next")
    assert (after.source_id, after.name_zh, after.area_ha) == (before.source_id, before.name_zh, before.area_ha)


def test_a_zone_published_inside_a_park_takes_its_plots_and_gives_them_back(parks: Workbench) -> None:
    plots, zones = parks.on(layer=Layer.PLOTS), parks.on(layer=Layer.ZONES)
    plots.put("P-1", half())
    zones.publish(zones.draft(zones.edit("own-zone", square(100, width=SIDE * 0.6), name="片区")))
    assert said(parks, "P-1").place_code == "own-zone"
    zones.put("own-zone", None)
    assert said(parks, "P-1").place_code == PARK


def test_a_plot_the_new_outline_cuts_stays_where_its_middle_lies(parks: Workbench) -> None:
    parks.on(layer=Layer.PLOTS).put("P-1", half())
    draft = parks.draft(parks.edit(PARK, square(100, width=SIDE * 0.4)))
    with parks.database.read() as session:
        (one,) = [one for one in publishing.preview(session, draft).affected if one.kind is Kind.PLOT]
    assert (one.effect, one.to_place) == (Effect.CUT, PARK)
    parks.publish(draft)
    assert said(parks, "P-1").place_code == PARK


def test_a_plot_across_zones_stays_the_parks_while_its_middle_does(parks: Workbench) -> None:
    west, south, _, north = square(100).bounds
    zone = MultiPolygon([shapely.box(west, south, west + SIDE * 0.6, north)])
    zones = parks.on(layer=Layer.ZONES)
    zones.publish(zones.draft(zones.edit("own-zone", zone, name="片区")))
    across = MultiPolygon([shapely.box(west + SIDE * 0.3, south, west + SIDE * 0.8, north)])
    parks.on(layer=Layer.PLOTS).put("P-1", across)
    assert said(parks, "P-1").place_code == PARK
    draft = parks.draft(parks.edit(PARK, square(100, width=SIDE * 0.7)))
    with parks.database.read() as session:
        effects = [one.effect for one in publishing.preview(session, draft).affected if one.kind is Kind.PLOT]
    assert effects == [Effect.CUT]
    parks.publish(draft)
    assert said(parks, "P-1").place_code == PARK


def test_land_use_and_vacancy_come_with_the_file_and_what_means_nothing_is_told(
    bench: Workbench, tmp_path: Path
) -> None:
    published(bench, tmp_path, sheet({"P-1": square(0)}, 地类编码="0601", 是否空置="闲置"))
    assert (said(bench, "P-1").land_use_code, said(bench, "P-1").is_vacant) == ("0601", True)
    draft = bring_in(bench.database, tmp_path, sheet({"P-2": square(1)}, 是否空置="大概"))
    (told,) = [finding for finding in draft.findings if finding.code == "vacancy_unknown"]
    assert (told.place, "大概" in told.message_zh) == ("是否空置", True)
    assert draft.changeset is not None
    bench.publish(draft.changeset)
    assert said(bench, "P-2").is_vacant is None


def test_a_plot_drawn_as_it_stands_of_which_something_else_is_said_is_a_change(
    bench: Workbench, tmp_path: Path
) -> None:
    published(bench, tmp_path, sheet({"P-1": square(0), "P-2": square(1)}, 是否空置="空置"))
    content = sheet({"P-1": square(0), "P-2": square(1)}, 是否空置="空置")
    content["features"][1]["properties"] |= {"是否空置": "已用", "name": "新名"}
    draft = bring_in(bench.database, tmp_path, content)
    assert draft.changeset is not None
    with bench.database.read() as session:
        assert [(edit.code, edit.action) for edit in edits_of(session, draft.changeset)] == [("P-2", Action.CHANGE)]
        (row,) = review_of(session, draft.changeset).rows
    assert [(one.field, one.old, one.new) for one in row.said] == [
        ("name", "P-2号地块", "新名"), ("is_vacant", True, False),
    ]  # fmt: skip
    assert row.difference_ha == 0
    bench.publish(draft.changeset)
    assert (said(bench, "P-2").name_zh, said(bench, "P-2").is_vacant) == ("新名", False)
    assert not bring_in(bench.database, tmp_path, content).stored


def test_a_file_with_only_the_name_of_a_park_nobody_drew_is_of_that_park(yingtan: Workbench, tmp_path: Path) -> None:
    place = undrawn(yingtan)
    with yingtan.database.read() as session:
        county = standing(session, "counties")[place.county_code or "yujiang"].geometry
        at = county.representative_point()
    content = collection({"x": MultiPolygon([shapely.box(at.x, at.y, at.x + SIDE, at.y + SIDE)])})
    content["features"][0]["properties"] = {"名称": place.short_name_zh}
    draft = bring_in(yingtan.database, tmp_path, content, layer=Layer.PARKS, confirmed=True)
    assert draft.changeset is not None, draft.findings
    with yingtan.database.read() as session:
        (edit,) = edits_of(session, draft.changeset)
    assert (edit.code, edit.action) == (place.code, Action.ADD)
    assert "new_place" not in codes_of(draft)


def test_an_edit_without_attributes_leaves_what_is_said(bench: Workbench) -> None:
    edit = Edit("P-1", Action.ADD, None, square(0), "一号", attributes={"land_use_code": "0601", "is_vacant": "是"})
    bench.publish(bench.draft(edit))
    bench.put("P-1", square(0, width=SIDE / 2))
    assert (said(bench, "P-1").land_use_code, said(bench, "P-1").is_vacant) == ("0601", True)
