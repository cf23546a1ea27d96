"""A folder of CSV files into the database: one transaction, idempotent, versions kept.

Things known by a code are named anew in place and retired when they leave the dataset; facts are never overwritten:
a changed one closes its row and opens another. What staff entered (another origin) is left alone, and so are the
dataset's own rows of the same scope: staff hold a scope as a whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain.errors import BadDataset, Conflict
from domain.offers import Tier, check_tiers
from domain.words import Grade
from models import (
    BeltSectionPlace,
    ChainClause,
    ChainSameAs,
    Clause,
    DatasetState,
    Offer,
    OfferTier,
    PolicyDocument,
    Source,
    Target,
)
from models.database import Database, now, record_change
from services.dataset import places
from services.dataset.places import LoadSettings
from services.dataset.reading import Row, read_rows
from services.dataset.tables import TABLES, Table
from services.dataset.values import Values

STAFF = "staff"
Citation = tuple[str | None, str | None, str | None, str | None]


@dataclass
class Loaded:
    """What a load changed. `kept`: rows of the dataset passed over because staff hold what they speak of."""

    added: int = 0
    changed: int = 0
    retired: int = 0
    unchanged: int = 0
    kept: int = 0
    findings: list[str] = field(default_factory=list)

    @property
    def has_changes(self) -> bool:
        return bool(self.added or self.changed or self.retired)


def load(database: Database, folder: Path, *, origin: str, actor: str, settings: LoadSettings) -> Loaded:
    """Load a dataset folder.

    Raises: BadDataset (file, row and column named; nothing stored), Conflict (another kind of dataset is in this
    database), Busy.
    """
    with database.write() as session:
        state = session.get(DatasetState, 1)
        if state is not None and state.dataset not in {None, origin}:
            raise Conflict(
                f"该数据库已装入 {state.dataset} 数据集，不能再混入 {origin}",
                f"this database holds the {state.dataset} dataset; {origin} is never mixed into it",
            )
        loader = Loader(session, folder, origin=origin)
        loader.run(settings)
        if loader.loaded.has_changes:
            record_change(
                session,
                actor=actor,
                action=f"data load-{origin}",
                subject=origin,
                details={
                    "added": loader.loaded.added,
                    "changed": loader.loaded.changed,
                    "retired": loader.loaded.retired,
                },
            )
            session.flush()
            state = session.get_one(DatasetState, 1)
            state.dataset, state.loaded_at, state.dataset_hash = origin, now(), folder_hash(folder)
        return loader.loaded


def folder_hash(folder: Path) -> str:
    """SHA-256 over the names and bytes of a dataset's files."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


