"""Chain gaps from a folder of plain CSV files, without the database: the rules behind `gaps evaluate`.

    nodes.csv       node, stage
    edges.csv       supplier, buyer, coefficient; and if wished edge_type (input), alternative_group, share
    capacities.csv  place, node, capacity_yi_yuan, status, upper_yi_yuan
    minutes.csv     place_a, place_b, minutes; symmetric, a pair left out is out of reach

UTF-8 with or without BOM, or GBK. Columns in any order, none missing, none besides. The files hold no surveys: a place
without a row is absent. Any stage is taken, as the answer does not depend on it; a number beside an unknown capacity
is not used.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from domain.errors import BadDataset
from domain.gaps.engine import compute
from domain.gaps.inputs import Capacity, Edge, Node, Radius
from domain.gaps.problem import Problem
from domain.gaps.rows import GapRow, demanded, list_rows
from domain.words import CapacityStatus, EdgeType
from services.dataset.reading import Row
from services.dataset.values import LARGEST_COEFFICIENT, LARGEST_MINUTES, amount
from services.entry.csv_file import decode
from services.entry.faults import ManyFaults

Result = TypeVar("Result")

LARGEST_YI_YUAN = 1e9
_NOISE = 1e-9

_REQUIRED = {
    "nodes.csv": ("node", "stage"),
    "edges.csv": ("supplier", "buyer", "coefficient"),
    "capacities.csv": ("place", "node", "capacity_yi_yuan", "status", "upper_yi_yuan"),
    "minutes.csv": ("place_a", "place_b", "minutes"),
}
_OPTIONAL = {"edges.csv": ("edge_type", "alternative_group", "share")}
_DEFAULTS = {"edge_type": EdgeType.INPUT.value}
_KEYS = {
    "nodes.csv": ("node",),
    "edges.csv": ("supplier", "buyer", "edge_type"),
    "capacities.csv": ("place", "node"),
    "minutes.csv": ("place_a", "place_b"),
}


class BadGapFiles(ManyFaults, BadDataset):
    """All faults of a folder at once, each naming file, row and column."""


def evaluate_folder(folder: Path, radius_min: float) -> list[dict[str, Any]]:
    """One object for each place and node with demand, the largest gap first; plain values, fit for JSON.

    Raises BadGapFiles (a BadDataset) for anything in the files that cannot be used, BadRequest for a bad radius.
    """
    radius = Radius.of(radius_min)
    return [_plain(row) for row in list_rows(compute(read_folder(folder), radius), demanded)]


def read_folder(folder: Path) -> Problem:
    """The files as a problem. Raises BadGapFiles with every fault found."""
    faults: list[BadDataset] = []
    tables = {name: _table(folder, name, faults) for name in _REQUIRED}
    nodes = _each(tables["nodes.csv"], _node, faults)
    known = None if tables["nodes.csv"] is None else {row.values["node"] for row in tables["nodes.csv"]}
    edges = _each(_naming(tables["edges.csv"], ("supplier", "buyer"), known, faults), _edge, faults)
    capacities = _each(_naming(tables["capacities.csv"], ("node",), known, faults), _capacity, faults)
    minutes = _each(tables["minutes.csv"], _minutes, faults)
    for name, key in _KEYS.items():
        _check_repeated(tables[name] or [], key, faults)
    _check_shares(edges, faults)
    _check_symmetry(minutes, faults)
    if faults:
        raise BadGapFiles(faults)
    return Problem.from_rows(
        [node for _, node in nodes],
        [edge for _, edge in edges],
        [capacity for _, capacity in capacities],
        {pair: value for _, (pair, value) in minutes},
        as_of=date.min,
    )


def _table(folder: Path, name: str, faults: list[BadDataset]) -> list[Row] | None:
    """The rows of a file, cells stripped, optional columns filled with nothing; None when it cannot be read."""
    try:
        rows = list(_rows(name, _text(folder / name)))
    except BadDataset as fault:
        faults.append(fault)
        return None
    return [row for row, _ in _each(rows, _check_formulas, faults)]


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise BadDataset("缺少文件", "the file is missing", place=path.name) from None
    except OSError as error:
        raise BadDataset(f"无法读取：{error.strerror}", f"cannot be read: {error.strerror}", place=path.name) from error
    text = decode(content)
    if text is None:
        raise BadDataset("既不是 UTF-8 也不是 GBK 文本", "neither UTF-8 nor GBK text", place=path.name)
    return text


def _rows(name: str, text: str) -> Iterator[Row]:
    """Raises BadDataset for a missing, repeated or unexpected column, a short or long row, and bad quoting."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    optional = _OPTIONAL.get(name, ())
    try:
        header = [column.strip() for column in next(reader, [])]
        missing = [column for column in _REQUIRED[name] if column not in header]
        extra = sorted({column for column in header if column not in (*_REQUIRED[name], *optional)})
        repeated = sorted({column for column in header if header.count(column) > 1} - set(extra))
        if missing or extra or repeated:
            told = [", ".join(columns) or "—" for columns in (missing, extra, repeated)]
            raise BadDataset(
                f"列不符：缺少 {told[0]}，多出 {told[1]}，重复 {told[2]}",
                f"columns differ: missing {told[0]}, unexpected {told[1]}, repeated {told[2]}",
                place=f"{name} 第 1 行 / row 1",
            )
        for fields in reader:
            cells = [cell.strip() for cell in fields]
            if not any(cells):
                continue
            row = Row(name, reader.line_num, dict.fromkeys(optional, "") | dict(zip(header, cells, strict=False)))
            if len(cells) != len(header):
                row.fail("*", f"有 {len(cells)} 个字段，应为 {len(header)}", f"{len(cells)} fields, not {len(header)}")
            yield row
    except csv.Error as error:
        place = f"{name} 第 {reader.line_num} 行 / row {reader.line_num}"
        raise BadDataset(f"CSV 格式错误：{error}", f"bad CSV: {error}", place=place) from error


