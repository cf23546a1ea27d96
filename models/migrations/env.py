"""Alembic's way in. The connection comes from models.database; there is no alembic.ini."""

from __future__ import annotations

from alembic import context

from models import Base
from models.migrations_filter import include_name

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=include_name,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
