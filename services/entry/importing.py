"""Take a file of rows in: what it would change, and the change itself; the whole file or nothing.

Within the scopes that the file names (the columns `Plan.scope`) the database is brought to exactly the file's rows;
everything else is untouched. Facts are closed and opened, never overwritten; things known by a code are named anew in
place. What is taken in belongs to staff from then on: no load of a dataset touches it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.errors import Conflict
from models.database import Database, data_revision, record_change
from services.dataset.loading import Citations
from services.entry.cells import Grid
from services.entry.checking import check_together
from services.entry.faults import Faults
from services.entry.files import read_grid
from services.entry.items import ItemReader
from services.entry.limits import refuse_beyond
from services.entry.meanings import meaning
from services.entry.planning import Pair, Plan, count_actions, pair_facts, pair_things, planned_rows
from services.entry.reading import rows_of
from services.entry.sheets import Sheet, get_sheet
from services.entry.storing import capacity_cells, store
from services.entry.watermark import is_demo


@dataclass(frozen=True)
class _Prepared:
    plan: Plan
    pairs: list[Pair]
    citations: Citations


def plan(
    session: Session,
    *,
    sheet: str,
    name: str,
    content: bytes,
    today: date,
    limited_to: frozenset[str] | None = None,
) -> Plan:
    """What taking the file in would change; nothing is written.

    sheet: one of `sheets.SHEETS`; name: the file's name, .csv or .xlsx; today: a survey is not dated after it;
    limited_to: the parks the account may enter data of, None = all.
    Raises: NotFound (no such sheet), BadRequest (no file of rows: format, size, damage), BadEntryFile (a BadRequest:
    every fault of header and rows, each naming row and column), Conflict (a demonstration file, another database),
    Forbidden (a row of another park).
    """
    chosen = get_sheet(sheet)
    prepared = _prepare(session, chosen, read_grid(content, name, sheet), _digest(content), today)
    refuse_beyond(session, prepared.pairs, limited_to)
    return prepared.plan


def apply(
    database: Database,
    *,
    sheet: str,
    name: str,
    content: bytes,
    today: date,
    actor: str,
    expected_revision: int | None = None,
    limited_to: frozenset[str] | None = None,
) -> Plan:
    """Take the file in, in one transaction with one audit line; returns what changed.

    A file that changes nothing stores nothing. expected_revision: the revision of the plan that was looked at.
    Raises: what `plan` raises, Conflict when the data are no longer at the expected revision, Busy.
    """
    chosen = get_sheet(sheet)
    grid, digest = read_grid(content, name, sheet), _digest(content)
    with database.write() as session:
        _refuse_older(session, expected_revision)
        prepared = _prepare(session, chosen, grid, digest, today)
        refuse_beyond(session, prepared.pairs, limited_to)
        if prepared.plan.has_changes:
            store(session, chosen, prepared.pairs, prepared.citations)
            record_change(
                session,
                actor=actor,
                action="entries import",
                subject=sheet,
                details={"file": name, "sha256": digest, **prepared.plan.counts},
                capacity_cells=capacity_cells(session, chosen, prepared.pairs),
            )
        return prepared.plan


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _refuse_older(session: Session, expected: int | None) -> None:
    revision = data_revision(session)
    if expected is not None and expected != revision:
        raise Conflict(
            f"预览之后数据已被改动（预览时为第 {expected} 版，现为第 {revision} 版），请重新预览",
            f"the data changed since the preview (revision {expected} then, {revision} now): preview again",
        )


def _prepare(session: Session, sheet: Sheet, grid: Grid, digest: str, today: date) -> _Prepared:
    _refuse_mixing(session, grid)
    faults = Faults()
    rows = rows_of(grid, sheet, faults)
    reader = ItemReader(session, sheet, today=today, faults=faults)
    items = reader.items(rows)
    existing = _existing(session, sheet)
    items = check_together(sheet, items, existing, faults)
    faults.raise_any()
    pairs = (pair_things if sheet.is_identity else pair_facts)(items, existing, sheet)
    meanings = [meaning(sheet.name, column.name) for column in sheet.scope_columns]
    plan = Plan(
        sheet=sheet.name,
        file=grid.name,
        sha256=digest,
        revision=data_revision(session),
        scope=tuple(column.name for column in sheet.scope_columns),
        scope_zh="、".join(one.zh for one in meanings),
        scope_en=", ".join(one.en for one in meanings),
        counts=count_actions(pairs),
        rows=planned_rows(pairs, sheet),
    )
    return _Prepared(plan, pairs, reader.citations)


def _refuse_mixing(session: Session, grid: Grid) -> None:
    if grid.is_demo and not is_demo(session):
        raise Conflict(
            "这是演示数据，不能导入非演示数据库",
            "a file of demonstration data is taken into a demonstration database only",
            place=grid.name,
        )


def _existing(session: Session, sheet: Sheet) -> Sequence[Any]:
    """Every open row; of things known by a code the retired ones too, as they may come back."""
    statement = select(sheet.model)
    if not sheet.is_identity:
        statement = statement.where(sheet.model.superseded_at.is_(None)).order_by(sheet.model.id)
    return session.scalars(statement).all()