def _each(rows: list[Row] | None, read: Callable[[Row], Result], faults: list[BadDataset]) -> list[tuple[Row, Result]]:
    """What each row reads as, the faults of the others added to the list."""
    result = []
    for row in rows or []:
        try:
            result.append((row, read(row)))
        except BadDataset as fault:
            faults.append(fault)
    return result


def _check_formulas(row: Row) -> None:
    for column, cell in row.values.items():
        if cell.startswith(("=", "+", "-", "@")) and not _is_number(cell):
            row.fail(column, f"单元格不能是公式：{cell}", f"a cell must not be a formula: {cell}")


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _naming(
    rows: list[Row] | None, columns: tuple[str, ...], known: set[str] | None, faults: list[BadDataset]
) -> list[Row]:
    """The rows that name known nodes only; all rows when nobody knows the nodes."""

    def check(row: Row) -> None:
        for column in columns:
            code = row.text(column)
            if known is not None and code not in known:
                row.fail(column, f"nodes.csv 中没有环节 {code}", f"no node {code} in nodes.csv")

    return [row for row, _ in _each(rows, check, faults)]


def _fault(row: Row, column: str, zh: str, en: str) -> BadDataset:
    try:
        row.fail(column, zh, en)
    except BadDataset as fault:
        return fault


def _check_repeated(rows: list[Row], key: tuple[str, ...], faults: list[BadDataset]) -> None:
    first: dict[tuple[str, ...], int] = {}
    for row in rows:
        value = tuple(row.values[column] or _DEFAULTS.get(column, "") for column in key)
        line = first.setdefault(value, row.line)
        if line != row.line:
            zh, en = f"与第 {line} 行重复：{'，'.join(value)}", f"repeats row {line}: {', '.join(value)}"
            faults.append(_fault(row, key[-1], zh, en))


def _required(row: Row, column: str, most: float) -> float:
    row.number(column)
    return amount(row, column, most) or 0.0


def _node(row: Row) -> Node:
    return Node(row.text("node"))


