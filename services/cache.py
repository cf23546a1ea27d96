"""Answers kept until the data change: keyed by database, data revision and what was asked."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from models.database import data_revision

Built = TypeVar("Built")
KEPT = 256

_store: OrderedDict[tuple[Hashable, ...], Any] = OrderedDict()
_building: dict[tuple[Hashable, ...], threading.Lock] = {}
_lock = threading.Lock()


def cached(session: Session, key: tuple[Hashable, ...], build: Callable[[], Built]) -> Built:
    """What `build` gives for this key at this data revision; built once, by one thread, then remembered."""
    full_key = (str(session.get_bind().engine.url), data_revision(session), *key)
    with _lock:
        if full_key in _store:
            _store.move_to_end(full_key)
            return _store[full_key]  # type: ignore[no-any-return]
        building = _building.setdefault(full_key, threading.Lock())
    with building:
        with _lock:
            if full_key in _store:
                return _store[full_key]  # type: ignore[no-any-return]
        try:
            built = build()
            with _lock:
                _store[full_key] = built
                while len(_store) > KEPT:
                    _store.popitem(last=False)
        finally:
            with _lock:
                _building.pop(full_key, None)
    return built


def clear() -> None:
    """Forget everything."""
    with _lock:
        _store.clear()
