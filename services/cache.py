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


def cached(session: Session, key: tuple[Hashable, ...], build: Callable[[], Built], *, most: int = KEPT) -> Built:
    """What `build` gives for this key at this data revision; built once, by one thread, then remembered.

    most: how many of the first word of the key are kept at once; few for answers that are large.
    """
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
                alike = [other for other in _store if other[2] == key[0]]
                for other in alike[: max(0, len(alike) - most)]:
                    del _store[other]
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
