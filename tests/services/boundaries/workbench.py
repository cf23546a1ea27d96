"""What tests of the workbench share: people, a day, squares of land, and changesets made in one line."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import shapely
from shapely import box
from shapely.geometry import MultiPolygon

from domain.boundaries import Action, Layer
from domain.permissions import Actor, Role
from geo.intake import pipeline
from geo.intake.model import Intake, Known, Limits, Options
from models.database import Database
from services.boundaries import editing, history, publishing
from services.boundaries.changesets import Edit, seen_of
from services.boundaries.publishing import Published
from services.boundaries.standing import newest

EDITOR = Actor("编辑甲", Role.GIS_EDITOR)
PUBLISHER = Actor("发布乙", Role.GIS_PUBLISHER)
LIMITS = Limits()
TODAY = date(2026, 6, 1)
SIDE = 0.004  # degrees; some 17 ha


def square(column: int, row: int = 0, *, width: float = SIDE, height: float = SIDE) -> MultiPolygon:
    """A square of a grid whose squares do not touch; it lies in Yingtan."""
    west, south = 117.0 + column * 2 * SIDE, 28.2 + row * 2 * SIDE
    return MultiPolygon([box(west, south, west + width, south + height)])


def collection(shapes: Mapping[str, MultiPolygon]) -> dict[str, Any]:
    """GeoJSON with codes, and names as `Workbench.edit` gives them."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": f"{code}号地块"},
            "geometry": shapely.geometry.mapping(one),
        }
        for code, one in shapes.items()
    ]
    return {"type": "FeatureCollection", "features": features}


def read_here(path: Path, name: str, options: Options, known: Known, limits: Limits, *, tell: Any = None) -> Intake:
    """As geo.intake.job.take_in, without a process of its own: what is tested here is what comes after."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copy(path, Path(folder) / name)
        return pipeline.understand(Path(copy), name, options, known, limits, lambda stage, share: None)


@dataclass(frozen=True)
class Workbench:
    """A database with the people who work on it. Every call is one transaction of the services."""

    database: Database
    actor: Actor = PUBLISHER
    today: date = TODAY
    layer: Layer = Layer.PLOTS

    def on(self, **changes: Any) -> Workbench:
        return replace(self, **changes)

    def edit(self, code: str, geometry: MultiPolygon | None, *, seen: int | None = None, name: str = "") -> Edit:
        """An edit of what stands now, unless it says which version it saw."""
        with self.database.read() as session:
            stands = seen_of(newest(session, self.layer, [code]).get(code))
        action = Action.REMOVE if geometry is None else (Action.ADD if stands is None else Action.CHANGE)
        return Edit(code, action, stands if seen is None else seen, geometry, name or f"{code}号地块")

    def draft(self, *edits: Edit, actor: Actor | None = None) -> int:
        saved = editing.save(
            self.database,
            layer=self.layer,
            edits=edits,
            actor=actor or self.actor,
            limits=LIMITS,
            title="测试",
            confirmed=True,
        )
        return saved.changeset

    def publish(self, changeset: int, **options: Any) -> Published:
        """With the impact acknowledged as it is."""
        with self.database.read() as session:
            shown = publishing.preview(session, changeset).hash
        options = {"acknowledged": shown, "actor": self.actor, "today": self.today, "limits": LIMITS, **options}
        return publishing.publish(self.database, changeset, **options)

    def put(self, code: str, geometry: MultiPolygon | None, **options: Any) -> int:
        """Draw and publish one thing; its new version."""
        return self.publish(self.draft(self.edit(code, geometry)), **options).versions[code]

    def rollback(self, code: str, to_version: int, **options: Any) -> int:
        options = {"actor": self.actor, "today": self.today, "limits": LIMITS, **options}
        version = history.rollback(self.database, self.layer, code, to_version=to_version, **options).version
        assert version is not None
        return version
