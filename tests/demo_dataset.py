"""Demonstration datasets: their parks demo-a, demo-b and demo-c are the worked example of DESIGN section 4."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Base
from models.database import Database
from services.demo.loading import LoadedDemo, load
from services.demo.parameters import DemoParameters
from tests.conftest import BASE, app_over

PARAMETERS = DemoParameters(parks=8, plots=16, enterprises=120)
BELT_WIDTH_M = 6000.0
TODAY = date(2026, 11, 21)
SMALL = DemoParameters(parks=6, plots=0, enterprises=20, seed=1)
WIDE = DemoParameters(parks=60, plots=90, enterprises=2000, seed=7)
WHEN_IT_WAS_LOADED = {"recorded_at", "imported_at", "loaded_at", "at"}


@contextmanager
def demo_app(migrated: Path, folder: Path) -> Iterator[Flask]:
    """The app over the demonstration dataset. migrated: an empty database of the current schema."""
    database = demo_database(migrated, folder, PARAMETERS)
    app = app_over(database, folder)
    yield app
    app.extensions["onemap"]["database"].dispose()
    database.dispose()


def demo_database(migrated: Path, folder: Path, parameters: DemoParameters) -> Database:
    """A demonstration in a file of the folder. migrated: an empty database of the current schema."""
    path = folder / "onemap.sqlite"
    shutil.copy(migrated, path)
    database = Database(f"sqlite:///{path}", busy_timeout_s=5)
    load_into(database, parameters)
    return database


def load_into(database: Database, parameters: DemoParameters) -> LoadedDemo:
    return load(database, parameters, base=BASE, belt_width_m=BELT_WIDTH_M, actor="test")


def rows_of(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table as SQLite keeps it, but for the instants of the load."""
    connection = sqlite3.connect(database.url.database or "")
    found = {}
    for table in Base.metadata.sorted_tables:
        columns = ", ".join(column.name for column in table.columns if column.name not in WHEN_IT_WAS_LOADED)
        found[table.name] = connection.execute(f"SELECT {columns} FROM {table.name} ORDER BY 1").fetchall()
    connection.close()
    return found


def counted(session: Session, model: Any, *conditions: Any) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0
