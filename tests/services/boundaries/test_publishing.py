"""What publishing does and refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import shapely
from sqlalchemy import func, select

from domain.boundaries import Action, Layer
from domain.errors import (
    BadRequest,
    ChecksFailed,
    Conflict,
    Forbidden,
    NotAcknowledged,
    PreconditionRequired,
    Stale,
)
from domain.permissions import Actor, Role
from domain.words import PlaceLayer
from models import AuditEntry, BoundaryVersion, ChangesetEdit, Place, Plot
from models.database import Database, data_revision
from services.boundaries import changesets, editing, history, publishing
from services.boundaries.changesets import Edit
from services.dataset.loading import load
from services.locations import current_boundaries
from services.map_data import map_data
from tests.conftest import BASE, LOAD_SETTINGS
from tests.services.boundaries.workbench import EDITOR, LIMITS, PUBLISHER, SIDE, TODAY, Workbench, square

YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def drawn(database: Database, as_of: date, layer: str = "plots") -> dict[str, bytes]:
    with database.read() as session:
        return {
            code: shapely.to_wkb(version.geometry)
            for code, version in current_boundaries(session, layer, as_of=as_of).items()
        }


def versions(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(BoundaryVersion)) or 0


def plot(database: Database, code: str) -> Plot | None:
    with database.read() as session:
        return session.scalar(select(Plot).where(Plot.code == code, Plot.superseded_at.is_(None)))


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest) -> Iterator[Workbench]:
    if request.param == "postgresql":
        database = request.getfixturevalue("postgis_database")
        database.migrate()
        yield Workbench(database)
    else:
        yield Workbench(request.getfixturevalue("database"))


def test_a_life_of_a_boundary_is_the_same_on_both_databases(either: Workbench) -> None:
    first, second = square(0), square(0, width=2 * SIDE)
    assert either.put("P-1", first) == 1
    assert either.on(today=TOMORROW).put("P-1", second) == 2
    assert either.on(today=TOMORROW).put("P-1", None) == 3
    assert either.on(today=TOMORROW).rollback("P-1", 2) == 4
    with either.database.read() as session:
        entries = history.log(session, Layer.PLOTS, "P-1")
    assert [(entry.version, entry.is_removal, entry.restored_version) for entry in entries] == [
        (4, False, 2), (3, True, None), (2, False, None), (1, False, None),
    ]  # fmt: skip
    assert [shapely.to_wkb(entry.geometry) for entry in entries] == [
        shapely.to_wkb(shape) for shape in (second, second, second, first)
    ]
    assert drawn(either.database, TODAY) == {"P-1": shapely.to_wkb(first)}
    assert drawn(either.database, TOMORROW) == {"P-1": shapely.to_wkb(second)}


def test_a_day_before_a_boundary_held_does_not_show_it(bench: Workbench) -> None:
    bench.put("P-1", square(0))
    assert drawn(bench.database, YESTERDAY) == {}
    assert set(drawn(bench.database, TODAY)) == {"P-1"}


def test_an_older_version_shows_for_its_days_and_none_once_no_day_is_left_to_it(bench: Workbench) -> None:
    bench.put("P-1", square(0))
    later = bench.on(today=TOMORROW)
    later.put("P-1", square(0, width=2 * SIDE))
    later.put("P-1", square(0, width=0.5 * SIDE))
    assert drawn(bench.database, TODAY)["P-1"] == shapely.to_wkb(square(0))
    with bench.database.read() as session:
        closed = {entry.version: entry.closed_at is not None for entry in history.log(session, Layer.PLOTS, "P-1")}
    assert closed == {1: False, 2: True, 3: False}


def test_a_correction_may_hold_since_an_earlier_day(bench: Workbench) -> None:
    bench.put("P-1", square(0))
    bench.on(today=TOMORROW).put("P-1", square(0, width=2 * SIDE), valid_from=date(2020, 1, 1))
    assert drawn(bench.database, date(2020, 1, 1)) == {"P-1": shapely.to_wkb(square(0, width=2 * SIDE))}
    assert drawn(bench.database, date(2019, 12, 31)) == {}


def test_what_is_taken_away_still_shows_for_the_days_before(bench: Workbench) -> None:
    bench.put("P-1", square(0))
    bench.on(today=TOMORROW).put("P-1", None)
    assert set(drawn(bench.database, TODAY)) == {"P-1"}
    assert drawn(bench.database, TOMORROW) == {}
    assert plot(bench.database, "P-1") is None


def test_what_was_taken_away_can_be_brought_back_with_all_that_was_said_of_it(bench: Workbench) -> None:
    attributes = {"land_use_code": "0601", "is_vacant": "是"}
    edit = Edit("P-1", Action.ADD, None, square(0), "一号地块", attributes=attributes)
    bench.publish(bench.draft(edit))
    bench.put("P-1", None)
    bench.rollback("P-1", 1)
    found = plot(bench.database, "P-1")
    assert found is not None
    assert (found.name_zh, found.land_use_code, found.is_vacant) == ("一号地块", "0601", True)


def test_a_published_plot_says_its_area_and_the_park_that_wholly_holds_it(yingtan: Workbench) -> None:
    with yingtan.database.read() as session:
        park, outline = next(iter(current_boundaries(session, "parks", as_of=TODAY).items()))
        inside = outline.geometry.representative_point()
    within = shapely.MultiPolygon([shapely.box(inside.x, inside.y, inside.x + 1e-4, inside.y + 1e-4)])
    yingtan.put("P-in", within)
    far = yingtan.edit("P-out", shapely.MultiPolygon([shapely.box(117.5, 27.9, 117.501, 27.901)]))
    yingtan.publish(yingtan.draft(far))
    held, free = plot(yingtan.database, "P-in"), plot(yingtan.database, "P-out")
    assert held is not None
    assert free is not None
    assert (held.place_code, free.place_code) == (park, None)
    assert free.area_ha == pytest.approx(1.093, abs=0.005)  # 98.5 m by 110.9 m


def test_a_stale_edit_is_refused_with_both_versions_named_and_nothing_stored(bench: Workbench) -> None:
    bench.put("P-1", square(0))
    stale = bench.edit("P-1", square(0, width=0.5 * SIDE))
    bench.put("P-1", square(0, width=2 * SIDE))
    with pytest.raises(Stale) as refused:
        bench.draft(stale, bench.edit("P-2", square(5)))
    assert [str(conflict) for conflict in refused.value.conflicts] == ["P-1 v1 → v2"]
    with bench.database.read() as session:
        assert session.scalar(select(func.count()).where(ChangesetEdit.code == "P-2")) == 0


def test_a_draft_that_became_stale_is_refused_at_publishing(bench: Workbench) -> None:
    bench.put("P-1", square(0))
    draft = bench.draft(bench.edit("P-1", square(0, width=0.5 * SIDE)), bench.edit("P-2", square(5)))
    bench.put("P-1", square(0, width=2 * SIDE))
    before = versions(bench.database)
    with pytest.raises(Stale, match="P-1 v1 → v2"):
        bench.publish(draft)
    assert versions(bench.database) == before


def test_what_two_people_add_under_one_code_is_published_once(bench: Workbench) -> None:
    first, second = bench.draft(bench.edit("P-1", square(0))), bench.draft(bench.edit("P-1", square(3)))
    bench.publish(first)
    with pytest.raises(Stale, match="P-1 — → v1"):
        bench.publish(second)


def test_an_edit_without_the_version_it_saw_is_refused(bench: Workbench) -> None:
    bench.put("P-1", square(0))
    with pytest.raises(PreconditionRequired, match="P-1"):
        bench.draft(Edit("P-1", Action.CHANGE, None, square(0, width=2 * SIDE)))


def test_what_overlaps_something_published_meanwhile_is_refused(bench: Workbench) -> None:
    draft = bench.draft(bench.edit("P-1", square(0)))
    bench.put("P-2", square(0, width=0.5 * SIDE))
    before = versions(bench.database)
    with pytest.raises(ChecksFailed) as refused:
        bench.publish(draft)
    assert "P-2" in str(refused.value)
    assert versions(bench.database) == before


def test_a_plot_may_take_the_ground_of_one_taken_away_with_it(bench: Workbench) -> None:
    bench.put("P-1", square(0))
    both = bench.draft(bench.edit("P-1", None), bench.edit("P-2", square(0)))
    assert bench.publish(both).versions == {"P-1": 2, "P-2": 1}


def test_the_impact_has_to_be_acknowledged_as_it_is_now(yingtan: Workbench) -> None:
    parks = yingtan.on(layer=Layer.PARKS)
    with yingtan.database.read() as session:
        park, outline = next(iter(current_boundaries(session, "parks", as_of=TODAY).items()))
    smaller = shapely.MultiPolygon(shapely.get_parts(outline.geometry.buffer(-1e-4)).tolist())
    draft = parks.draft(parks.edit(park, smaller))
    with pytest.raises(NotAcknowledged) as refused:
        parks.publish(draft, acknowledged=None)
    shown = refused.value.impact.hash  # type: ignore[attr-defined]
    inside = outline.geometry.representative_point()
    yingtan.put("P-in", shapely.MultiPolygon([shapely.box(inside.x, inside.y, inside.x + 1e-4, inside.y + 1e-4)]))
    assert parks.publish(draft, acknowledged=shown).versions[park] == 2, "a plot that stays inside is not affected"


def test_an_impact_that_grew_since_it_was_shown_has_to_be_acknowledged_again(yingtan: Workbench) -> None:
    parks = yingtan.on(layer=Layer.PARKS)
    with yingtan.database.read() as session:
        park, outline = next(iter(current_boundaries(session, "parks", as_of=TODAY).items()))
    west, south, east, north = outline.geometry.bounds
    half = shapely.intersection(outline.geometry, shapely.box(west, south, (west + east) / 2, north))
    draft = parks.draft(parks.edit(park, shapely.MultiPolygon([half])))
    with yingtan.database.read() as session:
        shown = publishing.preview(session, draft)
    x, y = (west + east) / 2 + (east - west) / 6, (south + north) / 2
    yingtan.put("P-east", shapely.MultiPolygon([shapely.box(x, y, x + 1e-4, y + 1e-4)]))
    with pytest.raises(NotAcknowledged) as refused:
        parks.publish(draft, acknowledged=shown.hash)
    grown = set(refused.value.impact.affected) - set(shown.affected)  # type: ignore[attr-defined]
    assert [(one.code, one.effect, one.from_place, one.to_place) for one in grown] == [("P-east", "moves", park, None)]


def test_with_four_eyes_nobody_publishes_what_they_made(bench: Workbench) -> None:
    draft = bench.draft(bench.edit("P-1", square(0)))
    with pytest.raises(Forbidden):
        bench.publish(draft, four_eyes=True)
    other = Actor("发布丙", Role.GIS_PUBLISHER)
    assert bench.publish(draft, actor=other, four_eyes=True).versions == {"P-1": 1}


def test_an_editor_makes_drafts_and_does_not_publish_or_roll_back(bench: Workbench) -> None:
    draft = bench.draft(bench.edit("P-1", square(0)), actor=EDITOR)
    with pytest.raises(Forbidden):
        bench.publish(draft, actor=EDITOR)
    bench.publish(draft)
    bench.put("P-1", square(0, width=2 * SIDE))
    with pytest.raises(Forbidden):
        bench.rollback("P-1", 1, actor=EDITOR)


def test_an_account_limited_to_a_park_touches_nothing_of_another(yingtan: Workbench) -> None:
    parks = yingtan.on(layer=Layer.PARKS)
    for column, park in enumerate(("own-park", "other-park")):
        parks.publish(parks.draft(parks.edit(park, square(100 + column), name=park)))
    limited = Actor("园区丁", Role.GIS_PUBLISHER, frozenset({"own-park"}))

    def part(column: int) -> shapely.MultiPolygon:
        return square(column, width=SIDE / 2, height=SIDE / 2)

    mine = yingtan.draft(yingtan.edit("P-own", part(100)), actor=limited)
    assert yingtan.publish(mine, actor=limited).versions == {"P-own": 1}
    for elsewhere in (part(101), part(110)):
        with pytest.raises(Forbidden):
            yingtan.draft(yingtan.edit("P-other", elsewhere), actor=limited)
    theirs = yingtan.draft(yingtan.edit("P-other", part(101)))
    with pytest.raises(Forbidden):
        yingtan.publish(theirs, actor=limited)
    with pytest.raises(Forbidden):
        changesets.withdraw(yingtan.database, theirs, actor=limited)


def test_a_withdrawn_draft_is_closed_for_good(bench: Workbench) -> None:
    draft = bench.draft(bench.edit("P-1", square(0)))
    changesets.withdraw(bench.database, draft, actor=PUBLISHER)
    with pytest.raises(Conflict):
        bench.publish(draft)
    with pytest.raises(Conflict):
        changesets.withdraw(bench.database, draft, actor=PUBLISHER)


def test_a_published_changeset_is_not_published_again(bench: Workbench) -> None:
    draft = bench.draft(bench.edit("P-1", square(0)))
    bench.publish(draft)
    with pytest.raises(Conflict):
        bench.publish(draft)


def test_a_park_nobody_knew_becomes_a_place_in_the_county_that_holds_it(yingtan: Workbench) -> None:
    parks = yingtan.on(layer=Layer.PARKS)
    with yingtan.database.read() as session:
        county, outline = next(iter(current_boundaries(session, "counties", as_of=TODAY).items()))
        at = outline.geometry.representative_point()
    shape = shapely.MultiPolygon([shapely.box(at.x, at.y, at.x + SIDE, at.y + SIDE)])
    parks.publish(parks.draft(parks.edit("new-park", shape, name="新园区")))
    with yingtan.database.read() as session:
        place = session.get_one(Place, "new-park")
        assert (place.layer, place.name_zh, place.origin) == (PlaceLayer.PARK, "新园区", "staff")
        assert place.county_code == county


def test_a_later_load_of_the_dataset_leaves_what_was_published(yingtan: Workbench) -> None:
    parks = yingtan.on(layer=Layer.PARKS)
    with yingtan.database.read() as session:
        park, outline = next(iter(current_boundaries(session, "parks", as_of=TODAY).items()))
    smaller = shapely.orient_polygons(shapely.MultiPolygon([outline.geometry.geoms[0].buffer(-1e-4)]))
    parks.put(park, smaller)
    load(yingtan.database, BASE, origin="base", actor="test", settings=LOAD_SETTINGS)
    assert drawn(yingtan.database, TODAY, "parks")[park] == shapely.to_wkb(smaller)


def test_the_map_shows_a_published_boundary_at_once_and_the_old_one_for_the_days_before(yingtan: Workbench) -> None:
    parks = yingtan.on(layer=Layer.PARKS)

    def shown(as_of: date) -> object:
        with yingtan.database.read() as session:
            data = map_data(session, as_of=as_of, today=TODAY, approval_no=None)
        features = data["geometry"]["places"]["features"]
        return next(one["geometry"] for one in features if one["properties"]["code"] == park)

    with yingtan.database.read() as session:
        park, outline = next(iter(current_boundaries(session, "parks", as_of=TODAY).items()))
    schematic = shown(TODAY)
    west, south, east, north = outline.geometry.bounds
    parks.put(park, shapely.MultiPolygon([shapely.box(west, south, (west + east) / 2, (south + north) / 2)]))
    assert len(shown(TODAY)["coordinates"][0]) == 5  # type: ignore[index]
    assert shown(YESTERDAY) == schematic


def test_drafts_leave_the_data_revision_and_publishing_grows_it(bench: Workbench) -> None:
    def revision() -> int:
        with bench.database.read() as session:
            return data_revision(session)

    before = revision()
    draft = bench.draft(bench.edit("P-1", square(0)))
    assert revision() == before
    bench.publish(draft)
    assert revision() == before + 1


def test_the_audit_log_has_the_old_and_the_new_version_of_everything_published(bench: Workbench) -> None:
    bench.put("P-1", square(0))
    bench.put("P-1", square(0, width=2 * SIDE))
    with bench.database.read() as session:
        statement = select(AuditEntry).where(AuditEntry.action == "boundaries publish").order_by(AuditEntry.id)
        entries = session.scalars(statement).all()
    assert [entry.actor for entry in entries] == [PUBLISHER.name] * 2
    assert [json.loads(entry.details or "")["versions"] for entry in entries] == [{"P-1": [None, 1]}, {"P-1": [1, 2]}]


def test_a_rollback_onto_ground_taken_since_is_refused(bench: Workbench) -> None:
    bench.put("P-1", square(0, width=2 * SIDE))
    bench.put("P-1", square(0, width=0.5 * SIDE))
    bench.put("P-2", shapely.MultiPolygon([shapely.box(117.003, 28.2, 117.005, 28.202)]))
    with pytest.raises(ChecksFailed, match="P-2"):
        bench.rollback("P-1", 1)


def test_the_newest_version_cannot_be_restored_and_an_unseen_one_not_overruled(bench: Workbench) -> None:
    bench.put("P-1", square(0))
    with pytest.raises(Conflict):
        bench.rollback("P-1", 1)
    bench.put("P-1", square(0, width=2 * SIDE))
    with pytest.raises(Stale):
        bench.rollback("P-1", 1, seen=1)


def test_a_drawn_outline_that_needs_a_repair_is_stored_only_when_that_is_confirmed(bench: Workbench) -> None:
    west, south, east, north = square(0).bounds
    bow_tie = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
    edit = Edit("P-1", Action.ADD, None, shapely.MultiPolygon([bow_tie]), "一号地块")
    how: dict[str, Any] = {"layer": Layer.PLOTS, "edits": [edit], "actor": EDITOR, "limits": LIMITS, "title": "领结"}
    with pytest.raises(ChecksFailed) as refused:
        editing.save(bench.database, **how)
    assert [finding.severity for finding in refused.value.findings] == ["repair"]
    with bench.database.read() as session:
        assert changesets.list_changesets(session) == []
    saved = editing.save(bench.database, confirmed=True, **how)
    with bench.database.read() as session:
        (stored,) = changesets.edits_of(session, saved.changeset)
    assert shapely.is_valid(stored.geometry)
    assert shapely.to_wkb(stored.before) == shapely.to_wkb(edit.geometry)


def test_nothing_holds_from_a_day_to_come(bench: Workbench) -> None:
    draft = bench.draft(bench.edit("P-1", square(0)))
    with pytest.raises(BadRequest, match="2026-06-02"):
        bench.publish(draft, valid_from=TOMORROW)
    assert versions(bench.database) == 0
    bench.publish(draft)
    bench.put("P-1", square(0, width=2 * SIDE))
    with pytest.raises(BadRequest):
        bench.rollback("P-1", 1, valid_from=TOMORROW)


def test_a_correction_from_an_earlier_day_says_which_versions_hold_on_no_day_any_more(bench: Workbench) -> None:
    bench.put("P-1", square(0), valid_from=date(2020, 1, 1))
    bench.put("P-1", square(0, width=2 * SIDE))
    published = bench.publish(
        bench.draft(bench.edit("P-1", square(0, width=1.5 * SIDE))), valid_from=TODAY - timedelta(days=9)
    )
    assert (published.versions, published.ended) == ({"P-1": 3}, {"P-1": [2]})
    with bench.database.read() as session:
        statement = select(AuditEntry).where(AuditEntry.action == "boundaries publish").order_by(AuditEntry.id)
        told = [json.loads(entry.details or "")["ended"] for entry in session.scalars(statement)]
    assert told == [{}, {}, {"P-1": [2]}]
    assert bench.on(today=TOMORROW).publish(bench.draft(bench.edit("P-1", square(0)))).ended == {}


def test_with_four_eyes_a_rollback_waits_for_somebody_else(bench: Workbench) -> None:
    bench.put("P-1", square(0))
    bench.put("P-1", square(0, width=2 * SIDE))
    how: dict[str, Any] = {"to_version": 1, "today": TODAY, "limits": LIMITS, "four_eyes": True}
    waiting = history.rollback(bench.database, Layer.PLOTS, "P-1", actor=PUBLISHER, **how)
    assert waiting.version is None
    with bench.database.read() as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert (last.action, last.subject) == ("boundaries restore", str(waiting.changeset))
    assert drawn(bench.database, TODAY) == {"P-1": shapely.to_wkb(square(0, width=2 * SIDE))}
    with pytest.raises(Forbidden):
        bench.publish(waiting.changeset, four_eyes=True)
    second = Actor("发布丙", Role.GIS_PUBLISHER)
    assert bench.publish(waiting.changeset, actor=second, four_eyes=True).versions == {"P-1": 3}
    with bench.database.read() as session:
        newest, _, oldest = history.log(session, Layer.PLOTS, "P-1")
    assert (newest.restored_version, newest.by) == (1, second.name)
    assert shapely.to_wkb(newest.geometry) == shapely.to_wkb(oldest.geometry)
    assert newest.source == oldest.source


def test_a_draft_that_goes_back_is_published_as_the_version_it_restores(bench: Workbench) -> None:
    bench.put("P-1", square(0))
    bench.put("P-1", None)
    how: dict[str, Any] = {"to_version": 1, "actor": EDITOR, "limits": LIMITS}
    with pytest.raises(PreconditionRequired):
        history.restore(bench.database, Layer.PLOTS, "P-1", seen=None, **how)
    with pytest.raises(Stale):
        history.restore(bench.database, Layer.PLOTS, "P-1", seen=1, **how)
    draft = history.restore(bench.database, Layer.PLOTS, "P-1", seen=2, **how)
    assert bench.publish(draft).versions == {"P-1": 3}
    with bench.database.read() as session:
        assert history.log(session, Layer.PLOTS, "P-1")[0].restored_version == 1


def test_a_draft_that_goes_back_beside_a_new_neighbour_does_so_byte_for_byte(bench: Workbench) -> None:
    _, south, east, north = square(0).bounds
    bench.put("P-1", square(0))
    bench.put("P-1", square(0, width=0.5 * SIDE))
    bench.put("P-2", shapely.MultiPolygon([shapely.box(east + 2e-6, south, east + SIDE, north)]))  # 0.2 m beside it
    draft = history.restore(bench.database, Layer.PLOTS, "P-1", to_version=1, actor=EDITOR, limits=LIMITS, seen=2)
    assert bench.publish(draft).versions == {"P-1": 3}
    assert drawn(bench.database, TODAY)["P-1"] == shapely.to_wkb(square(0))