def _edge(row: Row) -> Edge:
    supplier, buyer = row.text("supplier"), row.text("buyer")
    if supplier == buyer:
        row.fail("buyer", f"关系指向自身：{buyer}", f"an edge to itself: {buyer}")
    group, share = row.optional("alternative_group"), amount(row, "share", 1.0)
    if share is not None and group is None:
        row.fail("share", "有使用份额，但未写替代组", "a share of use without an alternative group")
    return Edge(
        supplier,
        buyer,
        amount(row, "coefficient", LARGEST_COEFFICIENT),
        row.optional_word("edge_type", EdgeType) or EdgeType.INPUT,
        group,
        share,
    )


def _capacity(row: Row) -> Capacity:
    status = row.word("status", CapacityStatus)
    upper = amount(row, "upper_yi_yuan", LARGEST_YI_YUAN)
    is_unknown = status is CapacityStatus.UNKNOWN
    value = None if is_unknown else _required(row, "capacity_yi_yuan", LARGEST_YI_YUAN)
    return Capacity(row.text("place"), row.text("node"), value, status, upper)


def _minutes(row: Row) -> tuple[tuple[str, str], float]:
    pair = (row.text("place_a"), row.text("place_b"))
    value = _required(row, "minutes", LARGEST_MINUTES)
    if pair[0] == pair[1] and value:
        row.fail("minutes", "同一地点之间应为 0 分钟", "a place is 0 minutes from itself")
    return pair, value


def _check_shares(edges: list[tuple[Row, Edge]], faults: list[BadDataset]) -> None:
    """The shares of a group are given for all or for none, and make up no more than the whole."""
    groups: dict[tuple[str, str], list[tuple[Row, Edge]]] = defaultdict(list)
    for row, edge in edges:
        if edge.alternative_group is not None and edge.edge_type is EdgeType.INPUT:
            groups[edge.buyer, edge.alternative_group].append((row, edge))
    for members in groups.values():
        shares = [edge.share for _, edge in members if edge.share is not None]
        bare = [row for row, edge in members if edge.share is None]
        if shares and bare:
            zh, en = "同组其他供方有使用份额，此处缺少", "others of the group have a share of use, this one has none"
            faults += [_fault(row, "share", zh, en) for row in bare]
        elif sum(shares) > 1 + _NOISE:
            zh, en = f"同组份额之和大于 1：{sum(shares):g}", f"the shares of the group exceed 1: {sum(shares):g}"
            faults.append(_fault(members[-1][0], "share", zh, en))


def _check_symmetry(minutes: list[tuple[Row, tuple[tuple[str, str], float]]], faults: list[BadDataset]) -> None:
    seen: dict[tuple[str, str], tuple[int, float]] = {}
    for row, ((first, second), value) in minutes:
        line, other = seen.get((second, first), (row.line, value))
        if other != value:
            zh = f"与第 {line} 行的反方向不同：{value:g} 与 {other:g}"
            en = f"differs from the other direction in row {line}: {value:g} and {other:g}"
            faults.append(_fault(row, "minutes", zh, en))
        seen.setdefault((first, second), (row.line, value))


def _plain(row: GapRow) -> dict[str, Any]:
    """The contract's object; the noise of floating point (below 1e-9) taken off."""
    return {
        "place": row.place,
        "node": row.node,
        "demand_yi_yuan": row.demand_yi_yuan,
        "supplied_yi_yuan": _clean(row.supplied_yi_yuan),
        "gap_yi_yuan": row.gap_yi_yuan,
        "coverage": None if row.coverage is None else _clean(row.coverage),
        "coverage_low": _clean(row.coverage_low),
        "coverage_high": _clean(row.coverage_high),
        "kind": row.kind.value,
        "single_point": row.single_point,
        "suppliers": [{"place": item.place, "amount_yi_yuan": item.amount_yi_yuan} for item in row.suppliers],
    }


def _clean(value: float) -> float:
    """Within 1e-9 of a whole number: that number.

    >>> _clean(0.9999999999999998), _clean(1e-17), _clean(0.5)
    (1.0, 0.0, 0.5)
    """
    return float(round(value)) if abs(value - round(value)) < _NOISE else value
