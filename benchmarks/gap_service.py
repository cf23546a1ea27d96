"""One enterprise changed in the database: how long until the map's data are right, and what the first answer takes.

The demonstration dataset at its largest (2,500 parks, a million enterprises) in SQLite; the map's data are the overlay
of the copper chain as JSON, made through the services as a request makes it. Loading takes minutes.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

from sqlalchemy import select, update

from config import ROOT
from domain.words import Audience
from models import Capacity, Enterprise
from models.database import Database, record_change
from services.demo.loading import load
from services.demo.parameters import DemoParameters
from services.gaps.asking import Question, parse_radius
from services.gaps.overlay import overlay

LIMIT_MS = 50.0
_CHANGES = 15
_QUESTION = Question(date(2026, 11, 21), parse_radius("45"), Audience.PUBLIC, chain="CU")
_NODE = "CU-ROD"


def run(parameters: DemoParameters | None = None) -> None:
    """Print the time of the first answer and the median of one change."""
    parameters = parameters or DemoParameters(parks=2500, plots=5000, enterprises=1_000_000)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'demo.sqlite'}", busy_timeout_s=60)
        database.migrate()
        load(database, parameters, base=ROOT / "data" / "base", belt_width_m=6000.0, actor="benchmark")
        first_s = _timed(lambda: _map_json(database))
        nothing_new_s = [_timed(lambda: _map_json(database)) for _ in range(_CHANGES)]
        changed_s = []
        for number in range(_CHANGES):
            _change(database, 1.9**number)
            changed_s.append(_timed(lambda: _map_json(database)))
        print(f"map's data through the services, {parameters.parks} parks, {parameters.enterprises:,} enterprises")
        print(f"  first answer {first_s:.1f} s; nothing new {median(nothing_new_s) * 1e3:.1f} ms")
        verdict = "kept" if median(changed_s) * 1e3 <= LIMIT_MS else "MISSED"
        low, high = min(changed_s) * 1e3, max(changed_s) * 1e3
        print(
            f"  one enterprise changed: {median(changed_s) * 1e3:.1f} ms ({low:.1f}-{high:.1f}), n = {_CHANGES}, "
            f"limit {LIMIT_MS:g} ms {verdict}"
        )
        database.dispose()


def _map_json(database: Database) -> str:
    with database.read() as session:
        return overlay(session, _QUESTION).model_dump_json()


def _change(database: Database, value: float) -> None:
    """Another capacity of one firm, committed, its cell told."""
    with database.write() as session:
        capacity, place = session.execute(
            select(Capacity.id, Enterprise.place_code)
            .join(Enterprise, Enterprise.code == Capacity.enterprise_code)
            .where(Capacity.node_code == _NODE, Capacity.unit == "亿元/年", Enterprise.place_code.is_not(None))
            .order_by(Capacity.id)
            .limit(1)
        ).one()
        session.execute(update(Capacity).where(Capacity.id == capacity).values(value=value))
        record_change(
            session, actor="benchmark", action="change", subject=None, details={},
            capacity_cells=[(place or "", _NODE)],
        )  # fmt: skip


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    run()
