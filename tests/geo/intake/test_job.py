"""A file is read by a process that can reach nothing, and that ends whatever the file does to it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.boundaries import Layer
from geo.intake import job, sandbox
from geo.intake.model import Intake, Known, Limits, Options
from tests.geo.intake import samples
from tests.geo.intake.makers import feature, geojson, polygon, shapefile, square, zip_of

SOUND = geojson(feature(polygon(square()), code="P1", name="南湖高新区"))


@pytest.fixture(autouse=True)
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where job folders are made; nothing may be left in it."""
    folder = tmp_path / "jobs"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def take_in(
    folder: Path, content: bytes = SOUND, name: str = "a.geojson", limits: Limits | None = None, **more: object
) -> Intake:
    path = folder / "upload"
    path.write_bytes(content)
    return job.take_in(path, name, Options(Layer.PLOTS), Known(), limits or Limits(), **more)  # type: ignore[arg-type]


def told(intake: Intake) -> list[tuple[str, str]]:
    return [(finding.code, finding.place) for finding in intake.findings]


def promptly(folder: Path) -> Intake:
    """`take_in`, which must not be held up."""
    found: list[Intake] = []
    reading = threading.Thread(target=lambda: found.append(take_in(folder)), daemon=True)
    reading.start()
    reading.join(timeout=10)
    assert found, "still waiting"
    return found[0]


