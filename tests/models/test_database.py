"""The database is opened safely; one writer at a time; nothing is lost; what is logged stays logged."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from domain.errors import Busy, DatabaseUnreachable
from models import AuditEntry, DatasetState
from models.database import Database, data_revision, record_change, wal_is_safe


@pytest.mark.parametrize(
    ("version", "is_safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((4, 0, 0), True),
    ],
)
def test_the_write_ahead_log_is_used_only_where_it_keeps_commits(version: tuple[int, ...], is_safe: bool) -> None:
    assert wal_is_safe(version) is is_safe


def test_sqlite_is_opened_with_foreign_keys_and_the_right_journal(database: Database) -> None:
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    assert journal == ("wal" if wal_is_safe(sqlite3.sqlite_version_info) else "delete")


def test_threads_that_read_then_write_lose_nothing(database: Database) -> None:
    threads, rounds = 8, 10

    def work() -> None:
        for _ in range(rounds):
            with database.write() as session:
                record_change(session, actor="thread", action="test", subject=None, details={})

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with database.read() as session:
        assert data_revision(session) == threads * rounds
        assert len(session.scalars(select(AuditEntry)).all()) == threads * rounds


def test_a_writer_whose_turn_does_not_come_is_told_so(tmp_path: Path) -> None:
    first = Database(f"sqlite:///{tmp_path / 'one.sqlite'}", busy_timeout_s=5)
    first.migrate()
    second = Database(f"sqlite:///{tmp_path / 'one.sqlite'}", busy_timeout_s=0.05)
    with first.write() as session:
        session.execute(select(DatasetState))
        with contextlib.ExitStack() as stack, pytest.raises(Busy):
            stack.enter_context(second.write())
    with second.write() as session:
        record_change(session, actor="second", action="test", subject=None, details={})
    first.dispose()
    second.dispose()


def test_a_failed_write_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as session:
        record_change(session, actor="me", action="test", subject=None, details={})
        session.flush()
        raise RuntimeError("power cut")
    with database.read() as session:
        assert data_revision(session) == 0
        assert session.scalars(select(AuditEntry)).all() == []


@pytest.mark.parametrize("statement", ["UPDATE audit_entry SET actor = 'nobody'", "DELETE FROM audit_entry"])
def test_the_audit_log_is_only_added_to(either: Database, statement: str) -> None:
    either.migrate()
    with either.write() as session:
        record_change(session, actor="me", action="test", subject=None, details={})
    with pytest.raises(DBAPIError, match="append-only"), either.write() as session:
        session.execute(text(statement))


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    file_in_the_way = tmp_path / "not-a-folder"
    file_in_the_way.write_text("")
    with pytest.raises(DatabaseUnreachable) as refused:
        Database(f"sqlite:///{file_in_the_way / 'onemap.sqlite'}", busy_timeout_s=1)
    assert "not-a-folder" in (refused.value.place or "")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "onemap.sqlite"
    path.write_text("this is a letter, not a database " * 40)
    broken = Database(f"sqlite:///{path}", busy_timeout_s=1)
    with pytest.raises(DatabaseUnreachable):
        broken.schema_revision()
    broken.dispose()
