"""The walls around the child: what it cannot do even if a file finds a hole in a library.

- limits: time, memory, size of files, open files, no core dump; it dies with its parent
- network: a network namespace of its own, in which nothing is up
- files: Landlock; read Python and this package, write the job folder, nothing else
- calls: seccomp; no socket, no new program, no process, no look into other processes
- audit: Python's own hook; refuses the same once more, and writes down what it refused

Not every kernel has all of them: `enter` says which are in force, and nothing is taken for granted.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

LIMITS, NETWORK, FILES, CALLS, AUDIT = "limits", "network", "files", "calls", "audit"
ALL = (LIMITS, NETWORK, FILES, CALLS, AUDIT)
ROOT = Path(__file__).resolve().parents[2]
refused: list[str] = []
"""What the audit hook refused, at most a hundred."""

_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 1, 38, 22


def limit(cpu_s: float, memory_bytes: int, file_bytes: int) -> list[str]:
    """First of all: limits, and the network where the kernel allows it. Single-threaded still."""
    seconds = max(1, round(cpu_s))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    return [LIMITS, *([NETWORK] if _leave_the_network() else [])]


def close(folder: Path) -> list[str]:
    """After the imports, before the file is opened: nothing outside `folder` from here on."""
    is_bound = _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    readable = _readable()
    in_force = [FILES] if is_bound and _landlock(readable, folder) else []
    in_force += [CALLS] if is_bound and _seccomp() else []
    _audit(readable, folder)
    return [*in_force, AUDIT]


def _readable() -> list[Path]:
    """Python, its packages, this package and the libraries of the system."""
    ours = [ROOT / "geo", ROOT / "domain"]
    python = [Path(entry) for entry in sys.path if entry and Path(entry) != ROOT]
    system = [Path(sys.base_prefix) / "lib", *map(Path, ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib"))]
    devices = [Path("/etc/ld.so.cache"), Path("/dev/null"), Path("/dev/urandom")]
    return sorted({path.resolve() for path in (*ours, *python, *system, *devices) if path.exists()})


# Network

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def _leave_the_network() -> bool:
    if _libc.unshare(_CLONE_NEWNET) == 0:
        return True
    return bool(_libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)


# Files

_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_DIRECTORY_ONLY = 0b1_1111_1111_1000 & ~(1 << 14)
_OWN_FOLDER = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 5 | 1 << 8 | 1 << 14
"""Write, read, list, remove, make plain files, cut: no links, pipes or devices that the parent would open."""
_RIGHTS_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}


def _landlock(readable: Iterable[Path], folder: Path) -> bool:
    abi = _libc.syscall(_LANDLOCK_CREATE, None, 0, 1)
    if abi < 1:
        return False
    handled = _RIGHTS_BY_ABI.get(abi, (1 << 16) - 1)
    attributes = struct.pack("Q", handled)
    rules = _libc.syscall(_LANDLOCK_CREATE, attributes, len(attributes), 0)
    if rules < 0:
        return False
    try:
        allowed = [_allow(rules, path, (_READ_FILE | _READ_DIR) & handled) for path in readable]
        allowed.append(_allow(rules, folder, handled & _OWN_FOLDER))
        return all(allowed) and _libc.syscall(_LANDLOCK_RESTRICT, rules, 0) == 0
    finally:
        os.close(rules)


def _allow(rules: int, path: Path, rights: int) -> bool:
    """rights: those that make sense for a folder only are left out for a file."""
    if not path.is_dir():
        rights &= ~_DIRECTORY_ONLY
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        return bool(_libc.syscall(_LANDLOCK_ADD, rules, 1, struct.pack("=Qi", rights, descriptor), 0) == 0)
    finally:
        os.close(descriptor)


# Calls of the kernel

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_REFUSED_CALLS = {
    # socket … accept4, socketpair; fork, vfork, execve, execveat; kill, ptrace, process_vm_*, pidfd_*; mount, umount2,
    # unshare, setns; bpf, perf_event_open, keys, userfaultfd, io_uring
    "x86_64": "41 42 43 49 50 288 53 57 58 59 322 62 101 310 311 424 434 438 165 166"
    " 272 308 321 298 248 249 250 323 425 200 129 297 302",
    "aarch64": "198 203 202 200 201 242 199 221 281 129 117 270 271 424 434 438 40 39"
    " 97 268 280 241 217 218 219 282 425",
}
_CLONE = {"x86_64": 56, "aarch64": 220}
_TGKILL = {"x86_64": 234, "aarch64": 131}  # abort() sends it to its own process
_CLONE3 = 435
_CLONE_THREAD = 0x00010000
_X32 = 0x40000000
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _IF_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _EPERM, _ENOSYS = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026


def _seccomp() -> bool:
    machine = platform.machine()
    if machine not in _AUDIT_ARCH or sys.maxsize < 2**32:
        return False
    program = b"".join(struct.pack("=HBBI", *step) for step in _program(machine))
    steps = ctypes.create_string_buffer(program)
    header = struct.pack("@HxxxxxxP", len(program) // 8, ctypes.addressof(steps))
    return bool(_libc.prctl(_PR_SET_SECCOMP, 2, ctypes.create_string_buffer(header), 0, 0) == 0)


def _program(machine: str) -> list[tuple[int, int, int, int]]:
    """A filter: (what, skip if so, skip if not, value). Threads may be made, processes not."""
    steps = [
        (_LOAD, 0, 0, 4),
        (_IF_EQUAL, 1, 0, _AUDIT_ARCH[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),
        (_IF_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _EPERM),
        (_IF_EQUAL, 0, 1, _CLONE3),
        (_RETURN, 0, 0, _ENOSYS),
    ]
    for call in map(int, _REFUSED_CALLS[machine].split()):
        steps += [(_IF_EQUAL, 0, 1, call), (_RETURN, 0, 0, _EPERM)]
    return [
        *steps,
        (_IF_EQUAL, 0, 4, _TGKILL[machine]),
        (_LOAD, 0, 0, 16),
        (_IF_EQUAL, 1, 0, os.getpid()),
        (_RETURN, 0, 0, _EPERM),
        (_RETURN, 0, 0, _ALLOW),
        (_IF_EQUAL, 0, 3, _CLONE[machine]),
        (_LOAD, 0, 0, 16),
        (_IF_BIT, 1, 0, _CLONE_THREAD),
        (_RETURN, 0, 0, _EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]


# Python

_REFUSED_EVENTS = (
    "socket.",
    "subprocess.",
    "ctypes.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "pty.",
    "os.kill",
    "ftplib.",
    "http.",
    "urllib.",
    "smtplib.",
    "sqlite3.load_extension",
    "sqlite3.enable_load_extension",
)
_READS = {"os.listdir", "os.scandir", "os.walk", "os.fwalk", "glob.glob"}
_WRITES = {
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.chmod",
    "os.chown",
    "os.utime",
    "os.chdir",
    "os.mkfifo",
    "os.mknod",
    "shutil.rmtree",
}
_REFUSED_IMPORTS = {"pyogrio", "fiona", "osgeo", "rasterio", "socket", "subprocess"}


def _audit(readable: Iterable[Path], folder: Path) -> None:
    home = os.path.realpath(folder)
    roots = (*map(str, readable), home)

    def is_within(path: object, allowed: Iterable[str]) -> bool:
        if isinstance(path, int) or path is None:
            return True
        real = os.path.realpath(os.fsdecode(path))  # type: ignore[arg-type]
        return any(real == root or real.startswith(root + os.sep) for root in allowed)

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            writes = bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)) if isinstance(flags, int) else mode != "r"
            fine = is_within(path, (home,) if writes else roots)
        elif event in _READS:
            fine = is_within(arguments[0], roots)
        elif event in _WRITES:
            fine = all(
                is_within(path, (home,)) for path in arguments[:2] if isinstance(path, str | bytes | os.PathLike)
            )
        elif event == "sqlite3.connect":
            fine = arguments[0] == ":memory:" or is_within(arguments[0], (home,))
        elif event == "import":
            fine = str(arguments[0]).partition(".")[0] not in _REFUSED_IMPORTS
        else:
            fine = not event.startswith(_REFUSED_EVENTS)
        if not fine:
            if len(refused) < 100:
                refused.append(f"{event} {str(arguments)[:200]}")
            raise PermissionError(f"refused while reading a file: {event}")

    sys.addaudithook(hook)