def boots(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """The child runs this in place of ours; `folder` is its job folder."""
    head = "import json, os, sys, time\nfrom pathlib import Path\nfolder = Path(sys.argv[2])\n"
    monkeypatch.setattr(job, "_BOOT", head + code)


def test_a_file_goes_in_and_features_come_out(tmp_path: Path) -> None:
    heard: list[tuple[str, float]] = []
    intake = take_in(tmp_path, zip_of(shapefile()), "地块.zip", tell=lambda stage, share: heard.append((stage, share)))
    assert [(item.number, item.code, item.name) for item in intake.features] == [
        (1, "P1", "南湖高新区"),
        (2, "P2", "秀洲智造园"),
        (3, "P3", "平湖临港片区"),
    ]
    assert (intake.crs, intake.verdict.value) == ("EPSG:4490", "accept")
    assert heard
    assert all(0 <= share <= 1 for _, share in heard)


@pytest.mark.parametrize("name", ["a.geojson", "a.zip", "a.gpkg", "a.kmz", "a.dxf", "a.txt", "a.csv", "a.xlsx"])
def test_every_format_is_read_behind_the_walls(name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing that reading needs is refused."""
    intake = take_in(tmp_path, samples.every_format(tmp_path)[name], name)
    assert intake.verdict.value != "reject", intake.findings
    assert intake.columns
    assert "refused" not in caplog.text


def test_no_path_of_the_upload_reaches_the_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    boots(monkeypatch, "print(json.dumps([','.join(sorted(os.listdir(folder))), 0.5]))")
    heard: list[str] = []
    take_in(tmp_path, name="../../etc/园区 x.GeoJSON", tell=lambda stage, _: heard.append(stage))
    assert heard == ["errors,lock,request.json,request.wkb,upload.geojson"]


def test_the_folder_is_nobody_elses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    boots(monkeypatch, "print(json.dumps([oct(os.stat(folder).st_mode & 0o777), 0.5]))")
    heard: list[str] = []
    take_in(tmp_path, tell=lambda stage, _: heard.append(stage))
    assert heard == ["0o700"]


def test_the_environment_is_empty_but_for_what_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEMAP_SECRET_KEY", "secret")
    boots(monkeypatch, "print(json.dumps([','.join(sorted(os.environ)), 0.5]))")
    heard: list[str] = []
    take_in(tmp_path, tell=lambda stage, _: heard.append(stage))
    names = set(heard[0].split(",")) - {"LC_CTYPE"}
    assert names == {
        "LANG",
        "TZ",
        "TMPDIR",
        "OPENBLAS_NUM_THREADS",
        "OMP_NUM_THREADS",
        "PROJ_NETWORK",
        "PROJ_USER_WRITABLE_DIRECTORY",
    }


# The end, whatever happens


def at_work(group: int) -> list[str]:
    """The processes of a group that are no zombies."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, own = path.read_text().rpartition(")")[2].split()[:3]
            if int(own) == group and state != "Z":
                found.append(path.parent.name)
    return found


@pytest.mark.parametrize(
    "code",
    [
        "while True: pass",
        "time.sleep(60)",
        "while True: print('x' * 10_000)",
        "os.close(1); time.sleep(60)",
        "os.fork() or time.sleep(60); time.sleep(60)",
    ],
)
def test_a_child_that_does_not_end_is_ended(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    boots(monkeypatch, f"Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpgid(0)))\n{code}")
    began = time.monotonic()
    assert told(take_in(tmp_path, limits=Limits(child_s=0.7))) == [("child_timeout", "file")]
    assert time.monotonic() - began < 5
    assert not at_work(int((tmp_path / "pid").read_text()))


@pytest.mark.parametrize(
    ("code", "finding"),
    [
        ("os.kill(os.getpid(), 11)", "child_died"),
        ("os.abort()", "child_died"),
        ("sys.exit(3)", "child_died"),
        ("os._exit(70)", "child_memory"),
        ("raise MemoryError", "child_memory"),
        ("os.kill(os.getpid(), 24)", "child_timeout"),
        ("pass", "child_died"),
        ("(folder / 'answer.json').write_text('[]')", "child_died"),
        ("(folder / 'answer.json').symlink_to('/etc/passwd')", "child_died"),
        ("sys.stdout.write('[[' * 10**6 + '\\n')", "child_died"),
        ('sys.stdout.buffer.write(b\'\\xff\\xfe\\n{}\\n[1,2]\\n["a","b"]\\n["a",7]\\n\')', "child_died"),
    ],
)
def test_a_child_that_dies_is_a_reason_to_reject(
    code: str, finding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    boots(monkeypatch, code)
    heard: list[str] = []
    [found] = take_in(tmp_path, tell=lambda stage, _: heard.append(stage)).findings
    assert (found.code, found.severity.value, found.place) == (finding, "reject", "file")
    assert found.message_zh
    assert found.message_en
    assert heard == []


@pytest.mark.parametrize(
    "name", ["answer.json", "answer.wkb", "answer-before.wkb"], ids=["answer", "geometry", "geometry before"]
)
def test_a_pipe_in_place_of_an_answer_holds_nobody_up(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = "(folder / 'answer.wkb').touch(); (folder / 'answer-before.wkb').touch()\n"
    answer = {"findings": [], "features": [], "crs": None, "encoding": None, "layers": [], "source_layer": None}
    answer |= {"columns": [], "used": {}, "in_force": [], "refused": []}
    written = f"(folder / 'answer.json').write_text({json.dumps(json.dumps(answer))})\n"
    boots(monkeypatch, empty + written + f"(folder / {name!r}).unlink()\nos.mkfifo(folder / {name!r})")
    assert told(promptly(tmp_path)) == [("child_died", "file")]


@pytest.mark.parametrize("put", ["os.mkfifo(errors)", "errors.symlink_to({secret!r})"], ids=["pipe", "link"])
def test_what_a_child_said_is_never_read_from_elsewhere(
    put: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("MemoryError: the secret")
    put = put.format(secret=str(secret))
    boots(monkeypatch, f"errors = folder / 'errors'\nerrors.unlink()\n{put}\nsys.exit('what it said')")
    assert told(promptly(tmp_path)) == [("child_died", "file")]
    assert "what it said" in caplog.text
    assert "secret" not in caplog.text


def test_a_file_that_needs_too_much_memory_is_rejected(tmp_path: Path) -> None:
    content = b'{"type":"FeatureCollection","features":[{"a":[' + b"0.5," * 3_000_000 + b"0]}]}"
    limits = Limits(child_bytes=220_000_000)
    assert told(take_in(tmp_path, SOUND, limits=limits)) != [("child_memory", "file")]
    assert told(take_in(tmp_path, content, limits=limits)) == [("child_memory", "file")]


def test_a_file_that_is_too_large_is_not_even_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    boots(monkeypatch, "raise SystemExit('never started')")
    assert told(take_in(tmp_path, b"x" * 1001, limits=Limits(upload_bytes=1000))) == [("upload_too_large", "file")]


def test_the_child_dies_with_its_parent(tmp_path: Path) -> None:
    """kill -9 of the server: the child ends, and the next job clears the folder away."""
    code = (
        "import sys; sys.path.append(sys.argv[1]); from geo.intake import sandbox; sandbox.limit(60, 2**33, 2**30);"
        "import time; print('ready', flush=True); time.sleep(60)"
    )
    child = [sys.executable, "-c", code, str(sandbox.ROOT)]
    parent = f"import subprocess, sys, time; p = subprocess.Popen({child!r}); print(p.pid, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = {process.stdout.readline().strip(), process.stdout.readline().strip()}
        process.send_signal(signal.SIGKILL)
        pid = int((said - {"ready"}).pop())
    deadline = time.monotonic() + 5
    while (
        Path(f"/proc/{pid}/cmdline").exists()
        and Path(f"/proc/{pid}/cmdline").read_bytes()
        and time.monotonic() < deadline
    ):
        time.sleep(0.02)
    assert not Path(f"/proc/{pid}").exists() or not Path(f"/proc/{pid}/cmdline").read_bytes()


def test_folders_of_killed_jobs_go_with_the_next_one(tmp_path: Path, jobs: Path) -> None:
    old, at_work = jobs / f"{job._PREFIX}old", jobs / f"{job._PREFIX}working"
    for folder in (old, at_work):
        folder.mkdir()
        (folder / "lock").touch()
        os.utime(folder, (0, 0))
    with (at_work / "lock").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        take_in(tmp_path, b"", "a.geojson")
        assert [folder.name for folder in jobs.iterdir()] == [at_work.name]
    os.utime(at_work, (0, 0))
    take_in(tmp_path, b"", "a.geojson")


# The walls, each alone


def outcome(code: str, *arguments: str) -> list[str]:
    """What a fresh process says: a line whether the wall stands, then one for each thing it tried."""
    head = (
        "import sys; sys.path.append(sys.argv[1]); import os, socket, subprocess, threading\n"
        "from pathlib import Path\nfrom geo.intake import sandbox\n"
        "def attempt(action):\n"
        "    try:\n        action()\n    except (OSError, RuntimeError) as error:\n        print('refused')\n"
        "    else:\n        print('done')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", head + code, str(sandbox.ROOT), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.split()


def test_this_machine_says_which_walls_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    job.protection.cache_clear()
    standing = job.protection()
    assert set(standing) == set(sandbox.ALL)
    assert standing["limits"]
    assert standing["audit"]


def test_a_wall_that_stands_keeps_sockets_programs_and_processes_out() -> None:
    code = (
        "sandbox._libc.prctl(38, 1, 0, 0, 0); print(sandbox._seccomp())\n"
        "attempt(lambda: socket.socket())\n"
        "attempt(lambda: os.execv('/bin/true', ['true']))\n"
        "attempt(lambda: subprocess.run(['/bin/true']))\n"
        "attempt(lambda: os.fork() or os._exit(0))\n"
        "attempt(lambda: os.kill(os.getppid(), 0))\n"
        "thread = threading.Thread(target=print, args=('thread',))\n"
        "attempt(lambda: (thread.start(), thread.join()))\n"
    )
    stands, *tried = outcome(code)
    assert stands == str(job.protection()["calls"])
    if stands == "True":
        assert sorted(tried) == ["done"] + ["refused"] * 5 + ["thread"]


def test_a_wall_that_stands_keeps_files_out_of_reach(tmp_path: Path) -> None:
    code = (
        "folder = Path(sys.argv[2]); sandbox._libc.prctl(38, 1, 0, 0, 0)\n"
        "print(sandbox._landlock(sandbox._readable(), folder))\n"
        "attempt(lambda: Path('/etc/passwd').read_bytes())\n"
        "attempt(lambda: (sandbox.ROOT / 'config.py').read_bytes())\n"
        "attempt(lambda: os.listdir('/tmp'))\n"
        "attempt(lambda: (folder.parent / 'outside').write_text('x'))\n"
        "attempt(lambda: (sandbox.ROOT / 'geo' / 'x.py').write_text('x'))\n"
        "attempt(lambda: (sandbox.ROOT / 'geo' / 'crs.py').read_bytes())\n"
        "attempt(lambda: (folder / 'inside').write_text('x'))\n"
    )
    inside = tmp_path / "inside"
    inside.mkdir()
    stands, *tried = outcome(code, str(inside))
    assert stands == str(job.protection()["files"])
    if stands == "True":
        assert tried == ["refused"] * 5 + ["done"] * 2
        assert not (tmp_path / "outside").exists()


def test_a_wall_that_stands_keeps_the_network_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        reach = f"attempt(lambda: socket.create_connection(('127.0.0.1', {port}), 2))\n"
        assert outcome(reach) == ["done"]
        stands, tried = outcome(f"print(sandbox._leave_the_network())\n{reach}")
    assert stands == str(job.protection()["network"])
    assert tried == ("refused" if stands == "True" else "done")


def test_python_itself_refuses_and_writes_down_what(tmp_path: Path) -> None:
    code = (
        "import sqlite3, ctypes\n"
        "folder = Path(sys.argv[2]); sandbox._audit(sandbox._readable(), folder)\n"
        "attempt(lambda: socket.socket())\n"
        "attempt(lambda: subprocess.run(['/bin/true']))\n"
        "attempt(lambda: os.system('true'))\n"
        "attempt(lambda: os.fork())\n"
        "attempt(lambda: ctypes.CDLL(None))\n"
        "attempt(lambda: open('/etc/passwd'))\n"
        "attempt(lambda: os.listdir('/etc'))\n"
        "attempt(lambda: (folder / '..' / 'out').write_text('x'))\n"
        "attempt(lambda: os.rename(folder / 'a', folder.parent / 'b'))\n"
        "attempt(lambda: os.symlink('/etc/passwd', folder.parent / 'b'))\n"
        "attempt(lambda: sqlite3.connect(folder.parent / 'x.db'))\n"
        "attempt(lambda: __import__('pyogrio'))\n"
        "attempt(lambda: (folder / 'in').write_text('x'))\n"
        "print(len(sandbox.refused))"
    )
    inside = tmp_path / "inside"
    inside.mkdir()
    assert outcome(code, str(inside)) == ["refused"] * 12 + ["done", "12"]
