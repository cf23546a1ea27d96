"""Opening the database safely, one session a piece of work, one writer at a time.

SQLite: write-ahead log where the library has the WAL-reset fix, else the rollback journal (RELIABILITY row 7); writes
take BEGIN IMMEDIATE under a lock shared by threads and processes, so that no reader turned writer is refused and no
update is lost. PostgreSQL with PostGIS: the server's own.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import threading
import time
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from domain.errors import Busy, DatabaseTooNew, DatabaseTooOld, DatabaseUnreachable
from models.record import ACTOR_LENGTH, AuditEntry, CapacityChange, DatasetState

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
WAL_FIXED_IN = ((3, 44, 6), (3, 50, 7), (3, 51, 3))
_WRITE = "onemap_write"
_BREAKING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite keeps committed writes when two connections write and checkpoint together.

    >>> wal_is_safe((3, 40, 1)), wal_is_safe((3, 44, 6)), wal_is_safe((3, 45, 0)), wal_is_safe((3, 51, 3))
    (False, True, False, True)
    """
    for fixed in WAL_FIXED_IN[:-1]:
        if version[:2] == fixed[:2]:
            return version >= fixed
    return version >= WAL_FIXED_IN[-1]


class Database:
    """An open database. `read()` and `write()` give sessions; nothing else does."""

    def __init__(self, url: str, *, busy_timeout_s: float) -> None:
        self.url = make_url(url)
        self.busy_timeout_s = busy_timeout_s
        self._thread_lock = threading.Lock()
        self._lock_path: Path | None = None
        if self.is_sqlite:
            self.engine = self._sqlite_engine()
        else:
            self.engine = create_engine(self.url, pool_pre_ping=True)
        self._writer = self.engine.execution_options(**{_WRITE: True})

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @property
    def dialect_name(self) -> str:
        return self.url.get_backend_name()

    @property
    def journal_mode(self) -> str | None:
        """How SQLite keeps its journal: wal, or delete where this SQLite's wal loses writes. None elsewhere."""
        if not self.is_sqlite:
            return None
        return "wal" if wal_is_safe(sqlite3.sqlite_version_info) else "delete"

    def _sqlite_engine(self) -> Engine:
        if self.url.database and self.url.database != ":memory:":
            path = Path(self.url.database)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise _unreachable(path.parent, error) from error
            if not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
                raise _unreachable(path, PermissionError("read-only"))
            self._lock_path = path.with_name(path.name + ".lock")
        engine = create_engine(self.url, connect_args={"timeout": self.busy_timeout_s})
        journal_mode = self.journal_mode

        @event.listens_for(engine, "connect")
        def open_safely(connection: sqlite3.Connection, _: Any) -> None:
            connection.isolation_level = None  # transactions are begun below, never by the driver
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute(f"PRAGMA journal_mode = {journal_mode}")
            connection.execute("PRAGMA synchronous = FULL")

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            is_write = connection.get_execution_options().get(_WRITE, False)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")

        return engine

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads: one consistent view, never committed."""
        with Session(self.engine, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self, *, wait_s: float | None = None) -> Iterator[Session]:
        """A session whose changes are kept together or not at all; one writer at a time.

        wait_s: for the turn; None = the busy timeout. Raises: Busy when the turn does not come by then.
        """
        with self._writers_turn(wait_s):
            try:
                with Session(self._writer) as session, session.begin():
                    yield session
            except OperationalError as error:
                if "locked" in str(error.orig) or "busy" in str(error.orig):
                    raise _busy() from error
                raise

    @contextmanager
    def _writers_turn(self, wait_s: float | None = None) -> Iterator[None]:
        if self._lock_path is None:
            yield
            return
        wait_s = self.busy_timeout_s if wait_s is None else wait_s
        deadline = time.monotonic() + wait_s
        if not self._thread_lock.acquire(timeout=wait_s):
            raise _busy()
        try:
            with self._lock_path.open("a") as handle:
                _lock_file(handle, deadline)
                yield
        finally:
            self._thread_lock.release()

    def migrate(self, revision: str = "head") -> None:
        """Bring the tables to a revision of the code (forward). Raises DatabaseTooNew, DatabaseUnreachable."""
        self.refuse_newer()
        with self._writers_turn(), self._writer.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
                connection.rollback()
            with connection.begin():
                command.upgrade(self._alembic(connection), revision)
            if self.is_sqlite:
                connection.exec_driver_sql("PRAGMA foreign_keys = ON")

    def downgrade(self, revision: str) -> None:
        """Take the tables back to an earlier revision."""
        with self._writers_turn(), self._writer.connect() as connection, connection.begin():
            command.downgrade(self._alembic(connection), revision)

    def _alembic(self, connection: Connection | None = None) -> Config:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        return config

    def schema_revision(self) -> str | None:
        """The migration the database is at; None for an empty one. Raises DatabaseUnreachable."""
        try:
            with self.engine.connect() as connection:
                return MigrationContext.configure(connection).get_current_revision()
        except DBAPIError as error:
            raise _unreachable(self.url.render_as_string(hide_password=True), error.orig or error) from error

    def code_revision(self) -> str:
        """The newest migration this code knows."""
        head = ScriptDirectory.from_config(self._alembic()).get_current_head()
        assert head is not None
        return head

    def refuse_newer(self) -> None:
        """Raises DatabaseTooNew when the database was migrated by newer code."""
        revision = self.schema_revision()
        known = {script.revision for script in ScriptDirectory.from_config(self._alembic()).walk_revisions()}
        if revision is not None and revision not in known:
            raise DatabaseTooNew(
                f"数据库由更新版本的程序建立（版本 {revision}），本程序只认识到 {self.code_revision()}；请升级程序",
                f"the database is newer than this program (at {revision}, known up to {self.code_revision()}): "
                "update the program",
                place=self.url.render_as_string(hide_password=True),
            )

    def refuse_unready(self) -> None:
        """Raises DatabaseTooNew or DatabaseTooOld unless the tables are exactly the code's."""
        self.refuse_newer()
        revision = self.schema_revision()
        if revision != self.code_revision():
            raise DatabaseTooOld(
                "数据库尚未建立或版本较旧；请先运行 flask --app app data load-base",
                "the database is missing or older than this program: run flask --app app data load-base first",
                place=self.url.render_as_string(hide_password=True),
            )

    def dispose(self) -> None:
        self.engine.dispose()


