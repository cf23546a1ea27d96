"""What an import would change: the rows of a file beside those of the database, scope by scope."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from services.entry.cells import Value, value_text
from services.entry.items import Item
from services.entry.sheets import Sheet


class Action(StrEnum):
    """What happens to a row."""

    ADDED = "added"
    CHANGED = "changed"
    RETIRED = "retired"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Change:
    """One value of a row, before and after."""

    column: str
    old: Value
    new: Value


@dataclass(frozen=True)
class PlannedRow:
    """What happens to one row. `line`: its row in the file; of a retired one the first that names its scope.

    `cells`: what is added or retired, blank cells left out.
    """

    action: Action
    line: int
    label: str
    changes: list[Change] = field(default_factory=list)
    cells: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """What an import changes. `revision`: the data revision it was prepared against; `scope`: the columns that name
    what the file replaces as a whole."""

    sheet: str
    file: str
    sha256: str
    revision: int
    scope: tuple[str, ...]
    scope_zh: str
    scope_en: str
    counts: dict[str, int]
    rows: list[PlannedRow]

    @property
    def has_changes(self) -> bool:
        return any(count for action, count in self.counts.items() if action != Action.UNCHANGED)

    def as_json(self) -> dict[str, Any]:
        """Plain values, fit for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Pair:
    """A row of the file and the row of the database it stands for; one of the two may be missing."""

    item: Item | None
    thing: Any | None
    action: Action
    scope: tuple[Any, ...]


def pair_things(items: list[Item], things: Iterable[Any], sheet: Sheet) -> list[Pair]:
    """Things known by their code: named anew in place, never retired by a file; a retired one comes back."""
    known = {thing.code: thing for thing in things}
    pairs = []
    for item in items:
        thing = known.get(item.key)
        if thing is None or thing.superseded_at is not None:
            action = Action.ADDED
        else:
            action = Action.UNCHANGED if tuple(sheet.cells(thing)) == item.cells else Action.CHANGED
        pairs.append(Pair(item, thing, action, item.scope))
    return pairs


def pair_facts(items: list[Item], facts: Iterable[Any], sheet: Sheet) -> list[Pair]:
    """Facts of the scopes that the file names: equal ones first, then those of one key, then those alike.

    facts: every open row of the table.
    """
    scopes = {item.scope for item in items}
    left = [fact for fact in facts if sheet.scope_of(fact) in scopes]
    found: dict[int, Any] = {}
    for of_item, of_fact in _signatures(sheet):
        left = _match([item for item in items if item.row.line not in found], left, of_item, of_fact, found)
    pairs = []
    for item in items:
        fact = found.get(item.row.line)
        if fact is None:
            action = Action.ADDED
        else:
            action = Action.UNCHANGED if tuple(sheet.cells(fact)) == item.cells else Action.CHANGED
        pairs.append(Pair(item, fact, action, item.scope))
    return pairs + [Pair(None, fact, Action.RETIRED, sheet.scope_of(fact)) for fact in left]


Signature = tuple[Callable[[Item], Any], Callable[[Any], Any]]


def _signatures(sheet: Sheet) -> list[Signature]:
    """Ways to tell that a row of the file and one of the database are the same, the strictest first."""

    def alike(names: tuple[str, ...]) -> Signature:
        return (
            lambda item: (item.scope, *(item.values[name] for name in names)),
            lambda fact: (sheet.scope_of(fact), *(getattr(fact, name) for name in names)),
        )

    return [
        (lambda item: item.cells, lambda fact: tuple(sheet.cells(fact))),
        (lambda item: item.key, lambda fact: fact.key),
        *(alike(names) for names in sheet.alike),
    ]


def _match(
    items: list[Item],
    facts: list[Any],
    of_item: Callable[[Item], Any],
    of_fact: Callable[[Any], Any],
    found: dict[int, Any],
) -> list[Any]:
    """Add to `found` (by line) the facts that items stand for; return the facts left over."""
    waiting: dict[Any, deque[Any]] = defaultdict(deque)
    for fact in facts:
        waiting[of_fact(fact)].append(fact)
    for item in items:
        queue = waiting.get(of_item(item))
        if queue:
            found[item.row.line] = queue.popleft()
    return [fact for queue in waiting.values() for fact in queue]


def planned_rows(pairs: list[Pair], sheet: Sheet) -> list[PlannedRow]:
    """The pairs as they are told, in the order of the file, what is retired last."""
    lines: dict[tuple[Any, ...], int] = {}
    for pair in pairs:
        if pair.item is not None:
            lines.setdefault(pair.scope, pair.item.row.line)
    return [_planned(pair, sheet, lines[pair.scope]) for pair in pairs]


def count_actions(pairs: list[Pair]) -> dict[str, int]:
    """How many rows are added, changed, retired and left as they are."""
    counts = Counter(pair.action for pair in pairs)
    return {action.value: counts[action] for action in Action}


def _planned(pair: Pair, sheet: Sheet, scope_line: int) -> PlannedRow:
    line = pair.item.row.line if pair.item is not None else scope_line
    cells = _named(sheet, pair.item.cells if pair.item is not None else sheet.cells(pair.thing))
    label = " · ".join(filter(None, (value_text(cells[column.name]) for column in sheet.label_columns)))
    if pair.action is Action.UNCHANGED:
        return PlannedRow(pair.action, line, label)
    if pair.action is Action.CHANGED:
        before = _named(sheet, sheet.cells(pair.thing))
        changes = [Change(column, old, cells[column]) for column, old in before.items() if old != cells[column]]
        return PlannedRow(pair.action, line, label, changes=changes)
    return PlannedRow(pair.action, line, label, cells={name: cell for name, cell in cells.items() if cell is not None})


def _named(sheet: Sheet, cells: Iterable[Value]) -> dict[str, Value]:
    return dict(zip(sheet.header, cells, strict=True))
