"""Which tables Alembic may compare: not R*Tree shadow tables, not PostGIS's own."""

from __future__ import annotations

from typing import Any

_BY_HAND = ("_rtree", "spatial_ref_sys")


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether autogenerate looks at a thing of this name."""
    return not (kind == "table" and name is not None and any(mark in name for mark in _BY_HAND))