def now() -> datetime:
    """The instant a change is recorded at, UTC."""
    return datetime.now(UTC)


def data_revision(session: Session) -> int:
    """The number that grows with every change of the data."""
    state = session.get(DatasetState, 1)
    return state.revision if state else 0


def record_change(
    session: Session,
    *,
    actor: str,
    action: str,
    subject: str | None,
    details: dict[str, Any],
    capacity_cells: Collection[tuple[str, str]] | None = None,
) -> None:
    """Grow the data revision and write the audit line; part of every transaction that changes data.

    capacity_cells: the (place, node) whose capacities changed, when nothing else did; None = anything may have.
    """
    state = session.get(DatasetState, 1, with_for_update=True)
    if state is None:
        state = DatasetState(id=1, revision=0, structure_revision=0)
        session.add(state)
    state.revision += 1
    if capacity_cells is None:
        state.structure_revision = state.revision
    else:
        session.add_all(
            CapacityChange(revision=state.revision, place_code=place, node_code=node)
            for place, node in sorted(set(capacity_cells))
        )
    record_audit(session, actor=actor, action=action, subject=subject, details=details)


def record_audit(
    session: Session, *, actor: str, action: str, subject: str | None, details: Mapping[str, object]
) -> None:
    """Write the audit line of something that leaves the data as they are: a log-in, an account, a refusal."""
    session.add(
        AuditEntry(
            at=now(),
            actor=one_line(actor)[:ACTOR_LENGTH],
            action=action,
            subject=None if subject is None else one_line(subject),
            details=one_line(json.dumps(details, ensure_ascii=False, sort_keys=True)),
        )
    )


def one_line(text: str) -> str:
    """The text with what breaks or turns a line (control and bidirectional characters) written as JSON escapes it.

    >>> one_line("a\\nb\\u2028c\\u202ed 铜")
    'a\\\\nb\\\\u2028c\\\\u202ed 铜'
    """
    return "".join(json.dumps(char)[1:-1] if unicodedata.category(char) in _BREAKING else char for char in text)


def is_reachable(database: Database) -> bool:
    """Whether a query is answered."""
    try:
        with database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except DBAPIError:
        return False
    return True


def _lock_file(handle: IO[str], deadline: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise _busy() from None
            time.sleep(0.005)


def _busy() -> Busy:
    return Busy("数据库正被其他人写入，请稍后再试", "the database is being written by someone else: try again")


def _unreachable(place: object, error: BaseException) -> DatabaseUnreachable:
    return DatabaseUnreachable(f"无法打开数据库：{error}", f"the database cannot be opened: {error}", place=str(place))


def insert_bare(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows whose values are as the driver takes them: no type of the columns is asked, row by row.

    All rows name the same columns; JSON is text, a word its value, a geometry `Bound.value`.
    """
    if not rows:
        return
    compiled = table.insert().compile(dialect=connection.dialect, column_keys=list(rows[0]))
    if compiled.positiontup is not None:
        connection.exec_driver_sql(compiled.string, [tuple(row[name] for name in compiled.positiontup) for row in rows])
    else:
        connection.exec_driver_sql(compiled.string, list(rows))
