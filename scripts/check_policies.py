"""Import the five raw policy files of a folder into a fresh database and hold their clauses against the dataset.

usage: python -m scripts.check_policies DIR     (the files are named as DIR/README.md names them)
Exit 1 when a file is missing, is not read, or its clause numbers are not those the dataset cites.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from sqlalchemy import select

from config import ROOT
from domain.errors import OneMapError
from models import Clause
from models.database import Database
from services import policies
from services.dataset.loading import load
from services.dataset.places import LoadSettings

FILES = {
    "support-system-opinions.txt": "赣支撑体系意见",
    "yingtan-2014-19.txt": "鹰府发〔2014〕19号",
    "jiangxi-cluster-upgrade-2025.txt": "江西产业集群提能升级实施方案",
    "emerging-industries-2016-2020.txt": "战略性新兴产业倍增计划",
    "emerging-industries-2014.txt": "2014年推进工作指导意见",
}


def main(folder: Path) -> int:
    """Check every file; one line each; 0 when all agree."""
    faults = 0
    with tempfile.TemporaryDirectory() as place:
        database = Database(f"sqlite:///{place}/check.sqlite", busy_timeout_s=5)
        database.migrate()
        settings = LoadSettings(belt_width_m=6000.0, county_cache_path=Path(place) / "none.geojson")
        load(database, ROOT / "data" / "base", origin="base", actor="check", settings=settings)
        for name, key in FILES.items():
            faults += not _check_file(database, folder / name, key)
        database.dispose()
    return 1 if faults else 0


def _check_file(database: Database, path: Path, key: str) -> bool:
    try:
        done = policies.import_text(database, path, key=key, actor="check")
    except OneMapError as error:
        print(f"✗ {path.name}: {error}")
        return False
    with database.read() as session:
        clauses = session.scalars(select(Clause).where(Clause.document_key == key).order_by(Clause.sort)).all()
    length = sum(len(clause.text or "") for clause in clauses)
    numbers = "、".join(clause.number for clause in clauses if clause.text is not None)
    is_whole = not done.unlisted and not done.missing
    print(f"{'✓' if is_whole else '✗'} {path.name} → {key}: {done.clauses} clauses, {length} characters"
          f"{', publisher’s summary apart' if done.has_summary else ''}\n    {numbers}")  # fmt: skip
    if done.unlisted:
        print(f"    in the text, not cited by the dataset: {'、'.join(done.unlisted)}")
    if done.missing:
        print(f"    cited by the dataset, not in the text: {'、'.join(done.missing)}")
    return is_whole


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("usage: make check-policies DIR=folder with the five texts")
    sys.exit(main(Path(sys.argv[1])))