class Citations:
    """The sources rows cite: checked against the documents in the database, made when new."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._documents = set(session.scalars(select(PolicyDocument.key)))
        self._clauses = {tuple(row) for row in session.execute(select(Clause.document_key, Clause.number))}
        self._sources = {citation_of(source): source for source in session.scalars(select(Source))}

    def read(self, row: Row) -> Citation:
        """What a row cites. Raises BadDataset unless it is one document, with a clause it has, or one publication."""
        document, clause = row.optional("document"), row.optional("clause")
        publication, published_on = row.optional("publication"), row.optional("published_on")
        if (document is None) == (publication is None):
            row.fail(
                "publication", "每行须有且只有一个来源", "a row has exactly one source: a document or a publication"
            )
        if document is None and clause is not None:
            row.fail("clause", "条款须属于一份文件", "a clause belongs to a document")
        if document is not None and (
            document not in self._documents or (clause is not None and (document, clause) not in self._clauses)
        ):
            row.fail("clause", f"没有这一条：{document} {clause}", f"no such clause: {document} {clause}")
        return document, clause, publication, published_on

    def source(self, citation: Citation) -> Source:
        """The source of a citation that was read, made when new."""
        if citation not in self._sources:
            document, clause, publication, published_on = citation
            source = Source(
                document_key=document, clause_number=clause, publication=publication, published_on=published_on
            )
            self.session.add(source)
            self.session.flush()
            self._sources[citation] = source
        return self._sources[citation]


def citation_of(source: Source) -> Citation:
    """What a source cites."""
    return source.document_key, source.clause_number, source.publication, source.published_on


class Loader:
    """One load in one session."""

    citations: Citations

    def __init__(self, session: Session, folder: Path, *, origin: str) -> None:
        self.session = session
        self.folder = folder
        self.origin = origin
        self.at: datetime = now()
        self.loaded = Loaded()

    def run(self, settings: LoadSettings) -> None:
        self._documents()
        self.citations = Citations(self.session)
        for table in TABLES:
            rows = list(read_rows(self.folder, table.file, table.all_columns))
            if table.key is None:
                self._identities(table, rows)
            else:
                self._facts(table, rows)
        self._offer_tiers()
        self._chain_links()
        places.load(self, settings)

    def rows(self, name: str, columns: tuple[str, ...]) -> list[Row]:
        return list(read_rows(self.folder, name, columns))

    def citation(self, row: Row) -> Values:
        return {
            "source_id": self.citations.source(self.citations.read(row)).id,
            "grade": row.word("grade", Grade),
            "note": row.optional("note"),
        }

    def _documents(self) -> None:
        columns = ("key", "number", "title", "title_en", "issuer", "issued_on", "scope", "note")
        for row in self.rows("documents.csv", columns):
            self._merge(
                PolicyDocument,
                {
                    "key": row.text("key"),
                    "number": row.optional("number"),
                    "title": row.text("title"),
                    "title_en": row.text("title_en"),
                    "issuer": row.optional("issuer"),
                    "issued_on": row.optional_partial_date("issued_on"),
                    "scope": row.optional("scope"),
                    "note": row.optional("note"),
                    "sort": row.line,
                },
                row,
            )
        self.session.flush()
        for row in self.rows("clauses.csv", ("document", "clause", "sort", "label", "label_en")):
            self._merge(
                Clause,
                {
                    "document_key": row.text("document"),
                    "number": row.text("clause"),
                    "sort": row.integer("sort"),
                    "label": row.text("label"),
                    "label_en": row.text("label_en"),
                },
                row,
            )
        self.session.flush()

    def _offer_tiers(self) -> None:
        """Tiers are part of their offer and cite what it cites. They leave no gap and do not overlap."""
        offers = {
            offer.code: offer for offer in self.session.scalars(select(Offer).where(Offer.superseded_at.is_(None)))
        }
        columns = ("offer", "sort", "quantity", "lower", "upper", "unit", "value", "value_unit")
        tiers: list[tuple[str, Values, Row]] = []
        for row in self.rows("offer_tiers.csv", columns):
            offer = offers.get(row.text("offer"))
            if offer is None:
                row.fail("offer", "没有这项优惠", "no such offer")
            values = {
                "offer_code": offer.code,
                "sort": row.integer("sort"),
                "quantity": row.text("quantity"),
                "lower": row.number("lower"),
                "upper": row.optional_number("upper"),
                "unit": row.text("unit"),
                "value": row.number("value"),
                "value_unit": row.text("value_unit"),
                "source_id": offer.source_id,
                "grade": offer.grade,
                "note": None,
            }
            tiers.append((f"{offer.code}|{values['sort']}", values, row))
        for code in {values["offer_code"] for _, values, _ in tiers}:
            own = [(values, row) for _, values, row in tiers if values["offer_code"] == code]
            faults = check_tiers([Tier(values["lower"], values["upper"], values["value"]) for values, _ in own])
            if faults:
                own[0][1].fail("lower", f"分档有空缺或重叠：{code}", f"tiers of {code}: {faults[0]}")
        self.facts(OfferTier, tiers, "offer_tiers.csv")

    def _chain_links(self) -> None:
        for row in self.rows("chain_clauses.csv", ("chain", "document", "clause")):
            clause = {"document_key": row.text("document"), "clause_number": row.text("clause")}
            self._merge(ChainClause, {"chain_code": row.text("chain"), **clause}, row)
        for row in self.rows("chain_same_as.csv", ("node", "same_as")):
            self._merge(ChainSameAs, {"node_code": row.text("node"), "same_as_code": row.text("same_as")}, row)
        self.session.flush()

    def section_places(self, pairs: Iterable[tuple[str, str, Row]]) -> None:
        for section, place, row in pairs:
            self._merge(BeltSectionPlace, {"section_code": section, "place_code": place}, row)

    def _merge(self, model: Any, values: Values, row: Row) -> Any:
        """Insert or update by primary key; the row that stands twice in a file is refused."""
        identity = tuple(values[column.key] for column in inspect(model).primary_key)
        existing = self.session.get(model, identity if len(identity) > 1 else identity[0])
        if existing is None:
            existing = model(**values)
            self.session.add(existing)
            self.loaded.added += 1
            return existing
        if _differs(existing, values):
            for name, value in values.items():
                setattr(existing, name, value)
            self.loaded.changed += 1
        else:
            self.loaded.unchanged += 1
        return existing

    def _identities(self, table: Table, rows: list[Row]) -> None:
        model: Any = table.model
        seen: set[str] = set()
        existing = {thing.code: thing for thing in self.session.scalars(select(model))}
        pending: list[tuple[Any, Values]] = []
        kept = 0
        for row in rows:
            values = {**table.read(row), **self.citation(row)}
            code = values["code"]
            if code in seen:
                row.fail("code", f"编码重复：{code}", f"duplicate code: {code}")
            seen.add(code)
            thing = existing.get(code)
            if thing is None:
                pending.append((model, values))
            elif thing.origin == STAFF:
                kept += 1
            elif thing.origin != self.origin:
                row.fail("code", f"编码已被占用：{code}", f"the code is taken by another dataset: {code}")
            elif thing.superseded_at is not None or _differs(thing, values):
                for name, value in values.items():
                    setattr(thing, name, value)
                thing.superseded_at = None
                self.loaded.changed += 1
            else:
                self.loaded.unchanged += 1
        for kind, values in pending:
            self.session.add(kind(**values, origin=self.origin, recorded_at=self.at))
            self.loaded.added += 1
        for code, thing in existing.items():
            if code not in seen and thing.origin == self.origin and thing.superseded_at is None:
                thing.superseded_at = self.at
                self.loaded.retired += 1
        self._tell_kept(table.file, kept)
        self._flush(table.file)

    def _facts(self, table: Table, rows: list[Row]) -> None:
        assert table.key is not None
        facts = []
        for row in rows:
            values = {**table.read(row), **self.citation(row)}
            if table.model is Target:  # a target stands from the day its document was issued
                document = self.session.get(PolicyDocument, row.optional("document") or "")
                values["valid_from"] = document.issued_on if document else None
            facts.append((table.key(row), values, row))
        self.facts(table.model, facts, table.file, scope=table.scope)

    def facts(
        self, model: Any, facts: list[tuple[str, Values, Row]], file: str, *, scope: tuple[str, ...] = ()
    ) -> None:
        """Bring the open rows of one table to these (key, values); close what changed or left.

        What staff hold, by scope or else by key, is passed over.
        """
        is_ours = (model.superseded_at.is_(None)) & (model.origin == self.origin)
        existing = {fact.key: fact for fact in self.session.scalars(select(model).where(is_ours))}
        by_staff = self.session.scalars(select(model).where(model.superseded_at.is_(None), model.origin == STAFF))
        held = {_scope_of(fact, scope) for fact in by_staff}
        seen: set[str] = set()
        fresh: list[Any] = []
        kept = 0
        for key, values, row in facts:
            if key in seen:
                row.fail("*", f"重复的行：{key}", f"duplicate row: {key}")
            seen.add(key)
            if (tuple(values[name] for name in scope) or (key,)) in held:
                kept += 1
                continue
            fact = existing.get(key)
            if fact is not None and not _differs(fact, values):
                self.loaded.unchanged += 1
                continue
            if fact is not None:
                fact.superseded_at = self.at
                self.loaded.changed += 1
            else:
                self.loaded.added += 1
            fresh.append(model(**values, key=key, origin=self.origin, recorded_at=self.at))
        for key, fact in existing.items():
            if key not in seen and _scope_of(fact, scope) not in held:
                fact.superseded_at = self.at
                self.loaded.retired += 1
        self._tell_kept(file, kept)
        self._flush(file)  # closed rows first: one open row a key
        self.session.add_all(fresh)
        self._flush(file)

    def _tell_kept(self, file: str, kept: int) -> None:
        self.loaded.kept += kept
        if kept:
            self.loaded.findings.append(
                f"{file}：{kept} 行由工作人员维护，保持不动 / {kept} rows are held by staff and left alone"
            )

    def _flush(self, file: str) -> None:
        try:
            self.session.flush()
        except IntegrityError as error:
            raise BadDataset(
                f"指向不存在的编码，或违反规则：{error.orig}",
                f"points at a code that does not exist, or breaks a rule: {error.orig} {error.params}",
                place=file,
            ) from error


def _scope_of(fact: Any, scope: tuple[str, ...]) -> tuple[Any, ...]:
    """What staff hold as a whole: these attributes of a fact, or the fact alone where there are none."""
    return tuple(getattr(fact, name) for name in scope) or (fact.key,)


def _differs(thing: Any, values: Values) -> bool:
    return any(getattr(thing, name) != value for name, value in values.items())
