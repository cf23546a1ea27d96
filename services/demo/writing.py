"""Rows into tables: plain inserts in batches, the columns that every row shares filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session

from domain.periods import PartialDate
from domain.words import Grade
from models import Source

ORIGIN = "demo"
BATCH_ROWS = 20_000
FOUNDED = PartialDate(2010)  # since when the places exist
OBSERVED = PartialDate(2025, 12)  # the month the figures speak of
OBSERVED_YEAR = str(OBSERVED.year)

Values = dict[str, Any]
Tell = Callable[[float], None]
"""Told how much is done, 0 to 1."""


class Writer:
    """One load: where the rows go, what they all say, and how far it is."""

    def __init__(self, session: Session, *, at: datetime, source: Source, expected_rows: int, tell: Tell) -> None:
        self.session = session
        self.at = at
        self.rows = 0
        self._common = {
            "origin": ORIGIN,
            "recorded_at": at,
            "source_id": source.id,
            "grade": Grade.D,
        }
        self._expected_rows = expected_rows
        self._tell = tell

    def insert(self, model: Any, rows: Iterable[Values]) -> None:
        """Add rows to a table; what they share with all others they need not say."""
        table: Table = model.__table__
        common = {name: value for name, value in self._common.items() if name in table.columns}
        connection = self.session.connection()
        for batch in _batches(rows):
            connection.execute(table.insert(), [{**common, **row} for row in batch])
            self.rows += len(batch)
            self._tell(min(self.rows / self._expected_rows, 1.0))


def _batches(rows: Iterable[Values]) -> Iterator[list[Values]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH_ROWS)):
        yield batch
