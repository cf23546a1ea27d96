"""Migrations go up and down, and end where the models are; on both databases."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from domain.errors import DatabaseTooNew, DatabaseTooOld
from models import Base
from models.database import Database
from models.migrations_filter import include_name


def _differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": include_name, "target_metadata": Base.metadata, "compare_type": True}
        )
        return [found for found in compare_metadata(context, Base.metadata) if "citation" not in str(found)]


@pytest.mark.filterwarnings("ignore:.*expression-based index")
@pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")
def test_the_migrated_tables_are_the_models(either: Database) -> None:
    either.migrate()
    found = [difference for difference in _differences(either.engine) if "geometry" not in str(difference)]
    assert found == []
    assert either.schema_revision() == either.code_revision()


@pytest.mark.filterwarnings("ignore:Did not recognize type 'geometry'")
def test_going_down_leaves_nothing_and_up_again_works(either: Database) -> None:
    either.migrate()
    either.downgrade("base")
    assert either.schema_revision() is None
    left = set(inspect(either.engine).get_table_names()) - {"alembic_version", "spatial_ref_sys"}
    assert left == set()
    either.migrate()
    assert either.schema_revision() == either.code_revision()


def test_a_database_newer_than_the_code_is_refused(either: Database) -> None:
    either.migrate()
    with either.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseTooNew) as refused:
        either.refuse_unready()
    assert "9999" in refused.value.message_en
    with pytest.raises(DatabaseTooNew):
        either.migrate()


def test_an_empty_database_is_refused_until_it_is_migrated(either: Database) -> None:
    with pytest.raises(DatabaseTooOld):
        either.refuse_unready()
    either.migrate()
    either.refuse_unready()
