"""Alembic's way in. The connection comes from models.database; there is no alembic.ini."""

from __future__ import annotations

from alembic import context

from models import Base

OURS_BY_HAND = ("_rtree", "spatial_ref_sys")


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Keep autogenerate off R*Tree shadow tables and PostGIS's own."""
    return not (kind == "table" and name is not None and any(mark in name for mark in OURS_BY_HAND))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=include_name,
    render_as_batch=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
