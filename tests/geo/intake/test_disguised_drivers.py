"""Whatever GDAL could open hides behind an ending we take: nothing of it is opened, nobody is called.

The files are read one after the other by one process behind the walls of the child, watched by strace: every file it
opens and every connection it tries is seen, also those of C libraries.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pyogrio
import pytest

from geo.intake import sandbox
from tests.geo.intake.disguises import of_driver
from tests.geo.intake.makers import Entry, zip_of

DRIVERS = sorted(pyogrio.list_drivers())
SECRET = "secret-7f3a9c"
READ_ALL = """
import json, sys
sys.path.append(sys.argv[1])
from pathlib import Path
from domain.boundaries import Layer
from geo.intake import child, pipeline, sandbox
from geo.intake.model import Known, Limits, Options
folder = Path(sys.argv[2])
child._wall_in(folder, Limits(), ".xlsx")
(folder / "walled-in").touch()
answers = []
for path in sorted(folder.glob("upload-*")):
    intake = pipeline.understand(path, path.name, Options(Layer.PLOTS), Known(), Limits(), lambda stage, share: None)
    told = [[finding.code, finding.message_zh] for finding in intake.findings]
    answers.append([path.name, intake.verdict.value, told, [str(feature) for feature in intake.features]])
(folder / "answers").write_text(json.dumps([answers, sandbox.refused, "pyogrio" in sys.modules]))
"""


def disguised(folder: Path, ending: str, *, zipped: bool) -> None:
    """The files of every driver under one ending, in the folder that will be the job's."""
    folder.mkdir()
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "secret").write_text(SECRET)
    for number, driver in enumerate(DRIVERS):
        url = "http://127.0.0.1:9/x"
        for kind, content in enumerate(of_driver(driver, outside / str(number), outside / "secret", url)):
            name = f"upload-{number:02}-{kind}-{re.sub('[^A-Za-z0-9]', '_', driver)}"
            held = zip_of([Entry(f"a{ending}".encode(), content)]) if zipped else content
            (folder / f"{name}{'.zip' if zipped else ending}").write_bytes(held)


def watched(folder: Path) -> tuple[list[list[str]], list[str]]:
    """What was answered, and the calls that left the folder after the walls stood."""
    log = folder.parent / "calls"
    calls = "trace=network,open,openat,openat2,creat,execve,execveat,fork,vfork,clone,clone3"
    child = [sys.executable, "-I", "-c", READ_ALL, str(sandbox.ROOT), str(folder)]
    subprocess.run(["strace", "-f", "-s", "400", "-e", calls, "-o", str(log), *child], check=True, timeout=500)
    answers, refused, has_gdal = json.loads((folder / "answers").read_text())
    assert refused == []
    assert not has_gdal
    lines = log.read_text(errors="replace").splitlines()
    begin = next(number for number, line in enumerate(lines) if f'{folder}/walled-in"' in line)
    return answers, [line for line in lines[begin:] if not is_within(line, folder)]


def is_within(line: str, folder: Path) -> bool:
    """Is this the opening of a file in the folder, of Python itself, or no call at all?"""
    match = re.match(r'^\d+\s+(\w+)\((?:AT_FDCWD, )?"([^"]*)"', line)
    if match is None:
        return re.match(r"^\d+\s+(\+\+\+|---)", line) is not None
    name, path = match.groups()
    roots = [str(folder), *map(str, sandbox._readable()), sys.prefix]
    return name in {"open", "openat"} and any(path == root or path.startswith(f"{root}/") for root in roots)


def look(tmp_path: Path, ending: str, *, zipped: bool) -> list[list[str]]:
    folder = tmp_path / "job"
    disguised(folder, ending, zipped=zipped)
    answers, calls = watched(folder)
    assert calls == []
    assert len(answers) >= 3 * len(DRIVERS)
    assert SECRET not in json.dumps(answers)
    return answers


def test_strace_sees_what_leaves_the_folder(tmp_path: Path) -> None:
    """Without the walls the same watching finds the same deeds."""
    code = "open('/etc/hostname').close(); import socket; socket.socket().close()"
    log = tmp_path / "calls"
    subprocess.run(
        ["strace", "-f", "-o", str(log), "-e", "trace=network,openat", sys.executable, "-c", code], check=True
    )
    left = [line for line in log.read_text().splitlines() if not is_within(line, tmp_path)]
    assert any("/etc/hostname" in line for line in left)
    assert any("socket(" in line for line in left)


def test_every_driver_under_one_ending_opens_nothing(tmp_path: Path) -> None:
    accepted = {
        name.split("-")[3].split(".")[0]
        for name, verdict, *_ in look(tmp_path, ".geojson", zipped=False)
        if verdict != "reject"
    }
    assert accepted <= {"GeoJSON", "JSONFG", "GeoJSONSeq"}, "what these write is GeoJSON"


@pytest.mark.soak
@pytest.mark.parametrize("zipped", [False, True], ids=["bare", "zip"])
@pytest.mark.parametrize("ending", [".geojson", ".json", ".gpkg", ".kml", ".dxf", ".csv", ".txt"])
def test_every_driver_under_every_ending_opens_nothing(ending: str, zipped: bool, tmp_path: Path) -> None:
    look(tmp_path, ending, zipped=zipped)
