"""A small demonstration dataset: its parks demo-a, demo-b and demo-c are the worked example of DESIGN section 4."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from models.database import Database
from services.demo.loading import load
from services.demo.parameters import DemoParameters
from tests.conftest import BASE, app_over

PARAMETERS = DemoParameters(parks=8, plots=16, enterprises=120)
BELT_WIDTH_M = 6000.0


@contextmanager
def demo_app(migrated: Path, folder: Path) -> Iterator[Flask]:
    """The app over the demonstration dataset. migrated: an empty database of the current schema."""
    path = folder / "onemap.sqlite"
    shutil.copy(migrated, path)
    database = Database(f"sqlite:///{path}", busy_timeout_s=5)
    load(database, PARAMETERS, base=BASE, belt_width_m=BELT_WIDTH_M, actor="test")
    app = app_over(database, folder)
    yield app
    app.extensions["onemap"]["database"].dispose()
    database.dispose()
