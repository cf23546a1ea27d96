# ruff: noqa: F811
"""What an account limited to some parks, or one of two pairs of eyes, cannot do by a way round."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shapely import affinity, box
from shapely.geometry import MultiPolygon

from domain.boundaries import Layer
from domain.errors import Forbidden
from domain.merging import Decision
from domain.permissions import Actor, Role
from services.boundaries import changesets, fitting, publishing
from services.boundaries.changesets import get_changeset
from tests.services.boundaries.test_packages import (  # noqa: F401
    NARROW,
    WIDE,
    Desk,
    _three_plots,
    desk,
    edits,
    end,
    put,
)
from tests.services.boundaries.workbench import EDITOR, LIMITS, PUBLISHER, SIDE, Workbench, square

STRANGER = Actor("外人", Role.GIS_PUBLISHER, frozenset({"park-elsewhere"}))
PARK = "yujiang-gongye"


def conflict(desk: Desk) -> int:
    """A changeset whose only content is a conflict on P-2."""
    path = desk.take("P-2")
    desk.bench.put("P-2", square(1, width=WIDE))
    found = desk.back(desk.change(path, put("P-2", square(1, width=NARROW))))
    assert found.changeset is not None
    return int(found.changeset)


def test_a_conflict_of_another_park_is_not_decided(desk: Desk) -> None:
    made = conflict(desk)
    end(desk, made, "P-2", Decision.TAKE_MINE, actor=EDITOR)
    before = edits(desk, made)
    with pytest.raises(Forbidden):
        end(desk, made, "P-2", Decision.KEEP_PUBLISHED, actor=STRANGER)
    assert edits(desk, made) == before


def test_a_changeset_without_edits_is_nobody_elses_to_withdraw(desk: Desk) -> None:
    made = conflict(desk)
    with pytest.raises(Forbidden):
        changesets.withdraw(desk.bench.database, made, actor=STRANGER)


def test_a_changeset_with_conflicts_of_another_park_is_not_checked_or_fitted(desk: Desk) -> None:
    made = conflict(desk)
    with pytest.raises(Forbidden):
        publishing.check(desk.bench.database, made, actor=STRANGER, limits=LIMITS)
    with pytest.raises(Forbidden):
        fitting.fit(desk.bench.database, made, seen=1, actor=STRANGER, limits=LIMITS)


def test_a_limited_account_withdraws_its_own_conflicts(yingtan: Workbench, desk: Desk) -> None:
    """A changeset that is nothing but conflicts is of the parks they lie in."""
    parks = desk.bench.on(layer=Layer.PARKS)
    own = Actor("本园", Role.GIS_EDITOR, frozenset({"own-park"}))
    made = conflict(desk)
    with desk.bench.database.write() as session:
        get_changeset(session, made).made_by = own.name
    with pytest.raises(Forbidden):
        changesets.withdraw(desk.bench.database, made, actor=own)
    shape = square(1, width=WIDE, height=2 * WIDE)
    parks.publish(parks.draft(parks.edit("own-park", shape, name="本园")))
    changesets.withdraw(desk.bench.database, made, actor=own)


def test_land_mostly_outside_every_park_is_not_a_limited_accounts(yingtan: Workbench) -> None:
    parks = yingtan.on(layer=Layer.PARKS)
    parks.publish(parks.draft(parks.edit("own-park", square(100), name="本园")))
    own = Actor("本园", Role.GIS_EDITOR, frozenset({"own-park"}))
    west, south, east, north = square(100).bounds

    def reaching_out(share: float) -> MultiPolygon:
        width = (east - west) / 4
        return MultiPolygon([box(east - width * (1 - share), south, east + width * share, north)])

    yingtan.draft(yingtan.edit("P-1", reaching_out(0.3)), actor=own)
    with pytest.raises(Forbidden):
        yingtan.draft(yingtan.edit("P-2", reaching_out(0.9)), actor=own)


def test_a_plot_is_not_said_to_be_another_parks(yingtan: Workbench) -> None:
    parks = yingtan.on(layer=Layer.PARKS)
    parks.publish(parks.draft(parks.edit("own-park", square(100), name="本园")))
    own = Actor("本园", Role.GIS_EDITOR, frozenset({"own-park"}))
    inside = yingtan.edit("P-1", square(100, width=SIDE / 2))
    stated = {"park": "江西余江工业园区"}
    with pytest.raises(Forbidden, match=PARK):
        yingtan.draft(replace(inside, attributes=stated), actor=own)
    yingtan.draft(replace(inside, attributes={"park": "本园"}), actor=own)


def test_who_decided_a_conflict_is_not_the_second_pair_of_eyes(desk: Desk) -> None:
    made = conflict(desk)
    end(desk, made, "P-2", Decision.TAKE_MINE, actor=PUBLISHER)
    with pytest.raises(Forbidden):
        desk.bench.publish(made, actor=PUBLISHER, four_eyes=True)


def test_a_limited_account_does_not_grow_its_park_over_land_of_nobody(yingtan: Workbench) -> None:
    from domain.boundaries import Action
    from services.boundaries.changesets import Edit
    from services.boundaries.editing import save
    from services.boundaries.standing import standing

    with yingtan.database.read() as session:
        park = standing(session, Layer.PARKS)[PARK]
    grown = affinity.scale(park.geometry, 2, 2)
    own = Actor("本园", Role.GIS_PUBLISHER, frozenset({PARK}))
    edit = Edit(PARK, Action.CHANGE, park.version, grown)
    with pytest.raises(Forbidden):
        save(yingtan.database, layer=Layer.PARKS, edits=[edit], actor=own, limits=LIMITS, title="扩", confirmed=True)
    smaller = Edit(PARK, Action.CHANGE, park.version, affinity.scale(park.geometry, 0.9, 0.9))
    save(yingtan.database, layer=Layer.PARKS, edits=[smaller], actor=own, limits=LIMITS, title="缩", confirmed=True)
