"""Whether the app is well: database, versions, data revision."""

from __future__ import annotations

import sqlite3
from importlib.metadata import version

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from blueprints import web
from blueprints.access import needs
from domain.errors import NotReady
from domain.permissions import Permission
from models.database import data_revision
from models.record import DatasetState

pages = Blueprint("health", __name__)
REPORTED = ("flask", "sqlalchemy", "geopandas", "shapely", "folium")


@pages.get("/healthz")
@needs(Permission.READ_PUBLIC)
def show() -> ResponseReturnValue:
    database = web.database()
    answer: dict[str, object] = {
        "database": {
            "kind": database.dialect_name,
            "journal_mode": database.journal_mode,
            "schema_of_code": database.code_revision(),
        },
        "versions": {name: version(name) for name in REPORTED} | {"sqlite": sqlite3.sqlite_version},
    }
    try:
        database.refuse_unready()
        with database.read() as session:
            state = session.get(DatasetState, 1)
            answer |= {
                "ok": True,
                "data_revision": data_revision(session),
                "dataset": state.dataset if state else None,
                "schema": database.schema_revision(),
            }
    except NotReady as error:
        return jsonify(
            answer | {"ok": False, "code": error.code, "title": error.message_zh, "title_en": error.message_en}
        ), 503
    return jsonify(answer)
