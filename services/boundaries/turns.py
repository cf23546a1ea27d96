"""Turns: how many files one server reads at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from domain.errors import Busy

MOST_AT_ONCE = 2
PATIENCE_S = 5.0  # of somebody who waits before the page
_TELL_EVERY_S = 30.0
_turns = threading.BoundedSemaphore(MOST_AT_ONCE)


@contextmanager
def patient_turn(tell: Callable[[], object]) -> Iterator[None]:
    """One's turn, however long it takes. tell: called now and then meanwhile."""
    while not _turns.acquire(timeout=_TELL_EVERY_S):
        tell()
    try:
        yield
    finally:
        _turns.release()


@contextmanager
def turn() -> Iterator[None]:
    """One's turn, soon. Raises Busy."""
    if not _turns.acquire(timeout=PATIENCE_S):
        raise Busy("正在读取别的文件，请稍后再试", "other files are being read: try again shortly")
    try:
        yield
    finally:
        _turns.release()
