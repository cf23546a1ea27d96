"""What the workbench's templates show, made of what the services answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import request

from blueprints.boundary_words import FIELDS, HAPPENS_TO_ONE, Words
from domain.boundaries import Action, ChangesetStatus, Finding, Layer
from domain.errors import BadRequest, PreconditionRequired
from domain.periods import PartialDate
from geo.units import ha_to_mu
from models import Changeset
from services.boundaries import changesets
from services.boundaries.history import LogEntry
from services.boundaries.impact import EFFECT_WORDS, KIND_WORDS, Affected, Effect, Impact, Kind
from services.boundaries.land import SaidChange
from services.boundaries.pictures import Picture
from services.boundaries.reviewing import Row, StalePair
from services.schemas import SourceOut

FIRST_AFFECTED, MOST_AFFECTED = 8, 200


@dataclass(frozen=True)
class ChangesetRow:
    """A changeset in a list."""

    id: int
    title: str
    layer: Layer
    status: ChangesetStatus
    edit_count: int
    finding_count: int
    made_by: str
    made_at: datetime
    published_by: str | None
    published_at: datetime | None


def changeset_row(one: Changeset, edit_count: int) -> ChangesetRow:
    return ChangesetRow(
        one.id, one.title, one.layer, one.status, edit_count, len(one.findings), one.made_by, one.made_at,
        one.published_by, one.published_at,
    )  # fmt: skip


@dataclass(frozen=True)
class FindingRow:
    """A finding and its number on the map; None where it has no place there."""

    finding: Finding
    number: int | None


def finding_rows(findings: Sequence[Finding], numbers: Mapping[int, int]) -> list[FindingRow]:
    return [FindingRow(finding, numbers.get(index)) for index, finding in enumerate(findings)]


@dataclass(frozen=True)
class EditRow:
    """One edit with its areas in 亩; None where there is no outline. said: field, before and after, in words."""

    code: str
    name: str
    action: Action
    before_mu: float | None
    after_mu: float | None
    difference_mu: float
    share: float | None
    has_history: bool
    said: tuple[tuple[Words, Words, Words], ...] = ()


def edit_row(row: Row) -> EditRow:
    return EditRow(
        row.code, row.name, row.action, in_mu(row.before_ha), in_mu(row.after_ha), ha_to_mu(row.difference_ha),
        row.share, row.has_history, said_words(row.said),
    )  # fmt: skip


def said_words(said: Iterable[SaidChange]) -> tuple[tuple[Words, Words, Words], ...]:
    """What is said otherwise of a plot: field, before and after."""
    return tuple((FIELDS[one.field], _said(one.old), _said(one.new)) for one in said)


def _said(value: str | bool | None) -> Words:
    if value is None:
        return "未知", "unknown"
    if isinstance(value, bool):
        return ("是", "yes") if value else ("否", "no")
    return value, value


@dataclass(frozen=True)
class AffectedItem:
    name: str
    from_name: str | None
    to_name: str | None


@dataclass(frozen=True)
class ImpactGroup:
    """Things of one kind to which the same happens. rest is folded; unlisted is only counted."""

    kind: Words
    effect: Words
    count: int
    first: list[AffectedItem]
    rest: list[AffectedItem]
    unlisted: int


@dataclass(frozen=True)
class ImpactView:
    groups: list[ImpactGroup]
    hash: str
    total: int


def impact_view(impact: Impact, names: Mapping[str, str]) -> ImpactView:
    """names: of the places things move between."""
    groups = []
    for (kind, effect), count in impact.counts.items():
        of_group = [one for one in impact.affected if (one.kind, one.effect) == (kind, effect)][:MOST_AFFECTED]
        items = [_affected(one, names) for one in of_group]
        groups.append(
            ImpactGroup(
                *_counted(kind, effect, count), count,
                items[:FIRST_AFFECTED], items[FIRST_AFFECTED:], count - len(items),
            )
        )  # fmt: skip
    return ImpactView(groups, impact.hash, len(impact.affected))


def _counted(kind: Kind, effect: Effect, count: int) -> tuple[Words, Words]:
    """What is affected and how, in words; one thing takes another form in English."""
    (things_zh, things), (happens_zh, happen) = KIND_WORDS[kind], EFFECT_WORDS[effect]
    if count == 1:
        things = f"{things.removesuffix('ies')}y" if things.endswith("ies") else things.removesuffix("s")
        happen = HAPPENS_TO_ONE[effect]
    return (things_zh, things), (happens_zh, happen)


def acknowledged_words(changeset: Changeset) -> list[Words]:
    """What was acknowledged when it was published: how many things of a kind, and what happens to them."""
    told = []
    for kind, effect, count in changeset.options.get(changesets.ACKNOWLEDGED, []):
        (things_zh, things), (happens_zh, happen) = _counted(Kind(kind), Effect(effect), count)
        told.append((f"{count} {things_zh}{happens_zh}", f"{count} {things} {happen}"))
    return told


def _affected(one: Affected, names: Mapping[str, str]) -> AffectedItem:
    def name(code: str | None) -> str | None:
        return None if code is None else names.get(code, code)

    return AffectedItem(one.name, name(one.from_place), name(one.to_place))


@dataclass(frozen=True)
class StaleView:
    code: str
    name: str
    seen: int | None
    newest: int | None
    theirs: Picture | None
    ours: Picture | None
    theirs_mu: float | None
    ours_mu: float | None


def stale_view(pair: StalePair) -> StaleView:
    return StaleView(
        pair.conflict.code, pair.name, pair.conflict.seen, pair.conflict.newest, pair.theirs, pair.ours,
        in_mu(pair.theirs_ha), in_mu(pair.ours_ha),
    )  # fmt: skip


@dataclass(frozen=True)
class Step:
    """A stage of a changeset. state: done, now or later."""

    words: Words
    state: str
    who: str | None = None
    when: datetime | None = None


def steps_of(one: Changeset) -> list[Step]:
    """draft → checked → published, or withdrawn."""
    made = Step(("存为草稿", "Stored as a draft"), "done", one.made_by, one.made_at)
    if one.status is ChangesetStatus.WITHDRAWN:
        return [made, Step(("已撤回", "Withdrawn"), "now", one.withdrawn_by, one.withdrawn_at)]
    is_published = one.status is ChangesetStatus.PUBLISHED
    is_checked = one.status is ChangesetStatus.CHECKED
    by, at = (one.checked_by, one.checked_at) if is_checked or is_published else (None, None)
    checked = Step(("核对", "Checked"), "done", by, at) if is_checked or by else Step(("核对", "Check"), "now")
    if is_published and not by:
        checked = Step(("未单独核对", "Not checked apart"), "later")
    published = Step(("发布", "Publish"), "now" if is_checked else "later")
    if is_published:
        published = Step(("发布", "Published"), "done", one.published_by, one.published_at)
    return [made, checked, published]


@dataclass(frozen=True)
class VersionView:
    """One version of a boundary. is_current: in force today; is_shown: on the day asked for, or compared."""

    version: int
    picture: Picture | None
    area_mu: float | None
    difference_mu: float | None
    method: str
    grade: str
    title: str | None
    valid_from: str | None
    recorded_at: datetime
    published_by: str
    changeset_id: int | None
    restored_version: int | None
    is_removal: bool
    is_current: bool
    is_shown: bool
    source: SourceOut


@dataclass(frozen=True)
class Compared:
    from_version: int
    to_version: int
    from_mu: float
    to_mu: float

    @property
    def share(self) -> float | None:
        return (self.to_mu - self.from_mu) / self.from_mu if self.from_mu else None


def version_views(
    entries: Sequence[LogEntry], pictures: Sequence[Picture | None], *, current: int | None, shown: Iterable[int]
) -> list[VersionView]:
    """entries: the newest first."""
    chosen = set(shown)
    found = []
    for index, entry in enumerate(entries):
        older = entries[index + 1] if index + 1 < len(entries) else None
        area = None if entry.is_removal else in_mu(entry.area_ha)
        before = None if older is None or older.is_removal else in_mu(older.area_ha)
        found.append(
            VersionView(
                version=entry.version,
                picture=pictures[index],
                area_mu=area,
                difference_mu=None if area is None or before is None else area - before,
                method=entry.method,
                grade=entry.grade.value,
                title=entry.title,
                valid_from=entry.valid_from,
                recorded_at=entry.recorded_at,
                published_by=entry.by,
                changeset_id=entry.changeset,
                restored_version=entry.restored_version,
                is_removal=entry.is_removal,
                is_current=entry.version == current,
                is_shown=entry.version in chosen,
                source=entry.source,
            )
        )
    return found


def holding_on(entries: Sequence[LogEntry], day: date) -> LogEntry | None:
    """The version that holds on a day: the newest open one that has begun by then. None: none, or taken away."""
    for entry in entries:
        start = None if entry.valid_from is None else PartialDate.parse(entry.valid_from).first_day
        if entry.closed_at is None and (start is None or start <= day):
            return None if entry.is_removal else entry
    return None


def in_mu(area_ha: float | None) -> float | None:
    return None if area_ha is None else ha_to_mu(area_ha)


def seen_number(name: str = "seen") -> int:
    """The version that was looked at, from the form. Raises PreconditionRequired where it is missing, BadRequest."""
    number = form_number(name)
    if number is None:
        raise PreconditionRequired("没有说明所见的版本", "the version seen is missing", place=name)
    return number


def form_number(name: str) -> int | None:
    """A whole number of the form. Raises BadRequest."""
    given = request.form.get(name, "")
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise BadRequest(f"{name} 应为整数", f"{name} has to be a whole number", place=name)
    return int(given)
