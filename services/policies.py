"""Policy documents: the facts by clause, and the texts once staff imported them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.clauses import PolicyText, PolicyTextError, find_in_text, split_policy_text
from domain.errors import BadRequest, NotFound
from models import (
    Base,
    CatalogueItem,
    ChainClause,
    Clause,
    Cluster,
    Designation,
    Industry,
    PolicyDocument,
    Source,
    Target,
)
from models.base import Cited
from models.database import Database, now, record_change
from services import facts
from services.places import list_offers, open_rows
from services.schemas import ClauseOut, DesignationOut, DocumentDetailOut, DocumentOut, OfferOut, TargetOut

MAX_TEXT_BYTES = 5_000_000
QUERY_MAX = 100


@dataclass(frozen=True)
class Snippet:
    before: str
    hit: str
    after: str


@dataclass(frozen=True)
class Hit:
    document: str
    title_zh: str
    title_en: str
    clause: str
    label_zh: str | None
    label_en: str | None
    snippets: list[Snippet]


@dataclass(frozen=True)
class Imported:
    """What an import stored. `unlisted`: clauses the text has and the dataset does not name; `missing`: the reverse."""

    key: str
    clauses: int
    has_summary: bool
    unlisted: list[str]
    missing: list[str]


def list_documents(session: Session) -> list[DocumentOut]:
    """The documents with the number of facts that cite each."""
    counts = _facts_by_document(session)
    return [DocumentOut(**_summary(row, counts)) for row in _documents(session)]


def get_document(session: Session, key: str, *, as_of: date | None = None) -> DocumentDetailOut:
    """One document, its clauses with the facts that cite them. Raises NotFound."""
    document = session.get(PolicyDocument, key)
    if document is None:
        raise NotFound(f"没有这份文件：{key}", f"no such document: {key}", place=key)
    day = as_of or date.today()
    designations: dict[str, list[DesignationOut]] = defaultdict(list)
    for row in _citing(session, Designation, key):
        designations[row.source.clause_number or ""].append(facts.designation_out(row, day))
    targets: dict[str, list[TargetOut]] = defaultdict(list)
    for target in _citing(session, Target, key):
        targets[target.source.clause_number or ""].append(facts.target_out(target))
    offered: dict[str, list[OfferOut]] = defaultdict(list)
    for offer in list_offers(session, as_of=day):
        if offer.source.document == key:
            offered[offer.source.clause or ""].append(offer)
    others = _others(session, key)
    return DocumentDetailOut(
        **_summary(document, _facts_by_document(session)),
        summary=document.summary_text,
        preamble=document.preamble_text,
        clause_list=[
            ClauseOut(
                number=clause.number,
                label_zh=clause.label,
                label_en=clause.label_en,
                heading=clause.heading,
                text=clause.text,
                responsible=clause.responsible.split(";") if clause.responsible else [],
                designations=designations[clause.number],
                targets=targets[clause.number],
                offers=offered[clause.number],
                others=others[clause.number],
            )
            for clause in document.clauses
        ],
    )


def search(session: Session, query: str) -> list[Hit]:
    """Where a query stands in the imported texts. An empty query finds nothing. Raises BadRequest when too long."""
    if len(query) > QUERY_MAX:
        raise BadRequest(f"检索词超过 {QUERY_MAX} 个字", f"a query has at most {QUERY_MAX} characters", place="q")
    if not query.strip():
        return []
    hits = []
    for document in _documents(session):
        for clause in document.clauses:
            found = find_in_text(clause.text or "", query)
            if found:
                snippets = [Snippet(item.before, item.match, item.after) for item in found]
                hits.append(
                    Hit(
                        document.key, document.title, document.title_en, clause.number, clause.label,
                        clause.label_en, snippets,
                    )
                )  # fmt: skip
    return hits


def import_text(database: Database, path: Path, *, key: str, actor: str) -> Imported:
    """Split a policy text into its clauses and keep them beside the facts that cite them; repeating it is harmless.

    Raises: NotFound (no such document), BadRequest (not readable as a policy text; nothing stored).
    """
    with database.read() as session:
        if session.get(PolicyDocument, key) is None:
            known = "、".join(session.scalars(select(PolicyDocument.key)))
            raise NotFound(f"没有这份文件：{key}；已有：{known}", f"no such document: {key}; known: {known}", place=key)
    text = read_text(path)
    try:
        policy = split_policy_text(text)
    except PolicyTextError as error:
        raise BadRequest(
            error.message_zh, error.message_en, place=f"{path.name} {error.place or ''}".strip()
        ) from error
    with database.write() as session:
        imported = _keep(session.get_one(PolicyDocument, key), policy)
        record_change(
            session, actor=actor, action="policies import", subject=key, details={"clauses": imported.clauses}
        )
        return imported


def read_text(path: Path) -> str:
    """A text file in UTF-8 or GB18030. Raises BadRequest naming the file."""
    try:
        if path.stat().st_size > MAX_TEXT_BYTES:
            raise BadRequest(
                f"文件超过 {MAX_TEXT_BYTES} 字节", f"the file is over {MAX_TEXT_BYTES} bytes", place=path.name
            )
        raw = path.read_bytes()
    except OSError as error:
        raise BadRequest(
            f"无法读取文件：{error.strerror}", f"cannot read the file: {error.strerror}", place=str(path)
        ) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadRequest("既不是 UTF-8 也不是 GB18030 文本", "neither UTF-8 nor GB18030 text", place=path.name)


def _keep(document: PolicyDocument, policy: PolicyText) -> Imported:
    document.summary_text = policy.summary or None
    document.preamble_text = policy.preamble or None
    document.imported_at = now()
    known = {clause.number: clause for clause in document.clauses}
    unlisted = []
    numbers = {clause.number for clause in policy.clauses}
    for clause in document.clauses:
        if clause.number not in numbers:
            clause.heading = clause.text = clause.responsible = None
    for sort, split in enumerate(policy.clauses, start=1):
        kept = known.get(split.number)
        if kept is None:
            unlisted.append(split.number)
            kept = Clause(document_key=document.key, number=split.number, sort=10_000 + sort)
            document.clauses.append(kept)
        kept.heading, kept.text = split.heading or None, split.text
        kept.responsible = ";".join(split.responsible_units) or None
    missing = [number for number in known if number not in numbers]
    return Imported(document.key, len(policy.clauses), bool(policy.summary), unlisted, missing)


def _documents(session: Session) -> list[PolicyDocument]:
    return list(session.scalars(select(PolicyDocument).order_by(PolicyDocument.sort)))


def _sources_of(key: str) -> Any:
    return select(Source.id).where(Source.document_key == key)


def _citing(session: Session, model: type[Any], key: str) -> list[Any]:
    return list(open_rows(session, model, model.source_id.in_(_sources_of(key))))


def _facts_by_document(session: Session) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for mapper in Base.registry.mappers:
        model: Any = mapper.class_
        if issubclass(model, Cited) and hasattr(model, "superseded_at"):
            rows = session.execute(
                select(Source.document_key, func.count())
                .join(model, model.source_id == Source.id)
                .where(model.superseded_at.is_(None), Source.document_key.is_not(None))
                .group_by(Source.document_key)
            )
            for key, count in rows:
                counts[str(key)] += count
    return counts


def _others(session: Session, key: str) -> dict[str, list[str]]:
    """Facts of further kinds that a clause states, as short Chinese lines."""
    lines: dict[str, list[str]] = defaultdict(list)
    for industry in _citing(session, Industry, key):
        lines[industry.source.clause_number or ""].append(f"{industry.name_zh}（{industry.formation_zh or '—'}）")
    for cluster in _citing(session, Cluster, key):
        lines[cluster.source.clause_number or ""].append(cluster.name_zh)
    for item in _citing(session, CatalogueItem, key):
        lines[item.source.clause_number or ""].append(f"{item.catalogue}：{item.name_zh or '未列名'}")
    for row in session.scalars(select(ChainClause).where(ChainClause.document_key == key)):
        lines[row.clause_number].append(f"产业链 {row.chain_code}")
    return lines


def _summary(document: PolicyDocument, counts: dict[str, int]) -> dict[str, Any]:
    return {
        "key": document.key,
        "number": document.number,
        "title": document.title,
        "title_en": document.title_en,
        "issuer": document.issuer,
        "issued_on": None if document.issued_on is None else str(document.issued_on),
        "scope": document.scope,
        "note": document.note,
        "is_imported": document.imported_at is not None,
        "clauses": len(document.clauses),
        "facts": counts.get(document.key, 0),
    }
