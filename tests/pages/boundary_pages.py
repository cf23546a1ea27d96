"""What tests of the workbench's pages share: a server with people, files sent in, read in this very process."""

from __future__ import annotations

import io
import shutil
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from blueprints import web
from geo.intake import pipeline
from geo.intake.model import Intake, Known, Limits, Options
from models import BoundaryVersion, Changeset
from models.database import Database
from tests.accounts import Visitor
from tests.pages.reading import Page, read_answer

JSON = {"Accept": "application/json"}
PARK = "yujiang-gongye"


def read_here(path: Path, name: str, options: Options, known: Known, limits: Limits, *, tell: Any = None) -> Intake:
    """As the child process reads a file, without the time a process takes; the child's own tests are in geo/intake."""
    copy = path.with_name(f"copy{PurePath(name).suffix.casefold()}")
    shutil.copyfile(path, copy)
    try:
        return pipeline.understand(copy, name, options, known, limits, tell or (lambda stage, share: None))
    finally:
        copy.unlink()


@dataclass(frozen=True)
class Sent:
    """What became of a file: the page it led to, under which status and where."""

    status: int
    page: Page
    address: str

    @property
    def changeset(self) -> int | None:
        """The draft it led to."""
        at = self.address.partition("?")[0]
        return int(at.rsplit("/", 1)[1]) if "/changesets/" in at else None

    @property
    def verdict(self) -> str:
        """As the page says it; a stored file leads to its draft and was accepted."""
        boxes = self.page.all("div", "verdict")
        if not boxes:
            assert self.changeset is not None
            return "accept"
        return next(name for name in boxes[0].get("class", "").split() if "--" in name).removeprefix("verdict--")


def send(visitor: Visitor, name: str, content: bytes, *, layer: str = "plots", **fields: str) -> Sent:
    """Through the form, following where it leads."""
    form = {"layer": layer, "file": (io.BytesIO(content), name), **fields}
    return follow(visitor, visitor.post("/boundaries/uploads", form))


def answer(visitor: Visitor, sent: Sent, fields: Mapping[str, str]) -> Sent:
    """The form of a page that asks or waits for a yes."""
    return follow(visitor, visitor.post(sent.address, dict(fields)))


def follow(visitor: Visitor, reply: Any) -> Sent:
    assert reply.status_code == 303, reply.text
    address = reply.headers["Location"]
    end_readings()
    reply = visitor.get(address)
    if reply.status_code == 303:
        address = reply.headers["Location"]
        reply = visitor.get(address)
    return Sent(reply.status_code, read_answer(reply), address)


def end_readings() -> None:
    """Wait for the files being read in the background."""
    for thread in threading.enumerate():
        if thread.name.startswith("upload "):
            thread.join(30)


def stored(app: Flask) -> tuple[int, int]:
    """How many changesets and versions there are."""
    database: Database = app.extensions[web.EXTENSION]["database"]
    with database.read() as session:
        changesets = session.scalar(select(func.count()).select_from(Changeset))
        versions = session.scalar(select(func.count()).select_from(BoundaryVersion))
        return changesets or 0, versions or 0


def kept_files(app: Flask) -> list[str]:
    """The uploads whose file is still there."""
    folder: Path = app.extensions[web.EXTENSION]["settings"].instance_path / "uploads"
    return sorted(path.parent.name for path in folder.glob("*/file"))
