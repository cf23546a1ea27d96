from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.database import Database


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An unmigrated database of each kind."""
    if request.param == "postgresql":
        yield request.getfixturevalue("postgis_database")
        return
    database = Database(f"sqlite:///{tmp_path / 'onemap.sqlite'}", busy_timeout_s=5)
    yield database
    database.dispose()
