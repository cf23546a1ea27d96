"""What is said of boundary files and edits: layers, findings, questions, verdicts. No geometry, no files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Layer(StrEnum):
    """The layers whose boundaries GIS staff bring in and correct."""

    PARKS = "parks"
    ZONES = "zones"
    PLOTS = "plots"
    BELT_SECTIONS = "belt_sections"


class Verdict(StrEnum):
    """What becomes of a file. repair: shown, stored after confirmation; ask: one question, nothing stored before."""

    ACCEPT = "accept"
    REPAIR = "repair"
    ASK = "ask"
    REJECT = "reject"


class Severity(StrEnum):
    """What one finding leads to; a warning changes nothing."""

    WARNING = "warning"
    REPAIR = "repair"
    ASK = "ask"
    REJECT = "reject"


class Action(StrEnum):
    """What a changeset does to one feature."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"


class ChangesetStatus(StrEnum):
    """draft → checked → published; or withdrawn."""

    DRAFT = "draft"
    CHECKED = "checked"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Proposal:
    """One answer to a question. bounds: where the data would fall then: west, south, east, north, degrees."""

    value: str
    label_zh: str
    label_en: str
    bounds: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Question:
    """What has to be answered before anything is stored. subject: crs | encoding | source_layer | a field's column."""

    subject: str
    proposals: tuple[Proposal, ...]


@dataclass(frozen=True)
class Finding:
    """One thing noticed in a file.

    place: file, member, layer, row, field or coordinate, as people name it, e.g. "feature 3 vertex 2", "row 4",
    "NAME row 1", "features 2,3", "archive", ".prj". features: the numbers of the features meant, from 1 in the order of
    the file. lonlat: a point to look at, degrees. area_m2: of the overlap, the sliver or what a repair changes.
    """

    code: str
    severity: Severity
    place: str
    message_zh: str
    message_en: str
    features: tuple[int, ...] = ()
    lonlat: tuple[float, float] | None = None
    area_m2: float | None = None
    question: Question | None = None


@dataclass(frozen=True)
class VersionConflict:
    """An edit of a thing saw one version, a newer one stands. seen None: as new; newest None: it was taken away."""

    code: str
    seen: int | None
    newest: int | None

    def __str__(self) -> str:
        """
        >>> str(VersionConflict("P-1", 2, 3))
        'P-1 v2 → v3'
        """
        versions = (f"v{version}" if version else "—" for version in (self.seen, self.newest))
        return f"{self.code} {' → '.join(versions)}"


_ORDER = (Severity.WARNING, Severity.REPAIR, Severity.ASK, Severity.REJECT)
_VERDICTS = dict(zip(_ORDER, (Verdict.ACCEPT, Verdict.REPAIR, Verdict.ASK, Verdict.REJECT), strict=True))


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """The gravest finding decides: reject before ask before repair before accept.

    >>> verdict_of([]).value
    'accept'
    """
    gravest = max((finding.severity for finding in findings), key=_ORDER.index, default=Severity.WARNING)
    return _VERDICTS[gravest]
