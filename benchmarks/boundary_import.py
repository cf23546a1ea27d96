"""A Shapefile of 100,000 polygons, checked and stored as a draft, beside Debian's `ogr2ogr -makevalid` to GeoPackage.

Ours: the file unzipped, read in the child process, checked (validity, overlaps, slivers), and the draft committed in
SQLite, Python's start included. The peer neither unzips nor looks for overlaps. Needs Debian's gdal-bin.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from pathlib import Path

import numpy as np
import shapely

from benchmarks.timing import interleaved, machine, print_table

COUNT = 100_000
ROUNDS = 3
LIMIT_RATIO, LIMIT_MIB = 4.0, 500.0
_WEST, _SOUTH, _STEP = 116.5, 27.6, 0.0012
_SIDES = 12


def run(count: int = COUNT) -> None:
    """Print both medians, their ratio, and the peak memory over all processes of ours."""
    peer = shutil.which("ogr2ogr")
    if peer is None:
        raise SystemExit("缺少 ogr2ogr，请运行 / ogr2ogr is missing, run: apt-get install -y gdal-bin")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_shapefile(folder, count)
        numbers = iter(range(1000))
        peaks: list[float] = []

        def ours() -> None:
            made = folder / f"{next(numbers)}.sqlite"
            command = [
                sys.executable,
                "-m",
                "benchmarks.boundary_import",
                "--once",
                str(folder / "plots.zip"),
                str(made),
            ]
            peaks.append(_peak_of(command))
            made.unlink()

        def theirs() -> None:
            made = folder / f"{next(numbers)}.gpkg"
            subprocess.run([peer, "-makevalid", "-f", "GPKG", made, folder / "plots.shp"], check=True)
            made.unlink()

        took = interleaved({"ours: checked, stored as a draft": ours, "ogr2ogr -makevalid": theirs}, rounds=ROUNDS)
    print(f"boundary file of {count:,} polygons of {_SIDES} sides; {machine(('shapely', 'pyogrio', 'sqlalchemy'))}")
    print_table(took, ours="ogr2ogr -makevalid")
    ratio = took["ours: checked, stored as a draft"].median_s / took["ogr2ogr -makevalid"].median_s
    print(f"  {ratio:.1f} × ogr2ogr, limit {LIMIT_RATIO:g} ×: {'kept' if ratio <= LIMIT_RATIO else 'MISSED'}")
    peak = max(peaks)
    verdict = "kept" if peak <= LIMIT_MIB else "MISSED"
    print(f"  peak over all processes {peak:.0f} MiB (PSS), limit {LIMIT_MIB:g}: {verdict}")


def write_shapefile(folder: Path, count: int) -> None:
    """plots.shp and plots.zip: polygons in rows, side by side without touching, EPSG:4490."""
    import geopandas  # not in the process that is measured

    angles = np.linspace(0, 2 * np.pi, _SIDES, endpoint=False)
    across = int(np.ceil(np.sqrt(count)))
    at = np.arange(count)
    centres = np.column_stack([_WEST + at % across * _STEP, _SOUTH + at // across * _STEP])
    ring = np.column_stack([np.cos(angles), np.sin(angles)]) * _STEP * 0.45
    polygons = shapely.polygons(centres[:, None, :] + ring[None, :, :])
    table = {"code": [f"P{number:06d}" for number in at], "name": [f"地块 {number}" for number in at]}
    frame = geopandas.GeoDataFrame(table, geometry=polygons, crs="EPSG:4490")
    frame.to_file(folder / "plots.shp", engine="pyogrio", encoding="UTF-8")
    with zipfile.ZipFile(folder / "plots.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.glob("plots.*")):
            if part.suffix != ".zip":
                archive.write(part, part.name)


def _peak_of(command: list[str]) -> float:
    """Run to the end; the largest sum of the memory (PSS, MiB) of the process and all below it, seen every 30 ms."""
    process = subprocess.Popen(command)
    peak, stop = 0.0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not stop.is_set():
            peak = max(peak, sum(_pss_mib(pid) for pid in _family(process.pid)))
            stop.wait(0.03)

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = process.wait()
    stop.set()
    watcher.join()
    if code:
        raise SystemExit(f"{' '.join(command)}: exit {code}")
    return peak


def _family(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        try:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue  # ended meanwhile
        found += map(int, children.split())
    return found


def _pss_mib(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0  # ended meanwhile
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def once(archive: Path, made: Path) -> None:
    """Bring the file in, in this process and its child."""
    from domain.boundaries import Layer
    from domain.permissions import Actor, Role
    from geo.intake.model import Limits, Options
    from models.database import Database
    from services.boundaries.drafting import bring_in

    database = Database(f"sqlite:///{made}", busy_timeout_s=60)
    database.migrate()
    limits = Limits(features=1_000_000, file_vertices=20_000_000, child_bytes=4_000_000_000, child_s=300)
    draft = bring_in(
        database,
        path=archive,
        name=archive.name,
        options=Options(layer=Layer.PLOTS),
        actor=Actor("benchmark", Role.ADMIN),
        confirmed=False,
        limits=limits,
    )
    database.dispose()
    if not draft.stored:
        raise SystemExit(f"not stored: {draft.findings[:5]}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--once"]:
        start = time.perf_counter()
        once(Path(sys.argv[2]), Path(sys.argv[3]))
        print(f"  {time.perf_counter() - start:.1f} s", file=sys.stderr)
    else:
        run()
