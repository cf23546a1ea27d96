"""Every fault that can be told to a person, in one tree.

OneMapError
├── NotFound            a code, key or page nobody has
├── BadRequest          a value that cannot be used; `field` and `place` name it
├── NotLoggedIn         an account is needed, or the name and the password are not those of one
├── TooManyTries        too many passwords were tried; `retry_after_s`
├── Forbidden           not for this reader
├── Conflict            the thing changed meanwhile, or rules forbid it
│   ├── ChecksFailed        findings forbid it; `findings` says which
│   └── NotAcknowledged     the impact has to be acknowledged first; `impact` says what it is
├── Stale               an edit saw an older version; `conflicts` names the things and both versions
├── PreconditionRequired an edit does not say which version it saw
├── Busy                the database is being written; try again
└── NotReady            the installation itself is at fault
    ├── DatabaseTooNew      migrated by newer code
    ├── DatabaseTooOld      not migrated yet
    ├── DatabaseUnreachable cannot be opened, read-only folder, no server
    └── BadDataset          a row of a dataset cannot be used; `place` names file, row and column

Errors carry facts; statuses belong to blueprints/errors.py, exit codes to blueprints/commands.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from domain.boundaries import Finding, VersionConflict


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


class NotLoggedIn(OneMapError):
    code = "unauthorized"


class TooManyTries(OneMapError):
    """retry_after_s: when the next try is heard."""

    code = "too_many_requests"

    def __init__(self, message_zh: str, message_en: str, *, retry_after_s: int = 60, place: str | None = None) -> None:
        super().__init__(message_zh, message_en, place=place)
        self.retry_after_s = retry_after_s


class Forbidden(OneMapError):
    code = "forbidden"


class Conflict(OneMapError):
    code = "conflict"


class ChecksFailed(Conflict):
    """`findings`: those of severity reject, and the others of the same check."""

    code = "checks_failed"

    def __init__(
        self, message_zh: str, message_en: str, *, place: str | None = None, findings: Sequence[Finding] = ()
    ) -> None:
        super().__init__(message_zh, message_en, place=place)
        self.findings = tuple(findings)


class NotAcknowledged(Conflict):
    """`impact`: what has to be acknowledged, as the service that refused describes it."""

    code = "not_acknowledged"

    def __init__(self, message_zh: str, message_en: str, *, place: str | None = None, impact: object = None) -> None:
        super().__init__(message_zh, message_en, place=place)
        self.impact = impact


class Stale(OneMapError):
    """`conflicts`: each thing that was changed meanwhile, with the version seen and the newest."""

    code = "stale"

    def __init__(
        self, message_zh: str, message_en: str, *, place: str | None = None, conflicts: Sequence[VersionConflict] = ()
    ) -> None:
        super().__init__(message_zh, message_en, place=place)
        self.conflicts = tuple(conflicts)


class PreconditionRequired(OneMapError):
    code = "precondition_required"


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
