"""Every fault that can be told to a person, in one tree.

OneMapError
├── NotFound            a code, key or page nobody has
├── BadRequest          a value that cannot be used; `field` and `place` name it
├── Forbidden           not for this reader
├── Conflict            the thing changed meanwhile, or rules forbid it
├── Busy                the database is being written; try again
└── NotReady            the installation itself is at fault
    ├── DatabaseTooNew      migrated by newer code
    ├── DatabaseTooOld      not migrated yet
    ├── DatabaseUnreachable cannot be opened, read-only folder, no server
    └── BadDataset          a row of a dataset cannot be used; `place` names file, row and column

Errors carry facts; statuses belong to blueprints/errors.py, exit codes to blueprints/commands.py.
"""

from __future__ import annotations


class OneMapError(Exception):
    """A fault with a code, a title in both languages and the place it was found."""

    code = "error"

    def __init__(self, message_zh: str, message_en: str, *, place: str | None = None) -> None:
        super().__init__(message_en)
        self.message_zh = message_zh
        self.message_en = message_en
        self.place = place

    def __str__(self) -> str:
        where = f" [{self.place}]" if self.place else ""
        return f"{self.message_zh} / {self.message_en}{where}"


class NotFound(OneMapError):
    code = "not_found"


class BadRequest(OneMapError):
    code = "bad_request"


class Forbidden(OneMapError):
    code = "forbidden"


class Conflict(OneMapError):
    code = "conflict"


class Busy(OneMapError):
    code = "busy"


class NotReady(OneMapError):
    code = "not_ready"


class DatabaseTooNew(NotReady):
    code = "database_too_new"


class DatabaseTooOld(NotReady):
    code = "database_too_old"


class DatabaseUnreachable(NotReady):
    code = "database_unreachable"


class BadDataset(NotReady):
    code = "bad_dataset"
