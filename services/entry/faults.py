"""Many faults told at once: those of one file or folder, each with its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar

from domain.errors import BadDataset, BadRequest, OneMapError
from services.dataset.reading import Row

Words = ParamSpec("Words")
Result = TypeVar("Result")
MOST_TOLD = 50


class ManyFaults(OneMapError):
    """All faults of what was handed in; as text one line each, at most 50 and how many more there are."""

    def __init__(self, faults: Sequence[OneMapError], more: int = 0) -> None:
        """`faults`: at least one; `more`: how many others there are besides."""
        count = len(faults) + more
        super().__init__(f"{count} 处错误", f"{count} faults", place=faults[0].place)
        self.faults = tuple(faults)
        self.count = count

    def __str__(self) -> str:
        lines = [str(fault) for fault in self.faults[:MOST_TOLD]]
        if (more := self.count - len(lines)) > 0:
            lines.append(f"另有 {more} 处 / {more} more")
        return "\n".join(lines)


class BadEntryFile(ManyFaults, BadRequest):
    """A file of rows that cannot be taken in; each fault names row and column."""


def unusable(name: str, zh: str, en: str) -> BadRequest:
    """The fault of a file as a whole."""
    return BadRequest(zh, en, place=name)


class Faults:
    """The faults of one file while it is read: the first are kept, the others counted."""

    def __init__(self) -> None:
        self.told: list[BadDataset] = []
        self.count = 0

    @property
    def is_full(self) -> bool:
        """Whether further faults are only counted."""
        return len(self.told) >= MOST_TOLD

    def attempt(self, read: Callable[Words, Result], *args: Words.args, **kwargs: Words.kwargs) -> Result | None:
        """What the call returns; None when it found a fault, which is kept."""
        try:
            return read(*args, **kwargs)
        except BadDataset as fault:
            self.count += 1
            if not self.is_full:
                self.told.append(fault.with_traceback(None))  # a traceback would keep every row's values alive
            return None

    def add(self, row: Row, column: str, zh: str, en: str) -> None:
        """Keep a fault of one cell."""
        self.attempt(row.fail, column, zh, en)

    def raise_any(self) -> None:
        """Raises BadEntryFile when there is a fault."""
        if self.count:
            raise BadEntryFile(self.told, self.count - len(self.told))
