"""The policy documents, the facts of each clause, and the search in the imported texts."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template

from blueprints import web
from blueprints.access import needs
from blueprints.shared import asked_text
from domain.permissions import Permission
from services import policies as policy_service
from services.lists import NamedList, policy_lists
from services.places import list_places
from services.policies import Hit
from services.schemas import DocumentDetailOut, DocumentOut, PlaceOut

pages = Blueprint("policies", __name__)


@dataclass(frozen=True)
class PoliciesPage:
    """The documents; `hits`: where `query` stands in the imported texts; `lists`: what documents and reports list."""

    documents: list[DocumentOut]
    query: str
    hits: list[Hit]
    lists: list[NamedList]

    @property
    def is_any_imported(self) -> bool:
        return any(document.is_imported for document in self.documents)


@dataclass(frozen=True)
class PolicyPage:
    """One document. `places`: names of the places its clauses speak of."""

    document: DocumentDetailOut
    places: dict[str, PlaceOut]


@pages.get("/policies")
@needs(Permission.READ_PUBLIC)
def show_all() -> str:
    query = asked_text()
    with web.database().read() as session:
        documents = policy_service.list_documents(session)
        hits = policy_service.search(session, query)
        lists = policy_lists(session, as_of=web.as_of())
    return render_template("policies/index.html", page=PoliciesPage(documents, query, hits, lists))


@pages.get("/policies/<key>")
@needs(Permission.READ_PUBLIC)
def show(key: str) -> str:
    day = web.as_of()
    with web.database().read() as session:
        document = policy_service.get_document(session, key, as_of=day)
        places = {place.code: place for place in list_places(session, as_of=day)}
    return render_template("policies/detail.html", page=PolicyPage(document, places))
