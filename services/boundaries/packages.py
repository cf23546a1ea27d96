"""Edit packages: boundaries taken along as a GeoPackage, to be changed in QGIS and brought back (see `merging`).

Each feature says which version it is; the database keeps what was taken along, so that what comes back is compared with
that and the file need not be believed.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import geopandas
import numpy as np
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from domain.boundaries import Layer
from domain.errors import NotFound
from domain.permissions import Actor, Permission, require
from geo.crs import STORED
from models import EditPackage
from models.database import Database, data_revision, now, record_audit
from services.boundaries.package_style import LAYER_STYLES_TABLE, LAYER_ZH, STYLE_NAME, qml
from services.boundaries.parks import Parks, parks_touched
from services.boundaries.standing import names_of, standing

PACKAGE, BASE_VERSION = "package", "base_version"
_VERSION = "1.2"  # which older QGIS and GDAL know too
_TABLE = """CREATE TABLE onemap_package (
    id INTEGER PRIMARY KEY NOT NULL, layer TEXT NOT NULL, made_at TEXT NOT NULL, made_by TEXT NOT NULL,
    data_revision INTEGER NOT NULL, about TEXT NOT NULL)"""
_ABOUT = (
    "招商一张图编辑包：在 QGIS 中修改后，到“边界 → 编辑包”传回。不要改 base_version 和 package 两列。 / "
    "Edit package: change it in QGIS and bring it back. Leave the columns base_version and package as they are."
)


@dataclass(frozen=True)
class Package:
    """A package that was made. name: of the file, as it is offered; count: of its boundaries."""

    number: int
    name: str
    count: int
    content: bytes


@dataclass(frozen=True)
class _Taken:
    code: str
    name: str
    version: int
    geometry: BaseGeometry


def make_package(database: Database, layer: Layer, *, codes: Collection[str] = (), actor: Actor) -> Package:
    """What stands of a layer, or of these codes, as a GeoPackage; an account limited to parks takes its own.

    Raises: Forbidden; NotFound for a code without a boundary; Busy.
    """
    require(actor, Permission.EDIT_BOUNDARIES)
    with database.write() as session:
        taken = _taken(session, layer, codes, actor)
        made = EditPackage(
            layer=layer,
            data_revision=data_revision(session),
            made_by=actor.name,
            made_at=now(),
            taken={one.code: [one.version, one.name] for one in taken},
        )
        session.add(made)
        session.flush()
        number = made.id
        about = {
            "id": number,
            "layer": layer.value,
            "made_at": made.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),  # as GeoPackage writes it
            "made_by": actor.name,
            "data_revision": made.data_revision,
            "about": _ABOUT,
        }
        record_audit(
            session,
            actor=actor.name,
            action="boundaries package",
            subject=str(number),
            details={"layer": layer.value, "count": len(taken)},
        )
    return Package(number, f"onemap-{layer.value}-{number}.gpkg", len(taken), _written(layer, number, taken, about))


def _taken(session: Session, layer: Layer, codes: Collection[str], actor: Actor) -> list[_Taken]:
    stands = standing(session, layer, list(codes) or None)
    missing = sorted(set(codes) - stands.keys())
    if missing:
        named = "、".join(missing[:20])
        raise NotFound(f"没有这些边界：{named}", f"no such boundaries: {', '.join(missing[:20])}", place=named)
    names = names_of(session, layer)
    taken = [
        _Taken(code, names.get(code, code), one.version, one.geometry)
        for code, one in stands.items()
        if one.geometry is not None
    ]
    if actor.parks is None:
        return taken
    parks = Parks(session)
    own = [one for one in taken if parks_touched(session, layer, [(one.code, one.geometry)], parks) <= actor.parks]
    if codes:
        require(actor, Permission.EDIT_BOUNDARIES, parks_touched(session, layer, _pairs(taken), parks))
    return own


def _pairs(taken: list[_Taken]) -> list[tuple[str, BaseGeometry | None]]:
    return [(one.code, one.geometry) for one in taken]


def _written(layer: Layer, number: int, taken: list[_Taken], about: Mapping[str, str | int]) -> bytes:
    frame = geopandas.GeoDataFrame(
        {
            "code": np.array([one.code for one in taken], dtype=object),
            "name": np.array([one.name for one in taken], dtype=object),
            BASE_VERSION: np.array([one.version for one in taken], dtype=np.int32),
            PACKAGE: np.full(len(taken), number, dtype=np.int32),
        },
        geometry=geopandas.GeoSeries([one.geometry for one in taken], crs=STORED),
        crs=STORED,
    )
    with tempfile.TemporaryDirectory(prefix="onemap-package-") as folder:
        path = Path(folder) / "package.gpkg"
        frame.to_file(
            path,
            layer=layer.value,
            driver="GPKG",
            engine="pyogrio",
            geometry_type="MultiPolygon",
            promote_to_multi=True,
            dataset_options={"VERSION": _VERSION},
            layer_options={"IDENTIFIER": f"{LAYER_ZH[layer]}边界", "DESCRIPTION": _ABOUT, "GEOMETRY_NAME": "geom"},
        )
        with closing(sqlite3.connect(path)) as file, file:
            _add_tables(file, layer, number, about)
        return path.read_bytes()


def _add_tables(file: sqlite3.Connection, layer: Layer, number: int, about: Mapping[str, str | int]) -> None:
    """The style, and what the package is; both registered as tables without geometry, as the standard wants."""
    made_at = str(about["made_at"])
    file.execute(LAYER_STYLES_TABLE)
    file.execute(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,"
        " styleQML, styleSLD, useAsDefault, description, owner, update_time)"
        " VALUES ('', '', ?, 'geom', ?, ?, '', 1, ?, '', ?)",
        (layer.value, STYLE_NAME, qml(layer, number), f"{LAYER_ZH[layer]}边界", made_at),
    )
    file.execute(_TABLE)
    file.execute(
        "INSERT INTO onemap_package (id, layer, made_at, made_by, data_revision, about)"
        " VALUES (:id, :layer, :made_at, :made_by, :data_revision, :about)",
        dict(about),
    )
    for table in ("layer_styles", "onemap_package"):
        file.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description)"
            " VALUES (?, 'attributes', ?, '')",
            (table, table),
        )
        file.execute("INSERT INTO gpkg_ogr_contents (table_name, feature_count) VALUES (?, 1)", (table,))
