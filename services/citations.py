"""From rows to what is answered: sources, facts, periods."""

from __future__ import annotations

from datetime import date
from typing import Any

from models.base import Cited, Valid
from models.source import Source
from services.schemas import SourceOut


def source_out(source: Source) -> SourceOut:
    """A source as it is answered."""
    return SourceOut(
        document=source.document_key,
        clause=source.clause_number,
        publication=source.publication,
        date=source.published_on,
    )


def cited(row: Cited) -> dict[str, Any]:
    """The fields of FactOut."""
    return {"source": source_out(row.source), "grade": row.grade, "note": row.note}


def timed(row: Valid, as_of: date) -> dict[str, Any]:
    """The period fields of TimedFactOut on a day."""
    return {
        "valid_from": _text(row.valid_from),
        "valid_to": _text(row.valid_to),
        "attested_on": _text(row.attested_on),
        "holds": row.period.holds_on(as_of).value,
    }


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)
