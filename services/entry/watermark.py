"""Demonstration data say so wherever they go, and go into no other database."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models import DatasetState

DEMO = "demo"
DEMO_MARK = "演示数据"
DEMO_NOTE = "演示数据，不是事实 / demonstration data, not facts"


def is_demo(session: Session) -> bool:
    """Whether the database holds the demonstration dataset."""
    state = session.get(DatasetState, 1)
    return state is not None and state.dataset == DEMO


def with_mark(stem: str) -> str:
    """A file's name (without its ending) that says what it holds is for demonstration.

    >>> with_mark("enterprises"), with_mark("enterprises-演示数据")
    ('enterprises-演示数据', 'enterprises-演示数据')
    """
    return stem if stem.endswith(f"-{DEMO_MARK}") else f"{stem}-{DEMO_MARK}"
