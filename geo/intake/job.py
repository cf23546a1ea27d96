"""The only door: a file is copied into a folder of its own and understood by a child process that can reach nothing."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from domain.boundaries import Finding
from geo.intake import wire
from geo.intake.child import EXIT_MEMORY, PROBE
from geo.intake.formats import base, kinds
from geo.intake.model import Intake, Known, Limits, Options
from geo.intake.sandbox import ALL, ROOT

Tell = Callable[[str, float], None]
"""Progress: the stage and its share, 0 to 1."""
_PREFIX = "onemap-intake-"
_LOCK = "lock"
_ABANDONED_S = 60.0
_BOOT = "import sys; sys.path.append(sys.argv[1]); from geo.intake.child import main; main(sys.argv[2])"
_MAX_LINE = 10_000
_MOST_SAID = 2000
_log = logging.getLogger(__name__)


class _Died(Exception):
    """The child gave no answer. finding: why the file is rejected."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message_en)
        self.finding = finding


def take_in(
    path: Path, name: str, options: Options, known: Known, limits: Limits, *, tell: Tell | None = None
) -> Intake:
    """What a boundary file is understood to hold, with all that was found; the file is left as it is.

    path: where the file is. name: what it was called, for its ending and for messages. tell: called while it is read.
    Raises OSError where there is no place for the job folder; a child that dies is a finding.
    """
    size = path.stat().st_size
    if size > limits.upload_bytes:
        megabytes = limits.upload_bytes // 1_000_000
        zh, en = f"文件超过大小上限（{megabytes} MB）", f"the file is larger than the limit ({megabytes} MB)"
        return Intake((base.reject("upload_too_large", "file", zh, en),))
    with _folder() as folder:
        ending = PurePosixPath(name).suffix.casefold()
        known_ending = ending if ending in kinds.ENDINGS else ".other"
        shutil.copyfile(path, folder / f"{wire.UPLOAD}{known_ending}")
        wire.write_request(folder, name, options, known, limits)
        try:
            _run(folder, limits, tell)
            intake, in_force, refused = wire.read_answer(folder, limits)
        except _Died as death:
            return Intake((death.finding,))
        except wire.WireError as error:
            _log.warning("the child gave no usable answer: %s", error)
            return Intake((_died("没有给出可用的结果", "it gave no usable answer"),))
    if refused:
        _log.warning("refused while reading a file: %s", "; ".join(refused[:5]))
    missing = set(ALL) - set(in_force)
    if missing:
        _log.warning("read a file without these protections: %s", ", ".join(sorted(missing)))
    return intake


@lru_cache(maxsize=1)
def protection() -> dict[str, bool]:
    """Which of the child's protections this machine gives: limits, network, files, calls, audit."""
    with _folder() as folder:
        probe = folder / PROBE
        probe.write_text("[]", encoding="ascii")
        _run(folder, Limits(), None)
        in_force = json.loads(probe.read_text(encoding="ascii"))
    return {name: name in in_force for name in ALL}


# The folder


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder nobody else can read, gone afterwards; those that killed processes left behind go now."""
    _sweep(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    lock = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder)
        os.close(lock)


def _sweep(parent: Path) -> None:
    """Remove job folders whose process is gone: their lock is free."""
    for folder in parent.glob(f"{_PREFIX}*"):
        try:
            if time.time() - folder.stat().st_mtime < _ABANDONED_S:
                continue
            lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC)
        except OSError:  # another user's, or gone meanwhile
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:  # at work
            continue
        finally:
            os.close(lock)


# The process


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of ours but this."""
    return {
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "TMPDIR": str(folder),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PROJ_NETWORK": "OFF",
        "PROJ_USER_WRITABLE_DIRECTORY": str(folder),
    }


def _run(folder: Path, limits: Limits, tell: Tell | None) -> None:
    """Raises _Died where the child did not come to its end."""
    with (folder / "errors").open("w+b") as errors:
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", _BOOT, str(ROOT), str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=_environment(folder),
            cwd=folder,
            start_new_session=True,
        )
        with process:
            try:
                is_late = not _listen(process, time.monotonic() + limits.child_s, tell)
            finally:
                _end(process)
        if process.returncode == 0:
            return
        said = _end_of(errors)
    _log.warning("the child ended with %s: %s", process.returncode, said)
    raise _Died(_reason(process.returncode, is_late, limits, said))


def _end_of(errors: BinaryIO) -> str:
    """The last the child said, from the file as it was made: what stands at its name by now may be anything."""
    length = errors.seek(0, os.SEEK_END)
    errors.seek(max(0, length - _MOST_SAID))
    return errors.read(_MOST_SAID).decode("utf-8", "replace")


def _listen(process: subprocess.Popen[bytes], deadline: float, tell: Tell | None) -> bool:
    """Pass progress on until the child is done. False: it was not done in time."""
    assert process.stdout is not None
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            if not selector.select(left):
                continue
            chunk = os.read(process.stdout.fileno(), _MAX_LINE)
            if not chunk:
                return _has_ended(process, deadline)
            *lines, rest = (rest + chunk).split(b"\n")
            rest = rest[:_MAX_LINE]
            for line in lines:
                _pass_on(line, tell)
    return False


def _has_ended(process: subprocess.Popen[bytes], deadline: float) -> bool:
    try:
        process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return False
    return True


def _pass_on(line: bytes, tell: Tell | None) -> None:
    """A line that is no progress is none of ours: libraries print what they like."""
    try:
        stage, share = json.loads(line)
    except (ValueError, TypeError, RecursionError):
        return
    if tell and isinstance(stage, str) and isinstance(share, int | float) and 0 <= share <= 1:
        tell(stage[:100], float(share))


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the child and all it may have started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _reason(code: int, is_late: bool, limits: Limits, said: str) -> Finding:
    if is_late or code in (-signal.SIGXCPU, -signal.SIGKILL):
        zh, en = (
            f"读取超过 {limits.child_s:g} 秒，已停止",
            f"reading took more than {limits.child_s:g} s and was stopped",
        )
        return base.reject("child_timeout", "file", zh, en)
    if code == EXIT_MEMORY or "bad_alloc" in said or "MemoryError" in said:
        megabytes = limits.child_bytes // 2**20
        zh, en = f"读取所需内存超过 {megabytes} MiB", f"reading needed more than {megabytes} MiB of memory"
        return base.reject("child_memory", "file", zh, en)
    return _died(f"读取进程异常结束（{code}）", f"the reading process ended with {code}")


def _died(zh: str, en: str) -> Finding:
    return base.reject("child_died", "file", f"文件无法读取：{zh}", f"the file cannot be read: {en}")
