"""What a changeset would do to what lies in the places it changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
import shapely
from shapely.geometry import MultiPolygon
from sqlalchemy import func, select

from domain.boundaries import Layer
from models import Designation, Enterprise, Observation, Offer
from services.boundaries import publishing
from services.boundaries.difference import differences
from services.boundaries.impact import Affected, Effect, Impact, Kind
from services.locations import current_boundaries
from tests.services.boundaries.workbench import SIDE, TODAY, Workbench, square

PARK = "own-park"


@pytest.fixture
def parks(yingtan: Workbench) -> Workbench:
    """The base dataset with a square park of our own, and a plot in its west and one in its east."""
    parks = yingtan.on(layer=Layer.PARKS)
    parks.publish(parks.draft(parks.edit(PARK, square(100), name="试验园区")))
    yingtan.put("P-west", part(0.1))
    yingtan.put("P-east", part(0.7))
    return parks


def part(share: float, width: float = 0.2) -> MultiPolygon:
    """A piece of the park, from a share of its width on."""
    west, south, east, _ = square(100).bounds
    start = west + (east - west) * share
    return MultiPolygon([shapely.box(start, south + SIDE / 4, start + (east - west) * width, south + SIDE / 2)])


def impact(bench: Workbench, changeset: int) -> Impact:
    with bench.database.read() as session:
        return publishing.preview(session, changeset)


def told(affected: Iterable[Affected], kind: Kind) -> list[tuple[str, Effect, str | None, str | None]]:
    return [(one.code, one.effect, one.from_place, one.to_place) for one in affected if one.kind is kind]


def test_a_plot_left_outside_changes_park_and_one_that_stays_does_not(parks: Workbench) -> None:
    west_half = square(100, width=SIDE / 2)
    found = impact(parks, parks.draft(parks.edit(PARK, west_half))).affected
    assert told(found, Kind.PLOT) == [("P-east", Effect.MOVES, PARK, None)]


def test_a_plot_that_comes_to_lie_inside_is_told(parks: Workbench) -> None:
    parks.on(layer=Layer.PLOTS).put("P-new", square(101, width=SIDE / 2, height=SIDE / 2))
    found = impact(parks, parks.draft(parks.edit(PARK, square(100, width=3 * SIDE)))).affected
    assert told(found, Kind.PLOT) == [("P-new", Effect.MOVES, None, PARK)]


def test_a_plot_the_new_outline_runs_through_is_told(parks: Workbench) -> None:
    cutting = square(100, width=SIDE * 0.85)
    found = impact(parks, parks.draft(parks.edit(PARK, cutting))).affected
    assert told(found, Kind.PLOT) == [("P-east", Effect.CUT, PARK, PARK)]


def test_a_plot_drawn_out_of_its_park_changes_park(parks: Workbench) -> None:
    plots = parks.on(layer=Layer.PLOTS)
    found = impact(plots, plots.draft(plots.edit("P-east", square(110)))).affected
    assert told(found, Kind.PLOT) == [("P-east", Effect.MOVES, PARK, None)]


def test_a_new_plot_affects_nothing(parks: Workbench) -> None:
    plots = parks.on(layer=Layer.PLOTS)
    assert impact(plots, plots.draft(plots.edit("P-new", square(110)))).affected == ()


def test_what_is_said_of_a_changed_park_by_its_code_is_listed(yingtan: Workbench) -> None:
    parks = yingtan.on(layer=Layer.PARKS)
    with yingtan.database.write() as session:
        park, outline = next(iter(current_boundaries(session, "parks", as_of=TODAY).items()))
        bounds = outline.geometry.bounds
        for model in (Offer, Enterprise):
            row: Any = session.scalars(select(model).where(model.superseded_at.is_(None))).first()
            row.place_code = park
    with yingtan.database.read() as session:
        said = {
            kind: session.scalar(select(func.count()).where(model.superseded_at.is_(None), model.place_code == park))
            for kind, model in (
                (Kind.ENTERPRISE, Enterprise),
                (Kind.DESIGNATION, Designation),
                (Kind.OBSERVATION, Observation),
                (Kind.OFFER, Offer),
            )
        }
    assert all(said.values()), said
    west, south, east, north = bounds
    found = impact(parks, parks.draft(parks.edit(park, MultiPolygon([shapely.box(west, south, east, north)]))))
    assert {kind: found.counts[kind, Effect.HELD] for kind in said} == said


def test_the_hash_changes_with_the_edits_and_with_what_is_affected_and_with_nothing_else(parks: Workbench) -> None:
    draft = parks.draft(parks.edit(PARK, square(100, width=SIDE / 2)))
    first = impact(parks, draft).hash
    parks.on(layer=Layer.PLOTS).put("P-far", square(130))
    assert impact(parks, draft).hash == first
    assert impact(parks, parks.draft(parks.edit(PARK, square(100, width=SIDE / 3)))).hash != first
    parks.on(layer=Layer.PLOTS).put("P-near", part(0.92, width=0.05))
    assert impact(parks, draft).hash != first


def test_a_difference_says_both_areas_and_what_is_added_and_taken_away(parks: Workbench) -> None:
    draft = parks.draft(parks.edit(PARK, square(100, width=SIDE / 2)))
    with parks.database.read() as session:
        (one,) = differences(session, draft)
    assert one.share == pytest.approx(-0.5, abs=1e-6)
    assert one.after.ha == pytest.approx(one.before.ha / 2)
    assert one.removed.ha == pytest.approx(one.before.ha / 2)
    assert one.added.ha == 0
    assert one.before.mu == pytest.approx(one.before.ha * 15)
    assert one.conflict is None


def test_a_difference_names_the_version_that_stands_where_it_is_not_the_one_seen(parks: Workbench) -> None:
    draft = parks.draft(parks.edit(PARK, square(100, width=SIDE / 2)))
    parks.put(PARK, square(100, width=SIDE * 0.95))
    with parks.database.read() as session:
        (one,) = differences(session, draft)
    assert str(one.conflict) == f"{PARK} v1 → v2"
