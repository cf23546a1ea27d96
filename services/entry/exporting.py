"""Sheets as files: what the database holds now, and empty templates with their columns explained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.errors import BadRequest, NotFound
from domain.words import vocabulary
from models import Chain, ChainNode, Enterprise, EnterpriseNode
from services.entry.cells import value_text
from services.entry.files import Format, WrittenFile, write_file
from services.entry.meanings import meaning
from services.entry.sheets import Column, Kind, Sheet, get_sheet
from services.entry.watermark import is_demo
from services.entry.xlsx_file import Notes

_POINTS = {
    "chain": "产业链编码 chain code, e.g. CU",
    "chain_node": "chain_nodes 的 code / a code of chain_nodes",
    "enterprise": "enterprises 的 code / a code of enterprises",
    "place": "地点编码 place code, e.g. guixi",
    "industry_class": "GB/T 4754-2017 代码 code, e.g. 3211",
}
_NOTES_HEADER = ("列名 column", "含义", "Meaning", "单位 unit", "必填 required", "可填 allowed")


def export(session: Session, sheet: str, *, chain: str | None = None, kind: Format) -> WrittenFile:
    """The open rows of a sheet, in a stable order; taking the file in again changes nothing.

    chain: only the rows of one chain, together with all others of the same scopes, which an import would replace.
    Raises: NotFound (no such sheet or chain), BadRequest (the sheet has no chains; a text that fits into no cell).
    """
    chosen = get_sheet(sheet)
    rows = [chosen.cells(thing) for thing in _ordered(chosen, _things(session, chosen, chain))]
    return write_file(
        chosen.header,
        rows,
        sheet=sheet,
        stem=sheet if chain is None else f"{sheet}-{chain}",
        kind=kind,
        text_columns=chosen.text_columns,
        is_demo=is_demo(session),
    )


def template(sheet: str, kind: Format) -> WrittenFile:
    """The header of a sheet; in XLSX a second worksheet explains the columns. Raises NotFound (no such sheet)."""
    chosen = get_sheet(sheet)
    return write_file(
        chosen.header,
        [],
        sheet=sheet,
        stem=sheet,
        kind=kind,
        text_columns=chosen.text_columns,
        notes=Notes(_NOTES_HEADER, [_note(chosen, column) for column in chosen.columns]),
    )


def _things(session: Session, sheet: Sheet, chain: str | None) -> Sequence[Any]:
    things = session.scalars(select(sheet.model).where(sheet.model.superseded_at.is_(None))).all()
    if chain is None:
        return things
    if session.get(Chain, chain) is None:
        raise NotFound(f"没有这条产业链：{chain}", f"no such chain: {chain}", place=chain)
    attribute, codes = _of_chain(session, sheet, chain)
    scopes = {sheet.scope_of(thing) for thing in things if getattr(thing, attribute) in codes}
    return [thing for thing in things if sheet.scope_of(thing) in scopes]


def _of_chain(session: Session, sheet: Sheet, chain: str) -> tuple[str, set[str]]:
    """The attribute that tells the chain of a sheet's rows, and the values it has in this one."""
    nodes = select(ChainNode.code).where(ChainNode.chain_code == chain)
    if sheet.model is Enterprise:
        standing = select(EnterpriseNode.enterprise_code).where(
            EnterpriseNode.node_code.in_(nodes), EnterpriseNode.superseded_at.is_(None)
        )
        return "code", set(session.scalars(standing))
    attributes = {column.attribute for column in sheet.columns}
    if "chain_code" in attributes:
        return "chain_code", {chain}
    if "node_code" in attributes:
        return "node_code", set(session.scalars(nodes))
    raise BadRequest(f"{sheet.name} 不分产业链", f"{sheet.name} has no chains", place="chain")


def _ordered(sheet: Sheet, things: Sequence[Any]) -> list[Any]:
    """Things known by a code in their own order, facts by what they say."""
    if sheet.is_identity:
        return sorted(things, key=lambda thing: (thing.sort, thing.code))
    return sorted(things, key=lambda thing: [value_text(cell) for cell in sheet.cells(thing)])


def _note(sheet: Sheet, column: Column) -> list[str]:
    """A line of the explanations."""
    told = meaning(sheet.name, column.name)
    required = "必填 required" if column.is_required else ""
    return [column.name, told.zh, told.en, told.unit, required, _allowed(column)]


def _allowed(column: Column) -> str:
    """What a column takes: its words with their labels, 0 or 1, or the codes of another table."""
    if column.words is not None:
        words = vocabulary(column.words).items()
        return "\n".join(" ".join(filter(None, (word, *labels))) for word, labels in words)
    if column.kind is Kind.FLAG:
        return "0\n1"
    return _POINTS.get(column.points_at or "", "")
